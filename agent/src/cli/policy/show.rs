//! `candor policy show`: what holds now, and which versions are coming.

use super::ListArgs;
use crate::cli::in_force::InForce;
use crate::cli::subject::{Nothing, enrolled};
use crate::cli::{Context, Exit, Failure, Format, words};
use crate::verdict;
use candor_notice::locale::{DEFAULT_LANGUAGE, Words, instant, treatment_words};
use candor_notice::wrap;
use collector_proto::catalog::Wording;
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::fmt::Write as _;

/// A policy in force as `policy show --format json` writes it.
#[derive(Serialize)]
struct Shown<'a> {
    policy: InForce,
    fresh_until: UtcTime,
    document: &'a PolicyDocument,
}

/// Shows the policy in force.
pub(super) fn run(args: &ListArgs, context: &Context) -> Result<(), Failure> {
    let accepted = accept(context)?;
    let document = accepted.terms().document();
    if args.format == Format::Json {
        let shown = Shown { policy: InForce::of(&accepted), fresh_until: accepted.fresh_until(), document };
        return context.print_json(&shown);
    }
    let words = words::load(args.lang.as_deref())?;
    context.print(&describe(&accepted, &words, words::width())?)
}

/// Verifies the policy as the reader would, which says what stands: nothing of the machine is read.
fn accept(context: &Context) -> Result<AcceptedPolicy, Failure> {
    let (device, mut trust) = enrolled(context)?.map_err(|nothing: Nothing| nothing.failure())?;
    let mut announced = device.status(&context.observer(None))?.standing.recall();
    verdict::accept(&mut trust, &device.documents, &mut announced, context.now()).map_err(|refusal| {
        Failure::new(Exit::Refused, anyhow::anyhow!("nothing is collected: {}", plain(&refusal.to_string())))
    })
}

fn describe(accepted: &AcceptedPolicy, words: &Words, width: usize) -> Result<String, Failure> {
    let document = accepted.terms().document();
    let group = plain(&document.group);
    let title = [("version", document.version.into()), ("group", group.as_ref().into())];
    let mut text = words.text_with("notice-policy-title", &title)? + "\n\n";
    let controller = &document.controller;
    for (label, value) in [
        ("notice-controller", plain(&controller.name).into_owned()),
        ("notice-contact", plain(&controller.contact).into_owned()),
        ("notice-about-digest", accepted.versions().sha256.to_string()),
        ("notice-about-effective", instant(document.effective_from)),
        ("notice-about-expires", instant(document.expires)),
        ("notice-about-fresh", instant(accepted.fresh_until())),
        ("notice-fact-interval", words.span(document.report_every)?),
    ] {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}: {value}", words.text(label)?);
    }
    for coming in InForce::of(accepted).coming {
        let _ = writeln!(text, "  Coming: {coming}");
    }
    for (name, purpose) in &document.purposes {
        let _ = writeln!(text, "\n{} ({})", words.title(Wording::Purpose, &purpose.dpv)?, plain(name));
        let spoken = purpose.text.get(words.language()).or_else(|| purpose.text.get(DEFAULT_LANGUAGE));
        for line in wrap(&plain(spoken.map_or("", String::as_str)), width.saturating_sub(2)) {
            let _ = writeln!(text, "  {line}");
        }
        let basis = words.title(Wording::Basis, purpose.legal_basis.name())?;
        let _ = writeln!(
            text,
            "  {basis} ({}), {}",
            purpose.legal_basis.article(),
            words.span(purpose.retention)?
        );
        for rule in accepted.terms().rules().filter(|rule| rule.purposes.contains(name)) {
            let title = words.title(Wording::Field, rule.field.name())?;
            let treatment = treatment_words(rule.treat, words)?.title;
            let _ = writeln!(text, "  - {title} ({}): {treatment}", rule.field);
        }
    }
    Ok(text)
}
