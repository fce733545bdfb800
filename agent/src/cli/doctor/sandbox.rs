//! The system confines a step of the agent: tried, not looked up.

use super::{Examination, Finding};
use crate::cli::confinement;
use collector_proto::catalog::SandboxLevel;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let confined = confinement::probe(examination.context);
    let found = format!("the system holds what talks to the collector to what it needs: {confined}");
    if confined.level() == SandboxLevel::Full { Finding::Good(found) } else { Finding::Doubtful(found) }
}
