//! One position is for one report.
use candor::identity::Enrolment;
use candor::ledger::{Position, compose};
use candor::reader_client::Disclosed;
use collector_proto::time::UtcTime;
use ring::rand::SystemRandom;

fn twice(disclosed: &Disclosed, enrolment: &Enrolment, position: Position<'_, '_>, now: UtcTime) {
    let _ = compose(disclosed, enrolment, position, None, Vec::new(), &SystemRandom::new(), now);
    let _ = compose(disclosed, enrolment, position, None, Vec::new(), &SystemRandom::new(), now);
}

fn main() {}
