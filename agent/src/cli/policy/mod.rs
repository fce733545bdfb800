//! `candor policy`: what the rules on this device say.

use super::subject::{Nothing, enrolled};
use super::{Context, Exit, Failure, Format, notice, words};
use crate::acknowledge;
use crate::identity;
use crate::ledger::Ledger;
use crate::verdict;
use candor_notice::locale::{DEFAULT_LANGUAGE, Term, Words, instant, treatment_words};
use candor_notice::{Notice, Rendering, wrap};
use collector_proto::catalog::{FieldId, NEVER, Wording};
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::author::nearest_field;
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{PolicyDocument, PolicyRef, Verdict};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Arguments of `candor policy`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor policy show                  the rules in force, field by field
  candor policy explain host.mac      what the rules say about one kind of value
  candor policy history               the versions that reports were made under")]
pub struct PolicyArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show the policy in force
    #[command(after_help = "Examples:
  candor policy show                  who collects what, why, and for how long
  candor policy show --format json    the policy as it was signed")]
    Show(ListArgs),
    /// Explain what the policy says about a field
    #[command(after_help = "Examples:
  candor policy explain host.mac                  whether it is collected, how it is treated, and why
  candor policy explain host.mac --format json
  candor policy explain screen.capture            what there is no code for")]
    Explain(ExplainArgs),
    /// List the policy versions that reports were made under
    #[command(after_help = "Examples:
  candor policy history
  candor policy history --format json")]
    History(ListArgs),
}

#[derive(Debug, clap::Args)]
struct ListArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Language of the text, such as `en`; otherwise the one of the environment
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
}

#[derive(Debug, clap::Args)]
struct ExplainArgs {
    /// Name of the field, such as `host.mac`
    field: String,
    #[command(flatten)]
    list: ListArgs,
}

/// Shows the policy.
pub fn run(args: &PolicyArgs, context: &Context) -> Result<(), Failure> {
    match &args.verb {
        Verb::Show(args) => show(args, context),
        Verb::Explain(args) => explain(args, context),
        Verb::History(args) => history(args, context),
    }
}

/// A policy in force as `policy show --format json` writes it.
#[derive(Serialize)]
struct Shown<'a> {
    policy: PolicyRef,
    fresh_until: UtcTime,
    document: &'a PolicyDocument,
}

fn show(args: &ListArgs, context: &Context) -> Result<(), Failure> {
    let accepted = accept(context)?;
    let document = accepted.policy().document();
    if args.format == Format::Json {
        let shown = Shown { policy: accepted.reference(), fresh_until: accepted.fresh_until(), document };
        return context.print_json(&shown);
    }
    let words = words::load(args.lang.as_deref())?;
    context.print(&describe(&accepted, &words, words::width())?)
}

/// Verifies the policy as the reader would, without starting one: nothing of the machine is read.
fn accept(context: &Context) -> Result<AcceptedPolicy, Failure> {
    let (mut trust, documents) = enrolled(context)?.map_err(|nothing: Nothing| nothing.failure())?;
    match verdict::take(&context.paths, &mut trust, &documents, context.now())? {
        Verdict::InForce(accepted) | Verdict::Unacknowledged(accepted) => Ok(accepted),
        Verdict::Refused(refusal) => Err(Failure::new(
            Exit::Refused,
            anyhow::anyhow!("nothing is collected: {}", plain(&refusal.to_string())),
        )),
    }
}

fn describe(accepted: &AcceptedPolicy, words: &Words, width: usize) -> Result<String, Failure> {
    let document = accepted.policy().document();
    let group = plain(&document.group);
    let title = [("version", document.version.into()), ("group", group.as_ref().into())];
    let mut text = words.text_with("notice-policy-title", &title)? + "\n\n";
    let controller = &document.controller;
    for (label, value) in [
        ("notice-controller", plain(&controller.name).into_owned()),
        ("notice-contact", plain(&controller.contact).into_owned()),
        ("notice-about-digest", accepted.reference().sha256.to_string()),
        ("notice-about-effective", instant(document.effective_from)),
        ("notice-about-expires", instant(document.expires)),
        ("notice-about-fresh", instant(accepted.fresh_until())),
        ("notice-fact-interval", words.span(document.report_every)?),
    ] {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {}: {value}", words.text(label)?);
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
        for rule in accepted.policy().rules().filter(|rule| rule.purposes.contains(name)) {
            let title = words.title(Wording::Field, rule.field.name())?;
            let treatment = treatment_words(rule.treat, words)?.title;
            let _ = writeln!(text, "  - {title} ({}): {treatment}", rule.field);
        }
    }
    Ok(text)
}

/// What there is to say about a name, as `policy explain --format json` writes it.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Explanation {
    /// The rules name it; the notice's part about it follows.
    Ruled { field: String, notice: serde_json::Value },
    /// The catalogue has it, the rules do not.
    NotCollected { field: String },
    /// There is no code for it.
    Never { name: String },
    /// Nothing at all is collected.
    NothingCollected { field: String, reason: RefusalMessage },
}

fn explain(args: &ExplainArgs, context: &Context) -> Result<(), Failure> {
    let words = words::load(args.list.lang.as_deref())?;
    let name = args.field.as_str();
    if let Some(never) = NEVER.iter().find(|never| never.name == name) {
        let term = Term::of(Wording::Never, never.name, &words)?;
        let values =
            [("title", term.title.into()), ("field", name.into()), ("reason", term.description.into())];
        let text = words.text_with("notice-explain-never", &values)?;
        return answer(&Explanation::Never { name: name.to_owned() }, &text, args, context);
    }
    let field = FieldId::parse(name).ok_or_else(|| unknown(name, &words))?;
    let notice = notice::make(None, None, &words, context)?;
    let term = Term::of(Wording::Field, field.name(), &words)?;
    let values = [("title", term.title.as_str().into()), ("field", field.name().into())];
    if let Some(part) = notice.explain(field, &words, words::width())? {
        let notice = notice_part(&notice, field, &words)?;
        return answer(&Explanation::Ruled { field: name.to_owned(), notice }, &part, args, context);
    }
    let described =
        format!("{}\n{}", words.text_with("notice-explain-not-collected", &values)?, term.description);
    match notice.reason() {
        None => answer(&Explanation::NotCollected { field: name.to_owned() }, &described, args, context),
        Some(reason) => {
            let told =
                words.text_with("notice-explain-nothing", &[("reason", reason.message.as_str().into())])?;
            let text = format!("{told}\n{}: {}", term.title, term.description);
            let explanation = Explanation::NothingCollected { field: name.to_owned(), reason };
            answer(&explanation, &text, args, context)
        }
    }
}

fn answer(
    explanation: &Explanation,
    text: &str,
    args: &ExplainArgs,
    context: &Context,
) -> Result<(), Failure> {
    match args.list.format {
        Format::Json => context.print_json(explanation),
        Format::Text => {
            let width = words::width();
            let lines = text.lines().flat_map(|line| {
                if line.starts_with(' ') { vec![line.to_owned()] } else { wrap(line, width) }
            });
            context.print(&lines.fold(String::new(), |all, line| all + &line + "\n"))
        }
    }
}

fn notice_part(notice: &Notice, field: FieldId, words: &Words) -> Result<serde_json::Value, Failure> {
    let whole = notice.render(Rendering::Json, words)?;
    let mut whole: serde_json::Value = serde_json::from_str(&whole).map_err(anyhow::Error::from)?;
    let sections = whole["sections"].as_array_mut().into_iter().flatten();
    let mut fields = sections.filter_map(|section| section["fields"].as_array_mut()).flatten();
    Ok(fields
        .find(|part| part["id"] == field.name())
        .map_or(serde_json::Value::Null, serde_json::Value::take))
}

fn unknown(name: &str, words: &Words) -> Failure {
    let shown = plain(name);
    let told =
        words.text_with("notice-explain-unknown", &[("field", shown.as_ref().into())]).and_then(|told| {
            let Some(nearest) = nearest_field(name) else { return Ok(told) };
            let hint = words.text_with("notice-explain-nearest", &[("field", nearest.into())])?;
            Ok(format!("{told} {hint}"))
        });
    match told {
        Ok(told) => Failure::new(Exit::Usage, anyhow::anyhow!(told)),
        Err(error) => error.into(),
    }
}

/// One policy version that reports were made under.
#[derive(Serialize)]
struct Version {
    policy: PolicyRef,
    reports: u64,
    first_report: UtcTime,
    last_report: UtcTime,
    /// When its notice was first acknowledged.
    acknowledged: Option<UtcTime>,
}

fn history(args: &ListArgs, context: &Context) -> Result<(), Failure> {
    let versions = versions(context)?;
    if args.format == Format::Json {
        return context.print_json(&versions);
    }
    let words = words::load(args.lang.as_deref())?;
    if versions.is_empty() {
        return context.print(&(words.text("notice-history-none")? + "\n"));
    }
    let mut text = String::new();
    for version in versions {
        let values = [
            ("version", version.policy.version.into()),
            ("reports", version.reports.into()),
            ("first", instant(version.first_report).into()),
            ("last", instant(version.last_report).into()),
        ];
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}", words.text_with("notice-history-line", &values)?);
        let _ = writeln!(text, "  {}: {}", words.text("notice-about-digest")?, version.policy.sha256);
        if let Some(at) = version.acknowledged {
            let told = words.text_with("notice-history-acknowledged", &[("at", instant(at).into())])?;
            let _ = writeln!(text, "  {told}");
        }
    }
    context.print(&text)
}

/// The versions that the kept reports name, in the order of version and digest.
fn versions(context: &Context) -> Result<Vec<Version>, Failure> {
    // An enrolled device has both; on any other there is no history either.
    context.enrolment()?;
    let key = identity::load_key(&context.paths)?;
    let ledger = Ledger::view(&context.paths.ledger(), key.public())?;
    let acknowledged = acknowledge::list(context.paths.state()).map_err(anyhow::Error::from)?;
    let mut versions: BTreeMap<(u64, collector_proto::digest::Digest), Version> = BTreeMap::new();
    for (entry, _) in ledger.entries() {
        let recorded = ledger.load(entry)?;
        let report = recorded.report().document();
        let policy = report.policy;
        let version = versions.entry((policy.version, policy.sha256)).or_insert_with(|| Version {
            policy,
            reports: 0,
            first_report: report.created,
            last_report: report.created,
            acknowledged: acknowledged
                .iter()
                .filter(|record| record.policy == policy)
                .map(|record| record.at)
                .min(),
        });
        version.reports += 1;
        version.first_report = version.first_report.min(report.created);
        version.last_report = version.last_report.max(report.created);
    }
    Ok(versions.into_values().collect())
}
