//! This process's account, and whose process is at the other end of standard input.

use crate::host::{AccountId, Peer};
use nix::errno::Errno;
use nix::sys::socket::{getsockopt, sockopt};
use std::io;
use std::os::fd::AsFd as _;

/// Who sends the request: across a socket the kernel says it (SO_PEERCRED, unix(7)).
pub(crate) fn standard_input_peer() -> Peer {
    match getsockopt(&io::stdin().as_fd(), sockopt::PeerCredentials) {
        Ok(credentials) => Peer::Account(AccountId::Uid(credentials.uid())),
        Err(Errno::ENOTSOCK) => Peer::Parent,
        Err(_) => Peer::Unknown,
    }
}

/// This process's effective user.
#[expect(clippy::unnecessary_wraps, reason = "other systems cannot tell")]
pub(crate) fn own_account() -> Option<AccountId> {
    Some(AccountId::Uid(effective_user()))
}

/// The same as a number.
pub(super) fn effective_user() -> u32 {
    nix::unistd::geteuid().as_raw()
}
