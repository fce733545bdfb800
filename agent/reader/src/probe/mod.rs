//! The machine under a permit: one module a section, behind one table an operating system.
//!
//! A probe is called only when the permit grants a field of it, and is told which. It opens the sources of these
//! fields and no others: a field that was not asked for has no code path that runs.

mod agent;
mod custody;
mod found;
mod reading;
mod shared;

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
#[cfg_attr(windows, path = "windows/mod.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported/mod.rs")]
mod system;

pub use reading::Reading;
pub(crate) use reading::{HardwareAddress, Raw, RawRow};

use crate::host::Host;
use collector_proto::catalog::{FieldId, FieldSet, Section};
use collector_proto::disclosure::Handover;
use collector_proto::messages::Absence;
use collector_proto::policy::{Permit, Standing};
use found::Found;
use uuid::Uuid;

/// The code that reads one section.
pub(super) struct Probe {
    /// The section; the first of them where one pass serves several.
    section: Section,
    /// The fields of it that the code can read.
    fields: &'static [FieldId],
    /// Reads those of `fields` that are in the set.
    read: fn(&Host, &FieldSet, &mut Found),
}

/// What Candor knows by itself: it stands in the reader's state, and no source of the machine holds it.
#[derive(Debug)]
pub struct Own {
    /// The enrolled device's id.
    pub device_id: Option<Uuid>,
    /// The last hand-over of the device, or why there is none.
    pub handover: Result<Handover, Absence>,
}

impl Own {
    /// Whether one of the fields is about the last hand-over.
    pub fn needs_handover(granted: &FieldSet) -> bool {
        custody::FIELDS.iter().any(|field| granted.contains(*field))
    }
}

impl Default for Own {
    /// A device that is not enrolled and was not handed over.
    fn default() -> Self {
        Self { device_id: None, handover: Err(Absence::Unavailable) }
    }
}

/// Reads what the permit grants.
///
/// A granted field that no probe can read is absent as unsupported; one that a probe did not find a value for stays
/// without a reason, which a disclosure turns into unavailable.
pub fn read<S: Standing>(host: &Host, permit: &Permit<S>, own: &Own) -> Reading {
    let granted = permit.fields();
    let mut found = Found::default();
    let mut readable = own_fields().collect::<FieldSet>();
    agent::read(&granted, own.device_id, &mut found);
    custody::read(&granted, &own.handover, &mut found);
    for probe in system::PROBES {
        let of_probe: FieldSet = probe.fields.iter().copied().collect();
        let wanted = granted.intersection(&of_probe);
        for field in probe.fields {
            readable.insert(*field);
        }
        if !wanted.is_empty() {
            tracing::debug!(section = probe.section.name(), fields = ?wanted, "reading");
            (probe.read)(host, &wanted, &mut found);
        }
    }
    for field in granted.difference(&readable).iter() {
        found.absent(field, Absence::Unsupported);
    }
    found.into_reading()
}

/// What this program can read on the system it is built for.
pub fn supported() -> FieldSet {
    let of_probes = system::PROBES.iter().flat_map(|probe| probe.fields);
    of_probes.copied().chain(own_fields()).collect()
}

/// Fields that are known on every operating system without a source of the machine.
fn own_fields() -> impl Iterator<Item = FieldId> {
    agent::FIELDS.iter().chain(custody::FIELDS).copied()
}
