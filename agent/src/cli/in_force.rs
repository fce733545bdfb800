//! Which versions of the policy hold on this device and which will, as commands write it.

use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{Announced, Announcement, PolicyRef};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::fmt;

/// The version in force or, where none is, the first that will be, with those that are announced beside it.
#[derive(Serialize)]
pub(super) struct InForce {
    #[serde(flatten)]
    pub(super) base: PolicyRef,
    pub(super) coming: Vec<Coming>,
}

impl InForce {
    pub(super) fn of(accepted: &AcceptedPolicy) -> Self {
        let group = |version: &Announced| version.policy().document().group.clone();
        let waits = accepted.standing().len() - accepted.coming().len();
        let coming = accepted.standing().iter().enumerate().skip(waits).map(|(place, version)| {
            let before = place.checked_sub(1).map(|before| group(&accepted.standing()[before]));
            Coming::of(version, before.filter(|before| *before != group(version)).map(|_| group(version)))
        });
        Self { base: accepted.versions().base(), coming: coming.collect() }
    }
}

/// A version that is announced.
#[derive(Serialize)]
pub(super) struct Coming {
    #[serde(flatten)]
    reference: PolicyRef,
    /// The group that the device is moved to by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    moves_to: Option<String>,
    /// From when on it counts as shown.
    shown: Option<UtcTime>,
    /// From when on it is in force by itself; `None` while it has still to be shown.
    from: Option<UtcTime>,
    #[serde(skip)]
    asks: bool,
}

impl Coming {
    fn of(version: &Announced, moves_to: Option<String>) -> Self {
        let Announcement { shown, asks, .. } = *version.announcement();
        Self { reference: version.reference(), moves_to, shown, from: version.effect(), asks }
    }
}

impl fmt::Display for Coming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(group) = &self.moves_to {
            write!(f, "this device is moved to the group {}: ", plain(group))?;
        }
        write!(f, "version {}, ", self.reference.version)?;
        match self.from {
            Some(from) => write!(f, "in force from {from}; what it narrows holds already"),
            None if self.asks => f.write_str("to be acknowledged first: candor notice --acknowledge"),
            None => f.write_str("to be shown first"),
        }
    }
}
