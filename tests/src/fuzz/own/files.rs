//! Configurations of both sides, and the collector's journal, which lies on another host.

use super::vectors::now;
use super::{Run, Seed, assert_silent};
use candor::cli::Context;
use candor_collector::collector::{Collector, OpenError};
use candor_collector::data_dir::DataDir;
use candor_collector::journal::{JournalError, Position, read_after};
use candor_collector::store::StoreOptions;
use collector_proto::digest::Digest;
use collector_proto::text::class::acts;
use ring::rand::SystemRandom;
use serde_json::{Value, json};
use std::fs;
use std::sync::Arc;

/// `config.toml` in the agent's state.
pub(super) fn prepare_agent() -> Run {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let state = folder.path().join("state");
    fs::create_dir(&state).expect("a directory");
    Box::new(move |input| {
        let _ = &folder;
        fs::write(state.join("config.toml"), input).expect("a file can be written");
        match Context::open(Some(state.clone())) {
            Ok(context) => {
                assert!(!context.log().is_empty() || input.windows(3).any(|window| window == b"log"));
                true
            }
            Err(failure) => {
                assert!(!format!("{:#}", failure.error).is_empty());
                false
            }
        }
    })
}

pub(super) fn agents() -> Vec<Seed> {
    let whole = "proxy = \"http://proxy.example.com:3128\"\nrequest_timeout = \"2m\"\nreader = \"/bin/true\"\nlog = \"candor=info\"\n";
    [
        ("whole", whole),
        ("proxy", "proxy = \"none\"\nreader = \"/bin/true\"\n"),
        ("socket", "reader_socket = \"/run/candor/reader.sock\"\nreader = \"/bin/true\"\n"),
        ("unknown", "proxxy = 3\n"),
    ]
    .map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()))
    .into()
}

/// `collector.toml` in a collector's directory. What follows it there is missing, which is found once it was read.
pub(super) fn prepare_collector() -> Run {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let dir = DataDir::at(folder.path().join("data"));
    fs::create_dir(dir.path()).expect("a directory");
    let random = Arc::new(SystemRandom::new());
    Box::new(move |input| {
        let _ = &folder;
        fs::write(dir.config(), input).expect("a file can be written");
        let random = Arc::<SystemRandom>::clone(&random);
        match Collector::open(&dir, [], StoreOptions::default(), Arc::new(now), random) {
            Ok(_) => panic!("a collector is opened without keys"),
            Err(OpenError::Config(error)) => {
                assert!(!error.to_string().is_empty());
                false
            }
            Err(_) => true,
        }
    })
}

pub(super) fn collectors() -> Vec<Seed> {
    let least = "format = 1\nid = \"collector.example\"\nhosts = [\"localhost\", \"::1\"]\nlisten = \"127.0.0.1:8443\"\n";
    let whole = format!(
        "{least}urls = [\"https://collector.example\"]\n[device_quota]\nreports_per_day = 10\nmib_per_day = 1\n[journal]\n\
         path = \"/mnt/elsewhere/candor.journal\"\n[backup]\nkeep = \"14d\"\n"
    );
    [("least", least.to_owned()), ("whole", whole)]
        .map(|(name, text)| (name.to_owned(), text.into_bytes()))
        .into()
}

/// The journal, read after the first of its lines as a restore does.
pub(super) fn prepare_journal() -> Run {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let path = folder.path().join("candor.journal");
    Box::new(move |input| {
        let _ = &folder;
        fs::write(&path, input).expect("a file can be written");
        let first = input.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let position = Position { n: 1, sha256: Digest::of(first) };
        match read_after(&path, position) {
            Ok((notes, _)) => {
                let lines = input.split(|byte| *byte == b'\n').count();
                assert!(notes.len() < lines, "a journal has more notes than lines");
                // A line that was changed is one that does not follow.
                let other = Position { n: 1, sha256: Digest::of(b"another line") };
                assert!(matches!(read_after(&path, other), Err(JournalError::OtherJournal(..))));
                true
            }
            Err(error) => {
                assert_silent(&error, "the journal");
                assert!(!error.to_string().contains(acts), "an error acts on a terminal");
                false
            }
        }
    })
}

pub(super) fn journals() -> Vec<Seed> {
    let device = super::vectors::device();
    let envelope = super::vectors::message("policy").envelope;
    let entries = [
        json!({"backup_made": {"manifest": Digest::of(b"manifest")}}),
        json!({"device_revoked": {"device_id": device}}),
        json!({"tokens_revoked": {"tokens": [super::MARKER]}}),
        json!({"policy_published": {"group": "default", "envelope": envelope}}),
        json!({"device_enrolled": {
            "device_id": device, "group": "default", "token": Digest::of(b"token").hex(), "token_expires": "2026-11-23T08:00:00Z",
            "key_id": "id", "jwk": "{}", "contract": 1, "record": "{}", "records_until": "2027-12-27T08:00:00Z",
        }}),
        json!({"unwritten": {}}),
        json!({"a_later_entry": {}}),
    ];
    let chained = |entries: &[Value]| {
        let mut lines: Vec<Vec<u8>> = Vec::new();
        for (place, entry) in entries.iter().enumerate() {
            let prev = lines.last().map(|line| Digest::of(line));
            let line = json!({
                "n": place + 1, "prev": prev, "generation": 1, "id": place + 1, "at": "2026-11-22T08:00:00Z", "entry": entry,
            });
            lines.push(line.to_string().into_bytes());
        }
        [lines.join(&b'\n'), b"\n".to_vec()].concat()
    };
    let mut cut = chained(&entries[..2]);
    cut.truncate(cut.len() - 9);
    vec![
        ("one".to_owned(), chained(&entries[..1])),
        ("known".to_owned(), chained(&entries[..6])),
        ("unknown".to_owned(), chained(&entries)),
        ("cut".to_owned(), cut),
    ]
}
