//! Accounts about which nothing is read: `alice`, `*svc*`, `uid:1000`, `sid:S-1-5-21-1-2-3-1001`.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Longest entry, in characters. Account names have at most 256 characters on any system.
const MAX_CHARS: usize = 256;

/// Before the number of an account of a Unix system.
const UID: &str = "uid:";

/// Most numbers of a security identifier behind its authority.
const MAX_SUB_AUTHORITIES: usize = 15;

/// Before the security identifier of an account of Windows.
const SID: &str = "sid:";

/// An account, or a pattern of accounts' names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum NeverAccount {
    /// The account that the operating system knows by this: a user id, or a security identifier.
    Id(String),
    /// The accounts whose name matches; `*` stands for any run of characters, `?` for one.
    Named(String),
}

/// Text that names no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadNeverAccount {
    /// `uid:` without a number.
    #[error("`uid:` is followed by the number of an account, as in uid:1000")]
    Uid,
    /// `sid:` without an identifier.
    #[error("`sid:` is followed by a security identifier, as in sid:S-1-5-21-1-2-3-1001")]
    Sid,
    /// Not a name.
    #[error("is not the name of an account, a pattern of names such as *svc*, or a number such as uid:1000")]
    Name,
}

impl NeverAccount {
    /// Reads an entry.
    pub fn parse(text: &str) -> Result<Self, BadNeverAccount> {
        if text.chars().count() > MAX_CHARS {
            return Err(BadNeverAccount::Name);
        }
        if let Some(number) = text.strip_prefix(UID) {
            let canonical = number.parse::<u32>().is_ok_and(|uid| uid.to_string() == number);
            return if canonical { Ok(Self::Id(number.to_owned())) } else { Err(BadNeverAccount::Uid) };
        }
        if let Some(sid) = text.strip_prefix(SID) {
            return if is_security_identifier(sid) {
                Ok(Self::Id(sid.to_owned()))
            } else {
                Err(BadNeverAccount::Sid)
            };
        }
        let is_name = !text.is_empty()
            && text.trim() == text
            && !text.contains(|c: char| {
                matches!(c, ':' | '/') || c.is_control() || crate::text::class::garbles(c)
            });
        if is_name { Ok(Self::Named(text.to_owned())) } else { Err(BadNeverAccount::Name) }
    }
}

/// Whether it is written as Windows writes it ([MS-DTYP] §2.4.2.1). Another spelling would be that of no account, and what was meant
/// to be left alone would be read.
fn is_security_identifier(sid: &str) -> bool {
    let is_number = |text: &str| text.parse::<u32>().is_ok_and(|number| number.to_string() == text);
    let is_long_number = |text: &str| {
        let number = text.strip_prefix("0x").and_then(|digits| u64::from_str_radix(digits, 16).ok());
        number.is_some_and(|number| number > u64::from(u32::MAX) && format!("0x{number:012X}") == text)
    };
    let Some((authority, rest)) = sid.strip_prefix("S-1-").and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    (is_number(authority) || is_long_number(authority))
        && rest.split('-').count() <= MAX_SUB_AUTHORITIES
        && rest.split('-').all(is_number)
}

impl fmt::Display for NeverAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(sid) if sid.starts_with('S') => write!(f, "{SID}{sid}"),
            Self::Id(uid) => write!(f, "{UID}{uid}"),
            Self::Named(pattern) => f.write_str(pattern),
        }
    }
}

impl TryFrom<String> for NeverAccount {
    type Error = BadNeverAccount;

    fn try_from(text: String) -> Result<Self, BadNeverAccount> {
        Self::parse(&text)
    }
}

impl From<NeverAccount> for String {
    fn from(account: NeverAccount) -> Self {
        account.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_written_as_they_are_read() {
        for text in [
            "alice",
            "*svc*",
            "DOMAIN\\anna",
            "a?",
            "uid:0",
            "uid:1000",
            "sid:S-1-5-21-1-2-3-1001",
            "sid:S-1-0x123456789ABC-1",
        ] {
            assert_eq!(NeverAccount::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "",
            " alice",
            "uid:",
            "uid:01",
            "uid:alice",
            "uid:4294967296",
            "sid:5",
            "sid:S-1-5",
            "sid:S-1-5-021",
            "sid:S-1-5-+21",
            "sid:S-1-5-4294967296",
            "sid:S-1-0x5-21",
            "sid:S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
            "a:b",
            "/home/a",
            "a\nb",
        ] {
            assert!(NeverAccount::parse(text).is_err(), "{text}");
        }
    }
}
