//! `candor enrol`: joins this device to a collector.

use super::online::{self, block_on};
use super::{Context, Exit, Failure, everybody, owner, words};
use crate::enrol::{self, ByRoot, EnrolError, EnrolOutcome, Pin};
use crate::lock::StateLock;
use crate::platform::{self, Owner};
use collector_proto::messages::Bundle;
use collector_proto::text::plain;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::Stdio;

/// Arguments of `candor enrol`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor enrol --bundle /media/usb/laptops.bundle
  candor --state /tmp/trial enrol --bundle trial.bundle

The bundle holds a one-time token: hand it over as you would a password. An enrolment that was interrupted goes on
when the command is given again with the same bundle.")]
pub struct EnrolArgs {
    /// The bundle that `candor-collector bundle` wrote
    #[arg(long, value_name = "FILE", required_unless_present = "from_root")]
    bundle: Option<PathBuf>,
    /// Take the bundle from root on standard input, and have root pin its root of trust
    #[arg(long, conflicts_with = "bundle", hide = true)]
    from_root: bool,
}

/// Enrols this device.
pub fn run(args: &EnrolArgs, context: &Context) -> Result<(), Failure> {
    let Some(file) = &args.bundle else {
        let mut input = io::stdin().lock();
        let bundle = enrol::read_bundle_of_root(&mut input)?;
        return join(&bundle, &mut ByRoot { input, output: io::stdout() }, context);
    };
    let bundle = enrol::read_bundle(file)?;
    match owner::of_state(context)? {
        Some(owner) => for_owner(&bundle, owner, context),
        None => join(&bundle, &mut context.reader(None), context),
    }
}

fn join(bundle: &Bundle, reader: &mut impl Pin, context: &Context) -> Result<(), Failure> {
    let lock = StateLock::take(&context.paths)?;
    let uplink = online::connect(&online::way(context, &bundle.collector)).map_err(EnrolError::Uplink)?;
    let random = ring::rand::SystemRandom::new();
    let now = context.now();
    let enrolled = block_on(enrol::enrol(&context.paths, bundle, reader, &uplink, now, &random, &lock))??;
    // People are told by what the reader keeps, also before the first report. It gets the same with that at the latest.
    let documents = context.documents()?;
    if let Err(error) = context.reader(None).keep_documents(&documents) {
        tracing::warn!(%error, "the reader does not keep the documents yet");
    }
    let (enrolment, first) = match &enrolled {
        EnrolOutcome::Done(enrolment) => (enrolment, "This device is enrolled"),
        EnrolOutcome::Before(enrolment) => (enrolment, "This device was already enrolled"),
    };
    context.print(&format!(
        "{first} as {} in the group {} of the collector {}.\n\
         See what would be sent: candor preview. See what it is for: candor notice. Send it: candor run --once\n",
        enrolment.device_id, enrolment.group, enrolment.collector.id,
    ))
}

/// Root's part where the agent is another user: the agent talks to the collector, root alone says what is trusted.
fn for_owner(bundle: &Bundle, owner: Owner, context: &Context) -> Result<(), Failure> {
    let state = context.paths.state().as_os_str();
    let arguments = [OsStr::new("--state"), state, OsStr::new("enrol"), OsStr::new("--from-root")];
    let mut agent = owner::this_program(owner, arguments.map(OsString::from))?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(EnrolError::Exchange)?;
    let attended = match (agent.stdin.take(), agent.stdout.take()) {
        (Some(mut input), Some(output)) => attend(bundle, &mut input, BufReader::new(output), context),
        _ => Err(EnrolError::Exchange(io::ErrorKind::BrokenPipe.into())),
    };
    if attended.is_err() {
        // It waits for a word that does not come; it may also have ended already.
        let _ = agent.kill();
    }
    let status = agent.wait().map_err(EnrolError::Exchange)?;
    attended?;
    if status.success() {
        show(context);
        return Ok(());
    }
    let exit = status.code().and_then(Exit::of_status).unwrap_or(Exit::Failed);
    Err(Failure::new(exit, anyhow::anyhow!("this device is not enrolled; what the agent said stands above")))
}

/// Writes the notice that everybody can open, as its service does from here on: nothing is collected before it is there.
fn show(context: &Context) {
    let Some(directory) = platform::notice_directory() else { return };
    let shown = words::load(None).and_then(|words| everybody::show(&directory, &words, context));
    if let Err(failure) = shown {
        tracing::warn!("the notice is not written yet: {:#}", failure.error);
    }
}

fn attend(
    bundle: &Bundle,
    input: &mut impl io::Write,
    output: impl io::BufRead,
    context: &Context,
) -> Result<(), EnrolError> {
    let handed = serde_json::to_string(&enrol::for_agent(bundle)).map_err(EnrolError::Json)?;
    writeln!(input, "{handed}").and_then(|()| input.flush()).map_err(EnrolError::Exchange)?;
    enrol::attend(bundle, &mut context.reader(None), output, input, |said| {
        // What the agent says went over the network: it must not reach the terminal as it stands.
        let _ = context.print(&format!("{}\n", plain(said)));
    })
}
