//! Makes every file of `vectors/` from fixed seeds and a fixed day.

use collector_proto::catalog::fields;
use collector_proto::digest::Digest;
use collector_proto::envelope::{DetachedSignature, Document, Envelope, SigningKey};
use collector_proto::policy::trust::{
    Documents, Floor, Place, PlacementDocument, PlacementRef, RootDocument, TimestampDocument, Trust,
};
use collector_proto::policy::{FieldName, PolicyDocument, PolicyRef, Versions, meaning};
use collector_proto::time::UtcTime;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use uuid::Uuid;

const DAY: i64 = 86_400;

/// Keys by their use; the seed is 32 times the number.
const KEYS: [(&str, u8); 8] = [
    ("root", 1),
    ("policy", 2),
    ("timestamp", 3),
    ("receipt", 4),
    ("device", 5),
    ("next root", 6),
    ("next policy", 7),
    ("stranger", 9),
];

/// Every file by its path under `vectors/`.
pub(crate) fn files() -> BTreeMap<String, String> {
    let mut files = BTreeMap::from([("keys.json".to_owned(), keys())]);
    files.extend(messages().into_iter().map(|(name, case)| (format!("messages/{name}.json"), pretty(&case))));
    files.extend(
        acceptance().into_iter().map(|(name, case)| (format!("acceptance/{name}.json"), pretty(&case))),
    );
    files
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

fn key(use_: &str) -> SigningKey {
    let (_, seed) = KEYS.iter().find(|(name, _)| *name == use_).unwrap();
    SigningKey::from_seed(&[*seed; 32]).unwrap()
}

fn now() -> UtcTime {
    UtcTime::parse("2026-11-22T08:00:00Z").unwrap()
}

fn after(seconds: i64) -> UtcTime {
    UtcTime::from_unix(now().unix() + seconds)
}

fn keys() -> String {
    let described = KEYS.iter().map(|(name, seed)| {
        let public = key(name).public().clone();
        json!({"use": name, "seed_hex": collector_proto::digest::hex(&[*seed; 32]), "jwk": public.to_jwk(), "keyid": public.id()})
    });
    let weak = SMALL_ORDER.iter().map(|x| json!({"kty": "OKP", "crv": "Ed25519", "x": x}));
    pretty(&json!({
        "description": "Ed25519 keys of fixed seeds with their RFC 7638 thumbprints, and the 14 encodings of points of \
                        small order that must be refused",
        "keys": described.collect::<Vec<_>>(),
        "refused": weak.collect::<Vec<_>>(),
    }))
}

/// The 14 encodings of Ed25519 points of small order, base64url.
const SMALL_ORDER: [&str; 14] = [
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIA",
    "7P_______________________________________38",
    "7P________________________________________8",
    "7f_______________________________________38",
    "7f________________________________________8",
    "7v_______________________________________38",
    "7v________________________________________8",
    "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_AU",
    "JuiVj8KyJ7BFw_SJ8u-Y8NXfrAXTxjM5sTgCiG1T_IU",
    "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA3o",
    "xxdqcD1N2E-6PAt2DRBnDyogU_osOczGTsf9d5KsA_o",
];

// ---- documents

fn role(keys: &[&str], threshold: usize) -> Value {
    let ids: Vec<_> = keys.iter().map(|name| key(name).public().id().clone()).collect();
    json!({"keyids": ids, "threshold": threshold})
}

/// A root whose root and policy roles have these keys and thresholds.
fn root(version: u64, root: (&[&str], usize), policy: (&[&str], usize)) -> RootDocument {
    let all: Vec<_> = [root.0, policy.0, &["timestamp", "receipt"]].concat();
    let keys: BTreeMap<_, _> =
        all.iter().map(|name| (key(name).public().id().to_string(), key(name).public().to_jwk())).collect();
    let document = json!({
        "v": 1, "type": "root", "version": version, "expires": after(365 * DAY), "collector": "collector.example",
        "keys": keys,
        "roles": {
            "root": role(root.0, root.1), "policy": role(policy.0, policy.1),
            "timestamp": role(&["timestamp"], 1), "receipt": role(&["receipt"], 1),
        },
    });
    serde_json::from_value(document).unwrap()
}

fn first_root() -> RootDocument {
    root(1, (&["root"], 1), (&["policy"], 1))
}

fn policy(version: u64) -> PolicyDocument {
    let document = json!({
        "v": 1, "type": "policy", "group": "default", "version": version,
        "issued": now(), "expires": after(180 * DAY), "notice_from": now(), "effective_from": now(),
        "max_stale": "7d", "notice_period": "7d", "require_acknowledgement": false, "report_every": "6h",
        "records": "400d",
        "declares": {"sold": false, "shared_for_advertising": false, "automated_decisions": false},
        "controller": {
            "name": "Example GmbH", "country": "DE", "contact": "privacy@example.com", "data_protection_officer": "dpo@example.com",
            "supervisory_authority": {"name": "BlnBDI", "url": "https://www.datenschutz-berlin.de"},
        },
        "jurisdictions": ["DE"],
        "recipients": [{"id": "it", "name": "Example IT department", "role": "controller", "country": "DE", "stored_in": "DE"}],
        "transfers": [],
        "purposes": {"security": {
            "dpv": "EnforceSecurity", "legal_basis": "legitimate_interest", "interests_weighed": true, "retention": "90d", "recipients": ["it"],
            "text": {"en": "Find devices that run software with known flaws."},
        }},
        "rules": [
            {"field": "host.ip", "meaning": meaning(fields::HOST_IP), "treat": {"truncate": {"v4": 24, "v6": 48}}, "purposes": ["security"], "necessity": "required"},
            {"field": "os.name", "meaning": meaning(fields::OS_NAME), "treat": "keep", "purposes": ["security"], "necessity": "required"},
            {"field": "os.version", "meaning": meaning(fields::OS_VERSION), "treat": {"generalise": "major"}, "purposes": ["security"], "necessity": "required"},
            {"field": "package.name", "meaning": meaning(fields::PACKAGE_NAME), "treat": "keep", "purposes": ["security"], "necessity": "optional",
             "where": {"package.name": {"exclude": ["lib*"]}}},
        ],
    });
    serde_json::from_value(document).unwrap()
}

fn timestamp(root: PolicyRef, policy: PolicyRef, issued: UtcTime) -> TimestampDocument {
    let document = json!({
        "v": 1, "type": "timestamp", "issued": issued, "expires": issued.plus_seconds(86_400),
        "root": root, "policies": {"default": {"current": policy, "coming": []}},
    });
    serde_json::from_value(document).unwrap()
}

/// The device of the vectors.
const DEVICE: Uuid = Uuid::from_u128(0x00000000_0000_4000_8000_000000000001);

fn placement(number: u64, from: &str, group: &str) -> PlacementDocument {
    let document = json!({
        "v": 1, "type": "placement", "collector": "collector.example", "device_id": DEVICE, "number": number,
        "group": group, "from": from,
    });
    serde_json::from_value(document).unwrap()
}

fn sign<T: Document>(document: &T, keys: &[&str]) -> Envelope {
    sign_bytes(T::PAYLOAD_TYPE, &serde_json::to_vec(document).unwrap(), keys)
}

fn sign_bytes(payload_type: &str, body: &[u8], keys: &[&str]) -> Envelope {
    let signatures: Vec<_> = keys.iter().map(|name| key(name).sign_payload(payload_type, body)).collect();
    Envelope::assemble(payload_type, body, &signatures)
}

fn reference(envelope: &Envelope, version: u64) -> PolicyRef {
    PolicyRef::new(version, envelope.unverified_digest().unwrap())
}

// ---- messages/: one signed document each

fn receipt(device_id: &str, stream: &str, report: Digest) -> Value {
    json!({
        "v": 1, "report_sha256": report, "device_id": device_id, "stream": stream, "seq": 1,
        "received_at": now(), "policy_version_current": 7, "values_until": {"90d": after(90 * DAY)},
        "records_until": after(400 * DAY), "collector": "collector.example",
    })
}

fn head(device_id: &str, stream: &str, report: Digest) -> Value {
    json!({
        "v": 1, "device_id": device_id, "collector": "collector.example", "nonce": "AAECAwQFBgcICQoLDA0ODw", "at": now(),
        "streams": [{"stream": stream, "seq": 1, "report_sha256": report}],
    })
}

fn messages() -> BTreeMap<String, Value> {
    let device_id = "00000000-0000-4000-8000-000000000001";
    let stream = "000102030405060708090a0b0c0d0e0f";
    let first = sign(&first_root(), &["root"]);
    let published = sign(&policy(7), &["policy"]);
    let part = json!({
        "v": 1, "part": "0123456789abcdef/90d",
        "sections": {"os": {"salt": "5a".repeat(16), "rows": [{"os.name": "Debian GNU/Linux", "os.version": "12"}]}},
    });
    let parts = json!({"0123456789abcdef/90d": Digest::of(&serde_json::to_vec(&part).unwrap())});
    let standing = Digest::of(&serde_json::to_vec(&parts).unwrap());
    let report = json!({
        "v": 1, "aud": "collector.example", "device_id": device_id, "stream": stream, "seq": 1,
        "created": now(), "policy": Versions::from(reference(&published, 7)), "parts": parts, "standing": standing,
        "absent": {"host.ip": "unavailable", "package.name": "unavailable"},
    });
    let report: collector_proto::messages::Report = serde_json::from_value(report).unwrap();
    let report_body = String::from_utf8(serde_json::to_vec(&report).unwrap()).unwrap();
    let report_digest = collector_proto::envelope::pae_digest(
        <collector_proto::messages::Report as Document>::PAYLOAD_TYPE,
        report_body.as_bytes(),
    );
    let receipt = receipt(device_id, stream, report_digest);
    let enrolment = json!({
        "v": 1, "jwk": key("device").public().to_jwk(), "device_id": device_id, "nonce": "AAECAwQFBgcICQoLDA0ODw",
        "token_sha256": Digest::of(b"token"), "aud": "collector.example", "contract": 1,
    });
    let device = json!({
        "v": 1, "device_id": device_id, "key_id": key("device").public().id(), "group": "default",
        "enrolled_at": now(), "collector": "collector.example",
    });
    let head = head(device_id, stream, report_digest);
    let typed = |kind: &str| format!("application/vnd.candor.{kind}.v1+json");
    let body_of = |value: Value| serde_json::to_string(&value).unwrap();
    let timestamp = timestamp(reference(&first, 1), reference(&published, 7), now());
    let good = [
        ("root", "root", serde_json::to_string(&first_root()).unwrap()),
        ("policy", "policy", serde_json::to_string(&policy(7)).unwrap()),
        ("timestamp", "timestamp", serde_json::to_string(&timestamp).unwrap()),
        ("placement", "policy", serde_json::to_string(&placement(1, "default", "laptops")).unwrap()),
        ("report", "device", report_body.clone()),
        ("receipt", "receipt", body_of(receipt)),
        ("head", "receipt", body_of(head)),
        ("enrolment", "device", body_of(enrolment)),
        ("device", "receipt", body_of(device)),
    ];
    let mut cases: BTreeMap<String, Value> = good
        .iter()
        .map(|(kind, signer, body)| {
            ((*kind).to_owned(), message("a good document", &typed(kind), body, signer))
        })
        .collect();

    for (kind, signer, body) in &good {
        cases.extend(newer(kind, &typed(kind), body, signer));
    }

    let base = || message("", &typed("report"), &report_body, "device");
    let mut add = |name: &str, description: &str, mut case: Value, verifies: bool| {
        case["description"] = description.into();
        case["verifies"] = verifies.into();
        cases.insert(name.to_owned(), case);
    };
    let mut payload = base();
    let changed = report_body.replace("/90d", "/91d");
    payload["envelope"]["payload"] = assembled(&typed("report"), &changed)["payload"].clone();
    add("report_tampered_payload", "the name of a part was changed after signing", payload, false);
    let mut signature = base();
    let mut bytes = key("device").sign_payload(&typed("report"), report_body.as_bytes()).bytes().to_vec();
    bytes[10] ^= 1;
    let broken = DetachedSignature::new(key("device").public().id().clone(), bytes);
    let envelope = Envelope::assemble(&typed("report"), report_body.as_bytes(), &[broken]);
    signature["envelope"] = serde_json::to_value(envelope).unwrap();
    add("report_tampered_signature", "a bit of the signature was changed", signature, false);
    let mut stranger = base();
    stranger["envelope"] =
        serde_json::to_value(sign_bytes(&typed("report"), report_body.as_bytes(), &["stranger"])).unwrap();
    add("report_signed_by_a_stranger", "another key signed", stranger, false);
    let mut renamed = base();
    renamed["envelope"]["payloadType"] = typed("receipt").into();
    add("report_under_another_type", "the envelope claims another payload type", renamed, false);
    let twice = report_body.replacen("\"seq\":1", "\"seq\":1,\"seq\":1", 1);
    let twice = message("", &typed("report"), &twice, "device");
    add(
        "report_with_a_name_twice",
        "well signed, but a name appears twice in an object (RFC 7493)",
        twice,
        false,
    );
    let mut url_safe = base();
    for place in ["/envelope/payload", "/envelope/signatures/0/sig"] {
        let text = url_safe.pointer(place).unwrap().as_str().unwrap().replace('+', "-").replace('/', "_");
        *url_safe.pointer_mut(place).unwrap() = text.into();
    }
    url_safe["envelope"]["signatures"][0]["keyid"] = "a hint that is wrong".into();
    add(
        "report_in_url_safe_base64",
        "the other base64 alphabet and a wrong key id, which is a hint only: good",
        url_safe,
        true,
    );
    cases
}

/// A good document as a later contract may write it: with a member that this one does not know, and with one that must be
/// understood. A report is closed.
fn newer(kind: &str, payload_type: &str, body: &str, signer: &str) -> [(String, Value); 2] {
    let with = |members: &str| format!("{},{members}}}", body.strip_suffix('}').unwrap());
    let verifies = kind != "report";
    let what = if verifies { "which is ignored: good" } else { "and a report is closed" };
    let extra = with(r#""later":{"deep":[{"er":null}]}"#);
    let mut extra = message(&format!("a member that nobody knows, {what}"), payload_type, &extra, signer);
    extra["verifies"] = verifies.into();
    let required = with(r#""later":true,"requires":["later"]"#);
    let mut required = message(
        "well signed, but a member must be understood that nobody knows",
        payload_type,
        &required,
        signer,
    );
    required["verifies"] = false.into();
    [(format!("{kind}_with_an_unknown_member"), extra), (format!("{kind}_that_requires_more"), required)]
}

fn assembled(payload_type: &str, body: &str) -> Value {
    serde_json::to_value(Envelope::assemble(payload_type, body.as_bytes(), &[])).unwrap()
}

fn message(description: &str, payload_type: &str, body: &str, signer: &str) -> Value {
    let signature = key(signer).sign_payload(payload_type, body.as_bytes());
    json!({
        "description": description,
        "payload_type": payload_type,
        "key": key(signer).public().to_jwk(),
        "body": body,
        "pae_sha256": collector_proto::envelope::pae_digest(payload_type, body.as_bytes()),
        "header": signature.to_string(),
        "envelope": sign_bytes(payload_type, body.as_bytes(), &[signer]),
        "verifies": true,
    })
}

// ---- acceptance/: what a device was given, and what it makes of it

/// A device and what the collector gave it.
struct Case {
    description: &'static str,
    root: Envelope,
    floor: Floor,
    documents: Documents,
    now: UtcTime,
}

impl Case {
    /// A case in which all is good: policy 7 under root 1, a timestamp of the same instant.
    fn good(description: &'static str) -> Self {
        let root = sign(&first_root(), &["root"]);
        let mut case =
            Self { description, root, floor: Floor::default(), documents: Documents::default(), now: now() };
        case.publish(&policy(7), now());
        case
    }

    fn edited(description: &'static str, edit: impl FnOnce(&mut Self)) -> Self {
        let mut case = Self::good(description);
        edit(&mut case);
        case
    }

    /// Signs the policy, and a timestamp that names it.
    fn publish(&mut self, policy: &PolicyDocument, at: UtcTime) {
        self.publish_envelope(sign(policy, &["policy"]), policy.version, at);
    }

    fn publish_envelope(&mut self, envelope: Envelope, version: u64, at: UtcTime) {
        let root = self.documents.roots.last().unwrap_or(&self.root);
        let root_version = 1 + self.documents.roots.len() as u64;
        let stamp = timestamp(reference(root, root_version), reference(&envelope, version), at);
        self.documents.policies = vec![envelope];
        self.documents.timestamp = Some(sign(&stamp, &["timestamp"]));
    }

    /// The policy's JSON, edited and well signed.
    fn publish_edited(&mut self, edit: impl FnOnce(&mut Value)) {
        let mut body = serde_json::to_value(policy(7)).unwrap();
        edit(&mut body);
        self.publish_body(&serde_json::to_string(&body).unwrap());
    }

    fn publish_body(&mut self, body: &str) {
        let envelope = sign_bytes(PolicyDocument::PAYLOAD_TYPE, body.as_bytes(), &["policy"]);
        self.publish_envelope(envelope, 7, now());
    }

    fn edit_timestamp(&mut self, edit: impl FnOnce(&mut TimestampDocument)) {
        let body = self.documents.timestamp.as_ref().unwrap().unverified_payload().unwrap();
        let mut stamp: TimestampDocument = serde_json::from_slice(&body).unwrap();
        edit(&mut stamp);
        self.documents.timestamp = Some(sign(&stamp, &["timestamp"]));
    }

    fn accepted_before(&mut self, version: u64) {
        let accepted = reference(&sign(&policy(version), &["policy"]), version);
        self.floor.policies.insert("default".to_owned(), accepted);
        self.floor.timestamp_issued = Some(now());
        self.floor.max_time_seen = now();
    }

    fn to_json(&self) -> Value {
        let mut trust =
            Trust::pin(&self.root, Place::of_enrolment(DEVICE, "default".to_owned()), self.floor.clone())
                .unwrap();
        let outcome = super::verdict(&mut trust, &self.documents, self.now);
        let mut case = json!({
            "description": self.description, "now": self.now, "device_id": DEVICE, "group": "default",
            "root": self.root,
            "floor": self.floor, "documents": self.documents, "floor_after": trust.floor(),
        });
        match outcome {
            Ok(policy) => {
                let unsupported: Vec<&FieldName> =
                    policy.terms().unsupported().map(|(name, _)| name).collect();
                if !unsupported.is_empty() {
                    case["unsupported"] = serde_json::to_value(unsupported).unwrap();
                }
                case["accepted"] = serde_json::to_value(policy.newest()).unwrap();
                case["fresh_until"] = policy.fresh_until().to_string().into();
            }
            Err(refusal) => case["refused"] = refusal.code().into(),
        }
        case
    }
}

fn acceptance() -> BTreeMap<String, Value> {
    let cases = [policies(), contents(), timestamps(), rotations(), placements()];
    cases.into_iter().flatten().map(|(name, case)| (name.to_owned(), case.to_json())).collect()
}

/// Policies whose signatures, dates or versions decide.
fn policies() -> Vec<(&'static str, Case)> {
    vec![
        ("good", Case::good("policy 7 under root 1")),
        ("good_after_version_6", Case::edited("a newer version", |case| case.accepted_before(6))),
        (
            "unsigned",
            Case::edited("the policy carries no signature", |case| {
                case.publish_envelope(sign(&policy(7), &[]), 7, now());
            }),
        ),
        (
            "tampered",
            Case::edited("a byte of the policy was changed after signing", |case| {
                let mut envelope = serde_json::to_value(&case.documents.policies[0]).unwrap();
                let body = serde_json::to_string(&policy(7)).unwrap().replace("\"90d\"", "\"99d\"");
                envelope["payload"] = assembled(PolicyDocument::PAYLOAD_TYPE, &body)["payload"].clone();
                case.documents.policies = vec![serde_json::from_value(envelope).unwrap()];
            }),
        ),
        (
            "signed_by_the_timestamp_key",
            Case::edited("the online key signed the policy", |case| {
                case.publish_envelope(sign(&policy(7), &["timestamp"]), 7, now());
            }),
        ),
        (
            "expired",
            Case::edited("the policy is past its date", |case| {
                case.publish(&policy(7), after(180 * DAY));
                case.now = after(180 * DAY);
            }),
        ),
        (
            "not_yet_effective",
            Case::edited("the policy takes effect a week later", |case| {
                let mut later = policy(7);
                later.effective_from = after(7 * DAY);
                case.publish(&later, now());
            }),
        ),
        ("stale", Case::edited("no timestamp for longer than max_stale", |case| case.now = after(7 * DAY))),
        (
            "just_not_stale",
            Case::edited("one second before it is stale", |case| case.now = after(7 * DAY - 1)),
        ),
        ("rolled_back", Case::edited("the device accepted version 8 before", |case| case.accepted_before(8))),
        (
            "equivocation",
            Case::edited("another policy of the accepted version", |case| {
                case.accepted_before(7);
                let mut other = policy(7);
                other.require_acknowledgement = true;
                case.publish(&other, now());
            }),
        ),
        (
            "other_group",
            Case::edited("the policy is for another group", |case| {
                let mut other = policy(7);
                "laptops".clone_into(&mut other.group);
                case.publish(&other, now());
            }),
        ),
    ]
}

/// Moves to the group `laptops`.
fn placements() -> Vec<(&'static str, Case)> {
    let moved = |description, placement: Envelope, edit: fn(&mut Case)| {
        Case::edited(description, |case| {
            let mut other = policy(3);
            "laptops".clone_into(&mut other.group);
            let envelope = sign(&other, &["policy"]);
            let named = reference(&envelope, 3);
            case.documents.policies = vec![envelope];
            case.edit_timestamp(|stamp| stamp.policies = [("laptops".to_owned(), named.into())].into());
            case.documents.placement = Some(placement);
            edit(case);
        })
    };
    let good = || sign(&placement(1, "default", "laptops"), &["policy"]);
    let other_device =
        PlacementDocument { device_id: Uuid::from_u128(9), ..placement(1, "default", "laptops") };
    let accepted = |case: &mut Case| {
        let envelope = sign(&placement(2, "default", "servers"), &["policy"]);
        let sha256 = envelope.unverified_digest().unwrap();
        case.floor.placement = Some(PlacementRef { number: 2, sha256 });
    };
    vec![
        ("moved", moved("the device is moved to another group", good(), |_| {})),
        (
            "moved_by_the_timestamp_key",
            moved(
                "the online key signed the placement",
                sign(&placement(1, "default", "laptops"), &["timestamp"]),
                |_| {},
            ),
        ),
        (
            "moved_for_another_device",
            moved("the placement is for another device", sign(&other_device, &["policy"]), |_| {}),
        ),
        ("moved_back_in_time", moved("the device accepted placement 2 before", good(), accepted)),
        (
            "moved_to_two_groups",
            moved(
                "another placement of the accepted number",
                sign(&placement(2, "default", "laptops"), &["policy"]),
                accepted,
            ),
        ),
        (
            "moved_out_of_another_group",
            moved(
                "the placement moves a device out of a group in which this one is not",
                sign(&placement(1, "servers", "laptops"), &["policy"]),
                |_| {},
            ),
        ),
    ]
}

/// Well signed policies whose content decides.
fn contents() -> Vec<(&'static str, Case)> {
    vec![
        (
            "other_meaning",
            Case::edited("a rule was made with another meaning of its field, which is withheld", |case| {
                case.publish_edited(|body| {
                    body["rules"][0]["meaning"] = Digest::of(b"another").to_string().into();
                });
            }),
        ),
        (
            "unknown_field",
            Case::edited("a rule names a field that does not exist here, which is withheld", |case| {
                case.publish_edited(|body| body["rules"][0]["field"] = "host.colour".into());
            }),
        ),
        (
            "never_collected",
            Case::edited("a rule names what no program collects", |case| {
                case.publish_edited(|body| body["rules"][0]["field"] = "screen.capture".into());
            }),
        ),
        (
            "unknown_treatment",
            Case::edited(
                "a rule treats its field in a way that is not known here; the field is withheld",
                |case| {
                    case.publish_edited(|body| body["rules"][0]["treat"] = json!({"blur": 3}));
                },
            ),
        ),
        (
            "unknown_rule_member",
            Case::edited("a rule has a member that the format does not have, which is ignored", |case| {
                case.publish_edited(|body| body["rules"][0]["colour"] = "red".into());
            }),
        ),
        (
            "rule_requires_more",
            Case::edited("a rule has a member that must be understood; its field is withheld", |case| {
                case.publish_edited(|body| {
                    body["rules"][0]["colour"] = "red".into();
                    body["rules"][0]["requires"] = json!(["colour"]);
                });
            }),
        ),
        (
            "unknown_filter_field",
            Case::edited(
                "a filter reads a field that does not exist here; the filtered one is withheld",
                |case| {
                    case.publish_edited(|body| {
                        body["rules"][0]["where"] = json!({"host.colour": {"exclude": ["red"]}});
                    });
                },
            ),
        ),
        (
            "unknown_member",
            Case::edited("the policy has a member that the format does not have, which is ignored", |case| {
                case.publish_edited(|body| body["colour"] = json!({"deep": ["er"]}));
            }),
        ),
        (
            "unknown_member_twice",
            Case::edited("a name appears twice in a member that the format does not have", |case| {
                case.publish_body(&serde_json::to_string(&policy(7)).unwrap().replacen(
                    "{\"v\":1,",
                    "{\"v\":1,\"colour\":{\"a\":1,\"a\":1},",
                    1,
                ));
            }),
        ),
        (
            "requires_more",
            Case::edited("the policy has a member that must be understood and is not", |case| {
                case.publish_edited(|body| {
                    body["colour"] = "red".into();
                    body["requires"] = json!(["colour"]);
                });
            }),
        ),
        (
            "newer_format",
            Case::edited("the policy is of another format version", |case| {
                case.publish_edited(|body| body["v"] = 2.into());
            }),
        ),
        (
            "treatment_not_allowed",
            Case::edited("a rule treats its field as the catalogue forbids", |case| {
                case.publish_edited(|body| {
                    body["rules"][0]["treat"] = json!({"truncate": {"v4": 33, "v6": 48}});
                });
            }),
        ),
    ]
}

/// Timestamps, clocks, and what is missing.
fn timestamps() -> Vec<(&'static str, Case)> {
    vec![
        ("timestamp_missing", Case::edited("there is no timestamp", |case| case.documents.timestamp = None)),
        (
            "timestamp_lives_too_long",
            Case::edited("a timestamp of 24 hours and a second", |case| {
                case.edit_timestamp(|stamp| stamp.expires = after(DAY + 1));
            }),
        ),
        (
            "timestamp_rolled_back",
            Case::edited("a timestamp older than the accepted one", |case| {
                case.accepted_before(7);
                case.floor.timestamp_issued = Some(after(1));
                case.floor.max_time_seen = after(1);
            }),
        ),
        (
            "timestamp_names_version_8",
            Case::edited("a newer policy exists and was withheld", |case| {
                let newer = reference(&sign(&policy(8), &["policy"]), 8);
                case.edit_timestamp(|stamp| _ = stamp.policies.insert("default".to_owned(), newer.into()));
            }),
        ),
        (
            "timestamp_signed_by_the_policy_key",
            Case::edited("the wrong role signed the timestamp", |case| {
                let body = case.documents.timestamp.as_ref().unwrap().unverified_payload().unwrap();
                case.documents.timestamp =
                    Some(sign_bytes(TimestampDocument::PAYLOAD_TYPE, &body, &["policy"]));
            }),
        ),
        (
            "clock_behind",
            Case::edited("the clock stands before a proven instant", |case| {
                case.floor.max_time_seen = after(301);
            }),
        ),
        (
            "timestamp_requires_more",
            Case::edited("the timestamp has a member that must be understood and is not", |case| {
                let body = case.documents.timestamp.as_ref().unwrap().unverified_payload().unwrap();
                let mut body: Value = serde_json::from_slice(&body).unwrap();
                body["requires"] = json!(["later"]);
                let body = serde_json::to_vec(&body).unwrap();
                case.documents.timestamp =
                    Some(sign_bytes(TimestampDocument::PAYLOAD_TYPE, &body, &["timestamp"]));
            }),
        ),
        ("no_policy", Case::edited("there is no policy", |case| case.documents.policies.clear())),
    ]
}

/// Root rotations. `next` is signed by the named keys.
fn rotations() -> Vec<(&'static str, Case)> {
    let next_keys = |version| root(version, (&["next root"], 1), (&["policy"], 1));
    let rotate = |description, next: RootDocument, signers: &[&str]| {
        let mut case = Case::good(description);
        case.documents.roots = vec![sign(&next, signers)];
        case.publish(&policy(7), now());
        case
    };
    let mut stolen =
        Case::good("a thief of the policy key pushed version 1000000; the rotated key forgets it");
    let rotated = root(2, (&["root"], 1), (&["next policy"], 1));
    stolen.documents.roots = vec![sign(&rotated, &["root"])];
    stolen.accepted_before(1_000_000);
    stolen.publish_envelope(sign(&policy(8), &["next policy"]), 8, now());

    let two = root(1, (&["root"], 1), (&["policy", "next policy"], 2));
    let offices = |description, signers: &[&str]| {
        let mut case = Case::good(description);
        case.root = sign(&two, &["root"]);
        case.publish_envelope(sign(&policy(7), signers), 7, now());
        case
    };
    vec![
        (
            "root_rotated",
            rotate("root 2 is signed by the old and the new keys", next_keys(2), &["root", "next root"]),
        ),
        (
            "root_signed_by_old_keys_only",
            rotate("root 2 lacks the new keys' signature", next_keys(2), &["root"]),
        ),
        (
            "root_signed_by_new_keys_only",
            rotate("root 2 lacks the old keys' signature", next_keys(2), &["next root"]),
        ),
        ("root_skips_a_version", rotate("root 3 follows root 1", next_keys(3), &["root", "next root"])),
        ("policy_key_rotated", stolen),
        ("two_offices_signed", offices("threshold 2, two keys signed", &["policy", "next policy"])),
        ("one_office_signed_twice", offices("threshold 2, one key signed twice", &["policy", "policy"])),
    ]
}
