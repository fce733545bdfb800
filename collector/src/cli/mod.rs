//! The command line, one file per verb: a verb parses its arguments, calls [`admin`](crate::admin) and prints. Clocks,
//! randomness and standard output are taken here and nowhere else.

mod access;
mod backup;
mod bundle;
mod certificate;
mod device;
mod doctor;
mod event;
mod hash;
mod init;
mod key;
mod offline;
mod output;
mod placement;
mod policy;
mod report;
mod restore;
mod retention;
mod root;
mod serve;
mod tenant_key;
mod token;

use crate::admin::placements::PlacementError;
use crate::admin::policies::PolicyError;
use crate::admin::roots::RootError;
use crate::admin::{Actor, Admin, AdminError, StatedPurpose};
use crate::clock::{Clock, Random};
use crate::data_dir::DataDir;
use crate::platform;
use crate::refusal::{EXIT_FAILED, Reason};
use crate::store::{Listed, Page, wait};
use clap::{Parser, Subcommand};
use collector_proto::time::UtcTime;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

pub use output::complain;

use output::{Format, Output};

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

Exit codes: 0 done; 1 failed; 2 usage; 3 wider (`policy diff --exit-code`); 4 verification failed (tampering).";

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a collector: keys, certificate authority, server certificate, database
    Init(init::Args),
    /// Serve devices over TLS 1.3 until told to stop
    Serve(serve::Args),
    /// One-time enrolment tokens
    #[command(subcommand)]
    Token(token::Command),
    /// Make, sign and show enrolment bundles
    Bundle(bundle::Args),
    /// Roots of trust: who holds which keys, and where the collector is reached
    #[command(subcommand)]
    Root(root::Command),
    /// Holders' keys, made and kept off line
    #[command(subcommand)]
    Key(key::Command),
    /// The organisation's key of keyed hashes, made and kept off line
    #[command(subcommand)]
    TenantKey(tenant_key::Command),
    /// Compute what devices send in the place of values, where the tenant key is
    Hash(hash::Args),
    /// The server's certificate
    #[command(subcommand)]
    Certificate(certificate::Command),
    /// Write, check, sign and publish policies
    #[command(subcommand)]
    Policy(policy::Command),
    /// Moving devices to another group: written here, signed off line, published
    #[command(subcommand)]
    Placement(placement::Command),
    /// Enrolled devices
    #[command(subcommand)]
    Device(device::Command),
    /// Stored reports
    #[command(subcommand)]
    Report(report::Command),
    /// Delete what is past its retention; a running server does it every hour
    #[command(subcommand)]
    Retention(retention::Command),
    /// The whole collector in one file, made while the server works
    Backup(backup::Args),
    /// Make a collector out of a backup, in a new directory
    Restore(restore::Args),
    /// Examine everything that the collector depends on
    Doctor(doctor::Args),
    /// Security events: what an administrator should look at
    #[command(subcommand)]
    Event(event::Command),
    /// Accesses to values: who was shown them, and for which purpose
    #[command(subcommand)]
    Access(access::Command),
}

impl Cli {
    /// Runs the command.
    pub fn run(&self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        // The one place that waits: the store answers from its own threads, and the command has nothing else to do.
        wait(self.command.run(&mut Output::to(out)))
    }
}

impl Command {
    async fn run(&self, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
        match self {
            Self::Init(args) => init::run(args, out),
            Self::Serve(args) => serve::run(args, out),
            Self::Token(command) => token::run(command, out).await,
            Self::Bundle(args) => bundle::run(args, out).await,
            Self::Root(command) => root::run(command, out).await,
            Self::Key(command) => key::run(command, out),
            Self::TenantKey(command) => tenant_key::run(command, out),
            Self::Hash(args) => hash::run(args, out),
            Self::Certificate(command) => certificate::run(command, out).await,
            Self::Policy(command) => policy::run(command, out).await,
            Self::Placement(command) => placement::run(command, out).await,
            Self::Device(command) => device::run(command, out).await,
            Self::Report(command) => report::run(command, out).await,
            Self::Retention(command) => retention::run(command, out).await,
            Self::Backup(args) => backup::run(args, out).await,
            Self::Restore(args) => restore::run(args, out).await,
            Self::Doctor(args) => doctor::run(args, out).await,
            Self::Event(command) => event::run(command, out).await,
            Self::Access(command) => access::run(command, out).await,
        }
    }
}

/// The exit code of a command that ended with an error.
pub fn exit_code(error: &anyhow::Error) -> ExitCode {
    let reason = error.downcast_ref().map(AdminError::reason);
    let reason = reason.or_else(|| error.downcast_ref().map(PolicyError::reason));
    let reason = reason.or_else(|| error.downcast_ref().map(RootError::reason));
    let reason = reason.or_else(|| error.downcast_ref().map(PlacementError::reason));
    ExitCode::from(reason.map_or(EXIT_FAILED, Reason::exit_code))
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

    /// The collector's administration, and who works on it: whoever started this program.
    pub(crate) fn open(&self) -> anyhow::Result<(Admin, Actor)> {
        let admin = Admin::open(self.dir(), system_clock(), system_random())?;
        Ok((admin, Actor::Operator { user: platform::user() }))
    }
}

/// Arguments of a verb that lists everything there is of a kind.
#[derive(Debug, clap::Args)]
pub(crate) struct Listing {
    #[command(flatten)]
    data: Data,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Walks a listing page by page, to its end or until there are `limit` items.
pub(crate) async fn walk<T, E>(
    limit: Option<u32>,
    mut list: impl AsyncFnMut(Page) -> Result<Listed<T>, E>,
) -> Result<Vec<T>, E> {
    let wanted = limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let mut items = Vec::new();
    let mut after = None;
    while items.len() < wanted {
        let left = u32::try_from(wanted - items.len()).unwrap_or(u32::MAX);
        let page = Page::first().limit(left);
        let listed = list(after.map_or(page.clone(), |cursor| page.after(cursor))).await?;
        items.extend(listed.items);
        after = listed.next;
        if after.is_none() {
            break;
        }
    }
    Ok(items)
}

/// What collected values are shown for. There is no default: a purpose that nobody stated would make the record of
/// accesses worthless.
#[derive(Debug, clap::Args)]
pub(crate) struct ShownFor {
    /// What the values are needed for, such as a ticket's number; kept on record with the access
    #[arg(long, value_name = "TEXT")]
    purpose: StatedPurpose,
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
