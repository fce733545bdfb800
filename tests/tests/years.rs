//! Five years of a fleet in one run, as `cargo xtask demo --scene years` shows them.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

#[test]
fn five_years_pass_and_every_claim_of_the_scene_holds() {
    let folder = tempfile::tempdir().unwrap();
    candor_tests::years::play(folder.path()).unwrap();
}
