//! `cache/named.json`: up to which entry reports were recorded before the device's ceiling last named an account about which nothing is
//! read. They may say something about it, and nobody can tell: a report does not say whose its rows are. So none of them is sent any more.

use crate::durable::{self, FileError};
use crate::paths::Paths;
use collector_proto::contract::Version1;
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};

/// Longest file in bytes.
const MAX_BYTES: usize = 4096;

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LastNaming {
    v: Version1,
    /// When accounts were added, as the reader says.
    named_at: UtcTime,
    /// The newest entry when that was first heard of.
    up_to: u64,
}

/// Up to which entry nothing is sent any more; 0 where no account was ever named. What is heard of for the first time is kept before
/// anything is sent. Where the file is lost, nothing is sent of what is recorded by now.
pub(crate) fn recorded_before(
    paths: &Paths,
    named_at: Option<UtcTime>,
    newest: u64,
) -> Result<u64, FileError> {
    let Some(named_at) = named_at else { return Ok(0) };
    let kept: Option<LastNaming> = durable::read_json(&paths.named(), MAX_BYTES).ok().flatten();
    if let Some(kept) = kept.filter(|kept| kept.named_at == named_at) {
        return Ok(kept.up_to);
    }
    durable::replace_json(&paths.named(), "named", &LastNaming { v: Version1, named_at, up_to: newest })?;
    Ok(newest)
}
