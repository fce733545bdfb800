//! What is signed but not recorded cannot be sent.
use candor::seal::Sealed;
use candor::ship::{CollectorLink, Desk};
use collector_proto::time::UtcTime;

async fn send(link: &impl CollectorLink, sealed: &Sealed, desk: &mut Desk<'_, '_>, now: UtcTime) {
    let _ = candor::ship::ship(link, sealed, desk, now).await;
}

fn main() {}
