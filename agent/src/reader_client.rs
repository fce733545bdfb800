//! Asks `candor-reader`, the only program that reads the machine, and checks what it answers.
//!
//! One process a question: a [`Request`] as JSON on its standard input, an [`Answer`] as JSON on its standard output.
//! The reader decides what is read. candor verifies the same documents, derives the same permit from the answer's
//! platform, ceiling and consent, and takes no row that this permit does not allow.

use collector_proto::catalog::{FieldId, FieldSet, Platform};
use collector_proto::disclosure::{
    Answer, Condition, Direction, Disclosure, DisclosureMessage, Handover, NotPermitted, ReaderStatus,
    RefusalMessage, Request, Sandbox,
};
use collector_proto::limits::MAX_REPORT_BYTES;
use collector_proto::messages::Bundle;
use collector_proto::policy::trust::{Documents, RootRef, Trust};
use collector_proto::policy::{Ceiling, Consent, Draft, Permit, Policy, PolicyRef, Signed, Standing};
use collector_proto::time::UtcTime;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;
use uuid::Uuid;

/// Longest answer in bytes: the rows of the largest report, and as much again for what stands around them.
const MAX_ANSWER_BYTES: usize = 2 * MAX_REPORT_BYTES;

/// How long a reader may take. A full collection takes well below a second; a hanging file system may stop one for
/// long, and the agent must outlive it.
const DEFAULT_TIMEOUT: Duration = Duration::from_mins(1);

/// How to start the reader.
#[derive(Debug, Clone)]
pub struct ReaderClient {
    program: PathBuf,
    state: PathBuf,
    root: Option<PathBuf>,
    timeout: Duration,
}

/// What may be sent: treated rows together with the policy and the permit that they were read under. Only
/// [`ReaderClient`] makes one, from an answer that it has checked.
#[derive(Debug)]
pub struct Disclosed<S: Standing = Signed> {
    policy: Policy,
    permit: Permit<S>,
    disclosure: Disclosure<S>,
    sandbox: Sandbox,
    fresh_until: Option<UtcTime>,
}

/// Why the reader gave nothing that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ReaderError {
    /// Nothing may be collected; nothing was read.
    #[error("nothing is collected: {}", .0.message)]
    Refused(RefusalMessage),
    /// There is no such program, or it cannot be started.
    #[error("the reader {} cannot be started", .program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It ended without an answer.
    #[error("the reader {} ended with {status} and without an answer; its own messages stand above", .program.display())]
    Ended {
        /// The program.
        program: PathBuf,
        /// How it ended.
        status: ExitStatus,
    },
    /// It took too long and was stopped.
    #[error("the reader {} gave no answer within {} s and was stopped", .program.display(), .timeout.as_secs())]
    Timeout {
        /// The program.
        program: PathBuf,
        /// The time it had.
        timeout: Duration,
    },
    /// Its answer is longer than any answer can be.
    #[error("the reader's answer is longer than {MAX_ANSWER_BYTES} bytes")]
    TooLong,
    /// The pipes to it failed.
    #[error("the reader could not be asked")]
    Pipe(#[source] std::io::Error),
    /// Its answer cannot be read. The position is all that is said: the answer may hold collected values.
    #[error("the reader's answer cannot be read (line {line}, column {column})")]
    Unreadable {
        /// Line of the answer.
        line: usize,
        /// Column of the answer.
        column: usize,
    },
    /// It answered another question.
    #[error("the reader answered another question than the one asked")]
    OtherAnswer,
    /// It names another policy than the one candor verified.
    #[error("the reader read under another policy than the one that this device's documents hold")]
    OtherPolicy,
    /// It disclosed what the permit does not allow.
    #[error("the reader disclosed what the policy does not permit")]
    NotPermitted(#[from] NotPermitted),
}

impl ReaderError {
    /// Whether the reader broke the rules it is bound to, so that its answer counts as tampered with.
    pub const fn is_violation(&self) -> bool {
        matches!(self, Self::NotPermitted(_) | Self::OtherPolicy)
    }
}

impl ReaderClient {
    /// A reader at `program` that keeps its state in `state`.
    pub fn new(program: PathBuf, state: PathBuf) -> Self {
        Self { program, state, root: None, timeout: DEFAULT_TIMEOUT }
    }

    /// Lets it read the tree under `root` instead of `/`.
    #[must_use]
    pub fn reading(mut self, root: Option<PathBuf>) -> Self {
        self.root = root;
        self
    }

    /// Gives it another time limit.
    #[must_use]
    pub fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The program that is started.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// Has the reader pin the bundle's root and keep the device's id and the tenant key. Returns the pinned root.
    pub fn trust(&self, bundle: &Bundle, device_id: Uuid) -> Result<RootRef, ReaderError> {
        let request = Request::Trust {
            root: bundle.root.clone(),
            group: bundle.group.clone(),
            tenant_key: bundle.tenant_key.clone(),
            device_id,
        };
        match self.ask(&request)? {
            Answer::Trusted { root } => Ok(root),
            Answer::Disclosure { .. } | Answer::Status(_) | Answer::Custody { .. } | Answer::Refused(_) => {
                Err(ReaderError::OtherAnswer)
            }
        }
    }

    /// Collects what the documents permit at the instant `now`, and has the reader remember what they prove.
    pub fn disclose(
        &self,
        documents: &Documents,
        trust: &mut Trust,
        now: UtcTime,
    ) -> Result<Disclosed<Signed>, ReaderError> {
        self.collect(&Request::Disclose { documents: documents.clone() }, documents, trust, now)
    }

    /// As [`Self::disclose`], and the reader remembers nothing.
    pub fn preview(
        &self,
        documents: &Documents,
        trust: &mut Trust,
        now: UtcTime,
    ) -> Result<Disclosed<Signed>, ReaderError> {
        self.collect(&Request::Preview { documents: documents.clone() }, documents, trust, now)
    }

    /// Collects what an unsigned policy would permit. The result is of a type that nothing keeps or sends.
    pub fn draft(&self, policy: &Policy) -> Result<Disclosed<Draft>, ReaderError> {
        let answer = self.disclosure(&Request::Draft { policy: policy.document().clone() })?;
        if answer.policy.is_some() {
            return Err(ReaderError::OtherPolicy);
        }
        let permit = Permit::draft(policy, answer.platform, answer.ceiling.as_ref(), &answer.consent);
        let sandbox = answer.sandbox;
        let disclosure = answer.message.under(&permit)?;
        Ok(Disclosed { policy: policy.clone(), permit, disclosure, sandbox, fresh_until: None })
    }

    /// Asks what the reader remembers and what it makes of the documents. Nothing of the machine is read.
    pub fn status(&self, documents: &Documents) -> Result<ReaderStatus, ReaderError> {
        match self.ask(&Request::Status { documents: documents.clone() })? {
            Answer::Status(status) => Ok(status),
            Answer::Trusted { .. }
            | Answer::Disclosure { .. }
            | Answer::Custody { .. }
            | Answer::Refused(_) => Err(ReaderError::OtherAnswer),
        }
    }

    /// Has the reader keep a hand-over of the device in the place of an earlier one.
    pub fn record_custody(
        &self,
        direction: Direction,
        condition: Condition,
    ) -> Result<Option<Handover>, ReaderError> {
        self.custody_answer(&Request::RecordCustody { direction, condition })
    }

    /// The last hand-over of the device, if there was one. Nothing of the machine is read.
    pub fn custody(&self) -> Result<Option<Handover>, ReaderError> {
        self.custody_answer(&Request::Custody)
    }

    fn custody_answer(&self, request: &Request) -> Result<Option<Handover>, ReaderError> {
        match self.ask(request)? {
            Answer::Custody { handover } => Ok(handover),
            Answer::Trusted { .. } | Answer::Disclosure { .. } | Answer::Status(_) | Answer::Refused(_) => {
                Err(ReaderError::OtherAnswer)
            }
        }
    }

    fn collect(
        &self,
        request: &Request,
        documents: &Documents,
        trust: &mut Trust,
        now: UtcTime,
    ) -> Result<Disclosed<Signed>, ReaderError> {
        // Before the reader is started: what is refused here is not read either.
        let accepted = trust.accept(documents, now).map_err(|r| ReaderError::Refused((&r).into()))?;
        let answer = self.disclosure(request)?;
        if answer.policy != Some(accepted.reference()) {
            return Err(ReaderError::OtherPolicy);
        }
        let permit = Permit::derive(&accepted, answer.platform, answer.ceiling.as_ref(), &answer.consent);
        let sandbox = answer.sandbox;
        let disclosure = answer.message.under(&permit)?;
        let fresh_until = Some(accepted.fresh_until());
        Ok(Disclosed { policy: accepted.policy().clone(), permit, disclosure, sandbox, fresh_until })
    }

    fn disclosure(&self, request: &Request) -> Result<DisclosureAnswer, ReaderError> {
        match self.ask(request)? {
            Answer::Disclosure {
                policy,
                platform,
                ceiling,
                consent,
                fresh_until: _,
                sandbox,
                disclosure,
            } => {
                let ceiling =
                    ceiling.map(|fields: Vec<FieldId>| Ceiling::of(fields.into_iter().collect::<FieldSet>()));
                Ok(DisclosureAnswer { policy, platform, ceiling, consent, sandbox, message: disclosure })
            }
            Answer::Trusted { .. } | Answer::Status(_) | Answer::Custody { .. } | Answer::Refused(_) => {
                Err(ReaderError::OtherAnswer)
            }
        }
    }

    /// Starts a reader, asks, and takes one answer. A refusal is an error for every question.
    fn ask(&self, request: &Request) -> Result<Answer, ReaderError> {
        let request = serde_json::to_vec(request).map_err(|error| {
            ReaderError::Pipe(std::io::Error::new(std::io::ErrorKind::InvalidData, error))
        })?;
        let mut child = self.start()?;
        let answer = self.converse(&mut child, request);
        if answer.is_err() {
            // It may already have ended; either way it must not outlive the question.
            let _ = child.kill();
        }
        let status = child.wait().map_err(ReaderError::Pipe)?;
        let answer = answer?;
        if answer.is_empty() {
            return Err(ReaderError::Ended { program: self.program.clone(), status });
        }
        match serde_json::from_slice(&answer) {
            Ok(Answer::Refused(refusal)) => Err(ReaderError::Refused(refusal)),
            Ok(answer) if status.success() => Ok(answer),
            Ok(_) => Err(ReaderError::Ended { program: self.program.clone(), status }),
            Err(error) => Err(ReaderError::Unreadable { line: error.line(), column: error.column() }),
        }
    }

    fn start(&self) -> Result<Child, ReaderError> {
        let mut command = Command::new(&self.program);
        command.arg("--state").arg(&self.state);
        if let Some(root) = &self.root {
            command.arg("--root").arg(root);
        }
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|source| ReaderError::Start { program: self.program.clone(), source })
    }

    /// Writes the request and reads to the end of the answer, in a thread so that a reader that hangs can be left.
    fn converse(&self, child: &mut Child, request: Vec<u8>) -> Result<Vec<u8>, ReaderError> {
        let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(ReaderError::Pipe(std::io::ErrorKind::BrokenPipe.into()));
        };
        let (sender, receiver) = mpsc::channel();
        std::thread::spawn(move || {
            // A reader that refuses its arguments ends without reading; what it answered still counts.
            let _ = input.write_all(&request);
            drop(input);
            let mut answer = Vec::new();
            let bound = u64::try_from(MAX_ANSWER_BYTES).unwrap_or(u64::MAX).saturating_add(1);
            let read = output.take(bound).read_to_end(&mut answer).map(|_| answer);
            // The receiver is gone after a timeout; then nobody wants the answer.
            let _ = sender.send(read);
        });
        match receiver.recv_timeout(self.timeout) {
            Ok(Ok(answer)) if answer.len() > MAX_ANSWER_BYTES => Err(ReaderError::TooLong),
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(ReaderError::Pipe(error)),
            Err(_) => Err(ReaderError::Timeout { program: self.program.clone(), timeout: self.timeout }),
        }
    }
}

impl<S: Standing> Disclosed<S> {
    /// The policy it was read under.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The permit it was read under.
    pub fn permit(&self) -> &Permit<S> {
        &self.permit
    }

    /// The treated rows.
    pub fn disclosure(&self) -> &Disclosure<S> {
        &self.disclosure
    }

    /// What kept the reader to the permit while it read.
    pub fn sandbox(&self) -> Sandbox {
        self.sandbox
    }

    /// Until when the policy may be used without a fresh timestamp; `None` for a draft.
    pub fn fresh_until(&self) -> Option<UtcTime> {
        self.fresh_until
    }
}

struct DisclosureAnswer {
    policy: Option<PolicyRef>,
    platform: Platform,
    ceiling: Option<Ceiling>,
    consent: Consent,
    sandbox: Sandbox,
    message: DisclosureMessage,
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
