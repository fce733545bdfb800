//! `cargo xtask ci`: what every change must pass, in the order of what fails fastest.

/// Runs the lints, the checks of generated files, imports and foreign systems, then the tests.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask ci                what every change must pass
  cargo xtask ci --lint-only    the same without the tests
  cargo xtask ci --full         the same, then the demonstration and the measurements")]
pub(crate) struct Options {
    /// Leaves out the tests.
    #[arg(long)]
    lint_only: bool,
    /// Runs the demonstration and the measurements as well.
    #[arg(long, conflicts_with = "lint_only")]
    full: bool,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    step("format", &["fmt", "--all", "--check"])?;
    step("generated files", &["xtask", "gen", "--check"])?;
    step("imports", &["xtask", "check-imports"])?;
    let clippy = ["clippy", "--workspace", "--all-targets", "--locked", "--features", "candor/fault-points"];
    step("lints", &[&clippy[..], &["--", "--deny", "warnings"]].concat())?;
    step("foreign systems", &["xtask", "check-foreign"])?;
    if options.lint_only {
        return Ok(());
    }
    step("tests", &["xtask", "test"])?;
    if options.full {
        step("demonstration", &["xtask", "demo"])?;
        step("measurements", &["xtask", "bench"])?;
    }
    Ok(())
}

fn step(name: &str, arguments: &[&str]) -> anyhow::Result<()> {
    println!("== {name}: cargo {}", arguments.join(" "));
    crate::run::cargo(arguments)
}
