//! `candor preview`: what would be sent now. Sends nothing and stores no value; the reader keeps that it was looked.

use super::subject::{Subject, observe};
use super::{Context, Failure, Format, words};
use crate::reader_client::Disclosed;
use candor_notice::locale::{Words, instant};
use candor_notice::table::{Layout, TableContent, table};
use candor_notice::wrap;
use collector_proto::catalog::Section;
use collector_proto::disclosure::Sandbox;
use collector_proto::policy::{Standing, Versions};
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Arguments of `candor preview`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor preview                             what would be sent now
  candor preview --policy draft.toml         what a policy would send that is not signed yet
  candor preview --root /mnt/image           what would be sent of the system in that directory
  candor preview --format json               the rows exactly as they would be sent, and under what")]
pub struct PreviewArgs {
    /// An author's policy file, taken as a draft
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Read the system in DIR instead of this one
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Language of the text, such as `en`; otherwise the one of the environment
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
}

/// Shows the preview.
pub fn run(args: &PreviewArgs, context: &Context) -> Result<(), Failure> {
    // Before anything is read: an unknown language is told at once. JSON has no words, and loads none.
    let words = match args.format {
        Format::Text => Some(words::load(args.lang.as_deref())?),
        Format::Json => None,
    };
    let asked_at = context.now();
    match observe(args.policy.as_deref(), args.root.clone(), context)? {
        Subject::InForce(disclosed) => {
            let head = Head::of(State::InForce, Some(disclosed.permit().versions().clone()), &disclosed);
            write(&disclosed, &head, asked_at, words.as_ref(), context)
        }
        Subject::Awaiting(disclosed) => {
            let head = Head::of(
                State::AwaitingAcknowledgement,
                Some(disclosed.permit().versions().clone()),
                &disclosed,
            );
            write(&disclosed, &head, asked_at, words.as_ref(), context)
        }
        Subject::Draft(disclosed) => {
            write(&disclosed, &Head::of(State::Draft, None, &disclosed), asked_at, words.as_ref(), context)
        }
        Subject::Nothing(nothing) => Err(nothing.failure()),
    }
}

/// What stands beside the rows in JSON, so that nobody takes a draft's for what is sent.
#[derive(Serialize)]
struct Head<'a> {
    standing: State,
    /// The signed policy; a draft has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    policy: Option<Versions>,
    /// What kept the reader to the permit.
    sandbox: Sandbox,
    /// When it was read: an account's preview is repeated for a minute.
    read_at: UtcTime,
    /// Sections of which whoever looks does not see everything.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    left_out: &'a BTreeSet<Section>,
}

impl<'a> Head<'a> {
    fn of<S: Standing>(standing: State, policy: Option<Versions>, disclosed: &'a Disclosed<S>) -> Self {
        let (sandbox, read_at) = (disclosed.sandbox(), disclosed.read_at());
        Self { standing, policy, sandbox, read_at, left_out: disclosed.left_out() }
    }
}

/// Whether the rows would be sent.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    /// A signed policy is in force.
    InForce,
    /// It has to be acknowledged first.
    AwaitingAcknowledgement,
    /// Nobody has signed it.
    Draft,
}

impl State {
    /// The words that stand above the rows.
    const fn message(self) -> &'static str {
        match self {
            Self::InForce => "notice-list-preview",
            Self::AwaitingAcknowledgement => "notice-list-preview-awaiting",
            Self::Draft => "notice-list-preview-draft",
        }
    }
}

fn write<S: Standing>(
    disclosed: &Disclosed<S>,
    head: &Head<'_>,
    asked_at: UtcTime,
    words: Option<&Words>,
    context: &Context,
) -> Result<(), Failure> {
    let shown = TableContent::from(disclosed.disclosure());
    let Some(words) = words else {
        return context.print(&(shown.to_json(head) + "\n"));
    };
    let treatment = |field| disclosed.permit().grant(field).map(|grant| grant.treatment);
    let layout = Layout { width: words::width(), rows: None };
    let mut told = words.text(head.standing.message())?;
    if head.read_at < asked_at {
        told = format!(
            "{told}\n{}",
            words.text_with("notice-list-repeated", &[("at", instant(head.read_at).into())])?
        );
    }
    if !head.left_out.is_empty() {
        told = format!("{told}\n{}", words.text("notice-left-out")?);
    }
    let told: Vec<String> = told.lines().flat_map(|line| wrap(line, words::width())).collect();
    context.print(&format!("{}\n\n{}", told.join("\n"), table(&shown, words, layout, &treatment)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use collector_proto::disclosure::Split;
    use std::collections::BTreeMap;

    #[test]
    fn json_says_under_what_the_rows_stand() {
        let failed = BTreeMap::new();
        let content = TableContent { sections: Vec::new(), absent: BTreeMap::new(), failed: &failed };
        let sandbox =
            Sandbox { files: true, calls: true, capabilities: true, landlock_abi: 7, split: Split::Enforced };
        let (read_at, left_out) = (UtcTime::from_unix(1_000_000), BTreeSet::new());
        let head = |standing, policy, left_out| Head { standing, policy, sandbox, read_at, left_out };
        let written =
            |head: Head<'_>| serde_json::from_str::<serde_json::Value>(&content.to_json(&head)).unwrap();
        let draft = written(head(State::Draft, None, &left_out));
        assert_eq!(
            draft,
            serde_json::json!({
                "standing": "draft",
                "sandbox": {
                    "files": true, "calls": true, "capabilities": true, "split": "enforced", "landlock_abi": 7
                },
                "read_at": "1970-01-12T13:46:40Z",
                "sections": {},
                "absent": {},
            })
        );
        let sha256 = collector_proto::digest::Digest::of(b"policy");
        let policy = Some(Versions { placement: 0, version: 7, sha256, coming: Vec::new() });
        let others = BTreeSet::from([Section::User]);
        let awaiting = written(head(State::AwaitingAcknowledgement, policy.clone(), &others));
        assert_eq!(awaiting["standing"], "awaiting_acknowledgement");
        assert_eq!(awaiting["policy"]["version"], 7);
        assert_eq!(awaiting["left_out"], serde_json::json!(["user"]));
        assert_eq!(awaiting["policy"]["sha256"], sha256.to_string());
        assert_eq!(written(head(State::InForce, policy, &left_out))["standing"], "in_force");
    }
}
