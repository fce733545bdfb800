//! Plays the scene `years`, for `cargo xtask demo --scene years`: `years FOLDER`. Ends with 1 at the first claim that does not hold.

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    use anyhow::Context as _;
    let folder = std::env::args_os().nth(1).context("years FOLDER")?;
    candor_tests::years::play(folder.as_ref())
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("the years are played on Linux: their clock is a preloaded library")
}
