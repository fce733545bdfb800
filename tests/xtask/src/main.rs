//! Candor's own commands: `cargo xtask <verb>`, one file per verb.
#![expect(clippy::print_stdout, reason = "a command talks to the person on standard output")]

use clap::Parser;

mod bench;
mod check_imports;
mod ci;
mod demo;
mod foreign;
mod r#gen;
mod packages;
mod run;
mod rust_sources;
mod test;

/// The commands that build, check and show Candor.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Writes everything that is generated from the catalogue.
    Gen(r#gen::Options),
    /// Checks who uses whom: dependency graph and sources.
    CheckImports(check_imports::Options),
    /// Type-checks for Windows, macOS and any other system.
    CheckForeign(foreign::Options),
    /// Shows the main job end to end.
    Demo(demo::Options),
    /// Measures the promised figures.
    Bench(bench::Options),
    /// Runs every test.
    Test(test::Options),
    /// Runs what every change must pass.
    Ci(ci::Options),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Gen(options) => r#gen::run(&options),
        Command::CheckImports(options) => check_imports::run(&options),
        Command::CheckForeign(options) => foreign::run(&options),
        Command::Demo(options) => demo::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Test(options) => test::run(&options),
        Command::Ci(options) => ci::run(&options),
    }
}
