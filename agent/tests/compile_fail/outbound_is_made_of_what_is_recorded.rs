//! Nobody but a recorded report gives what is delivered.
use candor::ledger::Outbound;
use collector_proto::envelope::DetachedSignature;

fn invent(compressed: Vec<u8>, signature: &DetachedSignature) -> Outbound<'_> {
    Outbound { compressed, signature }
}

fn main() {}
