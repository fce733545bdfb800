//! A report must name the policy it was made under; a draft's permit has none to name.
use collector_proto::policy::{Draft, Permit, PolicyRef};

fn name(permit: &Permit<Draft>) -> PolicyRef {
    permit.policy()
}

fn main() {
    let _ = name;
}
