//! Where the binaries and fixtures are.

use std::path::{Path, PathBuf};

/// The repository's root.
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The starter policy `inventory` under this version.
///
/// # Panics
/// When it cannot be read.
pub fn inventory(version: u32) -> String {
    let file = repository().join("packaging/policies/inventory.toml");
    let inventory = std::fs::read_to_string(file).expect("the starter policy");
    inventory.replace("version = 1\n", &format!("version = {version}\n"))
}

/// A fixture root under `tests/fixtures/roots`.
pub fn fixture(name: &str) -> PathBuf {
    repository().join("tests/fixtures/roots").join(name)
}

/// Path of one of Candor's binaries: from the folder that `CANDOR_BINARIES` names, else built by the profile of this test.
///
/// # Panics
/// When it was not built.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap_or_default();
    // target/<profile>/deps/<test>
    let beside = || test.ancestors().nth(2).unwrap_or(Path::new(".")).to_path_buf();
    let folder = std::env::var_os("CANDOR_BINARIES").map_or_else(beside, PathBuf::from);
    let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    assert!(path.exists(), "{} is missing; run `cargo xtask test`, which builds it", path.display());
    path
}
