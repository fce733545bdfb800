//! A draft's disclosure cannot become a report.
use candor::identity::Enrolment;
use candor::ledger::{Position, compose};
use candor::reader_client::Disclosed;
use collector_proto::policy::Draft;
use collector_proto::time::UtcTime;
use ring::rand::SystemRandom;

fn send(draft: &Disclosed<Draft>, enrolment: &Enrolment, position: Position<'_, '_>, now: UtcTime) {
    let _ = compose(draft, enrolment, position, None, Vec::new(), &SystemRandom::new(), now);
}

fn main() {}
