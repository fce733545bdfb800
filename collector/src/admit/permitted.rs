//! Whether a policy permits what a report holds: every field and every value.

use crate::refusal::{Reason, RequestRefusal};
use crate::verify::AuthenticPart;
use collector_proto::catalog::{FieldSet, Section, Shape};
use collector_proto::limits::MAX_ROWS;
use collector_proto::messages::{PartName, Report, SectionBody};
use collector_proto::policy::{BoundsOf, Policy, carried, fits};
use collector_proto::value::Row;

/// Checks every part, section, row, value and absence that the report names.
pub(super) fn check_report(
    report: &Report,
    parts: &[AuthenticPart],
    policy: &Policy,
) -> Result<(), RequestRefusal> {
    check_parts(report, policy)?;
    let permitted = policy.fields();
    let came = parts.iter().flat_map(|part| part.part().sections.keys());
    for section in came.chain(report.failed.keys()) {
        if section.fields().collect::<FieldSet>().intersection(&permitted).is_empty() {
            return Err(RequestRefusal::new(
                Reason::OverCollection,
                "a section is named of which the policy permits no field",
            ));
        }
    }
    for part in parts.iter().map(AuthenticPart::part) {
        for (section, body) in &part.sections {
            check_rows(part.part, *section, body.rows(), policy)?;
            check_shape(*section, body)?;
        }
    }
    let carried: FieldSet =
        parts.iter().flat_map(|part| part.part().rows()).flat_map(Row::iter).map(|(f, _)| f).collect();
    for name in report.absent.keys() {
        if !policy.names(name) {
            return Err(match name.field() {
                Some(field) => {
                    RequestRefusal::of_field(Reason::OverCollection, field, "has no rule in the policy")
                }
                None => RequestRefusal::new(
                    Reason::OverCollection,
                    "a field is said to be absent that has no rule in the policy",
                ),
            });
        }
        if let Some(field) = name.field().filter(|field| carried.contains(*field)) {
            return Err(RequestRefusal::of_field(Reason::Invalid, field, "is both absent and present"));
        }
    }
    Ok(())
}

/// Checks the parts that are named, whether they came or not: the store gives each its date, and none may lie beyond those of
/// the policy.
fn check_parts(report: &Report, policy: &Policy) -> Result<(), RequestRefusal> {
    let longest = policy.document().purposes.values().map(|purpose| purpose.retention).max();
    if report.parts.keys().any(|part| Some(part.retention) > longest) {
        return Err(RequestRefusal::new(
            Reason::OverCollection,
            "a part is named that lives longer than anything may under the policy",
        ));
    }
    if !report.read_daily() && report.parts.keys().any(|part| part.series.is_daily()) {
        return Err(RequestRefusal::new(
            Reason::Invalid,
            "a part is named that is sent at most once a day, and no reading of it",
        ));
    }
    if report.parts.keys().any(|part| report.gone.contains(part)) {
        return Err(RequestRefusal::new(Reason::Invalid, "a part is named and gone at once"));
    }
    Ok(())
}

/// Checks that each value has a rule, stands in its own section, has the shape that its treatment gives and carries nothing of another field
/// that the policy does not permit as read, and that its part lives no longer than the value may. A part repeats the keys of its rows, so that this holds a value to the dates of its
/// keys as well.
pub fn check_rows(
    part: PartName,
    section: Section,
    rows: &[Row],
    policy: &Policy,
) -> Result<(), RequestRefusal> {
    let as_read = policy.as_read();
    let over = |field, words| Err(RequestRefusal::of_field(Reason::OverCollection, field, words));
    for row in rows {
        if row.is_empty() {
            return Err(RequestRefusal::new(Reason::Invalid, "a row is empty"));
        }
        for (field, value) in row.iter() {
            let Some(rule) = policy.rule(field) else {
                return over(field, "has no rule in the policy");
            };
            if field.section() != section {
                return Err(RequestRefusal::of_field(
                    Reason::Invalid,
                    field,
                    "stands in a section that is not its own",
                ));
            }
            if policy.retention(field).is_none_or(|retention| part.retention > retention) {
                return over(field, "stands in a part that lives longer than its values may");
            }
            if part.series < policy.series(field) {
                return over(
                    field,
                    "stands in a part that is sent more often than its values may be, or that is a history",
                );
            }
            // The reader may be of another release, in which a bound of the field is another.
            if !fits(field.field(), rule.treat, value, BoundsOf::Format) {
                return over(field, "has a value without the form that its treatment gives");
            }
            if carried::gives_away(field, rule.treat, value, &as_read) {
                return over(field, "has a text that shows what the policy does not permit as read");
            }
        }
    }
    Ok(())
}

/// Full rows stand in the order in which they are digested, those of a difference in the order of their keys: one
/// content has one writing.
fn check_shape(section: Section, body: &SectionBody) -> Result<(), RequestRefusal> {
    let invalid = |detail| Err(RequestRefusal::new(Reason::Invalid, detail));
    if body.rows().len() > MAX_ROWS {
        return invalid("a section has more than 100,000 rows");
    }
    match body {
        SectionBody::Full { rows, .. } if section.shape() == Shape::Single && rows.len() > 1 => {
            invalid("a section that has one row has several")
        }
        SectionBody::Full { rows, .. } if !rows.is_sorted() => {
            invalid("the rows of a section are not sorted")
        }
        SectionBody::Difference { .. } if section.shape() == Shape::Single => {
            invalid("a section that has one row travels whole")
        }
        SectionBody::Difference { upsert, remove, .. } => {
            let keys: Option<Vec<_>> = upsert.iter().map(|row| row.key(section)).collect();
            match keys {
                None => invalid("a row of a difference has no key"),
                Some(keys) if !is_strictly_sorted(&keys) || !is_strictly_sorted(remove) => {
                    invalid("the keys of a difference are not sorted, or one appears twice")
                }
                Some(_) if remove.len() > MAX_ROWS => invalid("a section has more than 100,000 rows"),
                Some(_) => Ok(()),
            }
        }
        SectionBody::Full { .. } | SectionBody::Unchanged { .. } => Ok(()),
    }
}

fn is_strictly_sorted(keys: &[String]) -> bool {
    keys.is_sorted_by(|a, b| a < b)
}
