//! The last hand-over of a shared device, as a person typed it in: no source of the machine is read.

use super::found::{Found, text_value};
use super::reading::Raw;
use collector_proto::catalog::{FieldId, FieldSet, fields};
use collector_proto::disclosure::Handover;
use collector_proto::messages::Absence;

pub(super) const FIELDS: &[FieldId] =
    &[fields::X_CUSTODY_DIRECTION, fields::X_CUSTODY_CONDITION, fields::X_CUSTODY_AT];

pub(super) fn read(granted: &FieldSet, handover: &Result<Handover, Absence>, found: &mut Found) {
    let mut set = |field, value: fn(&Handover) -> Result<Raw, Absence>| {
        if granted.contains(field) {
            found.set(field, handover.as_ref().map_err(|reason| *reason).and_then(value));
        }
    };
    set(fields::X_CUSTODY_DIRECTION, |handover| text_value(handover.direction.name()));
    set(fields::X_CUSTODY_CONDITION, |handover| text_value(handover.condition.as_str()));
    set(fields::X_CUSTODY_AT, |handover| Ok(Raw::Instant(handover.at)));
}
