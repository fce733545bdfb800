//! The collector answers over TLS and knows this device.
//!
//! It is the last check: what the network says is taken apart by a process that was confined as a step of the agent is, and that
//! examines nothing else any more.

use super::{Examination, Finding};
use crate::cli::confinement;
use crate::cli::online::{LazyUplink, block_on, way};
use crate::identity;
use crate::ship::CollectorLink as _;
use ring::rand::SystemRandom;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    if examination.offline {
        return Finding::Skipped("--offline");
    }
    let Some(enrolment) = &examination.enrolment else {
        return Finding::Skipped("the device is not enrolled");
    };
    let context = examination.context;
    let Ok(key) = identity::load_key(&context.paths) else {
        return Finding::Skipped("there is no device key to ask with");
    };
    let way = way(context, &enrolment.collector);
    // It asks no reader.
    confinement::enter(context, &way, &context.reader(None));
    let link = LazyUplink::new(way);
    match block_on(link.documents(&key, None, context.now(), &SystemRandom::new())) {
        Ok(Ok(_)) => {
            Finding::Good(format!("{} answers and knows this device", enrolment.collector.urls.join(", ")))
        }
        Ok(Err(error)) => Finding::Bad(format!("{:#}", anyhow::Error::from(error))),
        Err(failure) => Finding::of_failure(&failure),
    }
}
