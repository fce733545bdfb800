//! What computing and verifying the permit of a policy of 200 rules costs while another version of it is coming: milliseconds from the
//! documents as the reader is handed them to the permit, one number a line. `cargo xtask bench` runs it and holds the median to its bound.
//!
//! With `walk` the device was away for years: 60 roots follow the one that it has, each signed by two holders of whom one has another key
//! in each of them.
#![allow(clippy::print_stdout, reason = "the numbers are what this program is for")]
#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why and fails")]

use collector_proto::catalog::{FieldId, LegalBasis, Platform};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document, Envelope, SigningKey};
use collector_proto::policy::trust::{Documents, Floor, RootDocument, TimestampDocument, Trust};
use collector_proto::policy::{Announcements, Ceiling, Consent, Permit, PolicyDocument, Signed, meaning};
use collector_proto::time::UtcTime;
use serde_json::{Value, json};
use std::time::Instant;

/// How many rules the policy has: all that the catalogue has fields for, and others that this program does not know.
const RULES: usize = 200;

/// How many roots a device walks that was away.
const AWAY: u8 = 60;

fn main() {
    let runs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(20);
    let walked = if std::env::args().any(|argument| argument == "walk") { AWAY } else { 0 };
    let key = key(1);
    let pinned = root(&key, 0);
    let roots: Vec<Envelope> = (1..=walked).map(|steps| root(&key, steps)).collect();
    let policies = [policy(1, "90d"), policy(2, "120d")].map(|one| sealed::<PolicyDocument>(&key, &one));
    let timestamp = timestamp(roots.last().unwrap_or(&pinned), &policies, walked);
    let timestamp = sealed::<TimestampDocument>(&key, &timestamp);
    let documents =
        Documents { roots, policies: policies.into(), timestamp: Some(timestamp), placement: None };
    let handed_over = serde_json::to_vec(&documents).expect("JSON");
    for _ in 0..runs {
        let since = Instant::now();
        let mut trust = Trust::pin(&pinned, "default".to_owned(), Floor::default()).expect("a root");
        let documents: Documents = serde_json::from_slice(&handed_over).expect("documents");
        let mut announced = Announcements::default();
        let accepted = trust.accept(&documents, &mut announced, now()).expect("a policy");
        let permit =
            Permit::<Signed>::derive(&accepted, Platform::Linux, &Ceiling::Unset, &Consent::default());
        let took = since.elapsed();
        assert!(permit.versions().coming.len() == 1 && !permit.fields().is_empty(), "the permit of both");
        assert_eq!(trust.root().version, version_after(walked), "the newest root");
        println!("{}", took.as_secs_f64() * 1000.0);
    }
}

fn now() -> UtcTime {
    UtcTime::from_unix(1_800_000_000)
}

fn sealed<T: Document>(key: &SigningKey, document: &Value) -> Envelope {
    let document: T = serde_json::from_value(document.clone()).expect("a document");
    key.seal(&document).expect("a signature").to_envelope()
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_seed(&[seed; 32]).expect("a key")
}

fn version_after(steps: u8) -> u64 {
    u64::from(steps) + 1
}

/// The root after so many steps. The one that signs everything else holds one of its keys for ever; the other holder has another each time.
fn root(key: &SigningKey, steps: u8) -> Envelope {
    let [before, other] = [steps.saturating_sub(1), steps].map(|steps| self::key(100 + steps));
    let [id, other_id] = [key, &other].map(|key| key.public().id().to_string());
    let role = json!({ "keyids": [id], "threshold": 1 });
    let document = json!({
        "v": 1, "type": "root", "version": version_after(steps), "expires": now().plus_seconds(1_000_000), "collector": "c",
        "keys": { &id: key.public().to_jwk(), &other_id: other.public().to_jwk() },
        "roles": {
            "root": { "keyids": [&id, &other_id], "threshold": 2 }, "policy": role, "timestamp": role, "receipt": role,
        },
        "holders": {
            "it": { "name": "IT", "keyids": [&other_id] },
            "works-council": { "name": "Works council", "keyids": [&id] },
        },
    });
    let mut signed = sealed::<RootDocument>(key, &document);
    for holder in [&before, &other] {
        signed.add_signatures(&sealed::<RootDocument>(holder, &document));
    }
    signed
}

fn timestamp(root: &Envelope, policies: &[Envelope; 2], walked: u8) -> Value {
    let reference = |version: u64, envelope: &Envelope| json!({ "version": version, "sha256": envelope.unverified_digest().expect("a payload") });
    let (current, coming) = (reference(1, &policies[0]), [reference(2, &policies[1])]);
    json!({
        "v": 1, "type": "timestamp", "issued": now(), "expires": now().plus_seconds(3_600),
        "root": reference(version_after(walked), root), "policies": { "default": { "current": current, "coming": coming } },
    })
}

fn policy(version: u64, retention: &str) -> Value {
    let purposes = LegalBasis::ALL.iter().map(|basis| {
        let purpose = json!({
            "dpv": "EnforceSecurity", "legal_basis": basis.name(), "interests_weighed": true, "free_to_refuse": true,
            "retention": retention, "recipients": ["it"], "text": { "en": "To find known flaws." },
        });
        (basis.name().to_owned(), purpose)
    });
    let known = FieldId::all().map(|field| {
        let basis = field.field().bounds.legal_bases.first().unwrap_or(&LegalBasis::LegitimateInterest);
        let treat = if field.field().allows(collector_proto::catalog::TreatmentKind::Keep) {
            json!("keep")
        } else {
            json!("not known")
        };
        json!({
            "field": field.name(), "meaning": meaning(field), "treat": treat, "purposes": [basis.name()],
            "necessity": "optional",
        })
    });
    let made_up = (0..).map(|number| {
        json!({
            "field": format!("x.made.up_{number}"), "meaning": Digest::of(b"of another catalogue"),
            "treat": "keep", "purposes": ["legitimate_interest"], "necessity": "optional",
        })
    });
    json!({
        "v": 1, "type": "policy", "group": "default", "version": version, "issued": now(),
        "expires": now().plus_seconds(900_000), "notice_from": now(), "effective_from": now(),
        "max_stale": "7d", "notice_period": "7d", "require_acknowledgement": false, "report_every": "6h",
        "records": "400d",
        "declares": { "sold": false, "shared_for_advertising": false, "automated_decisions": false },
        "controller": {
            "name": "Example GmbH", "country": "DE", "contact": "privacy@example.com",
            "supervisory_authority": { "name": "BlnBDI", "url": "https://www.datenschutz-berlin.de" },
        },
        "jurisdictions": ["DE"],
        "recipients": [
            { "id": "it", "name": "IT", "role": "controller", "country": "DE", "stored_in": "DE" },
        ],
        "transfers": [], "purposes": purposes.collect::<serde_json::Map<_, _>>(),
        "rules": known.chain(made_up).take(RULES).collect::<Vec<_>>(),
    })
}
