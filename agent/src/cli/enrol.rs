//! `candor enrol`: joins this device to a collector.

use super::online::{self, block_on};
use super::{Context, Exit, Failure, confinement, everybody, owner, words};
use crate::enrol::{self, Asked, ByReader, ByRoot, EnrolError, EnrolOutcome, Invitation, Pin};
use crate::identity;
use crate::lock::StateLock;
use crate::platform::{self, Owner};
use collector_proto::digest::Digest;
use collector_proto::text::plain;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

/// Arguments of `candor enrol`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor enrol --bundle /root/laptop-17.bundle
  candor enrol --bundle laptop-17.bundle --root sha256:3f2a…     for scripts: refuses a bundle with any other root of trust
  candor --state /tmp/trial enrol --bundle trial.bundle

The bundle holds a one-time token and may hold the organisation's key: hand it over as you would a password. One that others can read is
refused. It is deleted once the device is enrolled. An enrolment that was interrupted goes on when the command is given again with the
same bundle.

`candor-collector root show` and `bundle sign` print the digest for --root.")]
pub struct EnrolArgs {
    /// The bundle that `candor-collector bundle` made and `bundle sign` signed
    #[arg(long, value_name = "FILE", required_unless_present_any = ["from_root", "ask_collector"])]
    bundle: Option<PathBuf>,
    /// Digest of the only root of trust that may be in it
    #[arg(long, value_name = "DIGEST", value_parser = Digest::parse, conflicts_with = "from_root")]
    root: Option<Digest>,
    /// Leave the bundle where it is, for a tool that deletes it itself
    #[arg(long, conflicts_with = "from_root")]
    keep_bundle: bool,
    /// Take an invitation from root on standard input, and have root pin the root of trust
    #[arg(long, conflicts_with = "bundle", hide = true)]
    from_root: bool,
    /// Ask the collector for an enrolment under way, as standard input says, in a process that is confined
    #[arg(long, conflicts_with_all = ["bundle", "from_root", "root", "keep_bundle"], hide = true)]
    ask_collector: bool,
}

/// Enrols this device.
pub fn run(args: &EnrolArgs, context: &Context) -> Result<(), Failure> {
    if args.ask_collector {
        return ask_collector(context);
    }
    let Some(file) = &args.bundle else {
        let mut input = io::stdin().lock();
        let invitation = enrol::read_invitation(&mut input)?;
        return join(&invitation, &mut ByRoot { input, output: io::stdout() }, context);
    };
    let bundle = enrol::read_bundle(file, args.root)?;
    let invitation = Invitation::of(&bundle)?;
    let mut pin = ByReader { reader: context.reader(None), bundle: &bundle, root: args.root };
    match owner::of_state(context)? {
        Some(owner) => for_owner(&invitation, &mut pin, owner, context)?,
        None => join(&invitation, &mut pin, context)?,
    }
    if args.keep_bundle { Ok(()) } else { clear_away(file, context) }
}

/// Deletes a bundle that was used. That it is still there is no reason to say that it was not.
pub(super) fn clear_away(file: &Path, context: &Context) -> Result<(), Failure> {
    let name = file.display();
    match enrol::remove_bundle(file) {
        Ok(()) => context.print(&format!("The bundle {name} was used and is deleted.\n")),
        Err(error) => {
            tracing::warn!("the used bundle is still there and holds a secret: {error}; delete it");
            Ok(())
        }
    }
}

fn join(invitation: &Invitation, reader: &mut impl Pin, context: &Context) -> Result<(), Failure> {
    let lock = StateLock::take(&context.paths)?;
    let ask = |invitation: &Invitation, id| enrol::ask_through_another(context.paths.state(), invitation, id);
    let random = ring::rand::SystemRandom::new();
    let now = context.now();
    let enrolled = enrol::enrol(&context.paths, invitation, reader, ask, now, &random, &lock)?;
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

/// The part that talks to the network, for the process that enrols.
fn ask_collector(context: &Context) -> Result<(), Failure> {
    let question = enrol::read_question(&mut io::stdin().lock())?;
    let way = online::way(context, question.invitation.collector());
    // It asks no reader.
    confinement::enter(context, &way, &context.reader(None));
    let asked = || -> Result<enrol::Gave, Failure> {
        let key = identity::load_key(&context.paths)?;
        let uplink = online::connect(&way).map_err(EnrolError::Uplink)?;
        Ok(block_on(enrol::ask(&uplink, &question, &key))??)
    };
    let told = match asked() {
        Ok(gave) => Asked::Gave(Box::new(gave)),
        Err(Failure { exit, error }) => Asked::Failed { exit, message: format!("{error:#}") },
    };
    context.print_bytes(&serde_json::to_vec(&told).map_err(EnrolError::Json)?)
}

/// Root's part where the agent is another user: the agent talks to the collector, root alone says what is trusted.
fn for_owner(
    invitation: &Invitation,
    pin: &mut impl Pin,
    owner: Owner,
    context: &Context,
) -> Result<(), Failure> {
    let state = context.paths.state().as_os_str();
    let arguments = [OsStr::new("--state"), state, OsStr::new("enrol"), OsStr::new("--from-root")];
    let mut agent = owner::this_program(owner, arguments.map(OsString::from))?
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(EnrolError::Exchange)?;
    let attended = match (agent.stdin.take(), agent.stdout.take()) {
        (Some(mut input), Some(output)) => {
            attend(invitation, pin, &mut input, BufReader::new(output), context)
        }
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
    invitation: &Invitation,
    pin: &mut impl Pin,
    input: &mut impl io::Write,
    output: impl io::BufRead,
    context: &Context,
) -> Result<(), EnrolError> {
    let handed = serde_json::to_string(invitation).map_err(EnrolError::Json)?;
    writeln!(input, "{handed}").and_then(|()| input.flush()).map_err(EnrolError::Exchange)?;
    enrol::attend(pin, output, input, |said| {
        // What the agent says went over the network: it must not reach the terminal as it stands.
        let _ = context.print(&format!("{}\n", plain(said)));
    })
}
