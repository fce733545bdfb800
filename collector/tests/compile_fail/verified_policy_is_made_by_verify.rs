//! A verified policy cannot be put together from a policy and an envelope.
use candor_collector::verify::VerifiedPolicy;
use collector_proto::envelope::Envelope;
use collector_proto::policy::trust::RootRef;
use collector_proto::policy::{Policy, PolicyRef};

fn forge(envelope: Envelope, policy: Policy, reference: PolicyRef, root: RootRef) -> VerifiedPolicy {
    VerifiedPolicy { envelope, reference, policy, root }
}

fn main() {}
