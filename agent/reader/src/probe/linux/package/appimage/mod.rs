//! AppImages (AppImage specification; docs.appimage.org: Desktop integration): programs of one file, which nothing keeps a
//! list of.
//!
//! ```text
//! /opt/Nextcloud-3.14.1-x86_64.AppImage              in the folders where they usually are
//! /home/anna/Applications/Krita-5.2.6-x86_64.appimage
//! /home/anna/.local/share/applications/appimagekit_6a3f…-Krita.desktop
//! [Desktop Entry]                                    made when one is integrated into the desktop
//! Name=Krita
//! Exec=/home/anna/Applications/Krita-5.2.6-x86_64.appimage %F
//! X-AppImage-Name=Krita
//! X-AppImage-Version=5.2.6
//! ```
//! A file of one of the folders is an AppImage by its name; it is not opened. Its desktop entry tells name, version and
//! architecture; without one, or for what that lacks, the file name does where it has the form that the specification
//! recommends. An entry whose file is elsewhere counts by itself, because that place is not looked at; one whose file is gone
//! from a folder that is looked at does not. No place where people keep documents or downloads is listed.

use crate::format::appimage::NameParts;
use crate::format::desktop_entry::DesktopEntry;
use crate::host::{Host, Place, Unreadable};
use crate::probe::shared::homes::{Across, MAX_PACKAGES, listed};
use crate::probe::shared::package::{Package, Scope, Seen, Wanted};
use collector_proto::catalog::{PackageFormat, SourcePlace};
use collector_proto::messages::Absence;
use std::collections::BTreeMap;

const MACHINE: Places = Places {
    folders: &[
        Folder { path: "/opt", files: ["/opt/*.AppImage", "/opt/*.appimage"] },
        Folder { path: "/usr/local/bin", files: ["/usr/local/bin/*.AppImage", "/usr/local/bin/*.appimage"] },
    ],
    entries: &[
        // What appimaged and AppImageLauncher write. To open the entries of every program would be a hundred files for one.
        "/usr/share/applications/appimagekit*.desktop",
        "/usr/local/share/applications/*.desktop",
    ],
};

const HOME: Places = Places {
    folders: &[
        Folder {
            path: "/home/*/Applications",
            files: ["/home/*/Applications/*.AppImage", "/home/*/Applications/*.appimage"],
        },
        Folder {
            path: "/home/*/AppImages",
            files: ["/home/*/AppImages/*.AppImage", "/home/*/AppImages/*.appimage"],
        },
        Folder {
            path: "/home/*/.local/bin",
            files: ["/home/*/.local/bin/*.AppImage", "/home/*/.local/bin/*.appimage"],
        },
    ],
    entries: &["/home/*/.local/share/applications/*.desktop"],
};

/// Most AppImages of one person or of the machine. Someone who collects them has some dozens.
const MAX_FILES: usize = 4096;

struct Places {
    folders: &'static [Folder],
    /// Desktop entries.
    entries: &'static [&'static str],
}

struct Folder {
    path: &'static str,
    /// The AppImages in it, in the two spellings of their suffix that are in use.
    files: [&'static str; 2],
}

/// What was asked of each AppImage of the machine.
pub(super) fn of_machine(host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let rows = rows(&MACHINE, None, host, wanted)?;
    if rows.is_empty() { Err(Absence::Unavailable) } else { Ok(rows) }
}

/// What was asked of each AppImage of a person.
pub(super) fn of_users(host: &Host, wanted: &Wanted) -> Across<Seen> {
    Across::homes(host, SourcePlace::File(HOME.entries[0]), MAX_PACKAGES, |user| {
        rows(&HOME, Some(user), host, wanted)
    })
}

fn rows(places: &Places, user: Option<&str>, host: &Host, wanted: &Wanted) -> Result<Vec<Seen>, Absence> {
    let front: Vec<&str> = user.into_iter().collect();
    let mut found = files(places, &front, host)?;
    for pattern in places.entries {
        for name in listed(host, Place::of(pattern, &front))? {
            let names: Vec<&str> = front.iter().copied().chain([name.as_str()]).collect();
            let bytes = match host.bytes(Place::of(pattern, &names)) {
                Ok(bytes) => bytes,
                // Entries of other programs are none of our business, whatever is wrong with them: links to those of the
                // machine are common, and not followed. A broken one is not taken for the entry of an AppImage.
                Err(Unreadable::Missing | Unreadable::Odd | Unreadable::TooLarge | Unreadable::Denied) => {
                    continue;
                }
            };
            let Some(entry) = DesktopEntry::parse(&String::from_utf8_lossy(&bytes)) else { continue };
            let is_gone = !found.contains_key(&entry.file) && is_in(places, user, &entry.file);
            if !is_gone {
                found.insert(entry.file.clone(), Some(entry));
            }
            if found.len() > MAX_FILES {
                return Err(Absence::TooLarge);
            }
        }
    }
    let installed = found.iter().map(|(file, entry)| Installed::of(file, entry.as_ref(), user));
    installed.map(|package| wanted.of_package(&package)).collect()
}

/// The files in the folders, by their paths.
fn files(
    places: &Places,
    front: &[&str],
    host: &Host,
) -> Result<BTreeMap<String, Option<DesktopEntry>>, Absence> {
    let mut found = BTreeMap::new();
    for pattern in places.folders.iter().flat_map(|folder| folder.files) {
        for name in listed(host, Place::at(SourcePlace::Look(pattern), front))? {
            let path = front.iter().fold(pattern.to_owned(), |path, name| path.replacen('*', name, 1));
            found.insert(path.replacen('*', &name, 1), None);
            if found.len() > MAX_FILES {
                return Err(Absence::TooLarge);
            }
        }
    }
    Ok(found)
}

/// Whether the file would lie directly in one of the folders.
fn is_in(places: &Places, user: Option<&str>, file: &str) -> bool {
    let directory = file.rsplit_once('/').map_or("", |(directory, _)| directory);
    places.folders.iter().any(|folder| folder.path.replacen('*', user.unwrap_or_default(), 1) == directory)
}

struct Installed<'a> {
    /// What the file name tells.
    file: NameParts<'a>,
    entry: Option<&'a DesktopEntry>,
    user: Option<&'a str>,
}

impl<'a> Installed<'a> {
    fn of(path: &'a str, entry: Option<&'a DesktopEntry>, user: Option<&'a str>) -> Self {
        Self { file: NameParts::of(path.rsplit('/').next().unwrap_or(path)), entry, user }
    }
}

impl Package for Installed<'_> {
    fn kind(&self) -> PackageFormat {
        PackageFormat::AppImage
    }

    fn name(&self) -> &str {
        self.entry.and_then(|entry| entry.name.as_deref()).unwrap_or(self.file.name)
    }

    fn version(&self) -> Option<&str> {
        self.entry.and_then(|entry| entry.version.as_deref()).or(self.file.version)
    }

    fn architecture(&self) -> Result<Option<&str>, Absence> {
        Ok(self.entry.and_then(|entry| entry.architecture.as_deref()).or(self.file.architecture))
    }

    fn scope(&self) -> Scope<'_> {
        self.user.map_or(Scope::Machine, Scope::User)
    }
}

#[cfg(test)]
mod tests;
