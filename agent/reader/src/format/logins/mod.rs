//! Databases of logins that outlast 2038, in SQLite.
//!
//! ```text
//! wtmpdb(8):    wtmp(ID, Type, User, Login, Logout, TTY, RemoteHost, Service)
//!               every login: Type 3, Login in microseconds since 1970
//! lastlog2(8):  Lastlog2(Name, Time, TTY, RemoteHost, Service)
//!               the last login of each account: Time in seconds since 1970
//! ```
//! Of a row only the account and the time are read, and of a login its type.

use super::FormatError;
use super::sqlite::{Database, Value};
use std::collections::BTreeMap;

/// Most rows of a database. A server that is logged in to every ten seconds needs three years for as many.
const MAX_ROWS: usize = 10_000_000;

/// Most bytes of an account's name; useradd(8) takes 32, directories give longer ones.
const MAX_NAME_BYTES: usize = 1024;

/// Where logins stand in a database.
pub struct LoginTable {
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

/// wtmpdb's.
pub const WTMPDB: LoginTable = LoginTable {
    table: "wtmp",
    name: "User",
    time: "Login",
    second: 1_000_000,
    kind: Some(("Type", USER_PROCESS)),
};

/// lastlog2's.
pub const LASTLOG2: LoginTable =
    LoginTable { table: "Lastlog2", name: "Name", time: "Time", second: 1, kind: None };

impl LoginTable {
    /// The last login of each of these accounts that has one, in seconds since 1970.
    pub fn newest<'n>(
        &self,
        database: &Database<'_>,
        names: impl Iterator<Item = &'n str>,
    ) -> Result<Vec<(&'n str, i64)>, FormatError> {
        // The table is made at the first login.
        let Some(table) = database.table(self.table)? else { return Ok(Vec::new()) };
        let column = |name| table.column(name).ok_or(FormatError::Malformed);
        let (name, time) = (column(self.name)?, column(self.time)?);
        let kind = match self.kind {
            Some((kind, login)) => Some((column(kind)?, login)),
            None => None,
        };
        let mut newest: BTreeMap<&str, i64> = names.map(|name| (name, 0)).collect();
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
        Ok(logins.map(|(name, time)| (name, time / self.second)).collect())
    }
}

#[cfg(test)]
mod tests;
