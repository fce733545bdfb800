//! Which versions of the policy hold on this device and which will, as commands write it.

use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{Announced, Announcement, PolicyRef};
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
        Self { base: accepted.versions().base(), coming: accepted.coming().iter().map(Coming::of).collect() }
    }
}

/// A version that is announced.
#[derive(Serialize)]
pub(super) struct Coming {
    #[serde(flatten)]
    reference: PolicyRef,
    /// From when on it counts as shown.
    shown: Option<UtcTime>,
    /// From when on it is in force by itself; `None` while it has still to be shown.
    from: Option<UtcTime>,
    #[serde(skip)]
    asks: bool,
}

impl Coming {
    fn of(version: &Announced) -> Self {
        let Announcement { shown, asks, .. } = *version.announcement();
        Self { reference: version.reference(), shown, from: version.effect(), asks }
    }
}

impl fmt::Display for Coming {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "version {}, ", self.reference.version)?;
        match self.from {
            Some(from) => write!(f, "in force from {from}; what it narrows holds already"),
            None if self.asks => f.write_str("to be acknowledged first: candor notice --acknowledge"),
            None => f.write_str("to be shown first"),
        }
    }
}
