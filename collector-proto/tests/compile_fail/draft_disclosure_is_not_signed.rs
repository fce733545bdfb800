//! What a draft would disclose cannot be kept or sent.
use collector_proto::disclosure::Disclosure;
use collector_proto::policy::{Draft, Signed};

fn keep(_: &Disclosure<Signed>) {}

fn preview(draft: &Disclosure<Draft>) {
    keep(draft);
}

fn main() {
    let _ = preview;
}
