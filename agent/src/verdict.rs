//! The verdict on this device's documents, with the acknowledgements that the reader keeps, and on each report that waits to be
//! sent.

use crate::device::Device;
use crate::documents::HeldDocuments;
use crate::ledger::baseline::Baseline;
use crate::ledger::{LedgerError, PartBytes, Recorded, part_of};
use crate::reader_client::{ReaderClient, ReaderError};
use collector_proto::catalog::{FieldId, LegalBasis, Section};
use collector_proto::contract::NotUnderstood;
use collector_proto::messages::{Absence, Part, SectionBody};
use collector_proto::policy::trust::{AcceptedPolicy, Refusal, Trust};
use collector_proto::policy::{Announcements, BoundsOf, FieldName, Permit, Policy, Signed, Verdict, fits};
use collector_proto::time::UtcTime;
use collector_proto::value::Row;
use std::collections::BTreeMap;

/// Accepts the policy at the instant `now`, whether or not its notice was acknowledged. The roots are walked and the floor rises
/// as in [`Trust::accept`]. Documents that the collector has called superseded, for this program cannot read what followed them,
/// permit nothing.
pub(crate) fn accept(
    trust: &mut Trust,
    documents: &HeldDocuments,
    announced: &mut Announcements,
    now: UtcTime,
) -> Result<AcceptedPolicy, Refusal> {
    let accepted = trust.accept(documents, announced, now);
    if documents.is_superseded() {
        return Err(Refusal::NotUnderstood { document: "policy", what: NotUnderstood::KeptBack });
    }
    accepted
}

/// Takes the verdict at the instant `now`. The reader is asked which versions stand, and which were shown and acknowledged.
pub(crate) fn take(
    reader: &ReaderClient,
    device: &Device,
    trust: &mut Trust,
    now: UtcTime,
) -> Result<Verdict, ReaderError> {
    let mut announced = device.status(reader)?.standing.recall();
    Ok(Verdict::of(accept(trust, &device.documents, &mut announced, now)))
}

/// Why a report that was recorded under an earlier permit does not leave under the one of now. Names fields, never values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoLongerPermitted {
    /// The permit was derived from another policy than the one that is in force.
    #[error("the permit is not of the policy in force")]
    OtherPermit,
    /// A row holds a field that the permit lacks.
    #[error("`{0}` is no longer permitted")]
    Field(FieldId),
    /// A value does not have the form that its treatment gives now.
    #[error("`{0}` is to be treated differently now")]
    Treatment(FieldId),
    /// Rows are filtered now, and what a row was before its treatment, which the filter goes by, is not known any more.
    #[error("rows with `{0}` are filtered now")]
    Filter(FieldId),
    /// A value would live longer than it may now.
    #[error("`{0}` is to be kept for a shorter time now")]
    Retention(FieldId),
    /// What a difference builds on is not known here any more.
    #[error("the rows that its section `{}` builds on are not known any more", .0.name())]
    UnknownBase(Section),
    /// This program does not understand a part.
    #[error("a part of it cannot be understood")]
    Part,
}

/// Why a recorded report was not cleared to leave.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotCleared {
    /// It is kept, and asked about again the next time.
    #[error(transparent)]
    NoLongerPermitted(#[from] NoLongerPermitted),
    /// The rows that it builds on cannot be read.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// A recorded report that may leave now. Only [`clear`] makes one, and nothing else is shipped.
#[derive(Debug)]
pub struct Cleared<'r> {
    recorded: &'r Recorded,
    parts: PartBytes,
}

impl<'r> Cleared<'r> {
    /// The report.
    pub(crate) fn recorded(&self) -> &'r Recorded {
        self.recorded
    }

    /// The parts of it that leave.
    pub(crate) fn parts(&self) -> &PartBytes {
        &self.parts
    }
}

/// The permit as far as it goes by what the newest report names as absent. The agent is not told what was consented to: that a field which rests on
/// consent had no value when the machine was last read is all it knows, and reports that were made before are held to that.
pub(crate) fn as_last_read(
    permit: &Permit<Signed>,
    in_force: &AcceptedPolicy,
    absent: &BTreeMap<FieldName, Absence>,
) -> Permit<Signed> {
    let purposes = &in_force.terms().document().purposes;
    let rests_on_consent =
        |name: &String| purposes.get(name).is_some_and(|purpose| purpose.legal_basis == LegalBasis::Consent);
    let had_none = |field: FieldId| absent.contains_key(&FieldName::from(field));
    let refused = permit
        .grants()
        .filter(|(field, grant)| grant.purposes.iter().all(rests_on_consent) && had_none(*field))
        .map(|(field, _)| field)
        .collect();
    permit.clone().without(&refused)
}

/// Clears a recorded report to leave with those of its parts that the policy in force and the permit under it allow. What was
/// permitted when it was made need not be so when its turn comes: the policy may have been replaced by a narrower one, or the
/// person may have set limits since. A part that may not leave stays here, and the head without it tells nothing of its values;
/// a report of which no part may leave stays whole. `base` gives the rows that a difference builds on, where they are still known;
/// it is asked only for a report that was made under another policy.
pub(crate) fn clear<'r>(
    recorded: &'r Recorded,
    parts: PartBytes,
    in_force: &AcceptedPolicy,
    permit: &Permit<Signed>,
    base: impl FnOnce() -> Result<Option<Baseline>, LedgerError>,
) -> Result<Cleared<'r>, NotCleared> {
    let report = recorded.report().document();
    if *permit.versions() != in_force.versions() {
        return Err(NoLongerPermitted::OtherPermit.into());
    }
    let base = if report.policy == *permit.versions() { None } else { Some(base()?.unwrap_or_default()) };
    let made_under = in_force.terms_of(&report.policy);
    let mut allowed = PartBytes::new();
    let mut reason = None;
    for (name, bytes) in parts {
        let part = part_of(&bytes).ok_or(NoLongerPermitted::Part);
        let judged = part.and_then(|part| match &base {
            None => part.rows().try_for_each(|row| is_granted(row, permit)),
            Some(base) => under_another_policy(&part, permit, made_under.as_ref(), base),
        });
        match judged {
            Ok(()) => _ = allowed.insert(name, bytes),
            Err(why) => {
                tracing::warn!(entry = recorded.number(), %why, "a part of the report is kept and not sent");
                reason = Some(why);
            }
        }
    }
    match reason {
        Some(reason) if allowed.is_empty() => Err(reason.into()),
        _ => Ok(Cleared { recorded, parts: allowed }),
    }
}

/// The rules are the same, so only limits can have been set since.
fn is_granted(row: &Row, permit: &Permit<Signed>) -> Result<(), NoLongerPermitted> {
    match row.iter().find(|(field, _)| !permit.allows(*field)) {
        Some((field, _)) => Err(NoLongerPermitted::Field(field)),
        None => Ok(()),
    }
}

/// Every value has to pass the rules of now. Those under which it was made are known where only more has been announced since. What is only named by a
/// digest, or as gone, says that rows are as they were or are there no longer; these rows have to pass as well.
fn under_another_policy(
    part: &Part,
    permit: &Permit<Signed>,
    made_under: Option<&Policy>,
    base: &Baseline,
) -> Result<(), NoLongerPermitted> {
    let stood = base.parts.get(&part.part).map(|stood| &stood.sections);
    for (section, body) in &part.sections {
        let named = match body {
            SectionBody::Full { .. } => Vec::new(),
            SectionBody::Unchanged { digest: named } | SectionBody::Difference { base: named, .. } => {
                let stood = stood.and_then(|sections| sections.get(section)).cloned();
                let rows = stood.filter(|rows| rows.clone().digest() == *named);
                rows.ok_or(NoLongerPermitted::UnknownBase(*section))?.rows
            }
        };
        for (field, value) in body.rows().iter().chain(&named).flat_map(Row::iter) {
            let grant = permit.grant(field).ok_or(NoLongerPermitted::Field(field))?;
            if !fits(field.field(), grant.treatment, value, BoundsOf::Catalogue) {
                return Err(NoLongerPermitted::Treatment(field));
            }
            let filtered_so = || {
                made_under
                    .and_then(|policy| policy.rule(field))
                    .is_some_and(|rule| rule.filters == grant.filters)
            };
            if !grant.filters.is_empty() && !filtered_so() {
                return Err(NoLongerPermitted::Filter(field));
            }
            if part.part.retention > grant.retention {
                return Err(NoLongerPermitted::Retention(field));
            }
        }
    }
    Ok(())
}
