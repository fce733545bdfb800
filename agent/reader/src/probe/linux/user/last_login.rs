//! When accounts were last logged in to: the newest of what the system's databases say.
//!
//! Each database is a [`LoginSource`] that gives pairs of account and time, in any order and as many as it has.

use super::login_databases::{Login, lastlog2, wtmpdb};
use crate::format::accounts::Account;
use crate::format::lastlog::{RecordLayout, TIME_BYTES};
use crate::host::{Host, Unreadable};
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;

/// Logins of these accounts, or why there are none: [`Absence::Unavailable`] where the machine lacks the database.
type LoginSource = fn(&Host, &[Account]) -> Result<Vec<Login>, Absence>;

/// Every database.
const SOURCES: &[LoginSource] = &[wtmpdb, lastlog2, lastlog];

/// The newest login of each account that has one.
#[derive(Default)]
pub(super) struct Logins(BTreeMap<String, UtcTime>);

impl Logins {
    /// Takes what one database says.
    fn add(&mut self, logins: impl IntoIterator<Item = Login>) {
        for (name, time) in logins {
            let newest = self.0.entry(name).or_insert(time);
            *newest = time.max(*newest);
        }
    }

    /// When the account was last logged in to.
    pub(super) fn of(&self, name: &str) -> Option<UtcTime> {
        self.0.get(name).copied()
    }
}

/// What all databases say together. One that is there and cannot be read makes all of it unknown: the others may
/// have stopped years ago, when the system moved from one to the next.
pub(super) fn of(host: &Host, accounts: &[Account]) -> Result<Logins, Absence> {
    let mut logins = Logins::default();
    let mut is_there = false;
    for source in SOURCES {
        match source(host, accounts) {
            Ok(found) => {
                is_there = true;
                logins.add(found);
            }
            Err(Absence::Unavailable) => {}
            Err(reason) => return Err(reason),
        }
    }
    if is_there { Ok(logins) } else { Err(Absence::Unavailable) }
}

/// The records of these accounts; no others are read.
fn lastlog(host: &Host, accounts: &[Account]) -> Result<Vec<Login>, Absence> {
    let file = host.sparse("/var/log/lastlog")?;
    let layout = RecordLayout::of_length(file.length()).ok_or(Absence::Malformed)?;
    let mut logins = Vec::new();
    for account in accounts {
        let mut start = [0; TIME_BYTES];
        match file.read_at(layout.offset(account.uid), &mut start) {
            Ok(()) => {}
            // Past the file's end: never.
            Err(Unreadable::Odd) => continue,
            Err(reason) => return Err(reason.into()),
        }
        logins.extend(layout.time(start).map(|time| (account.name.clone(), UtcTime::from_unix(time))));
    }
    Ok(logins)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::FileExt as _;

    fn account(name: &str, uid: u32) -> Account {
        Account { uid, name: name.to_owned(), full_name: String::new() }
    }

    #[test]
    fn the_newest_login_counts() {
        let mut logins = Logins::default();
        let at = UtcTime::from_unix;
        logins.add([("anna".to_owned(), at(5)), ("anna".to_owned(), at(9)), ("bert".to_owned(), at(1))]);
        logins.add([("anna".to_owned(), at(7)), ("bert".to_owned(), at(2))]);
        assert_eq!(logins.of("anna"), Some(at(9)));
        assert_eq!(logins.of("bert"), Some(at(2)));
        assert_eq!(logins.of("carl"), None);
    }

    /// The file is as long as the highest account number that a directory may give asks for: 1.2 TB, all of it a hole.
    #[test]
    fn only_the_records_of_the_accounts_are_read() -> Result<(), Box<dyn std::error::Error>> {
        let tree = tempfile::tempdir()?;
        std::fs::create_dir_all(tree.path().join("var/log"))?;
        let file = std::fs::File::create(tree.path().join("var/log/lastlog"))?;
        file.write_all_at(&1_795_159_860_u32.to_ne_bytes(), 292 * 1000)?;
        file.set_len(292 * 4_000_000_000)?;
        let host = Host::at(tree.path());
        let accounts = [account("anna", 1000), account("bert", 1001), account("gone", u32::MAX)];
        let logins = of(&host, &accounts).map_err(Absence::name)?;
        assert_eq!(logins.of("anna"), Some(UtcTime::from_unix(1_795_159_860)));
        assert_eq!(logins.of("bert"), None);
        assert_eq!(logins.of("gone"), None);
        file.set_len(292 * 1001 + 5)?;
        assert_eq!(of(&host, &accounts).err(), Some(Absence::Malformed));
        std::fs::remove_file(tree.path().join("var/log/lastlog"))?;
        assert_eq!(of(&host, &accounts).err(), Some(Absence::Unavailable));
        Ok(())
    }
}
