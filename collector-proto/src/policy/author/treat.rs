//! `treat = …`: `"keep"`, `"drop"`, `{ truncate = { v4 = 24, v6 = 48 } }`, `{ truncate = { chars = 8 } }`,
//! `{ hmac = "tenant" }`, `{ generalise = "oui" }`.

use super::diagnostic::Code;
use super::nearest::nearest;
use super::report::Diagnosis;
use super::walk::{Node, TableNode};
use crate::catalog::{Field, TreatmentKind};
use crate::policy::{Generalisation, KeyScope, Treatment};

/// Most characters that a truncation may keep: the longest field of the catalogue has fewer.
const MAX_CHARS: u64 = 4096;

/// What a block says about the values of its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treat {
    /// The fields are not read, whatever other block names them.
    Drop,
    /// The fields are collected and treated so.
    As(Treatment),
}

pub(super) fn read_treat(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<Treat> {
    if let Some(name) = node.as_text() {
        return read_word(node, name, report);
    }
    if !node.is_table() {
        return node.wrong_type("\"keep\", \"drop\" or a table such as { hmac = \"tenant\" }", report);
    }
    let mut table = node.table(report)?;
    let given = [table.take("truncate"), table.take("hmac"), table.take("generalise")];
    let entries = table.entries().len();
    table.finish(report);
    let treatment = match given {
        [Some(node), None, None] => read_truncate(&node, report),
        [None, Some(node), None] => {
            read_term(&node, "key", KeyScope::parse, KeyScope::ALL.iter().map(|k| k.name()), report)
                .map(Treatment::Hmac)
        }
        [None, None, Some(node)] => read_term(
            &node,
            "step",
            Generalisation::parse,
            Generalisation::ALL.iter().map(|g| g.name()),
            report,
        )
        .map(Treatment::Generalise),
        [None, None, None] => {
            if entries == 0 {
                report.error(&node.at, Code::BadValue, "names no treatment");
            }
            None
        }
        _ => {
            report.error(
                &node.at,
                Code::ExclusiveKeys,
                "names more than one treatment; a value is treated in one way",
            );
            None
        }
    };
    treatment.map(Treat::As)
}

fn read_word(node: &Node<'_>, name: &str, report: &mut Diagnosis<'_>) -> Option<Treat> {
    match TreatmentKind::parse(name) {
        Some(TreatmentKind::Keep) => Some(Treat::As(Treatment::Keep)),
        Some(TreatmentKind::Drop) => Some(Treat::Drop),
        Some(kind) => {
            let message = format!("`{name}` needs to be told how, as in {}", example(kind));
            report.error(&node.at, Code::WrongType, message);
            None
        }
        None => {
            let known = TreatmentKind::ALL.iter().map(|kind| kind.name());
            let message = "is not a treatment; they are keep, drop, truncate, hmac, generalise";
            report.error_near(
                &node.at,
                Code::UnknownTreatment,
                format!("`{name}` {message}"),
                nearest(name, known),
            );
            None
        }
    }
}

fn read_truncate(node: &Node<'_>, report: &mut Diagnosis<'_>) -> Option<Treatment> {
    let mut table: TableNode<'_> = node.table(report)?;
    let [v4, v6, chars] = [table.take("v4"), table.take("v6"), table.take("chars")];
    table.finish(report);
    match (v4, v6, chars) {
        (Some(v4), Some(v6), None) => {
            let v4 = v4.integer(0..=32, report);
            let v6 = v6.integer(0..=128, report);
            Some(Treatment::TruncateIp { v4: u8::try_from(v4?).ok()?, v6: u8::try_from(v6?).ok()? })
        }
        (None, None, Some(chars)) => {
            let chars = chars.integer(1..=MAX_CHARS, report)?;
            Some(Treatment::TruncateText { chars: u16::try_from(chars).ok()? })
        }
        (None, None, None) => {
            report.error(
                &node.at,
                Code::MissingKey,
                "needs `v4` and `v6` for addresses, or `chars` for text",
            );
            None
        }
        (_, _, Some(_)) => {
            report.error(&node.at, Code::ExclusiveKeys, "takes either `v4` and `v6`, or `chars`");
            None
        }
        (v4, _, None) => {
            let missing = if v4.is_some() { "v6" } else { "v4" };
            let message =
                format!("lacks `{missing}`: both kinds of address must be cut, or one would be sent whole");
            report.error(&node.at, Code::MissingKey, message);
            None
        }
    }
}

fn read_term<T>(
    node: &Node<'_>,
    what: &str,
    parse: impl Fn(&str) -> Option<T>,
    known: impl Iterator<Item = &'static str> + Clone,
    report: &mut Diagnosis<'_>,
) -> Option<T> {
    let name = node.text(report)?;
    let found = parse(name);
    if found.is_none() {
        let all: Vec<_> = known.clone().collect();
        let message = format!("`{name}` is not a {what} of this treatment; they are {}", all.join(", "));
        report.error_near(&node.at, Code::UnknownTreatment, message, nearest(name, known));
    }
    found
}

/// How the treatment is written.
fn example(kind: TreatmentKind) -> &'static str {
    match kind {
        TreatmentKind::Keep => "treat = \"keep\"",
        TreatmentKind::Drop => "treat = \"drop\"",
        TreatmentKind::Truncate => {
            "treat = { truncate = { v4 = 24, v6 = 48 } } or { truncate = { chars = 8 } }"
        }
        TreatmentKind::Hmac => "treat = { hmac = \"tenant\" } or { hmac = \"device\" }",
        TreatmentKind::Generalise => "treat = { generalise = \"major\" }",
    }
}

/// The treatment as an author writes it.
pub(super) fn written(treatment: Treatment) -> String {
    match treatment {
        Treatment::Keep => "\"keep\"".to_owned(),
        Treatment::TruncateIp { v4, v6 } => format!("{{ truncate = {{ v4 = {v4}, v6 = {v6} }} }}"),
        Treatment::TruncateText { chars } => format!("{{ truncate = {{ chars = {chars} }} }}"),
        Treatment::Hmac(scope) => format!("{{ hmac = \"{scope}\" }}"),
        Treatment::Generalise(level) => format!("{{ generalise = \"{level}\" }}"),
    }
}

/// The treatments that the field takes, as an author writes them.
pub(super) fn allowed(field: &Field) -> String {
    let mut written = Vec::new();
    for kind in field.treatments {
        match kind {
            TreatmentKind::Keep | TreatmentKind::Drop => written.push(format!("\"{kind}\"")),
            TreatmentKind::Hmac => written.push("{ hmac = \"tenant\" }, { hmac = \"device\" }".to_owned()),
            TreatmentKind::Truncate => written.push(
                if field.kind == crate::catalog::ValueKind::Ip {
                    "{ truncate = { v4 = …, v6 = … } }"
                } else {
                    "{ truncate = { chars = … } }"
                }
                .to_owned(),
            ),
            TreatmentKind::Generalise => {
                for level in Generalisation::ALL {
                    if Treatment::Generalise(*level).unfit_for(field).is_none() {
                        written.push(format!("{{ generalise = \"{level}\" }}"));
                    }
                }
            }
        }
    }
    written.join(", ")
}
