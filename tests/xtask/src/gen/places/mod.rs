//! The grammar of sources: a word of the catalogue becomes one place of exactly one kind, or is refused.
//!
//! ```text
//! /a/b*c/d              the content of a file        stat:/a/b     a look from outside
//! /a/b/                 the names in a directory     stat:/a/**    the same of anything beneath
//! /a/**                 everything beneath           kind:…        by the grammar of its kind
//! ```
//!
//! In paths and in the registry `*` stands for one or more characters of one name.

use super::vocabulary::{KindOfSource, SOURCE_KINDS};

/// A checked place: the variant of `collector_proto::catalog::SourcePlace` and its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WrittenPlace<'a> {
    pub(crate) variant: &'static str,
    pub(crate) text: &'a str,
}

impl WrittenPlace<'_> {
    /// As an expression of Rust, without the name of the enumeration.
    pub(crate) fn expression(&self) -> String {
        match bus_member(self.text) {
            Some([service, interface, member]) if self.variant == "Bus" => {
                format!("Bus {{ service: {service:?}, interface: {interface:?}, member: {member:?} }}")
            }
            _ if self.text.contains('\\') => format!("{}(r\"{}\")", self.variant, self.text),
            _ => format!("{}({:?})", self.variant, self.text),
        }
    }
}

/// What is wrong with a source; completes "which …".
type Mistake = &'static str;

/// The place that `word` names on `system`.
pub(crate) fn parse<'a>(system: &str, word: &'a str) -> Result<WrittenPlace<'a>, Mistake> {
    if word.starts_with('/') {
        return if system == "windows" { Err("is a path of another system") } else { path(word) };
    }
    let Some((prefix, text)) = word.split_once(':') else {
        return Err("is neither an absolute path nor `kind:name`");
    };
    let kind = SOURCE_KINDS.iter().find(|kind| kind.prefix == prefix).ok_or("is of an unknown kind")?;
    if text.is_empty() {
        return Err("names nothing");
    }
    if !kind.systems.contains(&system) {
        return Err("is of a kind that this system does not have");
    }
    of_kind(kind.kind, text)
}

fn of_kind(kind: KindOfSource, text: &str) -> Result<WrittenPlace<'_>, Mistake> {
    let named = |variant, is_well_formed: bool, mistake| {
        if is_well_formed { Ok(WrittenPlace { variant, text }) } else { Err(mistake) }
    };
    match kind {
        KindOfSource::Look => match text.strip_suffix("/**") {
            Some(directory) => path_of("LookBeneath", directory),
            None => path_of("Look", text),
        },
        KindOfSource::WindowsFile => windows_file(text),
        KindOfSource::Registry => registry(text),
        KindOfSource::Smbios => named("Smbios", is_smbios(text), "is not `structure.member` of SMBIOS"),
        KindOfSource::Wmi => named("Wmi", is_property_of_class(text), "is not `Class.Property` of WMI"),
        KindOfSource::IoRegistry => {
            named("IoRegistry", is_io_registry(text), "is not `Class.property` of the I/O Registry")
        }
        KindOfSource::Sysctl => named("Sysctl", is_dotted(text, is_word), "is not a dotted name of sysctl"),
        KindOfSource::SystemCall => named("SystemCall", is_word(text), "is not the name of a system call"),
        KindOfSource::Api => named("Api", is_identifier(text), "is not the id of an API"),
        KindOfSource::Command => named("Command", is_command(text), "is not an absolute path with arguments"),
        KindOfSource::Bus => {
            named("Bus", bus_member(text).is_some(), "is not `service/interface.member` of D-Bus")
        }
        KindOfSource::State => named("State", is_word(text), "is not the name of a record"),
        KindOfSource::Build => named("Build", is_identifier(text), "is not the name of a constant"),
    }
}

fn path(word: &str) -> Result<WrittenPlace<'_>, Mistake> {
    if let Some(directory) = word.strip_suffix("/**") {
        return path_of("Tree", directory);
    }
    match word.strip_suffix('/') {
        Some(directory) => path_of("Directory", directory),
        None => path_of("File", word),
    }
}

fn path_of<'a>(variant: &'static str, path: &'a str) -> Result<WrittenPlace<'a>, Mistake> {
    let is_pattern = path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_component));
    if is_pattern {
        Ok(WrittenPlace { variant, text: path })
    } else {
        Err("is not a plain absolute path pattern")
    }
}

/// `%VARIABLE%\a\b*c` or `C:\a\b`.
fn windows_file(text: &str) -> Result<WrittenPlace<'_>, Mistake> {
    let (variant, path) = match text.strip_suffix(r"\**") {
        Some(directory) => ("WindowsTree", directory),
        None => ("WindowsFile", text),
    };
    let (start, rest) = path.split_once('\\').ok_or(NO_WINDOWS_PATH)?;
    let is_variable = |name: &str| !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase());
    let is_start = start.strip_prefix('%').and_then(|name| name.strip_suffix('%')).is_some_and(is_variable)
        || matches!(start.as_bytes(), [drive, b':'] if drive.is_ascii_uppercase());
    let is_pattern = is_start && rest.split('\\').all(is_windows_component);
    if is_pattern { Ok(WrittenPlace { variant, text: path }) } else { Err(NO_WINDOWS_PATH) }
}

const NO_WINDOWS_PATH: Mistake = "is not a plain Windows path pattern";

/// Keys at the root of the registry.
const HIVES: &[&str] = &["HKLM", "HKU", "HKCU", "HKCR", "HKCC"];

/// `HKLM\key\…\value`, or a key with everything beneath it, `HKLM\key\**`.
fn registry(text: &str) -> Result<WrittenPlace<'_>, Mistake> {
    let (variant, path, least) = match text.strip_suffix(r"\**") {
        Some(key) => ("RegistryTree", key, 1),
        None => ("RegistryValue", text, 2),
    };
    let mut components = path.split('\\');
    let is_path = components.next().is_some_and(|hive| HIVES.contains(&hive))
        && components.clone().count() >= least
        && components.all(is_windows_component);
    if is_path {
        Ok(WrittenPlace { variant, text: path })
    } else {
        Err("is not a key and value of the registry")
    }
}

fn is_component(part: &str) -> bool {
    !part.is_empty() && part != "." && part != ".." && part.matches('*').count() <= 1
}

fn is_windows_component(part: &str) -> bool {
    is_component(part) && !part.contains(['/', ':', '%', '"', '<', '>', '|', '?'])
}

/// The structures of SMBIOS (DSP0134, section 7) that say something about the device.
const STRUCTURES: &[&str] = &["bios", "system", "baseboard", "chassis", "processor", "memory"];

fn is_smbios(text: &str) -> bool {
    text.split_once('.').is_some_and(|(structure, member)| STRUCTURES.contains(&structure) && is_word(member))
}

fn is_property_of_class(text: &str) -> bool {
    text.split_once('.').is_some_and(|(class, property)| is_name(class) && is_name(property))
}

/// A class or an entry of the device tree (`IODeviceTree:/chosen`), then a property, in whose name a space may stand.
fn is_io_registry(text: &str) -> bool {
    let is_node = |node: &str| node.split('/').all(|name| !name.is_empty() && name.bytes().all(is_plain));
    let is_entry = |entry: &str| match entry.strip_prefix("IODeviceTree:/") {
        Some(node) => is_node(node),
        None => is_identifier(entry),
    };
    let is_property = |name: &str| name.split(' ').all(|word| !word.is_empty() && word.bytes().all(is_plain));
    text.split_once('.').is_some_and(|(entry, property)| is_entry(entry) && is_property(property))
}

/// An absolute path without patterns, then arguments, each behind one space.
fn is_command(text: &str) -> bool {
    let mut words = text.split(' ');
    words
        .next()
        .and_then(|program| program.strip_prefix('/'))
        .is_some_and(|path| path.split('/').all(|part| is_component(part) && part.bytes().all(is_plain)))
        && words.all(|word| !word.is_empty() && word.bytes().all(is_plain))
}

/// The service, the interface and the member of `org.x/org.x.Manager.List` (D-Bus specification, "Valid Names").
fn bus_member(text: &str) -> Option<[&str; 3]> {
    let (service, rest) = text.split_once('/')?;
    let (interface, member) = rest.rsplit_once('.')?;
    let is_element = |element: &str| !element.starts_with(|first: char| first.is_ascii_digit());
    let is_member = |name: &str| is_element(name) && is_underscored(name);
    let is_service = |name: &str| is_element(name) && is_underscored(&name.replace('-', "_"));
    let is_whole = is_dotted(service, is_service) && is_dotted(interface, is_member) && is_member(member);
    (is_whole && text.len() <= 255).then_some([service, interface, member])
}

fn is_underscored(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_dotted(text: &str, is_element: impl Fn(&str) -> bool) -> bool {
    text.contains('.') && text.split('.').all(is_element)
}

/// Letters, digits and underscores behind a letter.
fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// The same without underscores.
fn is_identifier(text: &str) -> bool {
    is_name(text) && !text.contains('_')
}

/// The same in lower case.
fn is_word(text: &str) -> bool {
    is_name(text) && !text.bytes().any(|b| b.is_ascii_uppercase())
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b',' | b'@' | b'#')
}

#[cfg(test)]
mod tests;
