//! Capabilities (capabilities(7)).

use rustix::thread::{CapabilitySet, CapabilitySets, capabilities, set_capabilities, set_no_new_privs};

/// Gives up every capability of the calling thread, and that a program it starts could get any back (no_new_privs, prctl(2)).
/// Says whether there is none left.
///
/// With an empty set root is an owner of files and no more than that: it reads a serial number, and no other user's files. Where
/// the system's manager gave none it may refuse the call as well, and nothing is left to give up.
pub fn give_up_capabilities() -> bool {
    let none = CapabilitySet::empty();
    let none = CapabilitySets { effective: none, permitted: none, inheritable: none };
    let is_given_up =
        capabilities(None).is_ok_and(|held| held == none) || set_capabilities(None, none).is_ok();
    set_no_new_privs(true).is_ok() && is_given_up
}
