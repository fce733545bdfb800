//! Databases of logins that outlast 2038 ([`crate::format::logins`]).

use crate::format::FormatError;
use crate::format::accounts::Account;
use crate::format::logins::{LASTLOG2, LoginTable, WTMPDB};
use crate::format::sqlite::Database;
use crate::host::{Host, if_present};
use collector_proto::messages::Absence;
use collector_proto::time::UtcTime;

/// One login: the account's name and the time.
pub(super) type Login = (String, UtcTime);

/// How often a database is read that is written meanwhile: somebody may log in, but not all the time.
const ATTEMPTS: usize = 3;

/// Where a database lies.
struct Place {
    main: &'static str,
    wal: &'static str,
    table: LoginTable,
}

const OF_WTMPDB: Place =
    Place { main: "/var/lib/wtmpdb/wtmp.db", wal: "/var/lib/wtmpdb/wtmp.db-wal", table: WTMPDB };

const OF_LASTLOG2: Place =
    Place { main: "/var/lib/lastlog/lastlog2.db", wal: "/var/lib/lastlog/lastlog2.db-wal", table: LASTLOG2 };

/// The last login of each of these accounts that wtmpdb knows one of.
pub(super) fn wtmpdb(host: &Host, accounts: &[Account]) -> Result<Vec<Login>, Absence> {
    OF_WTMPDB.logins(host, accounts)
}

/// The last login of each of these accounts that lastlog2 knows one of.
pub(super) fn lastlog2(host: &Host, accounts: &[Account]) -> Result<Vec<Login>, Absence> {
    OF_LASTLOG2.logins(host, accounts)
}

impl Place {
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
        let names = accounts.iter().map(|account| account.name.as_str());
        let database = Database::open(&main, wal.as_ref().map(|wal| wal as _));
        let newest = database.and_then(|database| self.table.newest(&database, names));
        let login = |(name, seconds): (&str, i64)| (name.to_owned(), UtcTime::from_unix(seconds));
        Ok(newest.map(|newest| newest.into_iter().map(login).collect()))
    }
}
