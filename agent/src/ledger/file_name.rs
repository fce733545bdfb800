//! Names in the ledger's directory.

use crate::durable::{self, FileError};
use candor_durable::Role;
use std::fmt;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

/// Highest number of an entry: names have ten digits, and a longer one would be taken for a foreign file.
pub(super) const MAX_NUMBER: u64 = 9_999_999_999;

/// A name in the ledger's directory.
pub(super) enum FileName {
    Report(u64),
    /// A part of the entry, by its place among the parts that the head names, from 1.
    Part(u64, u16),
    Receipt(u64),
    Refused(u64),
    Dropped(RangeInclusive<u64>),
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Report(number) => write!(f, "{number:010}.report"),
            Self::Part(number, place) => write!(f, "{number:010}-{place}.part"),
            Self::Receipt(number) => write!(f, "{number:010}.receipt"),
            Self::Refused(number) => write!(f, "{number:010}.refused"),
            Self::Dropped(range) => write!(f, "{:010}-{:010}.dropped", range.start(), range.end()),
        }
    }
}

/// Reads a name; `None` where it is not one that the ledger gives.
pub(super) fn parse_name(name: &str) -> Option<FileName> {
    let (stem, kind) = name.split_once('.')?;
    if let Some((first, last)) = stem.split_once('-') {
        if kind == "part" {
            return Some(FileName::Part(parse_number(first)?, parse_place(last)?));
        }
        let (first, last) = (parse_number(first)?, parse_number(last)?);
        return (kind == "dropped" && first <= last).then_some(FileName::Dropped(first..=last));
    }
    let number = parse_number(stem)?;
    match kind {
        "report" => Some(FileName::Report(number)),
        "receipt" => Some(FileName::Receipt(number)),
        "refused" => Some(FileName::Refused(number)),
        _ => None,
    }
}

fn parse_place(digits: &str) -> Option<u16> {
    let place: u16 = digits.parse().ok()?;
    (place > 0 && place.to_string() == digits).then_some(place)
}

fn parse_number(digits: &str) -> Option<u64> {
    let number = digits.parse().ok()?;
    (digits.len() == 10 && number > 0 && digits.bytes().all(|b| b.is_ascii_digit())).then_some(number)
}

/// A file of a ledger in the directory, if there is one.
pub(crate) fn any_file(directory: &Path) -> Result<Option<PathBuf>, FileError> {
    let Some(folder) = durable::found(durable::existing(directory, Role::Ledger))? else { return Ok(None) };
    let names = folder.names().map_err(|source| durable::unreadable(directory, source))?;
    let file = names.into_iter().find(|name| name.to_str().and_then(parse_name).is_some());
    Ok(file.map(|name| directory.join(name)))
}
