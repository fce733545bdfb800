//! There is no signed permit without the policy that grants it.
use collector_proto::catalog::Platform;
use collector_proto::policy::{Ceiling, Consent, Permit, Signed};

fn nameless() -> Permit<Signed> {
    Permit::derive(&(), Platform::Linux, &Ceiling::Unset, &Consent::default())
}

fn main() {
    let _ = nameless;
}
