//! What a catalogue must satisfy beyond its form. Every mistake is found, not only the first.

use super::model::{Catalogue, Field, HMAC_BYTES, SectionFile, Source, Text};
use super::places;
use super::problem::CatalogueProblem;
use super::vocabulary::{self, Kind, NeverKind, Origin, Privilege, Sensitivity, Shape, Treatment};
use std::collections::BTreeMap;
use toml::Spanned;

/// Most fields that `collector_proto::catalog::FieldSet` can hold.
const MAX_FIELDS: usize = 256;

/// Every mistake, in the order of the files.
pub(crate) fn check(catalogue: &Catalogue) -> Vec<CatalogueProblem> {
    let mut problems = Problems(Vec::new());
    check_sections(catalogue, &mut problems);
    for file in &catalogue.sections {
        check_key(file, &mut problems);
        for field in &file.fields {
            let mut place = WrittenPlace { text: &file.text, id: &field.id, problems: &mut problems };
            check_name(field, &mut place);
            check_terms(field, &mut place);
            check_treatments(field, &mut place);
            check_coarse(field, &mut place);
            check_bounds(field, &mut place);
            check_sources(field, &mut place);
            check_carries(field, catalogue, &mut place);
            check_default(field, &mut place);
        }
    }
    check_derived(catalogue, &mut problems);
    check_never(catalogue, &mut problems);
    check_unique(catalogue, &mut problems);
    problems.0
}

/// The mistakes found so far.
struct Problems(Vec<CatalogueProblem>);

impl Problems {
    fn add(&mut self, text: &Text, offset: usize, message: impl Into<String>) {
        self.0.push(CatalogueProblem::at(text, offset, message));
    }
}

/// Where one field's mistakes are reported: at its id.
struct WrittenPlace<'a> {
    text: &'a Text,
    id: &'a Spanned<String>,
    problems: &'a mut Problems,
}

impl WrittenPlace<'_> {
    fn add(&mut self, message: impl std::fmt::Display) {
        self.at(self.id, message);
    }

    fn at(&mut self, word: &Spanned<String>, message: impl std::fmt::Display) {
        let message = format!("`{}` {message}", self.id.get_ref());
        self.problems.add(self.text, word.span().start, message);
    }
}

fn check_sections(catalogue: &Catalogue, problems: &mut Problems) {
    for (index, file) in catalogue.sections.iter().enumerate() {
        let name = &file.section.name;
        if file.text.path.file_stem().is_none_or(|stem| stem != name.get_ref().as_str()) {
            problems.add(&file.text, name.span().start, "the section is not named as its file");
        }
        if name.get_ref().is_empty() || !name.get_ref().bytes().all(|b| b.is_ascii_lowercase()) {
            problems.add(&file.text, name.span().start, "a section's name is lower-case letters");
        }
        let order = &file.section.order;
        if usize::try_from(*order.get_ref()) != Ok(index + 1) {
            problems.add(
                &file.text,
                order.span().start,
                format!(
                    "`order` must count the sections from 1 without gaps; {} is expected here",
                    index + 1
                ),
            );
        }
        if file.fields.is_empty() {
            problems.add(&file.text, 0, "the section declares no field");
        }
    }
    let count: usize = catalogue.sections.iter().map(|file| file.fields.len()).sum();
    if let Some(last) = catalogue.sections.last()
        && count > MAX_FIELDS
    {
        problems.add(&last.text, 0, format!("{count} fields; a field set holds {MAX_FIELDS}"));
    }
}

fn check_key(file: &SectionFile, problems: &mut Problems) {
    match (file.section.shape, file.section.key.is_empty()) {
        (Shape::Table, true) => problems.add(&file.text, 0, "a table needs a key"),
        (Shape::Single, false) => problems.add(&file.text, 0, "a single row has no key"),
        (Shape::Table, false) | (Shape::Single, true) => {}
    }
    for id in &file.section.key {
        let offset = id.span().start;
        let Some(field) = file.fields.iter().find(|field| field.name() == id.get_ref()) else {
            problems.add(&file.text, offset, format!("key `{}` is not a field of the section", id.get_ref()));
            continue;
        };
        if !field.treatments.contains(&Treatment::Keep) {
            problems.add(&file.text, offset, format!("key `{}` cannot be kept", field.name()));
        }
        if field.kind != Kind::Text || field.many {
            problems.add(&file.text, offset, format!("key `{}` is not one text", field.name()));
        }
    }
}

fn check_name(field: &Field, place: &mut WrittenPlace<'_>) {
    if !is_dotted(field.name()) {
        place.add("is not a dotted name of lower-case words");
    }
    match (field.origin, field.name().starts_with("x.")) {
        (Origin::Own, false) => place.add("is our own name, so it must start with `x.`"),
        (Origin::Otel | Origin::Ecs, true) => place.add("starts with `x.`, so its origin must be `own`"),
        (Origin::Own, true) | (Origin::Otel | Origin::Ecs, false) => {}
    }
    if let Some(name) = &field.osquery
        && !(is_dotted(name) && name.matches('.').count() == 1)
    {
        place.add("has an osquery name that is not `table.column`");
    }
    if let Some(name) = &field.glpi
        && !(is_dotted(name) || is_word(name))
    {
        place.add("has a GLPI name that is not `section.key`");
    }
}

fn check_terms(field: &Field, place: &mut WrittenPlace<'_>) {
    match (field.dpv.is_empty(), &field.no_dpv) {
        (true, None) => place.add("has no DPV term; say why in `no_dpv`"),
        (false, Some(_)) => place.add("has DPV terms and a reason for having none"),
        (true, Some(_)) | (false, None) => {}
    }
    if field.ccpa.is_empty() != field.dpv.is_empty() {
        place.add("must have both DPV terms and CCPA categories, or neither");
    }
    for term in unknown(&field.dpv) {
        place.at(term, format!("has the unknown DPV term `{}`", term.get_ref()));
    }
    for (index, term) in field.dpv.iter().enumerate() {
        if field.dpv[..index].iter().any(|earlier| earlier.get_ref() == term.get_ref()) {
            place.at(term, format!("names the DPV term `{}` twice", term.get_ref()));
        }
    }
    if has_duplicates(&field.ccpa) {
        place.add("names a CCPA category twice");
    }
}

fn check_treatments(field: &Field, place: &mut WrittenPlace<'_>) {
    let allows = |treatment| field.treatments.contains(&treatment);
    if has_duplicates(&field.treatments) {
        place.add("names a treatment twice");
    }
    if !allows(Treatment::Drop) {
        place.add("must allow `drop`: every field can be left out");
    }
    if field.treatments.iter().all(|treatment| *treatment == Treatment::Drop) {
        place.add("allows nothing but `drop`, so it could never be sent");
    }
    for treatment in &field.treatments {
        let makes_sense = match treatment {
            Treatment::Keep | Treatment::Drop => true,
            Treatment::Truncate => matches!(field.kind, Kind::Text | Kind::Ip),
            Treatment::Hmac => matches!(field.kind, Kind::Text | Kind::Ip | Kind::Mac),
            Treatment::Generalise => field.kind != Kind::Boolean && field.kind != Kind::Ip,
        };
        if !makes_sense {
            place.add(format_args!(
                "cannot be treated with `{}`: it is {}",
                treatment.name(),
                field.kind.name()
            ));
        }
    }
    if field.kind == Kind::Ip && !(allows(Treatment::Hmac) && allows(Treatment::Truncate)) {
        place.add("is an IP address and must allow `truncate` and `hmac`");
    }
    if field.kind == Kind::Mac && !(allows(Treatment::Hmac) && allows(Treatment::Generalise)) {
        place.add("is a MAC address and must allow `hmac` and `generalise`");
    }
}

fn check_coarse(field: &Field, place: &mut WrittenPlace<'_>) {
    match (field.treatments.contains(&Treatment::Generalise), field.coarse.is_empty()) {
        (true, true) => place.add("allows `generalise`; say in `coarse` what its values may be coarsened to"),
        (false, false) => {
            place.add("says what its values may be coarsened to but does not allow `generalise`");
        }
        (true, false) | (false, true) => {}
    }
    if has_duplicates(&field.coarse) {
        place.add("names a coarsening twice");
    }
    for level in field.coarse.iter().filter(|level| !level.applies_to(field.kind)) {
        place.add(format_args!("cannot be coarsened to `{}`: it is {}", level.name(), field.kind.name()));
    }
    if let (Some(shows), true) = (field.shows, field.coarse.is_empty()) {
        place.add(format_args!("shows {}, so a coarse treatment has to exist for it", shows.name()));
    }
}

fn check_bounds(field: &Field, place: &mut WrittenPlace<'_>) {
    match (field.kind, field.max_bytes) {
        (Kind::Text, None) => place.add("is text and needs `max_bytes`"),
        (Kind::Text, Some(bytes)) => {
            if bytes == 0 {
                place.add("has a `max_bytes` of zero");
            } else if field.treatments.contains(&Treatment::Hmac) && bytes < HMAC_BYTES {
                place.add(format_args!("allows `hmac`, so `max_bytes` must be at least {HMAC_BYTES}"));
            }
        }
        (_, Some(_)) => place.add("has a form of fixed length, so it takes no `max_bytes`"),
        (_, None) => {}
    }
    match (field.many, field.max_values) {
        (true, None) => place.add("is a list and needs `max_values`"),
        (true, Some(0 | 1)) => place.add("is a list, so `max_values` must be at least 2"),
        (false, Some(_)) => place.add("is not a list, so it takes no `max_values`"),
        (true, Some(_)) | (false, None) => {}
    }
    if field.many && !matches!(field.kind, Kind::Text | Kind::Ip | Kind::Mac) {
        place.add("is a list of values that do not travel as text");
    }
    if has_duplicates(&field.legal_bases) {
        place.add("names a legal basis twice");
    }
}

fn check_sources(field: &Field, place: &mut WrittenPlace<'_>) {
    let without = field.sources().iter().all(|(_, source)| source.touches.is_empty());
    match (without, &field.no_source) {
        (true, None) => place.add("has no source on any system; say why in `no_source`"),
        (false, Some(_)) => place.add("has a source and a reason for having none"),
        (true, Some(_)) | (false, None) => {}
    }
    for (system, source) in field.sources() {
        check_source(system, source, place);
    }
}

fn check_source(system: &str, source: &Source, place: &mut WrittenPlace<'_>) {
    let fits = match source.privilege {
        Privilege::None => true,
        Privilege::Root => system != "windows" && !source.touches.is_empty(),
        Privilege::Admin => system == "windows" && !source.touches.is_empty(),
        Privilege::Consent => !source.touches.is_empty(),
    };
    if !fits {
        place.add(format_args!("cannot need the privilege `{}` on {system}", source.privilege.name()));
    }
    for (index, touch) in source.touches.iter().enumerate() {
        if let Err(mistake) = places::parse(system, touch.get_ref()) {
            place.at(touch, format_args!("has the source `{}`, which {mistake}", touch.get_ref()));
        }
        if source.touches[..index].iter().any(|earlier| earlier.get_ref() == touch.get_ref()) {
            place.at(touch, format_args!("has the source `{}` twice", touch.get_ref()));
        }
    }
}

/// Every text says who writes it and which other fields' values come to stand in it, if only that none do.
fn check_carries(field: &Field, catalogue: &Catalogue, place: &mut WrittenPlace<'_>) {
    match (field.kind, field.text, &field.carries) {
        (Kind::Text, None, _) => place.add("is text; say in `text` who writes it"),
        (Kind::Text, _, None) => {
            place.add("is text; say in `carries` which fields' values come to stand in it, or that none do");
        }
        (Kind::Text, Some(_), Some(_)) | (_, None, None) => {}
        (_, Some(_), _) | (_, _, Some(_)) => place.add("is not text, so nothing else can stand in it"),
    }
    for carried in field.carried() {
        if carried.get_ref() == field.name() {
            place.at(carried, "is said to carry itself");
        }
        if !catalogue.fields().iter().any(|(_, other)| other.name() == carried.get_ref()) {
            place.at(carried, format_args!("is said to carry `{}`, which is not a field", carried.get_ref()));
        }
    }
}

fn check_default(field: &Field, place: &mut WrittenPlace<'_>) {
    if !field.minimal {
        return;
    }
    if field.sensitivity == Sensitivity::High {
        place.add("is of high sensitivity and cannot be in the minimal policy");
    }
    if !field.treatments.contains(&Treatment::Keep) || !field.legal_bases.is_empty() {
        place.add("is bounded and cannot be in the minimal policy");
    }
}

fn check_derived(catalogue: &Catalogue, problems: &mut Problems) {
    for file in &catalogue.sections {
        for derived in &file.derived {
            let mut place = WrittenPlace { text: &file.text, id: &derived.id, problems: &mut *problems };
            if !(is_dotted(derived.id.get_ref()) && derived.id.get_ref().starts_with("x.")) {
                place.add("is derived, so its name must be dotted and start with `x.`");
            }
            for term in unknown(&derived.dpv) {
                place.at(term, format!("has the unknown DPV term `{}`", term.get_ref()));
            }
            if derived.from.is_empty() {
                place.add("is derived from nothing");
            }
            for source in &derived.from {
                if !catalogue.fields().iter().any(|(_, field)| field.name() == source.get_ref()) {
                    place.at(source, format!("is derived from `{}`, which is not a field", source.get_ref()));
                }
            }
        }
    }
}

fn check_never(catalogue: &Catalogue, problems: &mut Problems) {
    let file = &catalogue.never;
    if file.items.is_empty() {
        problems.add(&file.text, 0, "the never list is empty");
    }
    for item in &file.items {
        let mut place = WrittenPlace { text: &file.text, id: &item.name, problems: &mut *problems };
        if !is_dotted(item.name.get_ref()) || item.name.get_ref().starts_with("x.") {
            place.add("is not a dotted name of lower-case words without `x.`");
        }
        match (item.kind, item.dpv.is_empty()) {
            (NeverKind::Data, true) => place.add("is data and needs a DPV term"),
            (NeverKind::Action, false) => place.add("is an action and has no DPV term"),
            (NeverKind::Data, false) | (NeverKind::Action, true) => {}
        }
        for term in unknown(&item.dpv) {
            place.at(term, format!("has the unknown DPV term `{}`", term.get_ref()));
        }
        if item.disclosed_by.is_empty() || has_duplicates(&item.disclosed_by) {
            place.add("must name whose policy discloses it, each once");
        }
    }
}

/// No name is declared twice, and no two have the same message.
fn check_unique(catalogue: &Catalogue, problems: &mut Problems) {
    let declared = catalogue
        .sections
        .iter()
        .flat_map(|file| {
            let fields = file.fields.iter().map(|field| &field.id);
            fields.chain(file.derived.iter().map(|derived| &derived.id)).map(|id| (&file.text, id))
        })
        .chain(catalogue.never.items.iter().map(|item| (&catalogue.never.text, &item.name)));
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for (text, id) in declared {
        let message = vocabulary::message_part(id.get_ref());
        match seen.get(&message) {
            Some(earlier) if earlier == id.get_ref() => {
                problems.add(text, id.span().start, format!("`{}` is declared twice", id.get_ref()));
            }
            Some(earlier) => problems.add(
                text,
                id.span().start,
                format!("`{}` and `{earlier}` would share one message in the locales", id.get_ref()),
            ),
            None => {
                seen.insert(message, id.get_ref());
            }
        }
    }
}

fn unknown(terms: &[Spanned<String>]) -> impl Iterator<Item = &Spanned<String>> {
    terms.iter().filter(|term| vocabulary::DPV.binary_search(&term.get_ref().as_str()).is_err())
}

fn has_duplicates<T: PartialEq>(items: &[T]) -> bool {
    items.iter().enumerate().any(|(index, item)| items[..index].contains(item))
}

/// `host.ip`: at least two words joined by dots.
fn is_dotted(name: &str) -> bool {
    name.contains('.') && name.split('.').all(is_word)
}

/// A lower-case letter, then lower-case letters, digits and underscores.
fn is_word(word: &str) -> bool {
    word.starts_with(|first: char| first.is_ascii_lowercase())
        && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests;
