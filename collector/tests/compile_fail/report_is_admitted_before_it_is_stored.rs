//! A report that is authentic but was not held to its policy cannot be stored.
use candor_collector::store::{Quota, SealReceipt, Store};
use candor_collector::verify::Authentic;
use collector_proto::time::UtcTime;

async fn keep(store: &dyn Store, authentic: Authentic, seal: SealReceipt, quota: Quota, now: UtcTime) {
    let _ = store.store_report(authentic, seal, quota, now).await;
}

fn main() {}
