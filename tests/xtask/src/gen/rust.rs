//! `collector-proto/src/catalog/generated.rs`: the catalogue as a static table.

use super::model::{Catalogue, Field, SectionFile, Source};
use super::places;
use anyhow::{Context, Result, ensure};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// The table's source text, unformatted.
pub(crate) fn table(catalogue: &Catalogue) -> String {
    let fields = catalogue.fields();
    let mut out = String::from(
        "//! The catalogue's table. Written by `cargo xtask gen` from `collector-proto/catalog/*.toml`; change those.\n\n\
         use super::carried::TextKind;\n\
         use super::coarse::Generalisation as G;\n\
         use super::terms::{CcpaCategory as C, LegalBasis as B, Origin, Privilege as P, Sensitivity, Shape, Shows, TreatmentKind as T, ValueKind};\n\
         use super::{Bounds, Carries, Derived, Field, FieldId, Never, Source, SourcePlace as S, Sources};\n\n",
    );
    section_enum(&mut out, &catalogue.sections);
    constants(&mut out, &fields);
    out.push_str("/// Every declared field, sorted by name.\npub static FIELDS: &[Field] = &[\n");
    for (file, field) in &fields {
        declaration(&mut out, file, field);
    }
    out.push_str("];\n\n");
    out.push_str("/// What the collector computes.\npub static DERIVED: &[Derived] = &[\n");
    for derived in catalogue.sections.iter().flat_map(|file| &file.derived) {
        let from: Vec<String> =
            derived.from.iter().map(|id| format!("fields::{}", constant(id.get_ref()))).collect();
        let dpv = strings(derived.dpv.iter().map(|term| term.get_ref().as_str()));
        let (name, from) = (derived.id.get_ref(), from.join(", "));
        put(&mut out, format_args!("Derived {{ name: {name:?}, from: &[{from}], dpv: {dpv} }},\n"));
    }
    out.push_str("];\n\n");
    out.push_str("/// What the agent has no code for, sorted by name.\npub static NEVER: &[Never] = &[\n");
    let mut never: Vec<_> = catalogue.never.items.iter().collect();
    never.sort_by_key(|item| item.name.get_ref());
    for item in never {
        let dpv = strings(item.dpv.iter().map(|term| term.get_ref().as_str()));
        put(&mut out, format_args!("Never {{ name: {:?}, dpv: {dpv} }},\n", item.name.get_ref()));
    }
    out.push_str("];\n");
    out
}

/// Formats Rust source with the workspace's `rustfmt.toml`, so that `cargo fmt` finds nothing to change.
pub(crate) fn format(root: &Path, source: &str) -> Result<String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--emit", "stdout", "--quiet", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("starting rustfmt; install it with `rustup component add rustfmt`")?;
    let mut input = child.stdin.take().context("rustfmt has no standard input")?;
    // rustfmt reads all of its input before it writes, so the pipes cannot fill against each other.
    input.write_all(source.as_bytes()).context("writing to rustfmt")?;
    drop(input);
    let output = child.wait_with_output().context("waiting for rustfmt")?;
    ensure!(output.status.success(), "rustfmt refused the generated table");
    String::from_utf8(output.stdout).context("rustfmt's output is not UTF-8")
}

fn section_enum(out: &mut String, sections: &[SectionFile]) {
    out.push_str(
        "/// A section of the report, in the order they are shown in.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]\n\
         pub enum Section {\n",
    );
    for file in sections {
        let name = file.name();
        put(out, format_args!("/// `{name}`.\n#[serde(rename = {name:?})]\n{},\n", camel(name)));
    }
    out.push_str("}\n\nimpl Section {\n/// Every section.\npub const ALL: &[Self] = &[");
    for file in sections {
        put(out, format_args!("Self::{},", camel(file.name())));
    }
    out.push_str("];\n\n/// The name in reports and policies.\npub const fn name(self) -> &'static str {\n");
    arms(out, sections, |file| format!("{:?}", file.name()));
    out.push_str("}\n\n/// Whether the section has one row or many.\npub const fn shape(self) -> Shape {\n");
    arms(out, sections, |file| format!("Shape::{:?}", file.section.shape));
    out.push_str(
        "}\n\n/// Whether rows, or values in them, can be about single accounts of the device. In a report they do not say \
         whose they are.\npub const fn is_about_accounts(self) -> bool {\n",
    );
    arms(out, sections, |file| file.section.accounts.to_string());
    out.push_str(
        "}\n\n/// The fields that identify a row of a table; empty for a single row.\n\
         pub fn key(self) -> &'static [FieldId] {\n",
    );
    arms(out, sections, |file| {
        let key: Vec<String> =
            file.section.key.iter().map(|id| format!("fields::{}", constant(id.get_ref()))).collect();
        format!("&[{}]", key.join(", "))
    });
    out.push_str("}\n}\n\n");
}

/// A `match self` over the sections; those of equal value share an arm.
fn arms(out: &mut String, sections: &[SectionFile], value: impl Fn(&SectionFile) -> String) {
    let mut arms: Vec<(String, Vec<String>)> = Vec::new();
    for file in sections {
        let (value, variant) = (value(file), format!("Self::{}", camel(file.name())));
        match arms.iter_mut().find(|(known, _)| *known == value) {
            Some((_, variants)) => variants.push(variant),
            None => arms.push((value, vec![variant])),
        }
    }
    out.push_str("match self {\n");
    for (value, variants) in arms {
        put(out, format_args!("{} => {value},\n", variants.join(" | ")));
    }
    out.push_str("}\n");
}

fn constants(out: &mut String, fields: &[(&SectionFile, &Field)]) {
    out.push_str(
        "/// Every field by a name that the compiler checks.\npub mod fields {\nuse super::FieldId;\n\n",
    );
    for (index, (_, field)) in fields.iter().enumerate() {
        let name = field.name();
        put(
            out,
            format_args!("/// `{name}`.\npub const {}: FieldId = FieldId::at({index});\n", constant(name)),
        );
    }
    out.push_str("}\n\n");
}

fn declaration(out: &mut String, file: &SectionFile, field: &Field) {
    let dpv = strings(field.dpv.iter().map(|term| term.get_ref().as_str()));
    let ccpa = terms("C", &field.ccpa);
    let treatments = terms("T", &field.treatments);
    let coarse = terms("G", &field.coarse);
    let bases = terms("B", &field.legal_bases);
    put(
        out,
        format_args!(
            "Field {{ name: {:?}, section: Section::{}, kind: ValueKind::{:?}, many: {}, origin: Origin::{:?}, dpv: {dpv}, \
             ccpa: {ccpa}, sensitivity: Sensitivity::{:?}, shows: {}, minimal: {}, treatments: {treatments}, coarse: {coarse}, carries: {}, \
             bounds: Bounds {{ max_bytes: {}, max_values: {}, legal_bases: {bases} }}, \
             sources: Sources {{ linux: {}, windows: {}, macos: {} }}, osquery: {:?}, glpi: {:?} }},\n",
            field.name(),
            camel(file.name()),
            field.kind,
            field.many,
            field.origin,
            field.sensitivity,
            field.shows.map_or_else(|| "None".to_owned(), |shows| format!("Some(Shows::{shows:?})")),
            field.minimal,
            carries(field),
            field.max_bytes(),
            field.max_values(),
            source("linux", &field.linux),
            source("windows", &field.windows),
            source("macos", &field.macos),
            field.osquery,
            field.glpi,
        ),
    );
}

fn carries(field: &Field) -> String {
    let Some(text) = field.text else { return "None".to_owned() };
    let fields: Vec<String> =
        field.carried().iter().map(|id| format!("fields::{}", constant(id.get_ref()))).collect();
    format!("Some(Carries {{ text: TextKind::{text:?}, fields: &[{}] }})", fields.join(", "))
}

fn source(system: &str, source: &Source) -> String {
    // The check has refused what does not parse.
    let places = source.touches.iter().filter_map(|touch| places::parse(system, touch.get_ref()).ok());
    let places: Vec<String> = places.map(|place| format!("S::{}", place.expression())).collect();
    format!("Source {{ touches: &[{}], privilege: P::{:?} }}", places.join(", "), source.privilege)
}

fn quoted(text: &str) -> String {
    if text.contains('\\') { format!("r\"{text}\"") } else { format!("{text:?}") }
}

fn strings<'a>(values: impl Iterator<Item = &'a str>) -> String {
    format!("&[{}]", values.map(quoted).collect::<Vec<_>>().join(", "))
}

fn terms<T: std::fmt::Debug>(enumeration: &str, words: &[T]) -> String {
    let paths: Vec<String> = words.iter().map(|word| format!("{enumeration}::{word:?}")).collect();
    format!("&[{}]", paths.join(", "))
}

/// `host.ip` as `HOST_IP`, `x.device.asset_tag` as `X_DEVICE_ASSET_TAG`.
fn constant(name: &str) -> String {
    name.replace('.', "_").to_uppercase()
}

/// `package` as `Package`.
fn camel(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Appends formatted text; writing to a `String` cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}
