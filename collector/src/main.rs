//! `candor-collector`: see [`candor_collector::cli`].

use candor_collector::cli::{self, Cli};
use clap::Parser as _;
use std::io::IsTerminal as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    candor_durable::leave_no_core();
    tracing_subscriber::fmt()
        .with_env_filter(log_filter())
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        .init();
    let mut out = std::io::stdout().lock();
    match Cli::parse().run(&mut out) {
        Ok(code) => code,
        // Whoever read the output has seen enough, as `head` has.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Standard error may be closed; the exit code still tells.
            cli::complain(&format!("candor-collector: {error:#}"));
            cli::exit_code(&error)
        }
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// `RUST_LOG`, except for the transport's crates: at their finest levels they log headers and bytes, and this program's
/// log must hold neither content nor addresses.
fn log_filter() -> tracing_subscriber::EnvFilter {
    const SILENT: [&str; 6] = ["h2=off", "hyper=off", "hyper_util=off", "rustls=off", "axum=off", "mio=off"];
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("candor_collector=info"));
    SILENT
        .iter()
        .filter_map(|text| text.parse().ok())
        .fold(filter, tracing_subscriber::EnvFilter::add_directive)
}
