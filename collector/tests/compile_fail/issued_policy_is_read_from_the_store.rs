//! A policy that was not published cannot be said to be issued.
use candor_collector::admit::IssuedPolicy;
use collector_proto::policy::{Policy, Versions};
use std::sync::Arc;

fn forge(group: String, versions: Versions, policy: Arc<Policy>) -> IssuedPolicy {
    IssuedPolicy { group, versions, policy }
}

fn main() {}
