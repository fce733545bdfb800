//! Section `user`: one row a person's account.

mod accounts;
mod last_login;
mod login_databases;

use crate::host::Host;
use crate::probe::Probe;
use crate::probe::found::{Found, text_value};
use crate::probe::reading::{Raw, RawRow};
use accounts::Account;
use collector_proto::catalog::{FieldSet, Section, fields};
use collector_proto::messages::Absence;

pub(super) const PROBE: Probe = Probe {
    section: Section::User,
    fields: &[fields::USER_NAME, fields::USER_FULL_NAME, fields::USER_HASH, fields::X_USER_LAST_LOGIN],
    read,
};

fn read(host: &Host, wanted: &FieldSet, found: &mut Found) {
    let accounts = match accounts::of_persons(host) {
        Ok(accounts) => accounts,
        Err(reason) => return wanted.iter().for_each(|field| found.absent(field, reason)),
    };
    let mut logins = None;
    if wanted.contains(fields::X_USER_LAST_LOGIN) {
        match last_login::of(host, &accounts) {
            Ok(times) => logins = Some(times),
            Err(reason) => found.absent(fields::X_USER_LAST_LOGIN, reason),
        }
    }
    let rows = accounts.iter().map(|Account { name, full_name, .. }| {
        let mut row = RawRow::default();
        for (field, value) in [
            (fields::USER_NAME, text_value(name)),
            (fields::USER_FULL_NAME, text_value(full_name)),
            (fields::USER_HASH, text_value(name)),
            (fields::X_USER_LAST_LOGIN, last_login(logins.as_ref(), name)),
        ] {
            if let (true, Ok(value)) = (wanted.contains(field), value) {
                row.push(field, value);
            }
        }
        row
    });
    found.rows(Section::User, rows);
}

/// An account that never logged in has no time.
fn last_login(logins: Option<&last_login::Logins>, name: &str) -> Result<Raw, Absence> {
    logins.and_then(|logins| logins.of(name)).map(Raw::Instant).ok_or(Absence::Unavailable)
}
