//! The accounts of persons: `/etc/passwd` within the bounds of `/etc/login.defs`.
//!
//! Accounts of a directory (LDAP, Active Directory) and of systemd-homed are in no file that everybody may read.

use crate::format::accounts::{self, Account};
use crate::host::Host;
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::Absence;
use std::collections::BTreeSet;

/// In the order of the file; an account that is listed twice counts once, as it does for getpwnam(3).
pub(super) fn of_persons(host: &Host) -> Result<Vec<Account>, Absence> {
    let persons = accounts::of_persons(&host.text("/etc/login.defs").unwrap_or_default());
    let mut lines = host.lines("/etc/passwd")?;
    let mut accounts = Vec::new();
    let mut names = BTreeSet::new();
    while let Some(line) = lines.next_line()? {
        let Some(account) = Account::of_line(line).filter(|account| persons.contains(&account.uid)) else {
            continue;
        };
        if names.insert(account.name.clone()) {
            accounts.push(account);
        }
        if accounts.len() > MAX_ROWS {
            return Err(Absence::TooLarge);
        }
    }
    Ok(accounts)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(passwd: &[u8], definitions: Option<&str>) -> Vec<(u32, String, String)> {
        let tree = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
        std::fs::create_dir_all(tree.path().join("etc")).ok();
        std::fs::write(tree.path().join("etc/passwd"), passwd).ok();
        if let Some(text) = definitions {
            std::fs::write(tree.path().join("etc/login.defs"), text).ok();
        }
        let accounts = of_persons(&Host::at(tree.path())).unwrap_or_default();
        accounts.into_iter().map(|account| (account.uid, account.name, account.full_name)).collect()
    }

    #[test]
    fn persons_are_told_from_services() {
        let passwd = b"root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1::/:/bin/false\nanna:x:1000:1000:Anna Beispiel,Room 3,,:/home/anna:/bin/bash\n\
            bert:x:1001:1001:& Muster:/home/bert:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\nanna:x:1002:1002:Another:/:/bin/sh\n\
            +::::::\n# eve:x:1003:1003::/:/bin/sh\ncut:x:1004\nodd:x:many:1:a:/:/b\n:x:1005:1005::/:/bin/sh\n\xff\xfe:x:1006:1:a:/:/b\nmax:x:60000:1::/:/bin/sh";
        let expected = [(1000, "anna", "Anna Beispiel"), (1001, "bert", "Bert Muster"), (60_000, "max", "")];
        let expected = expected.map(|(uid, name, full)| (uid, name.to_owned(), full.to_owned()));
        assert_eq!(read(passwd, None), expected);
        let defaults = "# UID_MIN 1\nUID_MIN nonsense\nSYS_UID_MIN 100\n";
        assert_eq!(read(passwd, Some(defaults)), expected);
    }

    #[test]
    fn the_bounds_are_the_systems() {
        let passwd = b"old:x:500:500:Old:/:/bin/sh\nanna:x:1000:1000:Anna:/:/bin/sh\n";
        let names = |definitions| read(passwd, Some(definitions)).into_iter().map(|(_, name, _)| name);
        assert_eq!(names("UID_MIN\t\t\t  500\nUID_MAX 999\n").collect::<Vec<_>>(), ["old"]);
        assert_eq!(names("UID_MIN 9\nUID_MAX 1\n").count(), 0);
    }
}
