//! `token list`

use crate::admin::tokens;
use crate::cli::output::{Output, or_dash};
use crate::cli::{Listing, walk};
use std::process::ExitCode;

pub(super) async fn run(args: &Listing, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let (admin, actor) = args.data.open()?;
    let tokens = walk(None, async |page| tokens::list(&admin, &actor, page).await).await?;
    let heading = ["TOKEN SHA-256", "STATE", "GROUP", "CREATED", "EXPIRES", "USED BY"];
    out.listing(args.format, "tokens", tokens, heading, |token| {
        let digits = token.sha256.trim_start_matches("sha256:").chars().take(16).collect();
        let (created, expires) = (token.created.to_string(), token.expires.to_string());
        [digits, token.state.name().to_owned(), token.group, created, expires, or_dash(token.used_by)]
    })?;
    Ok(ExitCode::SUCCESS)
}
