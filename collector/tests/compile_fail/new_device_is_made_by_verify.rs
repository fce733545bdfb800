//! A device to be enrolled cannot be put together without the proof that it has its key.
use candor_collector::verify::NewDevice;
use collector_proto::contract::CONTRACT;
use collector_proto::digest::Digest;
use collector_proto::envelope::PublicKey;
use collector_proto::time::UtcTime;
use uuid::Uuid;

fn forge(device_id: Uuid, key: PublicKey, digest: Digest, expires: UtcTime) -> NewDevice {
    NewDevice {
        device_id,
        key,
        token: digest,
        nonce: digest,
        nonce_expires: expires,
        contract: CONTRACT,
    }
}

fn main() {}
