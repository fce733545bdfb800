//! `cargo xtask ci`: what every change must pass, in the order of what fails fastest.

/// Runs the lints, the freshness and import checks, then the tests.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Leaves out the tests.
    #[arg(long)]
    lint_only: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    step("format", &["fmt", "--all", "--check"])?;
    step("generated files", &["xtask", "gen", "--check"])?;
    step("imports", &["xtask", "check-imports"])?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--features", "candor/fault-points"];
    step("lints", &[&clippy[..], &["--", "--deny", "warnings"]].concat())?;
    if options.lint_only {
        return Ok(());
    }
    step("tests", &["xtask", "test"])
}

fn step(name: &str, arguments: &[&str]) -> anyhow::Result<()> {
    println!("== {name}: cargo {}", arguments.join(" "));
    crate::run::cargo(arguments)
}
