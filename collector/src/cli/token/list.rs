//! `token list`

use crate::admin::tokens;
use crate::cli::output::{Format, Output, or_dash};
use crate::cli::{Data, walk};
use std::process::ExitCode;

/// Arguments of `token list`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector token list --data /srv/candor --format json")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// How the list is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let tokens = walk(None, async |page| tokens::list(&admin, &actor, page).await).await?;
    match args.format {
        Format::Json => out.json(&serde_json::json!({ "tokens": tokens }))?,
        Format::Text => {
            let rows: Vec<_> = tokens
                .into_iter()
                .map(|token| {
                    let digits = token.sha256.trim_start_matches("sha256:").chars().take(16).collect();
                    let (created, expires) = (token.created.to_string(), token.expires.to_string());
                    [
                        digits,
                        token.state.name().to_owned(),
                        token.group,
                        created,
                        expires,
                        or_dash(token.used_by),
                    ]
                })
                .collect();
            out.table(["TOKEN SHA-256", "STATE", "GROUP", "CREATED", "EXPIRES", "USED BY"], &rows)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
