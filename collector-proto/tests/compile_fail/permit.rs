//! A permit is derived from an accepted policy.
use collector_proto::policy::{Permit, PolicyRef, Signed};
use std::collections::{BTreeMap, BTreeSet};

fn forge(policy: PolicyRef) -> Permit<Signed> {
    Permit { grants: BTreeMap::new(), withheld: BTreeMap::new(), unknown: BTreeSet::new(), policy }
}

fn main() {
    let _ = forge;
}
