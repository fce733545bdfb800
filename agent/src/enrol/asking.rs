//! Asks the collector for the enrolment, in a process of its own.
//!
//! ```text
//! candor enrol ──► candor enrol --ask-collector ──TLS──► collector
//!              ◄── its answer, or why there is none, in one line
//! ```
//! Where one user does everything, an enrolment works beside the reader's state, and as root with root's rights. So what the network says is taken
//! apart by somebody else, who is confined as a step of the agent is and has the key, the token and nothing more.

use super::{EnrolError, Invitation, token_digest};
use crate::cli::Exit;
use candor_uplink::Uplink;
use collector_proto::contract::{CONTRACT, Contract, Version1};
use collector_proto::envelope::SigningKey;
use collector_proto::limits::{MAX_DOCUMENT_BYTES, MAX_READER_REQUEST_BYTES};
use collector_proto::messages::{EnrolmentAnswer, EnrolmentRequest};
use collector_proto::text::plain;
use serde::{Deserialize, Serialize};
use std::ffi::OsStr;
use std::io::{BufRead, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use uuid::Uuid;

/// The argument that makes `candor enrol` the one who asks.
const ASK_COLLECTOR: &str = "--ask-collector";

/// Longest question in bytes.
const MAX_QUESTION_BYTES: u64 = 4 * MAX_DOCUMENT_BYTES as u64;

/// Longest answer in bytes: what a collector gives, and what names it.
const MAX_ANSWER_BYTES: u64 = 2 * (MAX_READER_REQUEST_BYTES + MAX_DOCUMENT_BYTES) as u64;

/// Who asks, and with which invitation. The key is in its place.
#[derive(Serialize, Deserialize)]
pub(crate) struct Question {
    pub(crate) invitation: Invitation,
    device_id: Uuid,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Asked {
    /// The collector's answer. Nothing of it is verified.
    Gave(Box<Gave>),
    /// There is none.
    Failed { exit: Exit, message: String },
}

/// What the collector gave, and the contract that it named.
#[derive(Serialize, Deserialize)]
pub(crate) struct Gave {
    pub(super) answer: EnrolmentAnswer,
    pub(super) contract: Option<Contract>,
}

/// Has another process ask, which works on the same state.
pub(crate) fn ask_through_another(
    state: &Path,
    invitation: &Invitation,
    device_id: Uuid,
) -> Result<Gave, EnrolError> {
    let program = std::env::current_exe().map_err(EnrolError::NotAsked)?;
    let arguments =
        [OsStr::new("--state"), state.as_os_str(), OsStr::new("enrol"), OsStr::new(ASK_COLLECTOR)];
    let mut asker = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(EnrolError::NotAsked)?;
    let question = serde_json::to_vec(&Question { invitation: invitation.clone(), device_id });
    let mut told = Vec::new();
    if let (Some(mut input), Some(output)) = (asker.stdin.take(), asker.stdout.take()) {
        // One that ends without reading says so by its answer.
        let _ = input.write_all(&question.map_err(EnrolError::Json)?).and_then(|()| input.write_all(b"\n"));
        drop(input);
        output.take(MAX_ANSWER_BYTES).read_to_end(&mut told).map_err(EnrolError::NotAsked)?;
    }
    let _ = asker.kill();
    asker.wait().map_err(EnrolError::NotAsked)?;
    match serde_json::from_slice(&told) {
        Ok(Asked::Gave(gave)) => Ok(*gave),
        // It may have been taken over: what it says goes to a terminal.
        Ok(Asked::Failed { exit, message }) => {
            Err(EnrolError::Collector { exit, message: plain(&message).into_owned() })
        }
        Err(_) => Err(EnrolError::NotAsked(std::io::ErrorKind::UnexpectedEof.into())),
    }
}

/// The other process's side: what it is to ask.
pub(crate) fn read_question(input: &mut impl BufRead) -> Result<Question, EnrolError> {
    let mut bytes = Vec::new();
    input.take(MAX_QUESTION_BYTES).read_until(b'\n', &mut bytes).map_err(EnrolError::NotAsked)?;
    serde_json::from_slice(&bytes).map_err(EnrolError::Json)
}

/// Asks. The process is confined by then.
pub(crate) async fn ask(uplink: &Uplink, question: &Question, key: &SigningKey) -> Result<Gave, EnrolError> {
    let Question { invitation, device_id } = question;
    let challenge = uplink.challenge().await.map_err(EnrolError::Uplink)?;
    let request = EnrolmentRequest {
        v: Version1,
        jwk: key.public().clone(),
        device_id: *device_id,
        nonce: challenge.nonce,
        token_sha256: token_digest(invitation),
        aud: invitation.collector.id.clone(),
        contract: CONTRACT,
    };
    let sealed = key.seal(&request).map_err(EnrolError::Json)?;
    let answer = uplink.enrol(&invitation.enrolment.token, &sealed).await.map_err(EnrolError::Uplink)?;
    Ok(Gave { answer, contract: uplink.collector_contract() })
}
