//! The key of a device cannot be put on record by whoever verifies a report.
use candor_collector::verify::DeviceKey;
use collector_proto::contract::CONTRACT;
use collector_proto::envelope::PublicKey;
use uuid::Uuid;

fn forge(key: PublicKey, device_id: Uuid, group: String) -> DeviceKey {
    DeviceKey { key, device_id, group, placement: 0, contract: CONTRACT, root: 0, revoked: false }
}

fn main() {}
