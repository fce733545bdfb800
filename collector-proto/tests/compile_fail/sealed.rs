//! Only a signing key seals.
use collector_proto::envelope::{DetachedSignature, Sealed};
use collector_proto::messages::Report;
use std::marker::PhantomData;

fn forge(signature: DetachedSignature) -> Sealed<Report> {
    Sealed { payload: Vec::new(), signature, kind: PhantomData }
}

fn main() {
    let _ = forge;
}
