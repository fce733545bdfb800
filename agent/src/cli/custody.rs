//! `candor custody`: the check-out and check-in of a shared device, in the words of the person who does it.

use super::subject::enrolled;
use super::{Context, Exit, Failure, Format, confinement};
use crate::reader_client::{ReaderClient, ReaderError};
use crate::verdict;
use collector_proto::catalog::{FieldId, fields};
use collector_proto::disclosure::{Condition, Direction, Handover, RefusalMessage};
use collector_proto::text::plain;
use serde::Serialize;
use std::convert::Infallible;
use std::fmt::{self, Write as _};
use std::str::FromStr;

/// What a hand-over consists of.
const FIELDS: [FieldId; 3] = [fields::X_CUSTODY_DIRECTION, fields::X_CUSTODY_CONDITION, fields::X_CUSTODY_AT];

/// Arguments of `candor custody`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor custody out --condition \"scratch on the lid, no charger\"    you take the device
  candor custody in --condition \"as I got it\"                        you give it back
  candor custody show                                                what is recorded, and whether it is sent

Only what you type in is recorded, together with the time; nothing is observed. The newest record replaces the one
before. It stays on this device unless the policy asks for it, and everyone who uses this device may read it: write
about the device, not about people.")]
pub struct CustodyArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Check the device out: you take it
    #[command(after_help = "Examples:
  candor custody out --condition \"scratch on the lid, no charger\"

Exit status: 0 recorded; 1 not recorded, as on a device that is not enrolled; 2 the condition is empty or too long.")]
    Out(RecordArgs),
    /// Check the device in: you give it back
    #[command(after_help = "Examples:
  candor custody in --condition \"as I got it\"

Exit status: 0 recorded; 1 not recorded, as on a device that is not enrolled; 2 the condition is empty or too long.")]
    In(RecordArgs),
    /// Show what is recorded, and whether the policy asks for it
    #[command(after_help = "Examples:
  candor custody show
  candor custody show --format json")]
    Show(ShowArgs),
}

#[derive(Debug, clap::Args)]
struct RecordArgs {
    /// The state of the device in your words: one line of at most 512 bytes
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    condition: Typed,
}

#[derive(Debug, clap::Args)]
struct ShowArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// A text as it was typed. Examined by this verb and not by the parser of the arguments, which repeats what it refuses.
#[derive(Clone)]
struct Typed(String);

impl FromStr for Typed {
    type Err = Infallible;

    fn from_str(typed: &str) -> Result<Self, Infallible> {
        Ok(Self(typed.to_owned()))
    }
}

impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

/// Records or shows a hand-over.
pub fn run(args: &CustodyArgs, context: &Context) -> Result<(), Failure> {
    match &args.verb {
        Verb::Out(args) => record(Direction::Out, args, context),
        Verb::In(args) => record(Direction::In, args, context),
        Verb::Show(args) => show(args, context),
    }
}

fn record(direction: Direction, args: &RecordArgs, context: &Context) -> Result<(), Failure> {
    let condition = Condition::parse(&args.condition.0).map_err(|error| Failure::new(Exit::Usage, error))?;
    let handover = context
        .observer(None)
        .record_custody(direction, condition)
        .map_err(|error| failure("nothing is recorded", error))?;
    context.print(&write(&Shown::of(handover, context)?))
}

fn show(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let handover =
        context.observer(None).custody().map_err(|error| failure("the record cannot be shown", error))?;
    let shown = Shown::of(handover, context)?;
    match args.format {
        Format::Text => context.print(&write(&shown)),
        Format::Json => context.print_json(&shown),
    }
}

/// Refused or broken: either way it was not done, and nothing that is collected is concerned.
fn failure(what: &'static str, error: ReaderError) -> Failure {
    match error {
        ReaderError::Refused(refusal) => {
            Failure::new(Exit::Failed, anyhow::anyhow!("{what}: {}", plain(&refusal.message)))
        }
        other => Failure::new(Exit::Failed, anyhow::Error::new(other).context(what)),
    }
}

/// What is recorded, and what is sent of it.
#[derive(Serialize)]
struct Shown {
    handover: Option<Handover>,
    #[serde(flatten)]
    outlook: Outlook,
}

/// What the next report takes of a record.
#[derive(Default, Serialize)]
struct Outlook {
    /// Fields that the policy in force asks for.
    asked: Vec<FieldId>,
    /// Those of them that this device's ceiling and consents let through.
    sent: Vec<FieldId>,
    /// Why nothing at all is collected.
    refused: Option<RefusalMessage>,
}

impl Shown {
    fn of(handover: Option<Handover>, context: &Context) -> Result<Self, Failure> {
        Ok(Self { handover, outlook: outlook(context)? })
    }
}

fn outlook(context: &Context) -> Result<Outlook, Failure> {
    let refused = |refusal| Ok(Outlook { refused: Some(refusal), ..Outlook::default() });
    let (device, mut trust) = match enrolled(context)? {
        Ok(enrolled) => enrolled,
        Err(nothing) => return refused(nothing.refusal),
    };
    let status = device.status(&context.observer(None));
    let mut announced = status.as_ref().map(|status| status.standing.recall()).unwrap_or_default();
    let accepted = match verdict::accept(&mut trust, &device.documents, &mut announced, context.now()) {
        Ok(accepted) => accepted,
        Err(refusal) => return refused((&refusal).into()),
    };
    if let Err(too_weak) = confinement::suffices(context, accepted.terms().document()) {
        return refused((&too_weak).into());
    }
    let permit = match status.and_then(|status| ReaderClient::permit_of(status, &accepted)) {
        Ok(permit) => permit,
        Err(ReaderError::Refused(refusal)) => return refused(refusal),
        Err(error) => return Err(failure("it cannot be told whether the record is sent", error)),
    };
    let named = accepted.terms().fields();
    let asked: Vec<FieldId> = FIELDS.into_iter().filter(|field| named.contains(*field)).collect();
    let sent = asked.iter().copied().filter(|field| permit.allows(*field)).collect();
    Ok(Outlook { asked, sent, refused: None })
}

fn write(shown: &Shown) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<10} {value}");
    };
    let Some(handover) = &shown.handover else {
        line("Recorded", "nothing; candor custody out --condition TEXT");
        line("Sent", &sent(&shown.outlook));
        return text;
    };
    let direction = match handover.direction {
        Direction::Out => "checked out",
        Direction::In => "checked in",
    };
    line("Recorded", &format!("{direction} at {}", handover.at));
    line("Condition", &plain(handover.condition.as_str()));
    line("Sent", &sent(&shown.outlook));
    text
}

fn sent(outlook: &Outlook) -> String {
    if let Some(refused) = &outlook.refused {
        return format!("nothing: {} ({})", plain(&refused.message), refused.code);
    }
    if outlook.asked.is_empty() {
        return "nothing: the policy does not ask for it".to_owned();
    }
    if outlook.sent.is_empty() {
        return "nothing: the policy asks for it, and this device's limits or a missing consent withhold it"
            .to_owned();
    }
    let names: Vec<&str> = outlook.sent.iter().map(|field| field.name()).collect();
    format!("with the next report: {}; see it with candor preview", names.join(", "))
}
