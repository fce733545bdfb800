//! A policy that was not published cannot be said to be issued.
use candor_collector::admit::IssuedPolicy;
use collector_proto::policy::{Policy, PolicyRef};
use std::sync::Arc;

fn forge(group: String, reference: PolicyRef, policy: Arc<Policy>) -> IssuedPolicy {
    IssuedPolicy { group, reference, policy }
}

fn main() {}
