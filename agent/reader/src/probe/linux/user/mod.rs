//! Section `user`: one row for each person's account.

mod accounts;
mod last_login;
mod login_databases;

use crate::format::accounts::Account;
use crate::host::{AccountId, Host};
use crate::probe::found::text_value;
use crate::probe::reading::Raw;
use crate::probe::table::{OnHost, Probe, Rows};
use crate::treat::Owner;
use collector_proto::catalog::{Section, fields};
use collector_proto::messages::Absence;
use last_login::Logins;
use std::cell::OnceCell;
use std::rc::Rc;

pub(super) const PROBE: &dyn Probe = &Rows::<Person<'_>>::of(
    Section::User,
    persons,
    &[
        (fields::USER_NAME, |person| text_value(&person.account.name)),
        (fields::USER_FULL_NAME, |person| text_value(&person.account.full_name)),
        (fields::USER_HASH, |person| text_value(&person.account.name)),
        (fields::X_USER_LAST_LOGIN, last_login),
    ],
)
.owned_by(|person| Owner::account(AccountId::Uid(person.account.uid)));

/// A person's account, and when all of them were last logged in to.
struct Person<'h> {
    account: Account,
    logins: Rc<Lookup<'h>>,
}

/// The logins of all accounts, looked up in one pass.
struct Lookup<'h> {
    host: &'h Host,
    accounts: Vec<Account>,
    logins: OnceCell<Result<Logins, Absence>>,
}

impl OnHost for Person<'_> {
    type On<'h> = Person<'h>;
}

fn persons(host: &Host) -> Result<Vec<Person<'_>>, Absence> {
    let mut accounts = accounts::of_persons(host)?;
    accounts.retain(|account| !host.is_never(&AccountId::Uid(account.uid), Some(&account.name)));
    let logins = Rc::new(Lookup { host, accounts: accounts.clone(), logins: OnceCell::new() });
    Ok(accounts.into_iter().map(|account| Person { account, logins: Rc::clone(&logins) }).collect())
}

/// An account that was never logged in to has no time.
fn last_login(person: &Person<'_>) -> Result<Raw, Absence> {
    let Lookup { host, accounts, logins } = &*person.logins;
    let logins = logins.get_or_init(|| last_login::of(host, accounts)).as_ref().map_err(|reason| *reason)?;
    logins.of(&person.account.name).map(Raw::Instant).ok_or(Absence::Unavailable)
}
