//! A desktop entry (Desktop Entry Specification 1.5) as far as it tells of an AppImage.

use super::appimage::is_appimage;

const GROUP: &str = "[Desktop Entry]";

/// The entry of an AppImage.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct DesktopEntry {
    /// Path of the AppImage.
    pub file: String,
    pub name: Option<String>,
    pub version: Option<String>,
    pub architecture: Option<String>,
}

impl DesktopEntry {
    /// `None` for the entry of a program that is not an AppImage.
    pub fn parse(text: &str) -> Option<Self> {
        let (mut plain_name, mut program, mut tried) = (None, None, None);
        let mut entry = Self::default();
        let lines = text.lines().map(str::trim).skip_while(|line| *line != GROUP).skip(1);
        for line in lines.take_while(|line| !line.starts_with('[')) {
            let Some((key, value)) = line.split_once('=') else { continue };
            let value = value.trim();
            let slot = match key.trim_end() {
                "Name" => &mut plain_name,
                "Exec" => {
                    program = program.or_else(|| program_of(value));
                    continue;
                }
                "TryExec" => &mut tried,
                "X-AppImage-Name" => &mut entry.name,
                "X-AppImage-Version" => &mut entry.version,
                "X-AppImage-Arch" => &mut entry.architecture,
                _ => continue,
            };
            if slot.is_none() && !value.is_empty() {
                *slot = Some(value.to_owned());
            }
        }
        entry.file = [tried, program].into_iter().flatten().find(|path| is_appimage(path))?;
        entry.name = entry.name.or(plain_name);
        Some(entry)
    }
}

/// The first argument of `Exec` that names an AppImage: programs that start one (`env`, `gearlever`) stand before it. An
/// argument may be quoted; escapes within are not taken apart, so that such a path is not found.
fn program_of(exec: &str) -> Option<String> {
    let mut rest = exec.trim_start();
    while !rest.is_empty() {
        let (argument, behind) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        if is_appimage(argument) {
            return Some(argument.to_owned());
        }
        rest = behind.trim_start();
    }
    None
}
