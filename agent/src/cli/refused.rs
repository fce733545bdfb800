//! Documents that this device refused, in words: what was offered, what that may mean, and what to do about it.

use collector_proto::catalog::{Attack, DocumentKind};
use collector_proto::disclosure::{RefusedDocuments, RefusedEntry};
use collector_proto::messages::NamedDocument;
use collector_proto::time::UtcTime;

/// How long `status` tells of what is well again; `policy history` always does.
const TOLD_FOR_SECONDS: i64 = 30 * 86_400;

/// What to do.
const WHAT_TO_DO: &str = "tell whoever answers for the collector; candor policy history says more";

/// What `status` says, a line each; nothing where nothing was refused, or not for a long time.
pub(super) fn lines(refused: &RefusedDocuments, now: UtcTime) -> Vec<String> {
    let is_old = refused.well_since.is_some_and(|since| now.seconds_since(since) > TOLD_FOR_SECONDS);
    if refused.entries.is_empty() || is_old {
        return Vec::new();
    }
    let mut lines: Vec<String> = refused.entries.iter().map(entry).collect();
    lines.push(well(refused));
    if refused.well_since.is_none() {
        lines.push(WHAT_TO_DO.to_owned());
    }
    lines
}

/// Whether it is over.
pub(super) fn well(refused: &RefusedDocuments) -> String {
    match refused.well_since {
        Some(since) => format!("all is well again since {since}"),
        None => "the collector has given no documents since that this device accepts".to_owned(),
    }
}

fn entry(entry: &RefusedEntry) -> String {
    let times = match entry.count {
        1 => format!("once, on {}", entry.first),
        count => format!("{count} times, from {} to {}", entry.first, entry.last),
    };
    let word = if entry.by_agent { " (by the word of candor alone)" } else { "" };
    format!("{}{word}: {times}", described(entry.attack, entry.document, entry.offered, entry.held))
}

/// What was refused, and what it may mean.
pub(super) fn described(
    attack: Attack,
    document: DocumentKind,
    offered: Option<NamedDocument>,
    held: Option<NamedDocument>,
) -> String {
    let numbers = match (offered.and_then(|named| named.version), held.and_then(|named| named.version)) {
        (Some(offered), Some(held)) => format!(", number {offered} where this device has {held}"),
        (Some(offered), None) => format!(", number {offered}"),
        (None, _) => String::new(),
    };
    let document = match document {
        DocumentKind::Root => "root of trust",
        DocumentKind::Policy => "policy",
        DocumentKind::Timestamp => "timestamp",
        DocumentKind::Placement => "placement",
        DocumentKind::All => "set of documents",
    };
    let what = match attack {
        Attack::Rollback => format!("an older {document} was offered than this device had before{numbers}"),
        Attack::Freeze => format!(
            "a {document} past its date was offered{numbers}: nobody renewed it, or newer ones are kept from this device"
        ),
        Attack::MixAndMatch => {
            format!(
                "documents were offered that do not belong together, or one was left out, at the {document}{numbers}"
            )
        }
        Attack::FastForward => {
            format!("a {document} too far ahead was offered{numbers}, or this device's clock is behind")
        }
        Attack::EndlessData => "more was offered than a collector may give".to_owned(),
        Attack::OtherContent => {
            format!("another {document} was offered under a number that was given out before{numbers}")
        }
        Attack::Forged => format!("a {document} was offered that is not signed by those who may{numbers}"),
    };
    format!("{what} ({attack})")
}
