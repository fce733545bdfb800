//! The verdict on this device's documents, with the acknowledgements that were recorded here, and on each report that waits
//! to be sent.

use crate::acknowledge::{self, AcknowledgeError};
use crate::documents::HeldDocuments;
use crate::ledger::Recorded;
use crate::paths::Paths;
use collector_proto::catalog::{FieldId, Section};
use collector_proto::contract::NotUnderstood;
use collector_proto::messages::{Report, SectionBody};
use collector_proto::policy::trust::{AcceptedPolicy, Refusal, Trust};
use collector_proto::policy::{BoundsOf, Permit, Signed, Verdict, fits};
use collector_proto::time::UtcTime;
use collector_proto::value::Row;

/// Takes the verdict at the instant `now`. The roots are walked and the floor rises as in [`Trust::accept`]. Documents that
/// the collector has called superseded, for this program cannot read what followed them, permit nothing.
pub(crate) fn take(
    paths: &Paths,
    trust: &mut Trust,
    documents: &HeldDocuments,
    now: UtcTime,
) -> Result<Verdict, AcknowledgeError> {
    let mut accepted = trust.accept(documents, now);
    if documents.is_superseded() {
        accepted = Err(Refusal::NotUnderstood { document: "policy", what: NotUnderstood::KeptBack });
    }
    Verdict::take(accepted, |policy| acknowledge::is_acknowledged(paths.state(), policy))
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
    /// The keys of removed rows hold values of several fields in one text.
    #[error("it names rows of section `{}` that were removed, under another policy", .0.name())]
    Removed(Section),
}

/// A recorded report that may leave now. Only [`clear`] makes one, and nothing else is shipped.
#[derive(Debug)]
pub struct Cleared<'r> {
    recorded: &'r Recorded,
}

impl<'r> Cleared<'r> {
    /// The report.
    pub(crate) fn recorded(&self) -> &'r Recorded {
        self.recorded
    }
}

/// Clears a recorded report to leave, if the policy that is in force and the permit under it allow what it says. What was
/// permitted when it was made need not be so when its turn comes: the policy may have been replaced by a narrower one, or the
/// person may have set limits since.
pub(crate) fn clear<'r>(
    recorded: &'r Recorded,
    in_force: &AcceptedPolicy,
    permit: &Permit<Signed>,
) -> Result<Cleared<'r>, NoLongerPermitted> {
    if permit.policy() != in_force.reference() {
        return Err(NoLongerPermitted::OtherPermit);
    }
    check(recorded.report().document(), permit)?;
    Ok(Cleared { recorded })
}

fn check(report: &Report, permit: &Permit<Signed>) -> Result<(), NoLongerPermitted> {
    let same_policy = report.policy == permit.policy();
    for (section, body) in &report.sections {
        for (field, value) in body.rows().iter().flat_map(Row::iter) {
            let grant = permit.grant(field).ok_or(NoLongerPermitted::Field(field))?;
            if !fits(field.field(), grant.treatment, value, BoundsOf::Catalogue) {
                return Err(NoLongerPermitted::Treatment(field));
            }
            if !same_policy && !grant.filters.is_empty() {
                return Err(NoLongerPermitted::Filter(field));
            }
        }
        if let SectionBody::Difference { remove, .. } = body
            && !same_policy
            && !remove.is_empty()
        {
            return Err(NoLongerPermitted::Removed(*section));
        }
    }
    Ok(())
}
