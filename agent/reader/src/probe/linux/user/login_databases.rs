//! Databases of logins that outlast 2038, in SQLite.
//!
//! ```text
//! /var/lib/wtmpdb/wtmp.db        wtmp(ID, Type, User, Login, Logout, TTY, RemoteHost, Service)    wtmpdb(8)
//!                                every login: Type 3, Login in microseconds since 1970
//! /var/lib/lastlog/lastlog2.db   Lastlog2(Name, Time, TTY, RemoteHost, Service)                   lastlog2(8)
//!                                the last login of each account: Time in seconds since 1970
//! ```
//! Of a row only the account and the time are read, and of a login its type.

use super::accounts::Account;
use crate::format::FormatError;
use crate::format::sqlite::{Database, Value};
use crate::host::{Host, if_present};
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;

/// One login: the account's name and the time.
pub(super) type Login = (String, UtcTime);

/// Most rows of a database. A server that is logged in to every ten seconds needs three years for as many.
const MAX_ROWS: usize = 10_000_000;

/// Most bytes of an account's name; useradd(8) takes 32, directories give longer ones.
const MAX_NAME_BYTES: usize = 1024;

/// How often a database is read that is written meanwhile: somebody may log in, but not all the time.
const ATTEMPTS: usize = 3;

/// Where logins stand.
struct Layout {
    main: &'static str,
    wal: &'static str,
    table: &'static str,
    name: &'static str,
    time: &'static str,
    /// What a second is in `time`.
    second: i64,
    /// The column and the value that tell logins from other rows.
    kind: Option<(&'static str, i64)>,
}

/// `USER_PROCESS` of wtmpdb.h; others are starts and stops of the machine.
const USER_PROCESS: i64 = 3;

const WTMPDB: Layout = Layout {
    main: "/var/lib/wtmpdb/wtmp.db",
    wal: "/var/lib/wtmpdb/wtmp.db-wal",
    table: "wtmp",
    name: "User",
    time: "Login",
    second: 1_000_000,
    kind: Some(("Type", USER_PROCESS)),
};

const LASTLOG2: Layout = Layout {
    main: "/var/lib/lastlog/lastlog2.db",
    wal: "/var/lib/lastlog/lastlog2.db-wal",
    table: "Lastlog2",
    name: "Name",
    time: "Time",
    second: 1,
    kind: None,
};

/// The last login of each of these accounts that wtmpdb knows one of.
pub(super) fn wtmpdb(host: &Host, accounts: &[Account]) -> Result<Vec<Login>, Absence> {
    WTMPDB.logins(host, accounts)
}

/// The last login of each of these accounts that lastlog2 knows one of.
pub(super) fn lastlog2(host: &Host, accounts: &[Account]) -> Result<Vec<Login>, Absence> {
    LASTLOG2.logins(host, accounts)
}

impl Layout {
    fn logins(&self, host: &Host, accounts: &[Account]) -> Result<Vec<Login>, Absence> {
        for _ in 1..ATTEMPTS {
            match self.try_logins(host, accounts)? {
                Err(FormatError::Changed) => {}
                other => return Ok(other?),
            }
        }
        Ok(self.try_logins(host, accounts)??)
    }

    fn try_logins(
        &self,
        host: &Host,
        accounts: &[Account],
    ) -> Result<Result<Vec<Login>, FormatError>, Absence> {
        let main = host.random(self.main)?;
        let wal = if_present(host.random(self.wal))?;
        let database = Database::open(&main, wal.as_ref().map(|wal| wal as _));
        Ok(database.and_then(|database| self.newest(&database, accounts)))
    }

    fn newest(&self, database: &Database<'_>, accounts: &[Account]) -> Result<Vec<Login>, FormatError> {
        // The table is made at the first login.
        let Some(table) = database.table(self.table)? else { return Ok(Vec::new()) };
        let column = |name| table.column(name).ok_or(FormatError::Malformed);
        let (name, time) = (column(self.name)?, column(self.time)?);
        let kind = match self.kind {
            Some((kind, login)) => Some((column(kind)?, login)),
            None => None,
        };
        let mut newest: BTreeMap<&str, i64> = accounts.iter().map(|a| (a.name.as_str(), 0)).collect();
        let mut rows = 0;
        database.visit(&table, &mut |row| {
            rows += 1;
            if rows > MAX_ROWS {
                return Err(FormatError::TooLarge);
            }
            if let Some((kind, login)) = kind
                && row.value(kind, MAX_NAME_BYTES)? != Value::Integer(login)
            {
                return Ok(());
            }
            if let Value::Text(name) = row.value(name, MAX_NAME_BYTES)?
                && let Some(newest) = newest.get_mut(name.as_str())
                && let Value::Integer(time) = row.value(time, MAX_NAME_BYTES)?
            {
                *newest = time.max(*newest);
            }
            Ok(())
        })?;
        if !database.is_unchanged()? {
            return Err(FormatError::Changed);
        }
        // 0 and less: never.
        let logins = newest.into_iter().filter(|(_, time)| *time > 0);
        Ok(logins.map(|(name, time)| (name.to_owned(), UtcTime::from_unix(time / self.second))).collect())
    }
}
