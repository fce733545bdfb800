//! Nothing but a recorded report that the verdict has cleared gives what is delivered.
use candor::ship::Outbound;
use collector_proto::envelope::DetachedSignature;

fn invent(compressed: Vec<u8>, signature: &DetachedSignature) -> Outbound<'_> {
    Outbound { compressed, signature, receipt: None, sent_again_for: None }
}

fn main() {}
