//! `candor`: the agent, and the command of the person whose device it runs on.

use candor::cli::{self, Context, Exit, Failure};
use clap::Parser as _;
use collector_proto::text::plain_lines;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Endpoint telemetry that shows what it collects: every report is kept readable on this device before it leaves.
#[derive(Debug, clap::Parser)]
#[command(
    name = "candor",
    version,
    after_help = "Exit status: 0 done; 1 failed; 2 wrong usage; 3 refused for privacy, nothing was read; 4 something was tampered
with; 5 the collector cannot be reached, the report is kept."
)]
struct Cli {
    /// Keep all state in DIR
    #[arg(long, value_name = "DIR", env = "CANDOR_STATE", global = true)]
    state: Option<PathBuf>,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Join this device to a collector
    Enrol(cli::enrol::EnrolArgs),
    /// Collect and report: as a service, or once
    Run(cli::run::RunArgs),
    /// See, verify and export what was sent
    Sent(cli::sent::SentArgs),
    /// See what would be sent now; nothing is sent, and no value is stored
    Preview(cli::preview::PreviewArgs),
    /// Read what is collected here, why, and what your rights are
    Notice(cli::notice::NoticeArgs),
    /// See what the policy on this device says
    Policy(cli::policy::PolicyArgs),
    /// Check a shared device out or in, with its condition in your words
    Custody(cli::custody::CustodyArgs),
    /// See what was read on this device, when and for whom
    Readings(cli::readings::ReadingsArgs),
    /// Set and see the most that may ever be collected on this device
    Ceiling(cli::ceiling::CeilingArgs),
    /// Take the organisation's next key of keyed hashes
    TenantKey(cli::tenant_key::TenantKeyArgs),
    /// See whether this device reports, and if not, why
    Status(cli::status::StatusArgs),
    /// Examine everything that a report depends on
    Doctor(cli::doctor::DoctorArgs),
    /// Answer for this user's ledger, behind a socket
    #[command(hide = true)]
    LedgerService(cli::ledger_service::LedgerServiceArgs),
}

fn main() -> ExitCode {
    candor_durable::leave_no_core();
    let cli = Cli::parse();
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody can be told that standard error is gone.
            let _ = writeln!(io::stderr(), "candor: {}", plain_lines(&format!("{:#}", failure.error)));
            exit_code(failure.exit)
        }
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let context = Context::open(cli.state)?;
    start_log(context.log());
    match &cli.verb {
        Verb::Enrol(args) => cli::enrol::run(args, &context),
        Verb::Run(args) => cli::run::run(args, &context),
        Verb::Sent(args) => cli::sent::run(args, &context),
        Verb::Preview(args) => cli::preview::run(args, &context),
        Verb::Notice(args) => cli::notice::run(args, &context),
        Verb::Policy(args) => cli::policy::run(args, &context),
        Verb::Custody(args) => cli::custody::run(args, &context),
        Verb::Readings(args) => cli::readings::run(args, &context),
        Verb::Ceiling(args) => cli::ceiling::run(args, &context),
        Verb::TenantKey(args) => cli::tenant_key::run(args, &context),
        Verb::Status(args) => cli::status::run(args, &context),
        Verb::Doctor(args) => cli::doctor::run(args, &context),
        Verb::LedgerService(args) => cli::ledger_service::run(args, &context),
    }
}

/// Logs to standard error what `RUST_LOG` or the configuration asks for. A filter that cannot be read logs warnings.
fn start_log(configured: &str) {
    use tracing_subscriber::filter::{LevelFilter, Targets};
    use tracing_subscriber::prelude::*;
    let wanted = std::env::var("RUST_LOG").unwrap_or_else(|_| configured.to_owned());
    let filter = wanted.parse().unwrap_or_else(|_| Targets::new().with_default(LevelFilter::WARN));
    let lines = tracing_subscriber::fmt::layer().with_writer(|| Plainly).with_ansi(false);
    // Fails only where a log was started before, which nothing here does.
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter)).try_init();
}

/// Standard error for the log, whose lines hold what others wrote: names of files, words of a policy, of the collector or of a step. Each comes whole.
struct Plainly;

impl Write for Plainly {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        io::stderr().write_all(plain_lines(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

fn exit_code(exit: Exit) -> ExitCode {
    ExitCode::from(match exit {
        Exit::Failed => 1,
        Exit::Usage => 2,
        Exit::Refused => 3,
        Exit::Tampered => 4,
        Exit::Unreachable => 5,
    })
}
