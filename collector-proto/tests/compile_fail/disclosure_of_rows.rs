//! Only a message becomes a disclosure; rows do not.
use collector_proto::disclosure::Disclosure;
use collector_proto::policy::{Permit, Signed};
use std::collections::BTreeMap;

fn forge(permit: &Permit<Signed>) -> Disclosure<Signed> {
    Disclosure::under(permit, BTreeMap::new(), BTreeMap::new(), BTreeMap::new()).unwrap()
}

fn main() {
    let _ = forge;
}
