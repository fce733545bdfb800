//! This process's account, an account by its name, and whose process is at the other end of standard input.

use super::files::open_regular;
use super::tree::Root;
use crate::format::accounts::Account;
use crate::host::broker::Last;
use crate::host::lines::Lines;
use crate::host::{AccountId, Host, Peer, Unreadable};
use nix::errno::Errno;
use nix::sys::socket::{getsockopt, sockopt};
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

/// Most bytes of the list of accounts.
const MAX_PASSWD_BYTES: u64 = 16 * 1024 * 1024;

impl Host {
    /// Whether nothing about the account is read.
    pub(crate) fn is_never(&self, account: &AccountId, name: Option<&str>) -> bool {
        self.never.borrow().covers(Some(account), name)
    }
}

/// Who sends the request.
pub(crate) fn standard_input_peer() -> Peer {
    peer_of(&io::stdin().as_fd())
}

/// Who is at the other end: across a socket the kernel says it (SO_PEERCRED, unix(7)).
pub(crate) fn peer_of(descriptor: &impl AsFd) -> Peer {
    match getsockopt(descriptor, sockopt::PeerCredentials) {
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

/// The account of this name in this machine's own list. Whoever runs services stands there: no directory is asked.
pub(crate) fn account_named(name: &str) -> Result<Option<AccountId>, Unreadable> {
    let file = open_regular(Path::new("/etc/passwd"), MAX_PASSWD_BYTES)?;
    let mut lines = Lines::of(file.into(), MAX_PASSWD_BYTES);
    while let Some(line) = lines.next_line()? {
        if let Some(account) = Account::of_line(line).filter(|account| account.name == name) {
            return Ok(Some(AccountId::Uid(account.uid)));
        }
    }
    Ok(None)
}

/// The accounts in a machine's own list, each with its name.
pub(super) fn accounts_of(root: &Root) -> Result<Vec<(AccountId, String)>, Unreadable> {
    let file = open_regular(&root.resolve("/etc/passwd", Last::Followed)?, MAX_PASSWD_BYTES)?;
    let mut lines = Lines::of(file.into(), MAX_PASSWD_BYTES);
    let mut accounts = Vec::new();
    while let Some(line) = lines.next_line()? {
        accounts.extend(Account::of_line(line).map(|account| (AccountId::Uid(account.uid), account.name)));
    }
    Ok(accounts)
}

/// The same as a number.
pub(super) fn effective_user() -> u32 {
    nix::unistd::geteuid().as_raw()
}
