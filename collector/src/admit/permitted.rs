//! Whether a policy permits what a report holds: every field and every value.

use crate::refusal::Refusal;
use collector_proto::catalog::{FieldSet, Section, Shape};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::{ProblemKind, Report, SectionBody};
use collector_proto::policy::{Policy, fits};
use collector_proto::value::Row;

/// Checks every section, row, value and absence that the report names.
pub(super) fn check_report(report: &Report, policy: &Policy) -> Result<(), Refusal> {
    let permitted = policy.fields();
    for (section, body) in &report.sections {
        if section.fields().collect::<FieldSet>().intersection(&permitted).is_empty() {
            return Err(Refusal::new(
                ProblemKind::OverCollection,
                "a section is named of which the policy permits no field",
            ));
        }
        check_rows(*section, body.rows(), policy)?;
        check_shape(*section, body)?;
    }
    let carried: FieldSet =
        report.sections.values().flat_map(SectionBody::rows).flat_map(Row::iter).map(|(f, _)| f).collect();
    for field in report.absent.keys() {
        if !permitted.contains(*field) {
            return Err(Refusal::of_field(ProblemKind::OverCollection, *field, "has no rule in the policy"));
        }
        if carried.contains(*field) {
            return Err(Refusal::of_field(ProblemKind::Invalid, *field, "is both absent and present"));
        }
    }
    Ok(())
}

/// Checks that each value has a rule, stands in its own section and has the shape that its treatment gives.
pub fn check_rows(section: Section, rows: &[Row], policy: &Policy) -> Result<(), Refusal> {
    for row in rows {
        if row.is_empty() {
            return Err(Refusal::new(ProblemKind::Invalid, "a row is empty"));
        }
        for (field, value) in row.iter() {
            let Some(rule) = policy.rule(field) else {
                return Err(Refusal::of_field(
                    ProblemKind::OverCollection,
                    field,
                    "has no rule in the policy",
                ));
            };
            if field.section() != section {
                return Err(Refusal::of_field(
                    ProblemKind::Invalid,
                    field,
                    "stands in a section that is not its own",
                ));
            }
            if !fits(field.field(), rule.treat, value) {
                return Err(Refusal::of_field(
                    ProblemKind::OverCollection,
                    field,
                    "has a value without the form that its treatment gives",
                ));
            }
        }
    }
    Ok(())
}

fn check_shape(section: Section, body: &SectionBody) -> Result<(), Refusal> {
    let invalid = |detail| Err(Refusal::new(ProblemKind::Invalid, detail));
    let rows = body.rows();
    if rows.len() > MAX_ROWS {
        return invalid("a section has more than 100,000 rows");
    }
    if !rows.is_sorted() {
        return invalid("the rows of a section are not sorted");
    }
    let SectionBody::Difference { remove, .. } = body else {
        return if section.shape() == Shape::Single && rows.len() > 1 {
            invalid("a section that has one row has several")
        } else {
            Ok(())
        };
    };
    if section.shape() == Shape::Single {
        return invalid("a section that has one row travels whole");
    }
    if remove.len() > MAX_ROWS || !remove.is_sorted_by(|a, b| a < b) {
        return invalid("the removed keys of a section are not sorted, or one appears twice");
    }
    Ok(())
}
