//! The machine under a permit: one module for each section, behind one list of probes for each operating system.
//!
//! A probe is called only when the permit grants a field of it, and runs the functions of the granted fields alone
//! (`table/`): a field that was not asked for has no code path that runs, and none of its sources is touched.
//!
//! What probes of any system are made of (`table`, `shared`) belongs to the library, as the formats do: it is compiled,
//! linted and tested on every system, whichever of them have probes that use it.

mod agent;
mod custody;
mod found;
#[doc(hidden)]
pub mod shared;
#[doc(hidden)]
pub mod table;

#[cfg_attr(target_os = "linux", path = "linux/mod.rs")]
#[cfg_attr(target_os = "macos", path = "macos/mod.rs")]
#[cfg_attr(windows, path = "windows/mod.rs")]
#[cfg_attr(not(any(target_os = "linux", target_os = "macos", windows)), path = "unsupported/mod.rs")]
mod system;

use crate::host::Host;
use crate::treat::{Reading, reading};
use collector_proto::catalog::{FieldSet, Platform, SourcePlace};
use collector_proto::disclosure::Handover;
use collector_proto::messages::Absence;
use collector_proto::policy::{Permit, Standing};
use found::Found;
use std::collections::BTreeSet;
use table::{Finder, asked, names};
use uuid::Uuid;

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
        !names(custody::FIELDS).intersection(granted).is_empty()
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
    host.close(closed(permit));
    let mut found = Found::default();
    for (field, value) in OWN.iter().flat_map(|fields| asked(fields, &granted)) {
        found.set(*field, value(own));
    }
    for probe in system::PROBES {
        let wanted = granted.intersection(&probe.fields());
        if !wanted.is_empty() {
            tracing::debug!(section = probe.section().name(), fields = ?wanted, "reading");
            probe.read(host, &wanted, &mut found);
        }
    }
    for field in granted.difference(&supported()).iter() {
        found.absent(field, Absence::Unsupported);
    }
    found.into_reading()
}

/// The places of granted fields that the permit does not cover: those in the directories of persons, where no rule names these.
fn closed<S: Standing>(permit: &Permit<S>) -> BTreeSet<SourcePlace> {
    let platform = Platform::current();
    let open = permit.sources(platform);
    let fields = permit.fields();
    let all = fields.iter().flat_map(|field| field.field().source(platform).touches);
    all.copied().filter(|place| !open.contains(place)).collect()
}

/// What this program can read on the system it is built for.
pub fn supported() -> FieldSet {
    let of_probes = system::PROBES.iter().map(|probe| probe.fields());
    let all = OWN.iter().map(|fields| names(fields)).chain(of_probes);
    all.fold(FieldSet::EMPTY, |all, fields| all.iter().chain(fields.iter()).collect())
}

/// Fields that are known on every operating system without a source of the machine.
const OWN: &[&[Finder<Own>]] = &[agent::FIELDS, custody::FIELDS];

#[cfg(test)]
mod tests {
    use super::*;
    use collector_proto::catalog::Section;
    use std::path::Path;

    /// Whoever has a report and not the machine leaves out by the section what may be about others.
    #[test]
    fn what_is_about_accounts_stands_in_the_sections_that_say_so() {
        let roots = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/roots");
        let mut about_accounts = BTreeSet::new();
        for root in std::fs::read_dir(roots).unwrap() {
            let host = Host::at(&root.unwrap().path());
            let mut found = Found::default();
            for probe in system::PROBES {
                probe.read(&host, &probe.fields(), &mut found);
            }
            let is_about_accounts =
                |section: &&Section| found.rows_of(**section).iter().any(|row| !row.is_the_machines());
            about_accounts.extend(Section::ALL.iter().filter(is_about_accounts).copied());
        }
        if system::PROBES.is_empty() {
            return;
        }
        // No tree has a bus that says who is logged in.
        about_accounts.insert(Section::Session);
        let expected: BTreeSet<Section> =
            Section::ALL.iter().filter(|section| section.is_about_accounts()).copied().collect();
        assert_eq!(about_accounts, expected);
    }
}
