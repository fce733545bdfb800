//! The catalogue as its TOML files declare it. Unknown keys and words are errors of the parse.

use super::vocabulary::{
    By, Capability, Ccpa, Discloser, Generalisation, Kind, LegalBasis, NeverKind, Origin, Privilege,
    Sensitivity, Shape, Shows, TextKind, Treatment,
};
use serde::Deserialize;
use std::path::PathBuf;
use toml::Spanned;

/// Every section and every item of the never list.
pub(crate) struct Catalogue {
    /// In the order they are shown in.
    pub(crate) sections: Vec<SectionFile>,
    pub(crate) never: NeverFile,
}

/// Text of a file, for turning byte offsets into lines.
pub(crate) struct Text {
    /// Relative to the workspace.
    pub(crate) path: PathBuf,
    pub(crate) content: String,
}

/// One section's file.
pub(crate) struct SectionFile {
    pub(crate) text: Text,
    pub(crate) section: Section,
    pub(crate) fields: Vec<Field>,
    pub(crate) derived: Vec<Derived>,
}

/// The never list's file.
pub(crate) struct NeverFile {
    pub(crate) text: Text,
    pub(crate) items: Vec<Never>,
}

/// `collector-proto/catalog/<section>.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SectionDocument {
    pub(crate) section: Section,
    pub(crate) field: Vec<Field>,
    #[serde(default)]
    pub(crate) derived: Vec<Derived>,
}

/// `collector-proto/catalog/never.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NeverDocument {
    pub(crate) never: Vec<Never>,
}

/// `collector-proto/catalog/sources.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GroupDocument {
    pub(crate) group: Vec<Group>,
}

/// `[[group]]`: sources that several fields share.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub(crate) name: Spanned<String>,
    pub(crate) touches: Vec<Spanned<String>>,
}

/// `[section]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Section {
    pub(crate) name: Spanned<String>,
    /// Place among the sections, from 1.
    pub(crate) order: Spanned<u32>,
    pub(crate) shape: Shape,
    /// Whether rows, or values in them, can be about single accounts of the device.
    #[serde(default)]
    pub(crate) accounts: bool,
    /// Fields that identify a row of a table.
    #[serde(default)]
    pub(crate) key: Vec<Spanned<String>>,
}

/// `[[field]]`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Field {
    pub(crate) id: Spanned<String>,
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    #[serde(default)]
    pub(crate) many: bool,
    pub(crate) origin: Origin,
    pub(crate) dpv: Vec<Spanned<String>>,
    /// Why there is no DPV term.
    pub(crate) no_dpv: Option<String>,
    pub(crate) ccpa: Vec<Ccpa>,
    pub(crate) sensitivity: Sensitivity,
    /// What its values show about a person when they are looked at one after the other.
    pub(crate) shows: Option<Shows>,
    pub(crate) minimal: bool,
    pub(crate) treatments: Vec<Treatment>,
    /// What values may be coarsened to, the finest first.
    #[serde(default)]
    pub(crate) coarse: Vec<Generalisation>,
    /// Who writes its text.
    pub(crate) text: Option<TextKind>,
    /// The fields whose values come to stand in its text.
    pub(crate) carries: Option<Vec<Spanned<String>>>,
    pub(crate) max_bytes: Option<u32>,
    pub(crate) max_values: Option<u32>,
    #[serde(default)]
    pub(crate) legal_bases: Vec<LegalBasis>,
    pub(crate) osquery: Option<String>,
    pub(crate) glpi: Option<String>,
    /// Why no operating system has a source.
    pub(crate) no_source: Option<String>,
    pub(crate) linux: Source,
    pub(crate) windows: Source,
    pub(crate) macos: Source,
}

/// One operating system's source.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub(crate) touches: Vec<Spanned<String>>,
    #[serde(default = "Source::nothing")]
    pub(crate) privilege: Privilege,
}

/// `[[derived]]`: a value the collector computes; no agent can name it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Derived {
    pub(crate) id: Spanned<String>,
    pub(crate) by: By,
    pub(crate) from: Vec<Spanned<String>>,
    pub(crate) dpv: Vec<Spanned<String>>,
    pub(crate) note: String,
}

/// `[[never]]`: what the agent has no code for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Never {
    pub(crate) name: Spanned<String>,
    pub(crate) kind: NeverKind,
    pub(crate) capability: Capability,
    pub(crate) dpv: Vec<Spanned<String>>,
    /// Whose published privacy policy discloses it.
    pub(crate) disclosed_by: Vec<Discloser>,
}

impl Text {
    /// The line of a byte offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.content.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
    }
}

impl Source {
    fn nothing() -> Privilege {
        Privilege::None
    }
}

impl Catalogue {
    /// Every field with its section, in the order of their names: the order of the generated table.
    pub(crate) fn fields(&self) -> Vec<(&SectionFile, &Field)> {
        let mut fields: Vec<_> = self
            .sections
            .iter()
            .flat_map(|file| file.fields.iter().map(move |field| (file, field)))
            .collect();
        fields.sort_by(|(_, a), (_, b)| a.name().cmp(b.name()));
        fields
    }

    /// How many fields can be read on a system as far as the catalogue knows.
    pub(crate) fn fields_with_source(&self, system: &str) -> usize {
        let has_source = |(of, source): &(&str, &Source)| *of == system && !source.touches.is_empty();
        self.fields().iter().filter(|(_, field)| field.sources().iter().any(has_source)).count()
    }
}

impl SectionFile {
    /// The section's name.
    pub(crate) fn name(&self) -> &str {
        self.section.name.get_ref()
    }
}

impl Field {
    /// The dotted name.
    pub(crate) fn name(&self) -> &str {
        self.id.get_ref()
    }

    /// Longest text in bytes; kinds of a fixed form have their own.
    pub(crate) fn max_bytes(&self) -> u32 {
        match self.kind {
            Kind::Text => self.max_bytes.unwrap_or(HMAC_BYTES),
            Kind::Ip => HMAC_BYTES, // as long as the longest written prefix of IPv6
            Kind::Mac => 59,        // InfiniBand's 20 bytes
            Kind::Integer => 17,    // -9007199254740991
            Kind::Boolean => 5,     // false
            Kind::Timestamp => 20,  // 2026-11-22T08:00:00Z
            Kind::Decimal => 16,    // far more than -180.0
        }
    }

    /// Most values in one row.
    pub(crate) fn max_values(&self) -> u32 {
        self.max_values.unwrap_or(1)
    }

    /// The fields whose values come to stand in its text.
    pub(crate) fn carried(&self) -> &[Spanned<String>] {
        self.carries.as_deref().unwrap_or_default()
    }

    /// Its sources, to write to.
    pub(crate) fn sources_mut(&mut self) -> [&mut Source; 3] {
        [&mut self.linux, &mut self.windows, &mut self.macos]
    }

    /// Its sources, each with the operating system's name.
    pub(crate) fn sources(&self) -> [(&'static str, &Source); 3] {
        [("linux", &self.linux), ("windows", &self.windows), ("macos", &self.macos)]
    }
}

/// Bytes of the longest written keyed hash: `hmac-sha256:`, a key id of 8 characters, `:`, 22 characters of base64url.
pub(crate) const HMAC_BYTES: u32 = 12 + 8 + 1 + 22;
