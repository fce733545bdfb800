//! `candor sent list`.

use super::Books;
use crate::cli::{Context, Failure, Format};
use crate::ledger::{Bound, Fate};
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::fmt::Write as _;

/// Arguments of `candor sent list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// One line of the list.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Line {
    Report {
        entry: u64,
        created: UtcTime,
        stream: String,
        seq: u64,
        policy_version: u64,
        bytes: usize,
        state: Fate,
        received_at: Option<UtcTime>,
        stored_until: Option<UtcTime>,
        problem: Option<String>,
    },
    Dropped {
        first: u64,
        last: u64,
        at: UtcTime,
        state: Fate,
        why: Bound,
    },
}

/// Lists every report.
pub(super) fn run(args: &ListArgs, books: &Books, context: &Context) -> Result<(), Failure> {
    let lines = lines(books)?;
    if args.format == Format::Json {
        return context.print_json(&lines);
    }
    if lines.is_empty() {
        return context.print("Nothing was recorded or sent.\n");
    }
    let mut text = format!(
        "{:>6}  {:<20}  {:>6}  {:>9}  {}\n",
        "report", "made", "policy", "bytes", "what happened to it"
    );
    for line in &lines {
        write_line(&mut text, line);
    }
    context.print(&text)
}

/// Every report and every record of dropped ones, oldest first.
fn lines(books: &Books) -> Result<Vec<Line>, Failure> {
    let ledger = &books.ledger;
    let mut lines = Vec::new();
    for range in ledger.dropped() {
        let record = ledger.drop_record(range)?;
        let record = record.document();
        let (first, last, at) = (record.first, record.last, record.created);
        lines.push((first, Line::Dropped { first, last, at, state: record.fate, why: record.why }));
    }
    for (entry, state) in ledger.entries() {
        let recorded = ledger.load(entry)?;
        let receipt = ledger.receipt(&recorded, &books.receipt_keys)?;
        let report = recorded.report().document();
        let problem = ledger
            .refusal(entry)?
            .and_then(|note| note.document().problem.kind())
            .map(|k| k.title().to_owned());
        let line = Line::Report {
            entry,
            created: report.created,
            stream: report.stream.clone(),
            seq: report.seq,
            policy_version: report.policy.version,
            bytes: recorded.report().body().len(),
            state,
            received_at: receipt.as_ref().map(|receipt| receipt.received_at),
            stored_until: receipt.as_ref().map(|receipt| receipt.stored_until),
            problem,
        };
        lines.push((entry, line));
    }
    lines.sort_by_key(|(first, _)| *first);
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

fn write_line(text: &mut String, line: &Line) {
    // Writing to a String cannot fail.
    let _ = match line {
        Line::Report { entry, created, policy_version, bytes, state, stored_until, problem, .. } => {
            let fate = match (state, stored_until, problem) {
                (Fate::Receipted, Some(until), _) => {
                    format!("receipted; the collector keeps it until {}", until.date())
                }
                (Fate::Refused, _, Some(problem)) => format!("refused: {problem}"),
                (Fate::Receipted | Fate::Refused, _, _) => state.name().to_owned(),
                (Fate::Unsent, _, _) => "not receipted; it may have left".to_owned(),
            };
            writeln!(text, "{entry:>6}  {created:<20}  {policy_version:>6}  {bytes:>9}  {fate}")
        }
        Line::Dropped { first, last, at, state, why } => {
            let why = match why {
                Bound::Age => "too old",
                Bound::Bytes => "the ledger was full",
            };
            writeln!(text, "{first:>6}  to {last}: {} reports dropped on {} ({why})", state.name(), at.date())
        }
    };
}
