//! Nobody but the ledger says that a document was signed as these bytes: it signs them or verifies the signature.
use candor::ledger::Kept;
use collector_proto::envelope::DetachedSignature;
use collector_proto::messages::Report;

fn invent(document: Report, body: Vec<u8>, signature: DetachedSignature) -> Kept<Report> {
    Kept { document, body, signature }
}

fn main() {}
