//! What was not treated is not answered.
use candor_reader::treat::Treated;
use collector_proto::disclosure::Disclosure;
use collector_proto::policy::Signed;

fn pass(disclosure: Disclosure<Signed>) -> Treated<Signed> {
    Treated(disclosure)
}

fn main() {
    let _ = pass;
}
