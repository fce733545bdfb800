//! What an operation enters without a purpose gives no value of a device, and leads to no store that does.
use candor_collector::store::{IntakeStore, Store, ValueStore, WithoutValues};
use uuid::Uuid;

fn rows(store: &dyn WithoutValues, device: Uuid) {
    let _ = store.sections(device);
}

fn content(store: &dyn WithoutValues) {
    let _ = store.report(1);
}

fn bases(store: &dyn WithoutValues, device: Uuid) {
    let _ = store.bases(device, Vec::new());
}

fn whole(store: &dyn WithoutValues) -> &dyn Store {
    store
}

fn values(store: &dyn WithoutValues) -> &dyn ValueStore {
    store
}

fn main() {}
