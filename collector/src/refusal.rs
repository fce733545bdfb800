//! Why a request is refused: a problem kind and words that come from this program, never from the request.

use crate::store::{EventKind, StoreError};
use collector_proto::catalog::{FieldId, Section};
use collector_proto::messages::{Problem, ProblemKind};
use std::borrow::Cow;
use std::collections::BTreeSet;
use uuid::Uuid;

/// A refusal as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    kind: ProblemKind,
    detail: Option<Cow<'static, str>>,
    sections: BTreeSet<Section>,
    event: Option<Event>,
}

/// The security event that goes with a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: EventKind,
    pub(crate) device: Uuid,
    /// Stream and number of the report, where they have the form that they must have.
    pub(crate) report: Option<(String, u64)>,
}

impl Refusal {
    /// A refusal with a sentence of this program.
    pub fn new(kind: ProblemKind, detail: &'static str) -> Self {
        Self { detail: Some(Cow::Borrowed(detail)), ..Self::from(kind) }
    }

    /// A refusal that names a catalogue field. A field's name is this program's own word; its value never is.
    pub fn of_field(kind: ProblemKind, field: FieldId, rest: &'static str) -> Self {
        Self { detail: Some(Cow::Owned(format!("`{field}` {rest}"))), ..Self::from(kind) }
    }

    /// Asks for these sections in full.
    pub fn resync(sections: BTreeSet<Section>) -> Self {
        Self { sections, ..Self::from(ProblemKind::Resync) }
    }

    /// The kind.
    pub fn kind(&self) -> ProblemKind {
        self.kind
    }

    /// The problem document.
    pub fn problem(&self) -> Problem {
        let mut problem = self.kind.problem(self.detail.as_deref().map(str::to_owned));
        problem.sections = self.sections.iter().map(|section| section.name().to_owned()).collect();
        problem
    }

    pub(crate) fn with_event(mut self, event: Event) -> Self {
        self.event = Some(event);
        self
    }

    pub(crate) fn event(&self) -> Option<&Event> {
        self.event.as_ref()
    }
}

impl From<ProblemKind> for Refusal {
    fn from(kind: ProblemKind) -> Self {
        Self { kind, detail: None, sections: BTreeSet::new(), event: None }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy => {
                Self::new(ProblemKind::Unavailable, "too many reports are waiting; try again later")
            }
            StoreError::Full => {
                Self::new(ProblemKind::Unavailable, "there is no room to store; try again later")
            }
            StoreError::Closed => {
                Self::new(ProblemKind::Unavailable, "the collector could not store; try again later")
            }
            other => {
                tracing::error!(error = %other, cause = std::error::Error::source(&other), "the store failed");
                ProblemKind::Internal.into()
            }
        }
    }
}

impl Refusal {
    /// Refuses a request whose HTTP signature is not good. The error's words are fixed and carry nothing of it.
    pub(crate) fn from_signature(error: &collector_proto::http_signature::SignatureError) -> Self {
        Self { detail: Some(Cow::Owned(error.to_string())), ..Self::from(ProblemKind::BadSignature) }
    }
}
