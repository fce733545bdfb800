//! A policy is accepted by the trust and by nobody else.
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{Policy, PolicyRef};
use collector_proto::time::UtcTime;

fn forge(policy: Policy, reference: PolicyRef, fresh_until: UtcTime) -> AcceptedPolicy {
    AcceptedPolicy { policy, reference, fresh_until }
}

fn main() {
    let _ = forge;
}
