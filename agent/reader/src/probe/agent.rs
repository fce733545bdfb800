//! What this program knows of itself and of its enrolment: no source of the machine is read.

use super::Own;
use super::found::text_value;
use super::reading::Raw;
use super::table::Finder;
use collector_proto::catalog::fields;
use collector_proto::messages::Absence;

pub(super) const FIELDS: &[Finder<Own>] =
    &[(fields::AGENT_VERSION, |_| text_value(env!("CARGO_PKG_VERSION"))), (fields::DEVICE_ID, device_id)];

/// A device that is not enrolled has no id yet.
fn device_id(own: &Own) -> Result<Raw, Absence> {
    own.device_id.map(|id| Raw::Text(id.hyphenated().to_string())).ok_or(Absence::Unavailable)
}
