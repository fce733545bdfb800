//! Plays the scene `years`, for `cargo xtask demo --scene years`: `years FOLDER`. Ends with 1 at the first claim that does not hold.

use anyhow::Context as _;

fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).context("years FOLDER")?;
    candor_tests::years::play(folder.as_ref())
}
