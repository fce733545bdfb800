//! Between composing a report and recording it the ledger takes no other one, or its position would not be the next.
use candor::identity::Enrolment;
use candor::ledger::{LedgerWriter, compose};
use candor::reader_client::Disclosed;
use collector_proto::envelope::SigningKey;
use collector_proto::time::UtcTime;
use ring::rand::SystemRandom;

fn overtake(
    ledger: &mut LedgerWriter<'_>,
    disclosed: &Disclosed,
    enrolment: &Enrolment,
    key: &SigningKey,
    now: UtcTime,
) {
    let first = ledger.next_position(&SystemRandom::new()).unwrap();
    let second = ledger.next_position(&SystemRandom::new()).unwrap();
    let first = compose(disclosed, enrolment, first, None, Vec::new(), &SystemRandom::new(), now).unwrap();
    let second = compose(disclosed, enrolment, second, None, Vec::new(), &SystemRandom::new(), now).unwrap();
    let _ = second.sign(key).unwrap().record(key, now);
    let _ = first.sign(key).unwrap().record(key, now);
}

fn main() {}
