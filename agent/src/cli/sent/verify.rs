//! `candor sent verify`.

use super::compare::{Compared, compare};
use crate::cli::{Context, Exit, Failure, Format, confinement, online, owner};
use crate::reader_client::{ReaderClient, ReaderError};
use crate::sent::Books;
use collector_proto::disclosure::LedgerHead;
use collector_proto::disclosure::sent::{Findings, Held, VerifiedSent};
use serde::Serialize;

/// Arguments of `candor sent verify`.
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    /// Also ask the collector which reports it has
    #[arg(long)]
    online: bool,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What was found, and what the ledger was compared with.
#[derive(Serialize)]
struct Verified {
    #[serde(flatten)]
    findings: Findings,
    /// The newest entry that the reader knows of.
    known_to_the_reader: Option<LedgerHead>,
    /// How the ledger holds that entry.
    held: Option<Held>,
    compared_with_the_collector: bool,
    /// What came of asking it, where it was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    collector: Option<Compared>,
}

/// Verifies every entry; the first that is wrong is the failure.
pub(super) fn run(args: &VerifyArgs, context: &Context) -> Result<(), Failure> {
    let verified = match args.online {
        true => with_collector(context)?,
        false if context.is_own() => own(&context.reader(None), context)?.0,
        false => Verified::held_to_the_reader(&context.observer(None).verify_sent()?)?,
    };
    match args.format {
        Format::Json => context.print_json(&verified)?,
        Format::Text => context.print(&text(&verified))?,
    }
    verified.collector.map_or(Ok(()), Compared::outcome)
}

/// This user's own ledger, held to what the reader knows.
fn own(reader: &ReaderClient, context: &Context) -> Result<(Verified, Books), Failure> {
    // Before the ledger is viewed: an agent at work moves both on.
    let documents = context.documents()?;
    let known = reader.status(&documents).map(|status| status.ledger);
    let books = context.books()?;
    let number = known.as_ref().ok().and_then(Option::as_ref).map(|head| head.entries);
    let found = books.verify(number)?;
    let known = known.map_err(unknown)?;
    Ok((Verified::held_to_the_reader(&found.against(known))?, books))
}

/// The same, and then with the collector's word on what it has. It is asked with the device's key, so this process works as the
/// agent and is confined as its steps are.
fn with_collector(context: &Context) -> Result<Verified, Failure> {
    owner::start_over(context)?;
    if !context.is_own() {
        return Err(Failure::new(
            Exit::Failed,
            anyhow::anyhow!(
                "the collector is asked with the device's key, which root and the agent's user alone can use; without --online the \
                 ledger is held to what the reader knows"
            ),
        ));
    }
    let reader = context.reader(None);
    let enrolment = context.enrolment_by(&reader)?;
    let way = online::way(context, &enrolment.collector);
    reader.prepare(1);
    confinement::enter(context, &way, &reader);
    let (verified, before) = own(&reader, context)?;
    let collector = compare(&way, &enrolment, &before, context)?;
    Ok(Verified {
        compared_with_the_collector: collector.is_compared(),
        collector: Some(collector),
        ..verified
    })
}

impl Verified {
    fn held_to_the_reader(found: &VerifiedSent) -> Result<Self, Failure> {
        let VerifiedSent { findings, known: known_to_the_reader, held, other } = *found;
        match other {
            Some(other) => Err(Failure::new(Exit::Tampered, other)),
            None => Ok(Self {
                findings,
                known_to_the_reader,
                held,
                compared_with_the_collector: false,
                collector: None,
            }),
        }
    }
}

fn text(verified: &Verified) -> String {
    let Findings { reports, receipts, refused, unsent, dropped } = verified.findings;
    let reader = match (verified.known_to_the_reader, verified.held) {
        (Some(LedgerHead { entries, .. }), Some(Held::Dropped)) => format!(
            "Report {entries}, the newest that the reader was told of, was dropped to keep the ledger within its bounds, so that it \
             cannot be compared."
        ),
        (Some(LedgerHead { entries, .. }), _) => {
            format!("None is missing of the {entries} that the reader was told of.")
        }
        (None, _) => {
            "The reader was told of none yet, so that a missing one would not be noticed.".to_owned()
        }
    };
    let collector = match &verified.collector {
        Some(compared) => compared.text(),
        None => "What the collector has was not compared; --online asks it.".to_owned(),
    };
    format!(
        "Every entry verifies: {reports} reports, {receipts} receipts, {refused} refused, {unsent} not receipted, \
         {dropped} dropped and recorded as such.\n{reader}\n{collector}\n"
    )
}

/// Without the reader's word a ledger that lost its end cannot be told from a young one.
fn unknown(error: ReaderError) -> Failure {
    let error = Failure::from(error).error;
    Failure::new(
        Exit::Failed,
        error.context("every entry verifies, but it is unknown whether the last ones are missing"),
    )
}
