//! The last hand-over of a shared device, as a person typed it in: no source of the machine is read.

use super::Own;
use super::found::text_value;
use super::reading::Raw;
use super::table::Finder;
use collector_proto::catalog::fields;
use collector_proto::disclosure::Handover;
use collector_proto::messages::Absence;

pub(super) const FIELDS: &[Finder<Own>] = &[
    (fields::X_CUSTODY_DIRECTION, |own| text_value(handover(own)?.direction.name())),
    (fields::X_CUSTODY_CONDITION, |own| text_value(handover(own)?.condition.as_str())),
    (fields::X_CUSTODY_AT, |own| Ok(Raw::Instant(handover(own)?.at))),
];

fn handover(own: &Own) -> Result<&Handover, Absence> {
    own.handover.as_ref().map_err(|reason| *reason)
}
