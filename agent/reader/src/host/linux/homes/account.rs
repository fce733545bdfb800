//! Becoming an account for good.

use crate::host::system::person::may_be_a_persons;
use nix::unistd::{getgroups, getresgid, getresuid};
use rustix::thread::{
    CapabilitySet, CapabilitySets, Gid, Uid, capabilities, clear_ambient_capability_set, set_capabilities,
    set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};
use std::fs;
use std::io;

/// The group of nobody: what the account's groups may read is not what the account keeps to itself.
const NO_GROUP: u32 = 65_534;

/// Gives up everything but being this account. There is no way back, or it is an error.
pub(super) fn become_account(uid: u32) -> io::Result<()> {
    let refused = || io::Error::from(io::ErrorKind::PermissionDenied);
    if !may_be_a_persons(uid) || !is_single_threaded()? {
        return Err(refused());
    }
    set_no_new_privs(true)?;
    let (user, group) = (Uid::from_raw(uid), Gid::from_raw(NO_GROUP));
    set_thread_groups(&[])?;
    set_thread_res_gid(group, group, group)?;
    set_thread_res_uid(user, user, user)?;
    let none = CapabilitySet::empty();
    clear_ambient_capability_set()?;
    set_capabilities(None, CapabilitySets { effective: none, permitted: none, inheritable: none })?;
    if is_nothing_but(uid)? && set_thread_res_uid(Uid::ROOT, Uid::ROOT, Uid::ROOT).is_err() {
        Ok(())
    } else {
        Err(refused())
    }
}

/// Whether the process is this account and nothing else: really, effectively, and by what it could become again.
fn is_nothing_but(uid: u32) -> io::Result<bool> {
    let (users, groups) = (getresuid()?, getresgid()?);
    let users = [users.real, users.effective, users.saved].map(nix::unistd::Uid::as_raw);
    let groups = [groups.real, groups.effective, groups.saved].map(nix::unistd::Gid::as_raw);
    let CapabilitySets { effective, permitted, inheritable } = capabilities(None)?;
    let has_capabilities = !(effective | permitted | inheritable).is_empty();
    Ok(users == [uid; 3] && groups == [NO_GROUP; 3] && getgroups()?.is_empty() && !has_capabilities)
}

/// The calls above are the thread's alone.
fn is_single_threaded() -> io::Result<bool> {
    Ok(fs::read_dir("/proc/self/task")?.count() == 1)
}
