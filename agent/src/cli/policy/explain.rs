//! `candor policy explain`.

use super::ListArgs;
use crate::cli::{Context, Exit, Failure, Format, notice, words};
use candor_notice::locale::{Term, Words};
use candor_notice::{Notice, Rendering, wrap};
use collector_proto::catalog::{FieldId, NEVER, Wording};
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::author::nearest_field;
use collector_proto::text::plain;
use serde::Serialize;

/// Arguments of `candor policy explain`.
#[derive(Debug, clap::Args)]
pub(super) struct ExplainArgs {
    /// Name of the field, such as `host.mac`
    field: String,
    #[command(flatten)]
    list: ListArgs,
}

/// What there is to say about a name, as `policy explain --format json` writes it.
#[derive(Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
enum Explained {
    /// The rules name it; the notice's part about it follows.
    Ruled { field: String, notice: serde_json::Value },
    /// The catalogue has it, the rules do not.
    NotCollected { field: String },
    /// There is no code for it.
    Never { name: String },
    /// Nothing at all is collected.
    NothingCollected { field: String, reason: RefusalMessage },
}

/// Explains what the policy says about a field.
pub(super) fn run(args: &ExplainArgs, context: &Context) -> Result<(), Failure> {
    let words = words::load(args.list.lang.as_deref())?;
    let name = args.field.as_str();
    if let Some(never) = NEVER.iter().find(|never| never.name == name) {
        let term = Term::of(Wording::Never, never.name, &words)?;
        let values =
            [("title", term.title.into()), ("field", name.into()), ("reason", term.description.into())];
        let text = words.text_with("notice-explain-never", &values)?;
        return answer(&Explained::Never { name: name.to_owned() }, &text, args, context);
    }
    let field = FieldId::parse(name).ok_or_else(|| unknown(name, &words))?;
    let notice = notice::make(None, None, &words, context)?;
    let term = Term::of(Wording::Field, field.name(), &words)?;
    let values = [("title", term.title.as_str().into()), ("field", field.name().into())];
    if let Some(part) = notice.explain(field, &words, words::width())? {
        let notice = notice_part(&notice, field, &words)?;
        return answer(&Explained::Ruled { field: name.to_owned(), notice }, &part, args, context);
    }
    let described =
        format!("{}\n{}", words.text_with("notice-explain-not-collected", &values)?, term.description);
    match notice.reason() {
        None => answer(&Explained::NotCollected { field: name.to_owned() }, &described, args, context),
        Some(reason) => {
            let told =
                words.text_with("notice-explain-nothing", &[("reason", reason.message.as_str().into())])?;
            let text = format!("{told}\n{}: {}", term.title, term.description);
            let explanation = Explained::NothingCollected { field: name.to_owned(), reason };
            answer(&explanation, &text, args, context)
        }
    }
}

fn answer(explanation: &Explained, text: &str, args: &ExplainArgs, context: &Context) -> Result<(), Failure> {
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
