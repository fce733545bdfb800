//! The data dictionary: every field that exists, declared once in `collector-proto/catalog/*.toml`.
//!
//! `cargo xtask gen` turns the TOML into [`generated`]; nothing here is edited by hand twice. A field that
//! is not in this table cannot be named by a policy, read by the reader, sent by the agent or stored by the
//! collector: [`FieldId`] can only be made by looking a name up in it.

mod carried;
mod coarse;
mod field_set;
pub mod generated;
mod place;
mod series;
#[macro_use]
mod terms;
mod wording;

impl Section {
    /// Whether rows about accounts, such as the programs in their directories, stand in it beside rows about the machine. Then
    /// they are a scope of their own: a rule has to name them (`accounts`), or they are neither read nor sent.
    pub const fn takes_accounts(self) -> bool {
        matches!(self, Self::Package | Self::Browser)
    }
}

#[cfg(test)]
mod tests;

pub(crate) use carried::is_recognised;
pub use carried::{CUT, Form, TextKind};
pub use coarse::{Continent, EXISTS, Generalisation, TimeZoneArea};
pub use field_set::FieldSet;
pub use generated::{DERIVED, NEVER, Section, fields};
pub use place::SourcePlace;
pub use series::Series;
pub(crate) use terms::vocabulary;
pub use terms::{
    Absence, Attack, CcpaCategory, DocumentKind, KeyScope, LegalBasis, Necessity, Origin, PackageFormat,
    Platform, Privilege, RecipientRole, Right, SandboxLevel, Sensitivity, Shape, Shows, SourceName,
    TreatmentKind, ValueKind,
};
pub use wording::{Wording, message_id, message_part};

use std::fmt;

/// One declared field: what it is, what it means in law, how it may be treated and where it comes from.
#[derive(Debug)]
pub struct Field {
    /// Dotted name, OpenTelemetry's or ECS's where they have one, else with the prefix `x.`.
    pub name: &'static str,
    /// Section of the report that carries the field.
    pub section: Section,
    /// Type of one value.
    pub kind: ValueKind,
    /// Whether a row carries a list of values of `kind` rather than one.
    pub many: bool,
    /// Whose name it is.
    pub origin: Origin,
    /// Terms of the DPV personal-data extension (`https://w3id.org/dpv/pd#`), without the prefix.
    pub dpv: &'static [&'static str],
    /// Categories of Cal. Civ. Code §1798.140(v)(1).
    pub ccpa: &'static [CcpaCategory],
    /// How much harm the value can do to a person.
    pub sensitivity: Sensitivity,
    /// What its values show about a person when they are looked at one after the other.
    pub shows: Option<Shows>,
    /// Whether the starter policy `minimal` collects it.
    pub minimal: bool,
    /// Treatments that a policy may choose. A field whose list lacks [`TreatmentKind::Keep`] is never sent as read.
    pub treatments: &'static [TreatmentKind],
    /// What values may be coarsened to, the finest first; empty unless [`TreatmentKind::Generalise`] is among the treatments.
    pub coarse: &'static [Generalisation],
    /// What its text can carry; `None` unless it is text.
    pub carries: Option<Carries>,
    /// Limits no policy can lift.
    pub bounds: Bounds,
    /// Where the value comes from, per operating system.
    pub sources: Sources,
    /// The osquery `table.column` with the same meaning, if there is one.
    pub osquery: Option<&'static str>,
    /// The GLPI inventory `section.key` with the same meaning, if there is one.
    pub glpi: Option<&'static str>,
}

/// What the text of a field can carry beside its own value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carries {
    /// Who writes it.
    pub text: TextKind,
    /// The fields whose values come to stand in it on devices in use.
    pub fields: &'static [FieldId],
}

/// Limits that hold whatever a policy says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Longest text in bytes, kept, cut or as a keyed hash; longer values are cut at a character boundary. Coarse values have
    /// forms of their own.
    pub max_bytes: u32,
    /// Most values in one row's list (1 unless [`Field::many`]).
    pub max_values: u32,
    /// The only legal bases under which the field may be collected; empty means any.
    pub legal_bases: &'static [LegalBasis],
}

/// Where a field's value comes from on each operating system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sources {
    /// Linux.
    pub linux: Source,
    /// Windows.
    pub windows: Source,
    /// macOS.
    pub macos: Source,
}

/// One operating system's source of a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// What the probe touches. Empty means that the system has no source, so the field is never read there.
    pub touches: &'static [SourcePlace],
    /// What the process needs in order to read it.
    pub privilege: Privilege,
}

/// Something the agent has no code for. The notice says so in plain words.
#[derive(Debug)]
pub struct Never {
    /// Stable name, such as `screen.capture`; never a [`Field::name`].
    pub name: &'static str,
    /// DPV terms of the data that is *not* collected.
    pub dpv: &'static [&'static str],
}

/// A value that the collector computes from fields. It is not a field, so no agent can name, read or send it.
#[derive(Debug)]
pub struct Derived {
    /// Dotted name with the prefix `x.`; never a [`Field::name`].
    pub name: &'static str,
    /// The fields it is computed from.
    pub from: &'static [FieldId],
    /// DPV terms of the result.
    pub dpv: &'static [&'static str],
}

/// A name of the catalogue. Only [`FieldId::parse`] and the generated constants make one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(u16);

impl FieldId {
    /// Looks a dotted name up. `None` means that no such field exists.
    pub fn parse(name: &str) -> Option<Self> {
        // The table is sorted by name; the generator and a test keep it so.
        let index = generated::FIELDS.binary_search_by(|field| field.name.cmp(name)).ok()?;
        u16::try_from(index).ok().map(Self)
    }

    /// The constant behind a generated `fields::…` name. `index` must be below `FIELDS.len()`.
    pub(crate) const fn at(index: u16) -> Self {
        Self(index)
    }

    /// Every field of the catalogue in the order of their names.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..u16::try_from(generated::FIELDS.len()).unwrap_or(u16::MAX)).map(Self)
    }

    /// The declaration.
    pub fn field(self) -> &'static Field {
        &generated::FIELDS[usize::from(self.0)]
    }

    /// The dotted name.
    pub fn name(self) -> &'static str {
        self.field().name
    }

    /// The section that carries it.
    pub fn section(self) -> Section {
        self.field().section
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Debug for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for FieldId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for FieldId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for FieldId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl serde::de::Visitor<'_> for Name {
            type Value = FieldId;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a catalogue field")
            }
            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<FieldId, E> {
                // The name itself is not repeated: in a report it comes from outside and may be anything.
                FieldId::parse(name).ok_or_else(|| E::custom("no such field in the catalogue"))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

impl Section {
    /// The fields that the section declares, in the order of their names.
    pub fn fields(self) -> impl Iterator<Item = FieldId> {
        FieldId::all().filter(move |id| id.section() == self)
    }

    /// Looks a section name up.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|section| section.name() == name)
    }
}

impl Field {
    /// The source on one operating system.
    pub fn source(&self, platform: Platform) -> Source {
        match platform {
            Platform::Linux => self.sources.linux,
            Platform::Windows => self.sources.windows,
            Platform::Macos => self.sources.macos,
            Platform::Unsupported => Source { touches: &[], privilege: Privilege::None },
        }
    }

    /// Whether a policy may choose the treatment.
    pub fn allows(&self, treatment: TreatmentKind) -> bool {
        self.treatments.contains(&treatment)
    }
}
