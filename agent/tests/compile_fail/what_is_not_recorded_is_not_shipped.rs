//! What is signed but not recorded cannot be sent.
use candor::ledger::SignedReport;
use candor::ship::{CollectorLink, Desk};
use collector_proto::time::UtcTime;

async fn send(
    link: &impl CollectorLink,
    signed: &SignedReport<'_, '_>,
    desk: &mut Desk<'_, '_>,
    now: UtcTime,
) {
    let _ = candor::ship::ship(link, signed, desk, now).await;
}

fn main() {}
