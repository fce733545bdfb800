//! Timestamps: the online word that a group's policy is still the current one, and which versions are coming.

use super::NotSigned;
use collector_proto::contract::Version1;
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::limits::MAX_TIMESTAMP_SECONDS;
use collector_proto::policy::Named;
use collector_proto::policy::trust::{RootRef, TimestampDocument, TimestampKind};
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How long one timestamp is given out before another is signed, in seconds. Devices compare times of issue, so a few
/// minutes lose nothing and save a signature for each of a thousand devices that ask at once.
const REUSED_SECONDS: i64 = 300;

/// Signs timestamps, one per group: a device learns nothing about groups that it is not in.
#[derive(Default)]
pub struct Timestamps {
    last: Mutex<BTreeMap<String, Given>>,
}

/// The timestamp that was last given to a group.
struct Given {
    root: RootRef,
    named: Named,
    at: UtcTime,
    envelope: Envelope,
}

impl Timestamps {
    /// The group's timestamp for the current root and the versions of its policy, signed with the key that this root names.
    pub fn current(
        &self,
        key: &SigningKey,
        group: &str,
        root: RootRef,
        named: Named,
        now: UtcTime,
    ) -> Result<Envelope, NotSigned> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(given) = last.get(group)
            && given.root == root
            && given.named == named
            && (0..REUSED_SECONDS).contains(&now.seconds_since(given.at))
        {
            return Ok(given.envelope.clone());
        }
        let document = TimestampDocument {
            v: Version1,
            kind: TimestampKind::Timestamp,
            issued: now,
            expires: now.plus_seconds(MAX_TIMESTAMP_SECONDS),
            root,
            policies: named.newest().map(|_| (group.to_owned(), named.clone())).into_iter().collect(),
        };
        let envelope = key.seal(&document)?.to_envelope();
        last.insert(group.to_owned(), Given { root, named, at: now, envelope: envelope.clone() });
        Ok(envelope)
    }
}
