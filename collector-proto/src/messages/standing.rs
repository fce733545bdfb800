//! The parts of a device as they stand: by the digest of each part's bytes in the last head that named it.
//!
//! Both sides keep it, and each head carries one digest over all of it. So a head in which nothing changed has one digest,
//! however many accounts a machine has, and a collector that lacks something notices.

use super::{PartName, Report};
use crate::digest::Digest;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The digest of each part's bytes in the last head that named it. A part stands also where its bytes are gone.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StandingParts(
    #[serde(deserialize_with = "crate::json::unique_map")] pub BTreeMap<PartName, Digest>,
);

impl StandingParts {
    /// The digest over all parts: SHA-256 over the names and digests as a JSON object in JCS form.
    pub fn digest(&self) -> Digest {
        // Texts alone: serialising them cannot fail.
        Digest::of(&serde_json::to_vec(&self.by_text()).unwrap_or_default())
    }

    /// How the parts stand after a report: what it names in the place of what stood, without what is gone. Where that is not
    /// what the report says, it may be the first one after everything was sent again; then only what it names stands.
    ///
    /// `None` where the report says neither: this side lacks something that it builds on.
    pub fn after(&self, report: &Report) -> Option<Self> {
        let mut built = self.clone();
        built.0.retain(|name, _| !report.gone.contains(name));
        built.0.extend(&report.parts);
        if built.digest() == report.standing {
            return Some(built);
        }
        report.begins_anew().then(|| Self(report.parts.clone()))
    }

    /// JCS sorts by the text of a name, which is not the order of retentions.
    fn by_text(&self) -> BTreeMap<String, &Digest> {
        self.0.iter().map(|(name, digest)| (name.to_string(), digest)).collect()
    }
}

impl Report {
    /// Whether nothing stands after it but what it names.
    pub fn begins_anew(&self) -> bool {
        StandingParts(self.parts.clone()).digest() == self.standing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Version1;
    use crate::policy::PolicyRef;
    use crate::time::UtcTime;
    use uuid::Uuid;

    fn standing(parts: &[(&str, &str)]) -> StandingParts {
        StandingParts(
            parts.iter().map(|(name, bytes)| (name_of(name), Digest::of(bytes.as_bytes()))).collect(),
        )
    }

    fn name_of(name: &str) -> PartName {
        PartName::parse(&format!("0123456789abcdef/{name}")).unwrap()
    }

    fn report(parts: &[(&str, &str)], gone: &[&str], after: &StandingParts) -> Report {
        Report {
            v: Version1,
            aud: "c".to_owned(),
            device_id: Uuid::nil(),
            stream: "s".to_owned(),
            seq: 1,
            prev: None,
            created: UtcTime::from_unix(0),
            policy: PolicyRef::new(1, Digest::of(b"policy")).into(),
            daily: None,
            parts: standing(parts).0,
            gone: gone.iter().map(|name| name_of(name)).collect(),
            standing: after.digest(),
            absent: BTreeMap::new(),
            failed: BTreeMap::new(),
            refused: Vec::new(),
        }
    }

    #[test]
    fn a_report_builds_on_what_stands_or_begins_anew() {
        let before = standing(&[("1d", "a"), ("90d", "b"), ("365d", "c")]);
        let after = standing(&[("1d", "z"), ("90d", "b"), ("30d", "n")]);
        let changes = report(&[("1d", "z"), ("30d", "n")], &["365d"], &after);
        assert_eq!(before.after(&changes), Some(after.clone()));
        assert_eq!(before.after(&report(&[], &[], &before)), Some(before.clone()), "nothing changed");

        let everything = report(&[("1d", "z"), ("90d", "b"), ("30d", "n")], &[], &after);
        assert_eq!(before.after(&everything), Some(after.clone()), "everything was sent again");
        assert_eq!(StandingParts::default().after(&everything), Some(after.clone()), "the first one");

        assert_eq!(StandingParts::default().after(&changes), None, "it builds on what is not here");
        assert_eq!(standing(&[("90d", "other")]).after(&changes), None, "it builds on something else");
        assert_eq!(before.after(&report(&[("1d", "z")], &[], &after)), None, "it forgets to name a part");
    }
}
