//! A policy is accepted by the trust and by nobody else.
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{Announced, Policy, PolicyRef};
use collector_proto::time::UtcTime;

fn forge(terms: Policy, standing: Vec<Announced>, newest: PolicyRef, fresh_until: UtcTime) -> AcceptedPolicy {
    AcceptedPolicy { terms, standing, newest, is_in_force: true, fresh_until }
}

fn main() {
    let _ = forge;
}
