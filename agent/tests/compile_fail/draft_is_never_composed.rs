//! A draft's disclosure cannot become a report.
use candor::identity::Enrolment;
use candor::ledger::Position;
use candor::reader_client::Disclosed;
use collector_proto::policy::Draft;
use collector_proto::time::UtcTime;

fn send(draft: &Disclosed<Draft>, enrolment: &Enrolment, position: Position, now: UtcTime) {
    let _ = candor::seal::compose(draft, enrolment, position, None, now);
}

fn main() {}
