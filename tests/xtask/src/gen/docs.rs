//! `docs/fields.md`: the reference of every field for people.

use super::locale::{Heading, Locale};
use super::model::{Catalogue, Derived, Field, SectionFile, Source};
use super::vocabulary::{Generalisation, Privilege, SOURCE_KINDS, Shape, Treatment, Wording};
use anyhow::Result;
use std::fmt::Write as _;
use toml::Spanned;

/// The page, with the English words.
pub(crate) fn page(catalogue: &Catalogue, english: &Locale) -> Result<String> {
    let fields = catalogue.fields().len();
    let mut out = String::from("# Fields\n\n");
    line(
        &mut out,
        "<!-- Written by `cargo xtask gen` from collector-proto/catalog/*.toml and locales/en.ftl; change those. -->\n",
    );
    line(
        &mut out,
        &format!(
            "Everything Candor can collect: {fields} fields in {} sections. A field that is not listed here cannot be \
             named by a policy, read, sent or stored. Nothing is collected unless a signed policy names it.\n",
            catalogue.sections.len()
        ),
    );
    explain(&mut out);
    for file in &catalogue.sections {
        section(&mut out, file, english)?;
    }
    never(&mut out, catalogue, english)?;
    Ok(out)
}

fn explain(out: &mut String) {
    out.push_str(
        "How to read the tables:\n\n\
         - **Type**: what one value is; `[]` marks a list.\n\
         - **Shows**: what values of it, one after the other, show about a person: when somebody was at the device \
         (`presence`), or where it was (`place`).\n\
         - **Minimal**: whether the starter policy `minimal` collects the field.\n\
         - **Treatments**: what a policy may do with the value. Every field can be dropped. A field without `keep` is \
         never sent as it is read. Behind `generalise` stands what the value may be coarsened to, and nothing else: the table \
         below says what each of these words leaves.\n\
         - **Bounds** hold whatever a policy says.\n\
         - **Sources**: what the reader touches, and what it needs for that where it needs anything. A source is an \
         absolute path, in which `*` stands for part of one name (the directory before it is listed), a last `/` for the \
         names in a directory and a last `/**` for everything beneath it, or one of these:\n\n",
    );
    out.push_str("| Source | Meaning |\n|---|---|\n");
    for kind in SOURCE_KINDS {
        row(out, &[format!("`{}:`", kind.prefix), format!("{} ({})", kind.meaning, kind.systems.join(", "))]);
    }
    out.push_str("\n| Coarsened to | What is left |\n|---|---|\n");
    for level in Generalisation::ALL {
        row(out, &[format!("`{}`", level.name()), level.words().to_owned()]);
    }
    out.push_str(
        "\nNames are OpenTelemetry's (`otel`, semantic conventions 1.44.0), the Elastic Common Schema's (`ecs`, 9.5), \
         or our own with the prefix `x.`. DPV terms are of `https://w3id.org/dpv/pd#`; CCPA letters are the categories of \
         Cal. Civ. Code §1798.140(v)(1).\n\n",
    );
}

fn section(out: &mut String, file: &SectionFile, english: &Locale) -> Result<()> {
    let Heading { title, description } = english.words(Wording::Section, file.name())?;
    line(out, &format!("## `{}`: {title}\n", file.name()));
    let shape = match file.section.shape {
        Shape::Single => "One row.".to_owned(),
        Shape::Table => format!("Many rows, distinguished by {}.", names(&file.section.key, ", ")),
    };
    let accounts = if file.section.accounts { " Rows or values can be about single accounts." } else { "" };
    line(out, &format!("{description} {shape}{accounts}\n"));

    let fields = sorted(file);
    out.push_str("| Field | Meaning | Type | Sensitivity | Shows | Minimal | Treatments | Bounds |\n|---|---|---|---|---|---|---|---|\n");
    for field in &fields {
        let Heading { title, description } = english.words(Wording::Field, field.name())?;
        row(
            out,
            &[
                format!("`{}`", field.name()),
                format!("**{title}.** {description}"),
                format!("{}{}", field.kind.name(), if field.many { "[]" } else { "" }),
                field.sensitivity.name().to_owned(),
                field.shows.map_or("–", |shows| shows.name()).to_owned(),
                if field.minimal { "yes" } else { "no" }.to_owned(),
                treatments(field),
                bounds(field),
            ],
        );
    }

    out.push_str("\n| Field | Linux | Windows | macOS |\n|---|---|---|---|\n");
    for field in &fields {
        row(
            out,
            &[
                format!("`{}`", field.name()),
                source(&field.linux),
                source(&field.windows),
                source(&field.macos),
            ],
        );
    }
    for field in &fields {
        if let Some(reason) = &field.no_source {
            line(out, &format!("\n`{}` has no source on any system: {reason}", field.name()));
        }
    }

    out.push_str("\n| Field | Origin | DPV | CCPA | osquery | GLPI |\n|---|---|---|---|---|---|\n");
    for field in &fields {
        row(
            out,
            &[
                format!("`{}`", field.name()),
                field.origin.name().to_owned(),
                or_dash(names(&field.dpv, ", ")),
                or_dash(join(field.ccpa.iter().map(|letter| letter.name()))),
                or_dash(field.osquery.as_ref().map(|name| format!("`{name}`")).unwrap_or_default()),
                or_dash(field.glpi.as_ref().map(|name| format!("`{name}`")).unwrap_or_default()),
            ],
        );
    }
    for field in &fields {
        if let Some(reason) = &field.no_dpv {
            line(out, &format!("\n`{}` has no DPV term: {reason}", field.name()));
        }
    }
    for derived in &file.derived {
        computed(out, derived, english)?;
    }
    out.push('\n');
    Ok(())
}

/// A value that the collector computes; the agent has no name for it.
fn computed(out: &mut String, derived: &Derived, english: &Locale) -> Result<()> {
    let Heading { title, description } = english.words(Wording::Derived, derived.id.get_ref())?;
    let by = derived.by.name();
    line(
        out,
        &format!(
            "\nNot a field: `{}` ({title}). {description} Computed by the {by} from {}; DPV {}. {}",
            derived.id.get_ref(),
            names(&derived.from, ", "),
            names(&derived.dpv, ", "),
            derived.note,
        ),
    );
    Ok(())
}

fn never(out: &mut String, catalogue: &Catalogue, english: &Locale) -> Result<()> {
    out.push_str(
        "## What Candor has no code for\n\n\
         The published privacy policies of comparable products disclose the following. Candor cannot do it: no probe \
         exists, and no policy can ask for it.\n\n\
         | Item | In plain words | Capability | DPV | Disclosed in the policy of |\n|---|---|---|---|---|\n",
    );
    let mut items: Vec<_> = catalogue.never.items.iter().collect();
    items.sort_by_key(|item| item.name.get_ref());
    for item in items {
        let Heading { title, description } = english.words(Wording::Never, item.name.get_ref())?;
        row(
            out,
            &[
                format!("`{}`", item.name.get_ref()),
                format!("**{title}.** {description}"),
                item.capability.name().to_owned(),
                or_dash(names(&item.dpv, ", ")),
                join(item.disclosed_by.iter().map(|discloser| discloser.title())),
            ],
        );
    }
    Ok(())
}

/// The treatments, with what values may be coarsened to.
fn treatments(field: &Field) -> String {
    let words = field.treatments.iter().map(|treatment| match treatment {
        Treatment::Generalise => {
            format!("generalise ({})", join(field.coarse.iter().map(|level| level.name())))
        }
        other => other.name().to_owned(),
    });
    words.collect::<Vec<_>>().join(", ")
}

fn bounds(field: &Field) -> String {
    let mut bounds = vec![format!("{} bytes", field.max_bytes())];
    if field.many {
        bounds.push(format!("{} values", field.max_values()));
    }
    if !field.legal_bases.is_empty() {
        bounds.push(format!("legal basis only {}", join(field.legal_bases.iter().map(|basis| basis.name()))));
    }
    bounds.join("; ")
}

fn source(source: &Source) -> String {
    let touches = names(&source.touches, "<br>");
    match source.privilege {
        _ if touches.is_empty() => "–".to_owned(),
        Privilege::None => touches,
        Privilege::Root | Privilege::Admin | Privilege::Consent => {
            format!("{touches}<br>needs {}", source.privilege.name())
        }
    }
}

fn sorted(file: &SectionFile) -> Vec<&Field> {
    let mut fields: Vec<_> = file.fields.iter().collect();
    fields.sort_by_key(|field| field.name());
    fields
}

pub(super) fn names(words: &[Spanned<String>], separator: &str) -> String {
    words.iter().map(|word| format!("`{}`", word.get_ref())).collect::<Vec<_>>().join(separator)
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(", ")
}

fn or_dash(text: String) -> String {
    if text.is_empty() { "–".to_owned() } else { text }
}

pub(super) fn row(out: &mut String, cells: &[String]) {
    // A bar ends a cell even inside code.
    let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
    line(out, &format!("| {} |", cells.join(" | ")));
}

pub(super) fn line(out: &mut String, text: &str) {
    // Writing to a `String` cannot fail.
    let _ = writeln!(out, "{text}");
}
