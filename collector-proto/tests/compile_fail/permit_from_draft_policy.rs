//! A checked policy is not yet an accepted one: it gives a draft's permit only.
use collector_proto::catalog::Platform;
use collector_proto::policy::{Ceiling, Consent, Permit, Policy, Signed};

fn permit(policy: &Policy) -> Permit<Signed> {
    Permit::derive(policy, Platform::Linux, &Ceiling::Unset, &Consent::default())
}

fn main() {
    let _ = permit;
}
