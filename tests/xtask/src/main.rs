//! Candor's own commands: `cargo xtask <verb>`, one verb a file.
#![expect(clippy::print_stdout, reason = "a command talks to the person on standard output")]

use clap::Parser;

mod r#gen;

/// The commands that build, check and show Candor.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Command {
    /// Writes everything that is generated from the catalogue.
    Gen(r#gen::Options),
}

fn main() -> anyhow::Result<()> {
    match Command::parse() {
        Command::Gen(options) => r#gen::run(&options),
    }
}
