//! Rows that the reader did not answer under a permit cannot pose as disclosed.
use candor::reader_client::Disclosed;
use collector_proto::disclosure::Disclosure;
use collector_proto::policy::{Permit, Policy, Signed};

fn invent(policy: Policy, permit: Permit<Signed>, disclosure: Disclosure<Signed>) -> Disclosed<Signed> {
    Disclosed { policy, permit, disclosure, fresh_until: None }
}

fn main() {}
