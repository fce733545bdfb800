//! Where a step confines itself, and where it is tried what that comes to.

use super::Context;
use super::online::Way;
use crate::confine::{self, Confined, Needs, TooWeak};
use crate::reader_client::ReaderClient;
use candor_uplink::Reach;
use collector_proto::catalog::SandboxLevel;
use collector_proto::policy::PolicyDocument;

/// Confines this process for good. If it is going to ask the reader, one waits for its question by now; nothing that came
/// over the network or from the reader was looked at yet, and no thread was started: each has a confinement of its own.
pub(super) fn enter(context: &Context, way: &Way, reader: &ReaderClient) -> Confined {
    let confined = confine::confine(&needs(context, way.reach(), reader.started_and_waiting()));
    if confined.level() < SandboxLevel::Full {
        tracing::warn!("the system confines this process in part only: {confined}");
    }
    confine::taken_over();
    confined
}

/// What a step of this device would come to. Where it would connect to makes no difference to the level.
pub(super) fn probe(context: &Context) -> Confined {
    confine::probe(&needs(context, Reach::default(), Vec::new()))
}

/// Whether a step of this device would do anything under the policy. Tried only where the policy demands something.
pub(super) fn suffices(context: &Context, policy: &PolicyDocument) -> Result<(), TooWeak> {
    if policy.require_sandbox == SandboxLevel::None {
        return Ok(());
    }
    probe(context).suffices(policy)
}

fn needs(context: &Context, reach: Reach, readers: Vec<u32>) -> Needs<'_> {
    Needs { paths: &context.paths, reach, readers }
}
