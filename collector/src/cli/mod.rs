//! The command line: a verb a file. Clocks, randomness and standard output are taken here and nowhere else.

mod bundle;
mod device;
mod event;
mod init;
mod output;
pub mod policy;
mod report;
mod retention;
mod serve;
mod token;

use crate::clock::{Clock, Random};
use crate::data_dir::DataDir;
use crate::store::Store;
use clap::{Parser, Subcommand};
use collector_proto::time::UtcTime;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

pub use output::Format;

/// Receives signed reports from Candor agents, holds them to the policy and gives receipts.
#[derive(Debug, Parser)]
#[command(name = "candor-collector", version, after_help = EXAMPLES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "\
Examples:
  candor-collector init /srv/candor --host collector.example
  candor-collector policy sign policy.toml --data /srv/candor --output policy.json
  candor-collector policy publish policy.json --data /srv/candor
  candor-collector serve --data /srv/candor --listen 0.0.0.0:8443
  candor-collector bundle --data /srv/candor --output laptop-17.json

Exit codes: 0 done; 1 failed; 2 usage; 4 verification failed (tampering).";

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a collector: keys, certificate authority, server certificate, database, first admin token
    Init(init::Args),
    /// Serve devices over TLS 1.3 until told to stop
    Serve(serve::Args),
    /// One-time enrolment tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Make an enrolment bundle with a one-time token
    Bundle(bundle::Args),
    /// Write, check, sign and publish policies
    #[command(subcommand)]
    Policy(policy::Command),
    /// Enrolled devices
    #[command(subcommand)]
    Device(device::Command),
    /// Stored reports
    #[command(subcommand)]
    Report(report::Command),
    /// Delete what is past its retention; a running server does it every hour
    #[command(subcommand)]
    Retention(retention::Command),
    /// Security events: what an administrator should look at
    #[command(subcommand)]
    Event(event::Command),
}

impl Cli {
    /// Runs the command.
    pub fn run(&self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match &self.command {
            Command::Init(args) => init::run(args, out),
            Command::Serve(args) => serve::run(args, out),
            Command::Token(command) => token::run(command, out),
            Command::Bundle(args) => bundle::run(args, out),
            Command::Policy(command) => policy::run(command, out),
            Command::Device(command) => device::run(command, out),
            Command::Report(command) => report::run(command, out),
            Command::Retention(command) => retention::run(command, out),
            Command::Event(command) => event::run(command, out),
        }
    }
}

/// Where the collector's directory is.
#[derive(Debug, clap::Args)]
pub(crate) struct Data {
    /// The collector's directory, made by `init`
    #[arg(long = "data", value_name = "DIR", env = "CANDOR_COLLECTOR_DATA")]
    path: PathBuf,
}

impl Data {
    pub(crate) fn dir(&self) -> DataDir {
        DataDir::at(&self.path)
    }

    pub(crate) fn store(&self) -> anyhow::Result<Arc<dyn Store>> {
        // The configuration is written last, so its absence tells an unfinished or foreign directory.
        crate::data_dir::Config::read(&self.dir().config())?;
        Ok(crate::store::open_beside(&self.dir().database())?)
    }
}

/// The system's clock.
pub(crate) fn now() -> UtcTime {
    UtcTime::from_system(std::time::SystemTime::now())
}

pub(crate) fn system_clock() -> Clock {
    Arc::new(now)
}

pub(crate) fn system_random() -> Random {
    Arc::new(ring::rand::SystemRandom::new())
}
