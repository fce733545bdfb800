//! Reports: their coding, a head and its parts, and the way through the collector.

use super::stand::{COLLECTOR, FOLLOWS, POLICY, Sent, Stand};
use super::vectors;
use super::{Run, Seed, assert_same, assert_silent};
use candor_collector::refusal::RequestRefusal;
use candor_collector::reports::Arrived;
use candor_collector::verify::{self, Authentic};
use collector_proto::catalog::FieldId;
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document as _, Envelope, pae_digest};
use collector_proto::limits::{MAX_DOCUMENT_BYTES, MAX_REPORT_BYTES};
use collector_proto::messages::{Part, Receipt, Report, sequence};
use serde_json::{Value, json};

/// A body as it comes: what is decoded is bounded.
pub(super) fn prepare_coding() -> Run {
    Box::new(|input| match verify::decode_zstd(input) {
        Ok(decoded) => {
            assert!(decoded.bytes().len() <= MAX_REPORT_BYTES, "a report is larger than any may be");
            let coded = encoded(decoded.bytes());
            let again = verify::decode_zstd(&coded).expect("what is coded here is decoded");
            assert!(again.bytes() == decoded.bytes(), "a report is decoded to another one");
            true
        }
        Err(refused) => {
            assert_silent(&refused, "a body");
            false
        }
    })
}

pub(super) fn codings() -> Vec<Seed> {
    seeds().into_iter().map(|(name, body)| (name, encoded(&body))).collect()
}

fn encoded(body: &[u8]) -> Vec<u8> {
    zstd::stream::encode_all(body, 1).expect("bytes can be coded")
}

/// A sequence of texts, whose first one the device signs.
pub(super) fn prepare() -> Run {
    let stand = Stand::new();
    Box::new(move |input| {
        let Some(Sent { head, parts }) = stand.sent(input) else {
            let decoded = verify::decode_zstd(&encoded(input)).expect("what is coded here is decoded");
            let refused = verify::report(&decoded, stand.claim(input)).expect_err("no sequence is a report");
            says_nothing_of_it(&refused);
            return false;
        };
        let body = sequence::write(&head, parts.iter().map(Vec::as_slice));
        let decoded = verify::decode_zstd(&encoded(&body)).expect("what is coded here is decoded");
        match verify::report(&decoded, stand.claim(&head)) {
            Ok(authentic) => {
                is_what_was_signed(&authentic, &head, &parts);
                is_signed_by_the_device_alone(&stand, &body, &head);
                true
            }
            Err(refused) => {
                says_nothing_of_it(&refused);
                false
            }
        }
    })
}

fn says_nothing_of_it(refused: &RequestRefusal) {
    assert_silent(refused, "a report");
    let problem = serde_json::to_string(&refused.problem()).expect("a problem");
    assert!(!problem.contains(super::MARKER), "a problem repeats a value");
}

fn is_what_was_signed(authentic: &Authentic, head: &[u8], parts: &[Vec<u8>]) {
    let report = authentic.report();
    assert_eq!(report.payload(), head, "another head is taken than was signed");
    assert_eq!(report.digest(), pae_digest(Report::PAYLOAD_TYPE, head));
    assert_eq!(report.document().device_id, vectors::device(), "a report of another device is taken");
    assert_same(report.document(), "a head");
    assert!(sequence::is_compact(head), "white space is taken");
    assert_eq!(authentic.parts().len(), parts.len(), "a part is left out");
    for (part, bytes) in authentic.parts().iter().zip(parts) {
        assert_eq!(part.bytes(), bytes, "another part is taken than came");
        assert_eq!(
            report.document().parts.get(&part.part().part),
            Some(&Digest::of(bytes)),
            "a part is taken that is not signed"
        );
        // What the agent keeps and the reader shows is read as the collector reads it.
        let agents: Part = Part::read(bytes).expect("two programs disagree about a part");
        assert_eq!(agents, *part.part());
        assert_same(&agents, "a part");
        assert!(!format!("{agents:?} {part:?}").contains(super::MARKER), "a part shows its values");
    }
}

/// Another head under the same signature is refused.
fn is_signed_by_the_device_alone(stand: &Stand, body: &[u8], head: &[u8]) {
    let claim = stand.claim(&[head, b" "].concat());
    let decoded = verify::decode_zstd(&encoded(body)).expect("what is coded here is decoded");
    assert!(verify::report(&decoded, claim).is_err(), "what nobody signed counts as signed");
}

/// The same, to the receipt.
pub(super) fn prepare_intake() -> Run {
    let stand = Stand::new();
    Box::new(move |input| {
        let Some(Sent { head, parts }) = stand.sent(input) else { return false };
        let body = sequence::write(&head, parts.iter().map(Vec::as_slice));
        let arrived = Arrived { body: encoded(&body), receipt: None, sent_again_for: None };
        match stand.wait(stand.collector.take_report(stand.claim(&head), arrived)) {
            Ok(receipt) => {
                is_about(&stand, &receipt, &head);
                for part in &parts {
                    is_permitted(&stand, part);
                }
                true
            }
            Err(refused) => {
                says_nothing_of_it(&refused);
                false
            }
        }
    })
}

fn is_about(stand: &Stand, receipt: &[u8], head: &[u8]) {
    let envelope = Envelope::parse(receipt, MAX_DOCUMENT_BYTES).expect("a receipt");
    let root = candor_collector::store::wait(stand.store().current_root()).expect("a root");
    let (keys, threshold) = root.document().role(collector_proto::policy::trust::Role::Receipt);
    let receipt = envelope.verify::<Receipt>(&keys, threshold).expect("a signed receipt").into_document();
    assert_eq!(
        receipt.report_sha256,
        pae_digest(Report::PAYLOAD_TYPE, head),
        "a receipt is about another report"
    );
    assert_same(&receipt, "a receipt");
    assert!(
        receipt.values_until.values().all(|until| *until <= receipt.records_until),
        "a value outlives its record"
    );
}

/// Holds what was taken to the policy, by its JSON alone.
fn is_permitted(stand: &Stand, part: &[u8]) {
    let part: Value = serde_json::from_slice(part).expect("a part that was taken");
    for (section, body) in part["sections"].as_object().expect("sections") {
        let rows = ["rows", "upsert"].into_iter().filter_map(|member| body[member].as_array()).flatten();
        for (name, _) in rows.filter_map(Value::as_object).flatten() {
            let field = FieldId::parse(name).expect("a field of the catalogue");
            assert!(stand.policy.rule(field).is_some(), "{name} is taken without a rule");
            assert_eq!(field.section().name(), section, "{name} stands in another section");
        }
    }
}

const SALT: &str = "07070707070707070707070707070707";

/// A head that names these parts, and leaves open what follows from them.
fn head(parts: &[&Value]) -> Value {
    let named: serde_json::Map<String, Value> =
        parts.iter().filter_map(|part| Some((part["part"].as_str()?.to_owned(), FOLLOWS.into()))).collect();
    json!({
        "v": 1, "aud": COLLECTOR, "device_id": vectors::device(), "stream": "0f".repeat(16), "seq": 1,
        "created": "2026-11-22T08:00:00Z", "policy": {"version": 1, "sha256": POLICY, "coming": []},
        "parts": named, "standing": FOLLOWS, "absent": {"host.arch": "unavailable"},
    })
}

fn body(head: &Value, parts: &[&Value]) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = parts.iter().map(|part| part.to_string().into_bytes()).collect();
    sequence::write(head.to_string().as_bytes(), parts.iter().map(Vec::as_slice))
}

pub(super) fn seeds() -> Vec<Seed> {
    let os = json!({"v": 1, "part": "0101010101010101/30d", "sections": {
        "os": {"salt": SALT, "rows": [{"os.name": super::MARKER, "os.version": "12"}]},
    }});
    let package = |name: &str| json!({"package.type": "deb", "package.name": name, "package.version": super::MARKER, "package.architecture": "amd64"});
    let packages = json!({"v": 1, "part": "0101010101010101/90d", "sections": {
        "package": {"salt": SALT, "rows": [package("bash"), package("curl")]},
    }});
    let change = json!({"v": 1, "part": "0101010101010101/90d", "sections": {
        "package": {"salt": SALT, "base": POLICY, "digest": POLICY, "upsert": [package("curl")], "remove": ["deb:bash"]},
        "network": {"digest": POLICY},
    }});
    let mut told = head(&[&os]);
    told["failed"] = json!({"package": {"dpkg": "malformed"}});
    told["refused"] = json!([]);
    let over = json!({"v": 1, "part": "0101010101010101/30d", "sections": {
        "host": {"salt": SALT, "rows": [{"host.name": super::MARKER}]},
    }});
    let mut daily = head(&[&os]);
    daily["daily"] = json!({"read": "2026-11-22T08:00:00Z"});
    daily["gone"] = json!(["0101010101010101/90d"]);
    let nothing = head(&[]);
    [
        ("os", body(&head(&[&os]), &[&os])),
        ("two-parts", body(&head(&[&os, &packages]), &[&os, &packages])),
        ("change", body(&head(&[&change]), &[&change])),
        ("withheld", body(&head(&[&os, &packages]), &[&packages])),
        ("failed", body(&told, &[&os])),
        ("over-collection", body(&head(&[&over]), &[&over])),
        ("daily", body(&daily, &[&os])),
        ("nothing", body(&nothing, &[])),
    ]
    .map(|(name, body)| (name.to_owned(), body))
    .into()
}
