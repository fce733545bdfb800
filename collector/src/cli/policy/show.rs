//! `policy show`

use crate::cli::Data;
use crate::cli::output::{self, Format};
use crate::store::{PolicyVersions, PublishedPolicy, all, wait};
use collector_proto::policy::PolicyDocument;
use std::io::Write;
use std::process::ExitCode;

/// Arguments of `policy show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector policy show --data /srv/candor
  candor-collector policy show --data /srv/candor --group default --all --format json")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// Only this group's
    #[arg(long, value_name = "NAME")]
    group: Option<String>,
    /// Earlier versions too
    #[arg(long)]
    all: bool,
    /// How the policies are printed; JSON has the whole documents
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(serde::Serialize)]
struct Shown {
    group: String,
    version: u64,
    sha256: String,
    published: String,
    document: PolicyDocument,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let store = args.data.store()?;
    let versions = if args.all { PolicyVersions::All } else { PolicyVersions::Current };
    let published = wait(all(|page| store.policies(versions, page)))?;
    let wanted =
        published.into_iter().filter(|policy| args.group.as_ref().is_none_or(|group| policy.group == *group));
    let shown: Vec<_> = wanted.map(shown).collect::<anyhow::Result<_>>()?;
    match args.format {
        Format::Json => output::json(out, &serde_json::json!({ "policies": shown }))?,
        Format::Text => {
            let rows: Vec<_> = shown
                .into_iter()
                .map(|policy| {
                    let fields = policy.document.rules.len().to_string();
                    let expires = policy.document.expires.to_string();
                    [
                        policy.group,
                        policy.version.to_string(),
                        fields,
                        policy.published,
                        expires,
                        policy.sha256,
                    ]
                })
                .collect();
            output::table(out, ["GROUP", "VERSION", "FIELDS", "PUBLISHED", "EXPIRES", "DIGEST"], &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(policy: PublishedPolicy) -> anyhow::Result<Shown> {
    Ok(Shown {
        document: serde_json::from_slice(&policy.envelope.unverified_payload()?)?,
        group: policy.group,
        version: policy.reference.version,
        sha256: policy.reference.sha256.to_string(),
        published: policy.published_at.to_string(),
    })
}
