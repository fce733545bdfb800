//! `readings`: what was read on this device, and for whom. It holds no value, so everybody may know; which of the other accounts
//! looked at something, and when, is known to the reader's equals alone.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::caller::Caller;
use crate::host::AccountId;
use collector_proto::disclosure::AskedBy;
use collector_proto::disclosure::ReadingsAnswer;
use collector_proto::disclosure::request::ShowReadings;

impl Handle for ShowReadings {
    fn handle(self, reader: &Reader<'_>) -> Result<ReadingsAnswer, Refused> {
        reader.pinned()?;
        let mut readings = reader.state.readings()?;
        if reader.caller != Caller::Equal {
            for reading in &mut readings {
                reading.asked_by = seen_by(&reader.asked_by, reading.asked_by.clone());
            }
        }
        Ok(ReadingsAnswer { readings })
    }
}

/// Who asked, as whoever has no rights over the machine gets to know it. Root is nobody in particular.
fn seen_by(viewer: &AskedBy, asked_by: AskedBy) -> AskedBy {
    let is_roots = |account: &String| account.parse().is_ok_and(|id: AccountId| id.is_all_powerful());
    match asked_by {
        AskedBy::Account(account) if is_roots(&account) => AskedBy::Account(account),
        AskedBy::Account(_) if asked_by != *viewer => AskedBy::OtherAccount,
        known => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_accounts_are_not_told_from_each_other() {
        let account = |id: &str| AskedBy::Account(id.to_owned());
        let viewer = account("1000");
        for (asked_by, told) in [
            (account("1000"), account("1000")),
            (account("1001"), AskedBy::OtherAccount),
            (account("S-1-5-21-1-2-3-1001"), AskedBy::OtherAccount),
            (account("0"), account("0")),
            (AskedBy::Agent, AskedBy::Agent),
            (AskedBy::Starter, AskedBy::Starter),
            (AskedBy::Unknown, AskedBy::Unknown),
        ] {
            assert_eq!(seen_by(&viewer, asked_by), told);
        }
        assert_eq!(seen_by(&AskedBy::Agent, account("1000")), AskedBy::OtherAccount);
    }
}
