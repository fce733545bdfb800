//! What the reader discloses, and the protocol in which candor asks it.
//!
//! The reader reads one [`Question`] as JSON on standard input and answers one [`Answer`] as JSON on standard output.

mod acknowledgement;
mod answer;
mod custody;
mod history;
mod ledger;
mod merged;
mod message;
mod reading;
mod refused;
pub mod request;
mod sandbox;
pub mod sent;

pub use acknowledgement::Acknowledgement;
pub use answer::{
    AcknowledgeAnswer, Answer, CeilingAnswer, CustodyAnswer, DeviceAnswer, DisclosureAnswer, DocumentsAnswer,
    GivenAnswer, HistoryAnswer, KeptTenantKey, LedgerAnswer, ReaderStatus, ReadingsAnswer, RefusalMessage,
    RootPinned, ShownAnswer, TenantKeyAnswer,
};
pub use custody::{BadCondition, Condition, Direction, Handover};
pub use history::{PolicyChange, PolicyEvent};
pub use ledger::{LedgerEnd, LedgerHead, MAX_TOLD_ENTRIES, OtherLedger};
pub use merged::{merged, merged_sections};
pub use message::{DisclosureMessage, TreatedRows};
pub use reading::{AskedBy, Reading};
pub use refused::{RefusedDocuments, RefusedEntry};
pub use request::{Ask, NotAQuestion, Operation, Question, Request};
pub use sandbox::{Sandbox, Split};

use crate::catalog::{FieldId, Section};
use crate::messages::{Absence, DailyReading, FailedSources, PartName};
use crate::policy::{FieldName, Permit, Signed, Standing, Withheld};
use crate::value::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

/// Rows by the part that they go into and by section.
pub type PartRows = BTreeMap<PartName, BTreeMap<Section, Vec<Row>>>;

/// Treated rows that a permit allows: every value belongs to a granted field, stands in its section and in a part that lives
/// no longer than the field may, and has the shape that its treatment gives; every granted or withheld field is either in a row or absent with a reason.
///
/// [`DisclosureMessage::under`] is the only way to one. A draft's disclosure is another type than a signed policy's, and
/// nothing that keeps or sends takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure<S: Standing = Signed> {
    daily: Option<DailyReading>,
    parts: PartRows,
    sections: BTreeMap<Section, Vec<Row>>,
    absent: BTreeMap<FieldId, Absence>,
    unknown: BTreeSet<FieldName>,
    failed: FailedSources,
    standing: PhantomData<S>,
}

/// Why rows are not a disclosure under a permit. Names fields, never values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotPermitted {
    /// A row names a field that the permit lacks.
    #[error("`{0}` is not permitted")]
    Field(FieldId),
    /// A field stands in another section than its own.
    #[error("`{0}` stands in a section that is not its own")]
    Section(FieldId),
    /// A value does not have the shape that its treatment gives.
    #[error("a value of `{0}` does not have the form that its treatment gives")]
    Value(FieldId),
    /// A value stands in a part that lives longer than it may.
    #[error("a value of `{0}` stands in a part that lives longer than it may")]
    Retention(FieldId),
    /// A value that is sent at most once a day, or is never a history, stands in a part of which that is not said.
    #[error("a value of `{0}` stands in a part of another series than its own")]
    Series(FieldId),
    /// A value is there that was not to be read before the day is over.
    #[error("a value of `{0}` is there, which was not to be read")]
    NotDue(FieldId),
    /// A source of a section is named of which the permit has no field.
    #[error("a source of section `{}` is named, of which nothing is permitted", .0.name())]
    Failed(Section),
    /// A section holds more rows than allowed, or a single section more than one.
    #[error("section `{}` has too many rows", .0.name())]
    Rows(Section),
}

impl<S: Standing> Disclosure<S> {
    fn check(permit: &Permit<S>, message: DisclosureMessage) -> Result<Self, NotPermitted> {
        let TreatedRows { daily, parts, absent, failed } = message.into_rows().within(permit)?;
        let unknown = permit.unknown().cloned().collect();
        let sections = merged(&parts);
        Ok(Self { daily, parts, sections, absent, unknown, failed, standing: PhantomData })
    }

    /// Which reading what is sent at most once a day is from.
    pub const fn daily(&self) -> Option<DailyReading> {
        self.daily
    }

    /// Rows by the part that they go into.
    pub fn parts(&self) -> &PartRows {
        &self.parts
    }

    /// Rows by section, of all parts together, sorted: what people look at.
    pub fn sections(&self) -> &BTreeMap<Section, Vec<Row>> {
        &self.sections
    }

    /// Fields without a value and why.
    pub fn absent(&self) -> &BTreeMap<FieldId, Absence> {
        &self.absent
    }

    /// Fields that the policy names and this program's catalogue does not have.
    pub fn unknown(&self) -> &BTreeSet<FieldName> {
        &self.unknown
    }

    /// All fields without a value and why, as a report names them.
    pub fn absent_by_name(&self) -> BTreeMap<FieldName, Absence> {
        let known = self.absent.iter().map(|(field, reason)| ((*field).into(), *reason));
        known.chain(self.unknown.iter().map(|name| (name.clone(), Absence::Unsupported))).collect()
    }

    /// Sources that could not be read and why.
    pub fn failed(&self) -> &FailedSources {
        &self.failed
    }
}

impl From<Withheld> for Absence {
    fn from(reason: Withheld) -> Self {
        match reason {
            Withheld::NoSource | Withheld::Unsupported => Self::Unsupported,
            Withheld::Ceiling => Self::Ceiling,
            // Whoever takes the answer, the agent or the collector, must not learn who refused.
            Withheld::NoConsent => Self::Unavailable,
            Withheld::Filter => Self::Filter,
        }
    }
}
