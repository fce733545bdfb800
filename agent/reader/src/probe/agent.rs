//! What this program knows of itself and of its enrolment: no source of the machine is read.

use super::found::{Found, text_value};
use super::reading::Raw;
use collector_proto::catalog::{FieldId, FieldSet, fields};
use collector_proto::messages::Absence;
use uuid::Uuid;

pub(super) const FIELDS: &[FieldId] = &[fields::AGENT_VERSION, fields::DEVICE_ID];

pub(super) fn read(granted: &FieldSet, device_id: Option<Uuid>, found: &mut Found) {
    if granted.contains(fields::AGENT_VERSION) {
        found.set(fields::AGENT_VERSION, text_value(env!("CARGO_PKG_VERSION")));
    }
    if granted.contains(fields::DEVICE_ID) {
        // A device that is not enrolled has no id yet.
        let id = device_id.map(|id| Raw::Text(id.hyphenated().to_string()));
        found.set(fields::DEVICE_ID, id.ok_or(Absence::Unavailable));
    }
}
