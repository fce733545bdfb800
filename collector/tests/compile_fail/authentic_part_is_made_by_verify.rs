//! A part that no signed head names cannot be said to be authentic.
use candor_collector::verify::AuthenticPart;
use collector_proto::digest::Digest;
use collector_proto::messages::Part;

fn forge(bytes: Vec<u8>, digest: Digest, part: Part) -> AuthenticPart {
    AuthenticPart { bytes, digest, part }
}

fn main() {}
