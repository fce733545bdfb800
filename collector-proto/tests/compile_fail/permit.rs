//! A permit is derived from an accepted policy.
use collector_proto::policy::{Permit, PolicyRef, Signed};
use std::collections::BTreeMap;
use std::marker::PhantomData;

fn forge(reference: PolicyRef) -> Permit<Signed> {
    Permit { grants: BTreeMap::new(), withheld: BTreeMap::new(), policy: Some(reference), standing: PhantomData }
}

fn main() {
    let _ = forge;
}
