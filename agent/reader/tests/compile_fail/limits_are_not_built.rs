//! Only the reader's state says which limits hold.
use candor_reader::state::Limits;
use collector_proto::policy::{Ceiling, Consent};

fn lift() -> Limits {
    Limits { ceiling: Ceiling::Unset, consent: Consent::default() }
}

fn main() {
    let _ = lift;
}
