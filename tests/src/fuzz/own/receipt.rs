//! Receipts: as the ledger keeps them, and as they come back to the collector after a restore.

use super::stand::{FOLLOWS, Stand};
use super::vectors::{self, Holder, key, now};
use super::{Run, Seed, assert_same, report};
use candor_collector::store::{PublishedRoot, wait};
use candor_collector::verify::{self, TrustRoot};
use collector_proto::envelope::{Document as _, Envelope, VerifyError};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Receipt, sequence};
use collector_proto::policy::trust::Role;
use serde_json::json;

/// An envelope as it is; anything else is what the collector of the fixtures signs. It is about a report of the device.
pub(super) fn prepare() -> Run {
    let stand = Stand::new();
    let (_, seed) = report::seeds().swap_remove(0);
    let sent = stand.sent(&seed).expect("a report");
    let body = sequence::write(&sent.head, sent.parts.iter().map(Vec::as_slice));
    let decoded = verify::decode_zstd(&zstd::stream::encode_all(&*body, 1).expect("bytes can be coded"))
        .expect("a body");
    let about = verify::report(&decoded, stand.claim(&sent.head)).expect("a report");
    let digest = about.report().digest();
    let root = TrustRoot::from_envelope(vectors::acceptance("good").root).expect("a root");
    let (keys, threshold) = root.document().role(Role::Receipt);
    let roots = vec![PublishedRoot { root, published_at: now() }];
    let of_stand = wait(stand.store().published_roots()).expect("roots");
    let signer = key(Holder::Receipt);
    Box::new(move |input| {
        let envelope = Envelope::parse(input, MAX_DOCUMENT_BYTES).unwrap_or_else(|_| {
            let text = super::text(input).replace(FOLLOWS, &digest.to_string());
            let signature = signer.sign_payload(Receipt::PAYLOAD_TYPE, text.as_bytes());
            Envelope::assemble(Receipt::PAYLOAD_TYPE, text.as_bytes(), &[signature])
        });
        let written = envelope.to_json();
        let agents = envelope.verify::<Receipt>(&keys, threshold);
        let collectors = verify::own_receipt(&written, &about, &roots, "collector.example", now());
        assert!(
            verify::own_receipt(&written, &about, &of_stand, "collector.example", now()).is_err(),
            "a receipt of another collector is taken"
        );
        if let Ok(own) = &collectors {
            let read = agents.as_ref().expect("a receipt is good for the collector and not for the agent");
            assert_eq!(own.receipt(), read.document());
            assert_eq!(own.receipt().report_sha256, digest, "a receipt is about another report");
            assert_eq!(own.receipt().device_id, vectors::device());
            assert_eq!(own.envelope(), written);
        }
        match agents {
            Ok(read) => {
                assert_same(read.document(), "a receipt");
                if let Some(last) = read.document().last_value_until() {
                    assert!(read.document().values_until.values().all(|until| *until <= last));
                }
                collectors.is_ok()
            }
            Err(VerifyError::Signatures { .. }) => {
                assert!(Envelope::parse(input, MAX_DOCUMENT_BYTES).is_ok(), "a signature is not taken");
                false
            }
            Err(_) => false,
        }
    })
}

pub(super) fn seeds() -> Vec<Seed> {
    let receipt = json!({
        "v": 1, "report_sha256": FOLLOWS, "device_id": vectors::device(), "stream": "0f".repeat(16), "seq": 1,
        "received_at": "2026-11-22T08:00:00Z", "policy_version_current": 1, "values_until": {"30d": "2026-12-22T08:00:00Z"},
        "records_until": "2027-12-27T08:00:00Z", "collector": "collector.example",
    });
    let mut gap = receipt.clone();
    gap["gap_from"] = json!(7);
    let envelopes = vectors::bodies(
        &["receipt", "receipt_with_an_unknown_member", "receipt_that_requires_more"],
        |message| message.envelope.to_string().into_bytes(),
    );
    let bodies =
        [("own", receipt), ("gap", gap)].map(|(name, body)| (name.to_owned(), body.to_string().into_bytes()));
    bodies.into_iter().chain(envelopes).collect()
}
