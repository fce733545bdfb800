//! What computing and verifying the permit of a policy of 200 rules costs while another version of it is coming: milliseconds from the
//! envelopes to the permit, one number a line. `cargo xtask bench` runs it and holds the median to its bound.
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

fn main() {
    let runs = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(20);
    let key = SigningKey::from_seed(&[1; 32]).expect("a key");
    let root = sealed::<RootDocument>(&key, &root(&key));
    let policies = [policy(1, "90d"), policy(2, "120d")].map(|one| sealed::<PolicyDocument>(&key, &one));
    let timestamp = sealed::<TimestampDocument>(&key, &timestamp(&root, &policies));
    let documents = Documents { roots: Vec::new(), policies: policies.into(), timestamp: Some(timestamp) };
    for _ in 0..runs {
        let mut trust = Trust::pin(&root, "default".to_owned(), Floor::default()).expect("a root");
        let since = Instant::now();
        let mut announced = Announcements::default();
        let accepted = trust.accept(&documents, &mut announced, now()).expect("a policy");
        let permit =
            Permit::<Signed>::derive(&accepted, Platform::Linux, &Ceiling::Unset, &Consent::default());
        let took = since.elapsed();
        assert!(permit.versions().coming.len() == 1 && !permit.fields().is_empty(), "the permit of both");
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

fn root(key: &SigningKey) -> Value {
    let id = key.public().id().to_string();
    let role = json!({ "keyids": [id], "threshold": 1 });
    json!({
        "v": 1, "type": "root", "version": 1, "expires": now().plus_seconds(1_000_000), "collector": "c",
        "keys": { id: key.public().to_jwk() },
        "roles": { "root": role, "policy": role, "timestamp": role, "receipt": role },
    })
}

fn timestamp(root: &Envelope, policies: &[Envelope; 2]) -> Value {
    let reference = |version: u64, envelope: &Envelope| json!({ "version": version, "sha256": envelope.unverified_digest().expect("a payload") });
    let (current, coming) = (reference(1, &policies[0]), [reference(2, &policies[1])]);
    json!({
        "v": 1, "type": "timestamp", "issued": now(), "expires": now().plus_seconds(3_600),
        "root": reference(1, root), "policies": { "default": { "current": current, "coming": coming } },
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
