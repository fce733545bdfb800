//! The device is enrolled, and the collector's device record verifies.

use super::{Examination, Finding};
use crate::cli::Failure;
use crate::device::Device;
use crate::identity;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let paths = &examination.context.paths;
    if !examination.context.is_own() {
        return match examination.device() {
            Ok(Device { id, collector, .. }) => {
                Finding::Good(format!("{id} of {collector}, as the reader says"))
            }
            Err(finding) => finding,
        };
    }
    let Some(enrolment) = &examination.enrolment else {
        return match examination.context.enrolment() {
            Ok(_) => Finding::Bad("the enrolment changed while it was examined".to_owned()),
            Err(failure) => Finding::of_failure(&failure),
        };
    };
    let verified = identity::load_key(paths).and_then(|key| {
        enrolment.receipt_keys(paths, &examination.documents())?.verify_record(
            &enrolment.device,
            enrolment.device_id,
            key.public(),
            &enrolment.collector.id,
            &enrolment.group,
        )
    });
    match verified {
        Ok(record) => Finding::Good(format!(
            "{} of {} since {}, when its group was {}",
            record.device_id,
            record.collector,
            record.enrolled_at.date(),
            record.group
        )),
        Err(error) => Finding::of_failure(&Failure::from(error)),
    }
}
