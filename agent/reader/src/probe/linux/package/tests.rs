//! Small trees for the tests of package formats.

use crate::host::Host;
use crate::probe::shared::package::{Seen, Wanted};
use crate::probe::shared::software::{HomeSource, PackageSource};
use collector_proto::catalog::{FieldId, fields};
use collector_proto::messages::Absence;
use std::path::PathBuf;

/// Every field, in the order in which [`Tree::read`] writes values.
pub(super) const ALL: &[FieldId] = &[
    fields::PACKAGE_TYPE,
    fields::PACKAGE_NAME,
    fields::PACKAGE_VERSION,
    fields::PACKAGE_ARCHITECTURE,
    fields::PACKAGE_INSTALL_SCOPE,
    fields::X_PACKAGE_USER,
    fields::X_PACKAGE_VENDOR,
    fields::PACKAGE_INSTALLED,
];

/// A machine's files.
pub(super) struct Tree(tempfile::TempDir);

impl Tree {
    /// These files; a path that ends in a slash is an empty directory.
    pub(super) fn of(files: &[(&str, &[u8])]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (path, bytes) in files {
            tree.write(path, bytes);
        }
        tree
    }

    pub(super) fn write(&self, path: &str, bytes: &[u8]) {
        let at = self.at(path);
        if path.ends_with('/') {
            std::fs::create_dir_all(at).unwrap();
        } else {
            std::fs::create_dir_all(at.parent().unwrap()).unwrap();
            std::fs::write(at, bytes).unwrap();
        }
    }

    pub(super) fn link(&self, path: &str, target: &str) {
        std::fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        std::os::unix::fs::symlink(target, self.at(path)).unwrap();
    }

    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    /// The rows with all fields, each in one line; `-` stands for what a row lacks.
    pub(super) fn read(&self, source: PackageSource) -> Result<Vec<String>, Absence> {
        self.read_fields(source, ALL)
    }

    pub(super) fn read_fields(
        &self,
        source: PackageSource,
        wanted: &[FieldId],
    ) -> Result<Vec<String>, Absence> {
        let asked = Wanted::of(&wanted.iter().copied().collect());
        Ok(lines(&source(&Host::at(self.0.path()), &asked)?, wanted))
    }

    /// The same of a source in the homes of persons, and the reason why one of them could not be read.
    pub(super) fn read_homes(&self, source: HomeSource) -> (Vec<String>, Option<Absence>) {
        let across = source(&Host::at(self.0.path()), &Wanted::of(&ALL.iter().copied().collect()));
        let seen: Vec<Seen> = across.items.into_iter().map(|(_, seen)| seen).collect();
        (lines(&seen, ALL), across.failure)
    }

    /// Damages a file in many ways; the source must answer each time. Rows that it still gives are clean text.
    pub(super) fn survives_damage_to(&self, path: &str, source: PackageSource) {
        let whole = std::fs::read(self.at(path)).unwrap();
        let mut random = Random(0x5eed);
        let mut refused = 0;
        for _ in 0..400 {
            let mut bytes = whole.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(4) {
                    0 => bytes.truncate(at.max(1)),
                    1 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
                    2 => bytes[at] ^= 1 << random.below(8),
                    _ => bytes.insert(at, [0, b'\n', 0xff, b'"'][random.below(4)]),
                }
            }
            self.write(path, &bytes);
            match self.read(source) {
                Ok(rows) => assert!(rows.iter().all(|row| !row.contains(char::is_control))),
                Err(_) => refused += 1,
            }
        }
        assert!(refused > 0, "no damage was noticed");
        self.write(path, &whole);
    }
}

fn lines(packages: &[Seen], wanted: &[FieldId]) -> Vec<String> {
    let line = |package: &Seen| {
        let value =
            |field: &FieldId| package.row.texts_of(*field).map_or("-".to_owned(), |texts| texts.join(","));
        wanted.iter().map(value).collect::<Vec<_>>().join(" ")
    };
    packages.iter().map(line).collect()
}

/// A fixed sequence of numbers (Knuth's linear congruential generator).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}
