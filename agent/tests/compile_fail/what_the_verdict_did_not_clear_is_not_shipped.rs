//! What is recorded is not sent before the verdict has been asked about it again.
use candor::ledger::Recorded;
use candor::ship::{CollectorLink, Desk};
use collector_proto::time::UtcTime;

async fn send(link: &impl CollectorLink, recorded: &Recorded, desk: &mut Desk<'_, '_>, now: UtcTime) {
    let _ = candor::ship::ship(link, recorded, desk, now).await;
}

fn main() {}
