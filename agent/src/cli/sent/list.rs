//! `candor sent list`.

use crate::cli::{Context, Failure, Format};
use collector_proto::disclosure::sent::{Bound, Fate, SentLine};
use collector_proto::messages::ProblemKind;
use std::fmt::Write as _;

/// Arguments of `candor sent list`.
#[derive(Debug, clap::Args)]
pub(super) struct ListArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// Lists every report.
pub(super) fn run(args: &ListArgs, context: &Context) -> Result<(), Failure> {
    let list = if context.is_own() {
        context.books()?.list(usize::MAX)?
    } else {
        context.observer(None).sent_list()?
    };
    if args.format == Format::Json {
        return context.print_json(&list);
    }
    if list.lines.is_empty() {
        return context.print("Nothing was recorded or sent.\n");
    }
    let mut text = format!(
        "{:>6}  {:<20}  {:>6}  {:>9}  {}\n",
        "report", "made", "policy", "bytes", "what happened to it"
    );
    if list.left_out > 0 {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:>6}  {} older lines are left out here; root sees all", "", list.left_out);
    }
    for line in &list.lines {
        write_line(&mut text, line);
    }
    context.print(&text)
}

fn write_line(text: &mut String, line: &SentLine) {
    // Writing to a String cannot fail.
    let _ = match line {
        SentLine::Report { entry, created, policy_version, bytes, state, stored_until, problem, .. } => {
            let fate = match (state, stored_until, problem) {
                (Fate::Receipted, Some(until), _) => {
                    format!("receipted; the collector keeps it until {}", until.date())
                }
                // It says what was so at its time; nothing of that is due again.
                (Fate::Refused, _, Some(problem @ ProblemKind::SupersededPolicy)) => {
                    format!("refused: {}; the next report says what is so now", problem.title())
                }
                (Fate::Refused, _, Some(problem)) => format!("refused: {}", problem.title()),
                (Fate::Receipted | Fate::Refused, _, _) => state.name().to_owned(),
                (Fate::Unsent, _, _) => "not receipted; it may have left".to_owned(),
            };
            writeln!(text, "{entry:>6}  {created:<20}  {policy_version:>6}  {bytes:>9}  {fate}")
        }
        SentLine::Dropped { first, last, at, state, why } => {
            let why = match why {
                Bound::Age => "too old",
                Bound::Bytes => "the ledger was full",
            };
            writeln!(text, "{first:>6}  to {last}: {} reports dropped on {} ({why})", state.name(), at.date())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_that_came_too_late_for_its_policy_is_said_to_be_followed() {
        let line = serde_json::from_value(serde_json::json!({
            "kind": "report", "entry": 2, "created": "2027-02-01T08:00:00Z", "stream": "0".repeat(32), "seq": 2,
            "policy_version": 1, "bytes": 900, "state": "refused", "received_at": null, "stored_until": null,
            "problem": "superseded-policy",
        }));
        let mut text = String::new();
        write_line(&mut text, &line.unwrap());
        let said = "refused: The policy that the report was made under was replaced, has expired, or is not in force yet; the \
                    next report says what is so now";
        assert!(text.contains(said), "{text}");
    }
}
