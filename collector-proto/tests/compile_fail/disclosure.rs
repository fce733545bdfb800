//! A disclosure is what stands under a permit.
use collector_proto::disclosure::Disclosure;
use collector_proto::policy::Signed;
use std::collections::BTreeMap;
use std::marker::PhantomData;

fn forge() -> Disclosure<Signed> {
    Disclosure { sections: BTreeMap::new(), absent: BTreeMap::new(), standing: PhantomData }
}

fn main() {
    let _ = forge;
}
