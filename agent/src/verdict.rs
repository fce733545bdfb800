//! The verdict on this device's documents, with the acknowledgements that the reader keeps, and on each report that waits to be
//! sent.

use crate::device::Device;
use crate::documents::HeldDocuments;
use crate::ledger::baseline::{self, Baseline};
use crate::ledger::{Ledger, LedgerError, PartBytes, Recorded, part_of};
use crate::reader_client::{ReaderClient, ReaderError};
use collector_proto::catalog::{FieldId, FieldSet, LegalBasis, Section};
use collector_proto::contract::NotUnderstood;
use collector_proto::messages::{Absence, Part, PartName, Report, SectionBody};
use collector_proto::policy::trust::{AcceptedPolicy, Refusal, Trust};
use collector_proto::policy::{
    Announcements, BoundsOf, FieldName, Grant, Permit, Policy, Signed, Verdict, carried, fits,
};
use collector_proto::time::UtcTime;
use collector_proto::value::Row;
use std::collections::BTreeMap;
use std::path::Path;

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
    /// A text shows what is no longer sent as read.
    #[error("a text of `{0}` shows what is no longer sent as read")]
    Carried(FieldId),
    /// Rows are filtered now, and what a row was before its treatment, which the filter goes by, is not known any more.
    #[error("rows with `{0}` are filtered now")]
    Filter(FieldId),
    /// A value would live longer than it may now.
    #[error("`{0}` is to be kept for a shorter time now")]
    Retention(FieldId),
    /// A value is sent at most once a day now, or is no history any more.
    #[error("`{0}` is to be sent less often now")]
    Series(FieldId),
    /// What a difference builds on is not known here any more.
    #[error("the rows that its section `{}` builds on are not known any more", .0.name())]
    UnknownBase(Section),
    /// What the report leaves as it stands at the collector is not known here any more.
    #[error("what it leaves as it stands is not known any more")]
    UnknownStanding,
    /// The device's ceiling has named accounts since about which nothing is read, and it may say something about them.
    #[error("the device's ceiling names accounts since, about which it may say something")]
    Accounts,
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
/// a report of which no part may leave stays whole. So does one whose head leaves something as it stands at the collector that is no
/// longer permitted: the collector would keep that for longer. `kept_rows` is the file of the rows that the collector holds.
pub(crate) fn clear<'r>(
    recorded: &'r Recorded,
    ledger: &Ledger,
    kept_rows: &Path,
    in_force: &AcceptedPolicy,
    permit: &Permit<Signed>,
) -> Result<Cleared<'r>, NotCleared> {
    let report = recorded.report().document();
    if *permit.versions() != in_force.versions() {
        return Err(NoLongerPermitted::OtherPermit.into());
    }
    let made_under = in_force.terms_of(&report.policy);
    let as_read = in_force.terms().as_read();
    let rules = Rules { permit, made_under: made_under.as_ref(), as_read };
    let base = if ledger.is_followed(recorded)? {
        None
    } else {
        Some(baseline::load(kept_rows, ledger)?.unwrap_or_default())
    };
    if let Some(base) = &base
        && !report.begins_anew()
    {
        stands_by_what_is_permitted(report, base, rules)?;
    }
    let mut allowed = PartBytes::new();
    let mut reason = None;
    for (name, bytes) in ledger.parts(recorded)? {
        let part = part_of(&bytes).ok_or(NoLongerPermitted::Part);
        match part.and_then(|part| is_permitted(&part, base.as_ref(), rules)) {
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

/// The rules that what waits is held to.
#[derive(Clone, Copy)]
struct Rules<'a> {
    /// Those of now.
    permit: &'a Permit<Signed>,
    /// Those under which the report was made. They are known where only more has been announced since.
    made_under: Option<&'a Policy>,
    /// The fields of which texts may carry values: those of the policy in force, because what this device's own limits withhold is cut out
    /// of the next reading.
    as_read: FieldSet,
}

/// A head says of each part that it does not name that it is as it was: the collector keeps its rows for longer. They have to be
/// known here and to pass.
fn stands_by_what_is_permitted(
    report: &Report,
    base: &Baseline,
    rules: Rules<'_>,
) -> Result<(), NoLongerPermitted> {
    let after = base.standing.after(report).ok_or(NoLongerPermitted::UnknownStanding)?;
    for name in after.0.keys().filter(|name| !report.parts.contains_key(name)) {
        let stood = base.parts.get(name).ok_or(NoLongerPermitted::UnknownStanding)?;
        let mut rows = stood.sections.values().flat_map(|section| &section.rows);
        rows.try_for_each(|row| rules.allow(*name, row))?;
    }
    Ok(())
}

/// Every row of a part has to pass. What is only named by a digest, or as gone, says of the rows in `base` that they are as they were or
/// are there no longer; these have to pass as well. There is no base where a later report was taken: then
/// this one changes nothing at the collector.
fn is_permitted(part: &Part, base: Option<&Baseline>, rules: Rules<'_>) -> Result<(), NoLongerPermitted> {
    part.rows().try_for_each(|row| rules.allow(part.part, row))?;
    let Some(base) = base else { return Ok(()) };
    let stood = base.parts.get(&part.part).map(|stood| &stood.sections);
    for (section, body) in &part.sections {
        let (SectionBody::Unchanged { digest } | SectionBody::Difference { base: digest, .. }) = body else {
            continue;
        };
        let rows = stood
            .and_then(|sections| sections.get(section))
            .filter(|rows| (*rows).clone().digest() == *digest);
        let rows = rows.ok_or(NoLongerPermitted::UnknownBase(*section))?;
        rows.rows.iter().try_for_each(|row| rules.allow(part.part, row))?;
    }
    Ok(())
}

impl Rules<'_> {
    fn allow(self, part: PartName, row: &Row) -> Result<(), NoLongerPermitted> {
        for (field, value) in row.iter() {
            let grant = self.permit.grant(field).ok_or(NoLongerPermitted::Field(field))?;
            if !fits(field.field(), grant.treatment, value, BoundsOf::Catalogue) {
                return Err(NoLongerPermitted::Treatment(field));
            }
            if carried::gives_away(field, grant.treatment, value, &self.as_read) {
                return Err(NoLongerPermitted::Carried(field));
            }
            if !grant.filters.is_empty() && !self.filtered_so(field, grant) {
                return Err(NoLongerPermitted::Filter(field));
            }
            if self.permit.retention(field).is_none_or(|retention| part.retention > retention) {
                return Err(NoLongerPermitted::Retention(field));
            }
            if part.series < self.permit.series(field) {
                return Err(NoLongerPermitted::Series(field));
            }
        }
        Ok(())
    }

    /// Whether rows were filtered as they are now when the report was made.
    fn filtered_so(self, field: FieldId, grant: &Grant) -> bool {
        let rule = self.made_under.and_then(|policy| policy.rule(field));
        rule.is_some_and(|rule| rule.filters == grant.filters)
    }
}
