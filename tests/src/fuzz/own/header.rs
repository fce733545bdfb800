//! The headers that Candor's programs read, and the answers that the agent takes from a collector.

use super::vectors;
use super::{MARKER, Run, Seed, assert_silent, first_line, with_first_line};
use candor_collector::verify;
use candor_uplink::{Backoff, MAX_RETRY_AFTER, UplinkError, read_answer};
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::envelope::{DSSE_SIGNATURE, DetachedSignature};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Documents, media};
use ring::rand::SystemRandom;

/// Lines `name: value`. Each is read as the header of this name is.
pub(super) fn prepare() -> Run {
    let random = SystemRandom::new();
    Box::new(move |input| {
        let headers = headers(input);
        if let Ok(wait) = asked_to_wait(&headers) {
            // What a server asks for is granted within bounds, whatever it asks for.
            let granted = Backoff::new().next(&random, wait);
            assert!(granted <= MAX_RETRY_AFTER + candor_uplink::FIRST_CEILING, "a server holds a device up");
        }
        let mut read = false;
        for (name, value) in &headers {
            let Ok(value) = std::str::from_utf8(value) else { continue };
            read |= match name.as_str() {
                DSSE_SIGNATURE => is_a_signature(value),
                "candor-contract" => is_a_contract(value),
                _ => false,
            };
        }
        read
    })
}

/// The collector and the agent's ledger read the same header, and one spelling of it is written.
fn is_a_signature(value: &str) -> bool {
    let read = DetachedSignature::parse(value);
    let taken = verify::signature(Some(value));
    assert_eq!(read.is_ok(), taken.is_ok(), "two programs disagree about a header");
    if let Err(refused) = &taken {
        assert_silent(refused, "a header");
    }
    let Ok(read) = read else { return false };
    let id = read.key_id().as_str();
    assert!(id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
    let again = DetachedSignature::parse(&read.to_string());
    assert_eq!(again.as_ref(), Ok(&read), "a signature is written as another one");
    true
}

fn is_a_contract(value: &str) -> bool {
    let Some(contract) = Contract::parse(value) else { return false };
    assert_eq!(contract.to_string(), value, "a contract has more than one spelling");
    assert_eq!(CONTRACT.works_with(contract).is_ok(), contract.works_with(CONTRACT).is_ok());
    true
}

type Headers = Vec<(String, Vec<u8>)>;

fn headers(head: &[u8]) -> Headers {
    let lines = head.split(|byte| *byte == b'\n');
    lines
        .filter_map(|line| {
            let colon = line.iter().position(|byte| *byte == b':')?;
            let name = std::str::from_utf8(line.get(..colon)?).ok()?.to_ascii_lowercase();
            Some((name, line.get(colon + 1..)?.trim_ascii().to_vec()))
        })
        .collect()
}

/// How long the server of a refusal with these headers asks to wait.
fn asked_to_wait(headers: &Headers) -> Result<Option<std::time::Duration>, UplinkError> {
    match read_answer::<Documents>(503, headers, Vec::new(), MAX_DOCUMENT_BYTES) {
        Err(UplinkError::Status { retry_after, .. }) => Ok(retry_after),
        Err(error) => Err(error),
        Ok(_) => panic!("a refusal counts as an answer"),
    }
}

pub(super) fn seeds() -> Vec<Seed> {
    let good = vectors::message("receipt").header;
    let lines = |name: &str, text: &str| (name.to_owned(), text.as_bytes().to_vec());
    vec![
        lines("signature", &format!("DSSE-Signature: {good}")),
        lines("contract", "Candor-Contract: 1"),
        lines("seconds", "Candor-Contract: 2\nRetry-After: 120"),
        lines(
            "date",
            "Candor-Contract: 1\nDate: Sun, 06 Nov 1994 08:49:37 GMT\nRetry-After: Sun, 06 Nov 1994 08:50:37 GMT",
        ),
    ]
}

/// A status, headers, an empty line, a body.
pub(super) fn prepare_answer() -> Run {
    Box::new(|input| {
        let Some((status, rest)) = first_line(input) else { return false };
        let Ok(status) = status.parse() else { return false };
        let end = rest.windows(2).position(|pair| pair == b"\n\n");
        let (head, body) = end.map_or((rest, &b""[..]), |end| (&rest[..end], &rest[end + 2..]));
        let headers = headers(head);
        let said = |limit| read_answer::<Documents>(status, &headers, body.to_vec(), limit);
        if (200..300).contains(&status) {
            assert!(body.is_empty() || said(body.len() - 1).is_err(), "a bound does not hold");
        }
        match said(MAX_DOCUMENT_BYTES) {
            Ok(documents) => {
                assert!((200..300).contains(&status), "a refusal counts as an answer");
                super::assert_stable(&documents, "documents");
                true
            }
            // The words of a collector are for people.
            Err(UplinkError::Problem { .. }) => true,
            Err(error) => {
                assert_silent(&error, "an answer");
                false
            }
        }
    })
}

pub(super) fn answers() -> Vec<Seed> {
    let documents = serde_json::to_string(&vectors::acceptance("good").documents).expect("documents");
    let contract = "candor-contract: 1";
    let problem = r#"{"type":"urn:candor:problem:resync","title":"t","status":409,"detail":"d","parts":["0123456789abcdef/90d"]}"#;
    let good = format!("{contract}\ncontent-type: application/json\n\n{documents}");
    let wrong = format!(r#"{contract}{}{{"roots":["{MARKER}"],"requires":["later"]}}"#, "\n\n");
    [
        ("good", with_first_line("200", good.as_bytes())),
        ("wrong", with_first_line("200", wrong.as_bytes())),
        ("elsewhere", with_first_line("302", b"location: https://elsewhere.example/\n\n")),
        (
            "problem",
            with_first_line(
                "409",
                format!("{contract}\ncontent-type: {}; x\n\n{problem}", media::PROBLEM).as_bytes(),
            ),
        ),
        ("busy", with_first_line("503", format!("{contract}\nretry-after: 30\n\n").as_bytes())),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}
