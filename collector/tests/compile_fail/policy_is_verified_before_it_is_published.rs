//! An envelope that nobody verified under the root cannot be published.
use candor_collector::store::Store;
use collector_proto::envelope::Envelope;
use collector_proto::time::UtcTime;

async fn publish(store: &dyn Store, envelope: Envelope, now: UtcTime) {
    let _ = store.publish(envelope, now).await;
}

fn main() {}
