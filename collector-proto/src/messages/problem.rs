//! Refusals as problem details (RFC 9457). `type` is `urn:candor:problem:<kind>`.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::collections::BTreeSet;

/// A problem document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// `urn:candor:problem:<kind>`, or anything when another server answered.
    #[serde(rename = "type", default)]
    pub type_: String,
    /// One line for people.
    #[serde(default)]
    pub title: String,
    /// HTTP status.
    #[serde(default)]
    pub status: u16,
    /// What happened this time. Never repeats content of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// With `resync`: the parts to send in full; none where every part is.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub parts: BTreeSet<String>,
    /// With `send-again`: which generation of the collector's store asks. Repeated with the next report once it is done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<u64>,
}

macro_rules! problems {
    ($($(#[$meta:meta])* $variant:ident = $name:literal, $status:literal, $title:literal;)+) => {
        /// Every refusal that a collector gives.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ProblemKind { $($(#[$meta])* $variant),+ }

        impl ProblemKind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Last part of the problem type.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),+ } }

            /// HTTP status.
            pub const fn status(self) -> u16 { match self { $(Self::$variant => $status),+ } }

            /// One line for people.
            pub const fn title(self) -> &'static str { match self { $(Self::$variant => $title),+ } }
        }
    };
}

problems! {
    /// The request is not of the form that the endpoint takes.
    Malformed = "malformed", 400, "The request cannot be read";
    /// Wrong or missing token, nonce or signature at enrolment.
    EnrolmentRefused = "enrolment-refused", 401, "The enrolment is refused";
    /// The signature is not good or the key is unknown.
    BadSignature = "bad-signature", 401, "The signature is not good";
    /// The device was revoked.
    Revoked = "revoked", 403, "The device was revoked";
    /// No such resource.
    NotFound = "not-found", 404, "There is no such resource";
    /// Another report carries the same device, stream and number.
    Equivocation = "equivocation", 409, "Another report has this device, stream and number";
    /// The collector lacks the rows that the report builds on.
    Resync = "resync", 409, "The collector lacks the rows this report builds on; send them in full";
    /// The collector was restored from a backup and lacks reports that it receipted.
    SendAgain = "send-again", 409, "The collector was restored and lacks reports of this device; send these again first";
    /// The body is larger than allowed.
    TooLarge = "too-large", 413, "The request is too large";
    /// Another media type or content coding is expected.
    MediaType = "media-type", 415, "Another media type or content coding is expected";
    /// The report names a field or value that its policy does not permit.
    OverCollection = "over-collection", 422, "The report holds more than its policy permits";
    /// The report names a policy that the collector never issued to the device's group.
    UnknownPolicy = "unknown-policy", 422, "The report names a policy that this collector did not issue";
    /// No device may go by the policy that the report names: it was replaced too long ago, has expired, or is not in force yet.
    SupersededPolicy = "superseded-policy", 422, "The policy that the report was made under was replaced, has expired, or is not in force yet";
    /// The report is for another collector.
    WrongAudience = "wrong-audience", 422, "The report is for another collector";
    /// The report is signed but breaks a rule of the format.
    Invalid = "invalid", 422, "The report breaks a rule of the format";
    /// The sender understands too little or too much to work with this collector.
    Contract = "contract", 400, "The two programs are too far apart; one of them has to be upgraded";
    /// What the device should get requires something that the device does not understand.
    NotUnderstood = "not-understood", 409, "The device's documents need a newer Candor";
    /// Too many requests.
    Busy = "busy", 429, "Too many requests";
    /// The collector failed.
    Internal = "internal", 500, "The collector failed";
    /// The collector cannot store now.
    Unavailable = "unavailable", 503, "The collector cannot take reports now";
}

/// Prefix of our problem types.
const URN: &str = "urn:candor:problem:";

impl ProblemKind {
    /// The problem document of this kind.
    pub fn problem(self, detail: impl Into<Option<String>>) -> Problem {
        Problem {
            type_: format!("{URN}{}", self.name()),
            title: self.title().to_owned(),
            status: self.status(),
            detail: detail.into(),
            parts: BTreeSet::new(),
            generation: None,
        }
    }
}

/// Its name.
impl Serialize for ProblemKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> Deserialize<'de> for ProblemKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let kind = Self::ALL.iter().copied().find(|kind| kind.name() == name);
        kind.ok_or_else(|| serde::de::Error::custom("no kind of problem has this name"))
    }
}

impl Problem {
    /// The kind, if the type is one of ours.
    pub fn kind(&self) -> Option<ProblemKind> {
        let name = self.type_.strip_prefix(URN)?;
        ProblemKind::ALL.iter().copied().find(|kind| kind.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_round_trips() {
        for kind in ProblemKind::ALL {
            let json = serde_json::to_string(&kind.problem(None)).unwrap();
            let read: Problem = serde_json::from_str(&json).unwrap();
            assert_eq!(read.kind(), Some(*kind));
            assert!((400..600).contains(&read.status));
        }
    }
}
