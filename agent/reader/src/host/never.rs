//! Accounts about which nothing is read, whatever the permit grants: the device's ceiling names them.

use super::AccountId;
use crate::treat::matches;
use collector_proto::policy::ceiling::NeverAccount;
use std::fmt;

/// Those accounts, and the accounts of the machine by which their names and numbers are known.
#[derive(Default)]
pub(crate) struct Never {
    /// What the ceiling names; where it names nobody, nobody has to be looked up.
    pub(super) entries: Vec<NeverAccount>,
    accounts: Vec<(AccountId, String)>,
}

impl Never {
    /// What the entries mean among these accounts, each with its name.
    pub(super) fn of(entries: Vec<NeverAccount>, accounts: Vec<(AccountId, String)>) -> Self {
        Self { entries, accounts }
    }

    /// Whether one of the entries means an account of which this much is known. An account that stands in no list of the machine is
    /// known by what names it here: a directory is, and who has it.
    pub(crate) fn covers(&self, account: Option<&AccountId>, name: Option<&str>) -> bool {
        if self.entries.is_empty() {
            return false;
        }
        let listed = |(id, known): &&(AccountId, String)| Some(id) == account || Some(known.as_str()) == name;
        let is_one = |id: Option<&AccountId>, name: Option<&str>| {
            self.entries.iter().any(|entry| match entry {
                NeverAccount::Id(never) => id.is_some_and(|id| id.to_string() == *never),
                NeverAccount::Named(pattern) => name.is_some_and(|name| matches(pattern, name)),
            })
        };
        is_one(account, name)
            || self.accounts.iter().filter(listed).any(|(id, name)| is_one(Some(id), Some(name)))
    }

    /// Whether this entry means the account.
    pub(crate) fn is(&self, entry: &NeverAccount, account: &AccountId) -> bool {
        let of_account = self.accounts.iter().filter(|(id, _)| id == account).cloned().collect();
        Self::of(vec![entry.clone()], of_account).covers(Some(account), None)
    }
}

impl fmt::Debug for Never {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_known_by_number_by_name_and_by_what_the_machine_lists() {
        let never = |entries: &[&str]| {
            let entries =
                entries.iter().map(|entry| NeverAccount::parse(entry).unwrap_or_else(|e| panic!("{e}")));
            let accounts = [(1000, "anna"), (1001, "bert"), (1002, "backup-svc")];
            let accounts = accounts.map(|(uid, name)| (AccountId::Uid(uid), name.to_owned()));
            Never::of(entries.collect(), accounts.into())
        };
        let uid = AccountId::Uid;
        let anna = never(&["anna"]);
        assert!(anna.covers(Some(&uid(1000)), None) && anna.covers(None, Some("anna")));
        assert!(anna.covers(Some(&uid(0)), Some("anna")), "her profile belongs to root");
        assert!(!anna.covers(Some(&uid(1001)), Some("bert")) && !anna.covers(None, None));
        let first = never(&["uid:1000"]);
        assert!(first.covers(Some(&uid(1000)), Some("renamed")) && first.covers(None, Some("anna")));
        assert!(!first.covers(Some(&uid(10)), Some("1000")));
        let services = never(&["*svc*"]);
        assert!(services.covers(Some(&uid(1002)), None) && services.covers(Some(&uid(70_000)), Some("svc")));
        let entry = NeverAccount::parse("anna").unwrap_or_else(|e| panic!("{e}"));
        assert!(services.is(&entry, &uid(1000)) && !services.is(&entry, &uid(1001)));
        assert!(!never(&[]).covers(Some(&uid(1000)), Some("anna")));
    }
}
