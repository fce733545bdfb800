//! Accounts of a machine, and who may be at the other end of standard input.

use std::fmt;
use std::str::FromStr;

/// An account of this machine, as the operating system tells accounts apart. Written `1000` or `S-1-5-18`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountId {
    /// A user id of a Unix system.
    Uid(u32),
    /// A security identifier of Windows.
    Sid(Sid),
}

/// A security identifier ([MS-DTYP] 2.4.2) of revision 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sid {
    /// The authority's number, of 48 bits.
    authority: u64,
    sub_authorities: Vec<u32>,
}

/// Why a text is not an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is neither a user id nor a security identifier")]
pub struct ParseAccountIdError;

/// Most sub-authorities of an identifier.
const MAX_SUB_AUTHORITIES: usize = 15;

/// The largest authority.
const MAX_AUTHORITY: u64 = (1 << 48) - 1;

/// Authorities from here on are written in hexadecimal.
const HEXADECIMAL_FROM: u64 = 1 << 32;

/// `NT AUTHORITY\SYSTEM`: S-1-5-18.
const LOCAL_SYSTEM: (u64, &[u32]) = (5, &[18]);

impl AccountId {
    /// Whether the account may do everything on its system: root, or LocalSystem.
    pub fn is_all_powerful(&self) -> bool {
        match self {
            Self::Uid(uid) => *uid == 0,
            Self::Sid(sid) => (sid.authority, sid.sub_authorities.as_slice()) == LOCAL_SYSTEM,
        }
    }
}

impl FromStr for AccountId {
    type Err = ParseAccountIdError;

    fn from_str(text: &str) -> Result<Self, ParseAccountIdError> {
        if text.starts_with('S') { text.parse().map(Self::Sid) } else { number(text).map(Self::Uid) }
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uid(uid) => uid.fmt(f),
            Self::Sid(sid) => sid.fmt(f),
        }
    }
}

impl FromStr for Sid {
    type Err = ParseAccountIdError;

    fn from_str(text: &str) -> Result<Self, ParseAccountIdError> {
        let mut parts = text.strip_prefix("S-1-").ok_or(ParseAccountIdError)?.split('-');
        let authority = parts.next().ok_or(ParseAccountIdError)?;
        let authority = match authority.strip_prefix("0x") {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => authority.parse(),
        };
        let authority =
            authority.ok().filter(|number| *number <= MAX_AUTHORITY).ok_or(ParseAccountIdError)?;
        let sub_authorities: Vec<u32> = parts.map(number).collect::<Result<_, _>>()?;
        if sub_authorities.is_empty() || sub_authorities.len() > MAX_SUB_AUTHORITIES {
            return Err(ParseAccountIdError);
        }
        let sid = Self { authority, sub_authorities };
        // Each identifier is written in one way.
        if sid.to_string() == text { Ok(sid) } else { Err(ParseAccountIdError) }
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.authority < HEXADECIMAL_FROM {
            write!(f, "S-1-{}", self.authority)?;
        } else {
            write!(f, "S-1-0x{:012X}", self.authority)?;
        }
        self.sub_authorities.iter().try_for_each(|number| write!(f, "-{number}"))
    }
}

/// Digits in the one form that a number is written in.
fn number(text: &str) -> Result<u32, ParseAccountIdError> {
    let number: u32 = text.parse().map_err(|_| ParseAccountIdError)?;
    if number.to_string() == text { Ok(number) } else { Err(ParseAccountIdError) }
}

/// Who is at the other end of standard input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Peer {
    /// A pipe or file: whoever started this process, with its rights.
    Parent,
    /// A local socket of a process of this account.
    Account(AccountId),
    /// A socket whose owner is not known.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::AccountId;

    #[test]
    fn accounts_are_written_as_they_are_read() {
        for text in ["0", "1000", "4294967295", "S-1-5-18", "S-1-5-21-1-2-3-1001", "S-1-0x100000000000-1"] {
            assert_eq!(text.parse::<AccountId>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "-1",
            "+1",
            "01",
            "4294967296",
            "root",
            "S",
            "S-1",
            "S-1-5",
            "S-2-5-18",
            "s-1-5-18",
            "S-1-5-018",
            "S-1-5-",
            "S-1-0x5-18",
            "S-1-0x0000000000005-18",
            "S-1-4294967296-1",
            "S-1-5-1-2-3-4-5-6-7-8-9-10-11-12-13-14-15-16",
        ] {
            assert!(text.parse::<AccountId>().is_err(), "{text}");
        }
    }

    #[test]
    fn root_and_local_system_may_do_everything() {
        let may = |text: &str| text.parse::<AccountId>().unwrap().is_all_powerful();
        assert!(may("0") && may("S-1-5-18"));
        assert!(!may("1000") && !may("S-1-5-19") && !may("S-1-5-18-0"));
    }
}
