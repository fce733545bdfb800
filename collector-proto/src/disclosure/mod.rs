//! What the reader discloses, and the protocol in which candor asks it.
//!
//! The reader reads one [`Question`] as JSON on standard input and answers one [`Answer`] as JSON on standard output.

mod answer;
mod custody;
mod message;
pub mod request;
mod sandbox;

pub use answer::{Answer, CustodyAnswer, DisclosureAnswer, ReaderStatus, RefusalMessage, Trusted};
pub use custody::{BadCondition, Condition, Direction, Handover};
pub use message::DisclosureMessage;
pub use request::{Ask, Operation, Question, Request};
pub use sandbox::Sandbox;

use crate::catalog::{FieldId, Section};
use crate::limits::MAX_ROWS;
use crate::messages::{Absence, FailedSources};
use crate::policy::{FieldName, Permit, Signed, Standing, Withheld, Within, fits};
use crate::value::Row;
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

/// Treated rows that a permit allows: every value belongs to a granted field, stands in its section and has the shape
/// that its treatment gives; every granted or withheld field is either in a row or absent with a reason.
///
/// [`DisclosureMessage::under`] is the only way to one. A draft's disclosure is another type than a signed policy's, and
/// nothing that keeps or sends takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disclosure<S: Standing = Signed> {
    sections: BTreeMap<Section, Vec<Row>>,
    absent: BTreeMap<FieldId, Absence>,
    unknown: BTreeSet<FieldName>,
    failed: FailedSources,
    standing: PhantomData<S>,
}

/// Why rows are no disclosure under a permit. Names fields, never values.
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
    /// A source of a section is named of which the permit has no field.
    #[error("a source of section `{}` is named, of which nothing is permitted", .0.name())]
    Failed(Section),
    /// A section holds more rows than allowed, or a single section more than one.
    #[error("section `{}` has too many rows", .0.name())]
    Rows(Section),
}

impl<S: Standing> Disclosure<S> {
    /// Checks a message against the permit. Empty rows are left out, rows are sorted, and every field that the
    /// permit grants or withholds and that no row carries becomes absent.
    fn check(permit: &Permit<S>, message: DisclosureMessage) -> Result<Self, NotPermitted> {
        let DisclosureMessage { sections, mut absent, failed } = message;
        let mut checked = BTreeMap::new();
        let mut present = crate::catalog::FieldSet::EMPTY;
        for (section, mut rows) in sections {
            rows.retain(|row| !row.is_empty());
            if rows.len() > MAX_ROWS || (section.shape() == crate::catalog::Shape::Single && rows.len() > 1) {
                return Err(NotPermitted::Rows(section));
            }
            for (field, value) in rows.iter().flat_map(Row::iter) {
                let grant = permit.grant(field).ok_or(NotPermitted::Field(field))?;
                if field.section() != section {
                    return Err(NotPermitted::Section(field));
                }
                if !fits(field.field(), grant.treatment, value, Within::Catalogue) {
                    return Err(NotPermitted::Value(field));
                }
                present.insert(field);
            }
            rows.sort_unstable();
            // What tells two rows apart may not be permitted; the same row twice says nothing more.
            rows.dedup();
            checked.insert(section, rows);
        }
        if let Some(field) =
            absent.keys().find(|field| !permit.allows(**field) && !withholds(permit, **field))
        {
            return Err(NotPermitted::Field(*field));
        }
        if let Some(section) =
            failed.keys().find(|section| !permit.grants().any(|(field, _)| field.section() == **section))
        {
            return Err(NotPermitted::Failed(*section));
        }
        absent.retain(|field, _| !present.contains(*field));
        for (field, _) in permit.grants() {
            if !present.contains(field) {
                absent.entry(field).or_insert(Absence::Unavailable);
            }
        }
        for (field, reason) in permit.withheld() {
            absent.insert(field, reason.into());
        }
        let unknown = permit.unknown().cloned().collect();
        Ok(Self { sections: checked, absent, unknown, failed, standing: PhantomData })
    }

    /// Rows by section, sorted.
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

    /// The form in which the reader answers.
    pub fn into_message(self) -> DisclosureMessage {
        DisclosureMessage { sections: self.sections, absent: self.absent, failed: self.failed }
    }
}

fn withholds<S: Standing>(permit: &Permit<S>, field: FieldId) -> bool {
    permit.withheld().any(|(withheld, _)| withheld == field)
}

impl From<Withheld> for Absence {
    fn from(reason: Withheld) -> Self {
        match reason {
            Withheld::NoSource | Withheld::Unsupported => Self::Unsupported,
            Withheld::Ceiling => Self::Ceiling,
            Withheld::NoConsent => Self::NoConsent,
            Withheld::Filter => Self::Filter,
        }
    }
}
