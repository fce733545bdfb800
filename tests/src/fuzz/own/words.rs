//! The small texts that stand in documents, configurations and commands: each has its own reader, and one spelling once it was read.

use super::{Run, Seed};
use candor_reader::host::AccountId;
use collector_proto::catalog::FieldId;
use collector_proto::contract::Contract;
use collector_proto::digest::Digest;
use collector_proto::disclosure::Condition;
use collector_proto::envelope::{DetachedSignature, Jwk, PublicKey};
use collector_proto::http_signature::Nonce;
use collector_proto::keyed_hash::HashKey;
use collector_proto::messages::PartName;
use collector_proto::policy::FieldName;
use collector_proto::policy::ceiling::{NeverAccount, QuietTime};
use collector_proto::text::class::{acts, deceives};
use collector_proto::text::{clean, json, plain};
use collector_proto::time::{Span, UtcTime};
use std::fmt::{Debug, Display};

pub(super) fn prepare() -> Run {
    Box::new(|input| {
        let Ok(text) = std::str::from_utf8(input) else { return false };
        is_shown_so_that_it_cannot_act(text);
        let read = [
            same(text, |text| UtcTime::parse(text).ok()),
            same(text, |text| Span::parse(text).ok()),
            exact(text, |text| PartName::parse(text).ok()),
            exact(text, |text| Digest::parse(text).ok()),
            exact(text, Contract::parse),
            exact(text, |text| Nonce::parse(text).ok()),
            exact(text, FieldId::parse),
            exact(text, FieldName::parse),
            exact(text, |text| NeverAccount::parse(text).ok()),
            same(text, |text| QuietTime::parse(text).ok()),
            same(text, |text| DetachedSignature::parse(text).ok()),
            same(text, |text| text.parse::<AccountId>().ok()),
            is_a_condition(text),
            is_a_hash_key(text),
            is_a_key(text),
        ];
        read.contains(&true)
    })
}

/// What is read is written so that it is read as the same.
fn same<T: Display + PartialEq + Debug>(text: &str, read: impl Fn(&str) -> Option<T>) -> bool {
    let Some(found) = read(text) else { return false };
    let written = found.to_string();
    assert_eq!(read(&written).as_ref(), Some(&found), "{text:?} is written as {written:?}");
    true
}

/// What is read has one spelling.
fn exact<T: Display + PartialEq + Debug>(text: &str, read: impl Fn(&str) -> Option<T>) -> bool {
    let Some(found) = read(text) else { return false };
    assert_eq!(found.to_string(), text, "it has more than one spelling");
    true
}

fn is_shown_so_that_it_cannot_act(text: &str) {
    let shown = plain(text);
    assert!(!shown.contains(acts), "what is shown acts");
    assert_eq!(plain(&shown), shown, "what is shown changes when it is shown again");
    if let Some(cleaned) = clean(text) {
        assert_eq!(clean(&cleaned).as_deref(), Some(&*cleaned), "what is cleaned is not clean");
    }
    let written = serde_json::to_string(text).expect("a text can be written");
    for escaped in [json(&written), collector_proto::text::json_where(&written, deceives)] {
        assert!(!escaped.contains(acts), "JSON acts");
        assert_eq!(
            serde_json::from_str::<String>(&escaped).ok().as_deref(),
            Some(text),
            "JSON says another text"
        );
    }
}

fn is_a_condition(text: &str) -> bool {
    let Ok(condition) = Condition::parse(text) else { return false };
    super::assert_stable(&condition, "a condition");
    true
}

fn is_a_hash_key(text: &str) -> bool {
    let (id, key) = text.split_once(' ').unwrap_or(("t1", text));
    let Ok(read) = HashKey::parse(id, key) else { return false };
    assert!(!format!("{read:?}").contains(key), "a key is shown");
    true
}

fn is_a_key(text: &str) -> bool {
    let Ok(jwk) = serde_json::from_str::<Jwk>(text) else { return false };
    let Ok(key) = PublicKey::from_jwk(&jwk) else { return false };
    assert_eq!(key.to_jwk(), jwk, "a key has more than one spelling");
    super::assert_same(&key, "a key");
    assert_eq!(key.id().as_str().len(), 43, "an id is not a thumbprint");
    true
}

pub(super) fn seeds() -> Vec<Seed> {
    let key = super::vectors::key(super::vectors::Holder::Device);
    let jwk = serde_json::to_string(key.public()).expect("a key can be written");
    let hash_key = format!("{} AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE", HashKey::of(&[1; 32]).id());
    let p256 = r#"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#;
    [
        ("instant", "2026-11-22T09:00:00.9+01:00"),
        ("instant-of-long-ago", "-009999-01-02T01:59:59Z"),
        ("span", "90d"),
        ("part", "0123456789abcdef/30d/latest"),
        ("digest", "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        ("contract", "1"),
        ("nonce", "AAECAwQFBgcICQoLDA0ODw"),
        ("field", "package.install_scope"),
        ("never-uid", "uid:1000"),
        ("never-sid", "sid:S-1-5-21-1-2-3-1001"),
        ("never-name", "*svc*"),
        ("quiet", "mon-fri,sun 22:00-06:00"),
        ("account", "1000"),
        ("account-sid", "S-1-5-21-1-2-3-1001"),
        ("condition", "Scratched, battery weak."),
        ("marks", "jpg.\u{202e}exe\u{1b}[31m\u{200d}\u{feff}"),
        ("hash-key", &hash_key),
        ("jwk", &jwk),
        ("jwk-p256", p256),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .into()
}
