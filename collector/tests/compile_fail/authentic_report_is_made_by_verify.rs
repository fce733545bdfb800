//! A report whose signature was not verified cannot be said to be authentic.
use candor_collector::verify::{Authentic, AuthenticPart, DeviceKey};
use collector_proto::envelope::{DetachedSignature, Verified};
use collector_proto::messages::Report;

fn forge(report: Verified<Report>, parts: Vec<AuthenticPart>, signature: DetachedSignature, key: DeviceKey) -> Authentic {
    Authentic { report, parts, signature, key }
}

fn main() {}
