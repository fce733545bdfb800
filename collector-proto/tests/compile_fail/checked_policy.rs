//! A policy is what passed the check.
use collector_proto::policy::{Policy, PolicyDocument};
use std::collections::BTreeMap;

fn forge(document: PolicyDocument) -> Policy {
    Policy { document, rules: BTreeMap::new(), unsupported: BTreeMap::new() }
}

fn main() {
    let _ = forge;
}
