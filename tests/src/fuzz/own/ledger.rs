//! Files of the agent's ledger, which lie where another program of the same user could have written them.

use super::vectors::{self, Holder, key};
use super::{Run, Seed, assert_same, assert_silent, first_line, report, stand, with_first_line};
use candor::ledger::{DropRecord, Kept, Ledger, LedgerDocument, LedgerError, RefusalNote};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Document, SigningKey, pae_digest};
use collector_proto::messages::{Report, sequence};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// The file's name in the first line, then what is in it. Where that begins as JSON does, it is what the device signs, and the target
/// writes the file around it.
pub(super) fn prepare() -> Run {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let directory = folder.path().join("ledger");
    let device = key(Holder::Device);
    Box::new(move |input| {
        // Moved in here, so that it is removed with the target.
        let _ = &folder;
        let Some((name, content)) = first_line(input) else { return false };
        if name.len() > 64 || name.contains(['/', '\0']) || matches!(name, "" | "." | "..") {
            return false;
        }
        let _ = fs::remove_dir_all(&directory);
        fs::create_dir(&directory).expect("a directory");
        let kind = name.rsplit('.').next().unwrap_or_default();
        let file = match (content.first(), kind) {
            (Some(b'{'), "report") => signed::<Report>(content, &device),
            (Some(b'{'), "refused") => signed::<RefusalNote>(content, &device),
            (Some(b'{'), "dropped") => signed::<DropRecord>(content, &device),
            _ => None,
        };
        put(&directory, name, file.as_deref().unwrap_or(content));
        if kind != "report" {
            put(&directory, "0000000001.report", &signed::<Report>(&own_head(), &device).expect("a head"));
        }
        let ledger = Ledger::view(&directory, device.public()).expect("a directory of this user");
        is_read_as_it_was_signed(&ledger, &directory, content, kind)
    })
}

fn put(directory: &Path, name: &str, content: &[u8]) {
    fs::write(directory.join(name), content).expect("a file can be written");
}

fn is_read_as_it_was_signed(ledger: &Ledger, directory: &Path, content: &[u8], kind: &str) -> bool {
    let mut taken = false;
    for (number, _) in ledger.entries() {
        match ledger.load(number) {
            Ok(recorded) => {
                let path = directory.join(format!("{number:010}.report"));
                is_the_file(recorded.report(), &fs::read(path).expect("the file"));
                taken |= kind == "report";
            }
            Err(error) => says_nothing_of_it(&error),
        }
        match ledger.receipt_envelope(number) {
            Ok(envelope) => taken |= kind == "receipt" && envelope.is_some(),
            Err(error) => says_nothing_of_it(&error),
        }
        match ledger.refusal(number) {
            Ok(Some(note)) => {
                assert_eq!(note.body(), body_of(content), "another note is read than is there");
                taken |= kind == "refused";
            }
            Ok(None) => {}
            Err(error) => says_nothing_of_it(&error),
        }
    }
    for range in ledger.dropped() {
        match ledger.drop_record(range) {
            Ok(record) => {
                assert_eq!((record.document().first, record.document().last), (*range.start(), *range.end()));
                assert_same(record.document(), "a record of dropped entries");
                taken = true;
            }
            Err(error) => says_nothing_of_it(&error),
        }
    }
    taken
}

/// What was read is the file, byte for byte: there is one spelling.
fn is_the_file<T: LedgerDocument>(kept: &Kept<T>, file: &[u8]) {
    let again = around(kept.document(), kept.body(), &kept.signature().to_string());
    assert_eq!(super::text(file), super::text(&again), "a file has more than one spelling");
    assert_eq!(kept.digest(), pae_digest(T::PAYLOAD_TYPE, kept.body()));
    super::assert_stable(kept.document(), "a document of the ledger");
}

fn body_of(content: &[u8]) -> &[u8] {
    let end = content.windows(2).position(|pair| pair == b"\n\n");
    if content.starts_with(b"{") { content } else { end.map_or(content, |end| &content[end + 2..]) }
}

fn says_nothing_of_it(error: &LedgerError) {
    // Of what a newer program signed, the names are told.
    if !matches!(error, LedgerError::Newer { .. }) {
        assert_silent(error, "the ledger");
    }
}

/// The file that the device would keep a document in; `None` of what is not one.
fn signed<T: LedgerDocument>(body: &[u8], device: &SigningKey) -> Option<Vec<u8>> {
    let document = T::read(body).ok()?;
    Some(around(&document, body, &device.sign_payload(T::PAYLOAD_TYPE, body).to_string()))
}

fn around<T: LedgerDocument>(document: &T, body: &[u8], signature: &str) -> Vec<u8> {
    let header = format!(
        "Candor-Ledger: 1\nType: {}\nStream: {}\nSeq: {}\nCreated: {}\nDevice: {}\nDSSE-Signature: {signature}\nBody-Length: {}\n\n",
        <T as Document>::PAYLOAD_TYPE,
        document.stream(),
        document.seq(),
        document.created(),
        document.device_id(),
        body.len(),
    );
    [header.as_bytes(), body].concat()
}

/// The head of a report, as the device signed it.
fn own_head() -> Vec<u8> {
    let (_, seed) = report::seeds().swap_remove(0);
    let texts = sequence::read(&seed).expect("a report");
    let digest = Digest::of(b"").to_string();
    super::text(texts.head).replace(stand::FOLLOWS, &digest).into_bytes()
}

pub(super) fn seeds() -> Vec<Seed> {
    let device = key(Holder::Device);
    let head = own_head();
    let own = signed::<Report>(&head, &device).expect("a head");
    let digest = pae_digest(Report::PAYLOAD_TYPE, &head);
    let (device_id, stream) = (vectors::device(), "0f".repeat(16));
    let problem = json!({"type": "urn:candor:problem:over-collection", "title": "t", "status": 422, "detail": super::MARKER});
    let refused = json!({
        "v": 1, "device_id": device_id, "stream": stream, "seq": 1, "report_sha256": digest, "problem": problem,
        "created": "2026-11-22T08:00:00Z",
    });
    let dropped = json!({
        "v": 1, "device_id": device_id, "first": 1, "last": 7, "stream": stream, "first_seq": 1, "last_seq": 7,
        "last_report": digest, "fate": "unsent", "why": "age", "created": "2026-11-22T08:00:00Z",
    });
    let written = |value: Value| value.to_string().into_bytes();
    let receipt = written(vectors::message("receipt").envelope);
    [
        ("0000000001.report", "signed-report", head),
        ("0000000001.report", "report", own),
        ("0000000001.refused", "refused", written(refused)),
        ("0000000001-0000000007.dropped", "dropped", written(dropped)),
        ("0000000001.receipt", "receipt", receipt),
        ("0000000001-1.part", "part", b"{}".to_vec()),
    ]
    .map(|(file, name, content)| (name.to_owned(), with_first_line(file, &content)))
    .into()
}
