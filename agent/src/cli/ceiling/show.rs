//! `candor ceiling show`: what may be collected here at most, and what that withholds of the policy.

use super::Drift;
use super::file::is_told_of_all;
use crate::cli::subject::enrolled;
use crate::cli::{Context, Failure, Format};
use crate::reader_client::{ReaderClient, ReaderError};
use crate::verdict;
use collector_proto::catalog::FieldId;
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::{Allowance, Ceiling, Withheld};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Arguments of `candor ceiling show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor ceiling show
  candor ceiling show --format json

Which accounts nothing is read about is shown to root, and to each of these accounts about itself.")]
pub(super) struct ShowArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// The ceiling, and what follows from it now.
#[derive(Serialize)]
struct Shown<'a> {
    ceiling: &'a Ceiling,
    /// Until when nothing is read for a report and nothing is sent.
    quiet_until: Option<UtcTime>,
    #[serde(flatten)]
    effect: Effect,
    drift: Option<Drift>,
    /// Whether every account is named about which nothing is read, or this one alone.
    #[serde(skip)]
    names_all: bool,
}

/// What the ceiling does to the policy.
#[derive(Default, Serialize)]
struct Effect {
    /// Fields of the policy in force that it withholds.
    withheld: Vec<FieldId>,
    /// Why there is no policy to look at.
    refused: Option<RefusalMessage>,
}

pub(super) fn run(args: &ShowArgs, context: &Context) -> Result<(), Failure> {
    let ceiling = context.observer(None).ceiling()?;
    match args.format {
        Format::Json => context.print_json(&shown(&ceiling, context)?),
        Format::Text => print_text(&ceiling, context),
    }
}

/// Prints it for people.
pub(super) fn print_text(ceiling: &Ceiling, context: &Context) -> Result<(), Failure> {
    context.print(&write(&shown(ceiling, context)?))
}

fn shown<'a>(ceiling: &'a Ceiling, context: &Context) -> Result<Shown<'a>, Failure> {
    let effect = if *ceiling == Ceiling::Unset { Effect::default() } else { effect(context)? };
    let quiet_until = ceiling.quiet_until(context.now());
    let (drift, names_all) = (Drift::of(ceiling, context), is_told_of_all(context));
    Ok(Shown { ceiling, quiet_until, effect, drift, names_all })
}

fn effect(context: &Context) -> Result<Effect, Failure> {
    let refused = |refusal| Ok(Effect { refused: Some(refusal), ..Effect::default() });
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
    match status.and_then(|status| ReaderClient::permit_of(status, &accepted)) {
        Ok(permit) => {
            let by_ceiling = permit.withheld().filter(|(_, why)| *why == Withheld::Ceiling);
            Ok(Effect { withheld: by_ceiling.map(|(field, _)| field).collect(), refused: None })
        }
        Err(ReaderError::Refused(refusal)) => refused(refusal),
        Err(error) => Err(error.into()),
    }
}

fn write(shown: &Shown<'_>) -> String {
    let mut text = String::new();
    let mut line = |label: &str, value: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{label:<12} {value}");
    };
    match shown.ceiling {
        Ceiling::Unset => line("Ceiling", "none: the policy alone decides what is collected here"),
        Ceiling::Set(terms) => {
            let mut label = "Allowed";
            for (allowance, fields) in by_allowance(&terms.allow) {
                line(label, &format!("{}: {}", words(allowance), names(&fields)));
                label = "";
            }
            if terms.allow.is_empty() {
                line(label, "nothing: no field may be collected here");
            }
            if let Some(hours) = &terms.quiet_hours {
                line("Quiet hours", &plain(&hours.to_string()));
            }
            if let Some(until) = shown.quiet_until {
                line("", &format!("now, until {until}: nothing is read for a report and nothing is sent"));
            }
            let never: Vec<String> = terms.never.iter().map(ToString::to_string).collect();
            if !never.is_empty() {
                let whom = if shown.names_all { "" } else { " (this account)" };
                line("Never", &plain(&format!("{}{whom}", never.join(", "))));
            }
            match &shown.effect {
                Effect { refused: Some(refused), .. } => {
                    line("Withheld", &format!("not known: {} ({})", plain(&refused.message), refused.code));
                }
                Effect { withheld, .. } if withheld.is_empty() => {
                    line("Withheld", "nothing of the policy in force");
                }
                Effect { withheld, .. } => line("Withheld", &names(withheld)),
            }
        }
    }
    if let Some(drift) = &shown.drift {
        line("File", &drift.told);
    }
    text
}

/// The fields that may be collected in the same way, together.
fn by_allowance(allow: &BTreeMap<FieldId, Allowance>) -> Vec<(Allowance, Vec<FieldId>)> {
    let mut groups: Vec<(Allowance, Vec<FieldId>)> = Vec::new();
    for (field, allowance) in allow {
        match groups.iter_mut().find(|(known, _)| known == allowance) {
            Some((_, fields)) => fields.push(*field),
            None => groups.push((*allowance, vec![*field])),
        }
    }
    groups
}

/// `as read, for at most 90 days, also about accounts`.
fn words(Allowance { treat, retention, accounts }: Allowance) -> String {
    let life = retention.map_or(String::new(), |span| format!(", for at most {}", span.words()));
    let whom = if accounts { ", also about accounts" } else { "" };
    format!("{}{life}{whom}", treat.words())
}

fn names(fields: &[FieldId]) -> String {
    fields.iter().map(|field| field.name()).collect::<Vec<_>>().join(", ")
}
