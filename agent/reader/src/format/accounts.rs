//! The accounts of a machine, and which of them are persons'.
//!
//! ```text
//! passwd(5):       anna:x:1000:1000:Anna Beispiel,Room 3,,:/home/anna:/bin/bash
//! login.defs(5):   UID_MIN    1000
//! ```

use super::Line;
use std::ops::RangeInclusive;

/// The bounds where login.defs names none (login.defs(5)): what is below belongs to services.
const DEFAULT_BOUNDS: (u32, u32) = (1000, 60_000);

/// An account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its number.
    pub uid: u32,
    /// The name that one logs in with.
    pub name: String,
    /// The person's name; empty where there is none.
    pub full_name: String,
}

impl Account {
    /// Takes a line of passwd apart. `None` for one that is not an account, such as the `+` of NIS or what is cut off.
    pub fn of_line(line: Line<'_>) -> Option<Self> {
        let text = std::str::from_utf8(line.bytes).ok().filter(|_| line.is_whole)?;
        let mut columns = text.split(':');
        let name = columns.next().filter(|name| !name.is_empty() && !name.starts_with(['+', '-', '#']))?;
        let uid = columns.nth(1)?.parse().ok()?;
        let gecos = columns.nth(1)?;
        Some(Self { uid, name: name.to_owned(), full_name: full_name(gecos, name) })
    }
}

/// The part before the first comma; `&` stands for the account's name with a capital (passwd(5)).
fn full_name(gecos: &str, name: &str) -> String {
    let first = gecos.split(',').next().unwrap_or_default();
    let mut characters = name.chars();
    let capital = characters.next().map(char::to_uppercase).into_iter().flatten();
    first.replace('&', &capital.chain(characters).collect::<String>())
}

/// The numbers of persons' accounts. Without login.defs, or with nonsense in it, the C library's tools take the defaults too.
pub fn of_persons(login_defs: &str) -> RangeInclusive<u32> {
    let (lowest, highest) = DEFAULT_BOUNDS;
    let number = |key| {
        let of_key = |line: &str| {
            let mut words = line.split_whitespace();
            words.next().filter(|word| *word == key)?;
            words.next()?.parse().ok()
        };
        login_defs.lines().find_map(of_key)
    };
    number("UID_MIN").unwrap_or(lowest)..=number("UID_MAX").unwrap_or(highest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(passwd: &str) -> Vec<(u32, String, String)> {
        let accounts = Line::all(passwd.as_bytes()).filter_map(Account::of_line);
        accounts.map(|account| (account.uid, account.name, account.full_name)).collect()
    }

    #[test]
    fn a_line_is_an_account() {
        let passwd = "root:x:0:0:root:/root:/bin/bash\nanna:x:1000:1000:Anna Beispiel,Room 3,,:/home/anna:/bin/bash\n\
                      bert:x:1001:1001:& Muster:/home/bert:/bin/sh\n+::::::\n# eve:x:1003:1003::/:/bin/sh\ncut:x:1004\n\
                      odd:x:many:1:a:/:/b\n:x:1005:1005::/:/bin/sh\nmax:x:60000:1::/:/bin/sh";
        let expected = [
            (0, "root", "root"),
            (1000, "anna", "Anna Beispiel"),
            (1001, "bert", "Bert Muster"),
            (60_000, "max", ""),
        ];
        assert_eq!(names(passwd), expected.map(|(uid, name, full)| (uid, name.to_owned(), full.to_owned())));
        let line = Line { bytes: b"\xff\xfe:x:1006:1:a:/:/b", is_whole: true, is_ended: true };
        assert_eq!(Account::of_line(line), None);
        let line = Line { bytes: b"anna:x:1000:1000:Anna", is_whole: false, is_ended: true };
        assert_eq!(Account::of_line(line), None);
    }

    #[test]
    fn the_bounds_are_the_systems() {
        assert_eq!(of_persons(""), 1000..=60_000);
        assert_eq!(of_persons("# UID_MIN 1\nUID_MIN nonsense\nSYS_UID_MIN 100\n"), 1000..=60_000);
        assert_eq!(of_persons("UID_MIN\t\t\t  500\nUID_MAX 999\n"), 500..=999);
    }
}
