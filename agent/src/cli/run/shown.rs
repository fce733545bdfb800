//! Where one user does everything, no service writes the notice that everybody can open: then what was announced is written into the
//! state directory before the next cycle, and counts as shown from then on.
//!
//! ```text
//! notice/index.html, notice.txt, notice.json   as a service writes them elsewhere
//! notice/shown.json                            {"version":8,"sha256":"…"}   the newest version that they were written for
//! ```

use crate::cli::{Context, Failure, everybody, words};
use crate::durable;
use crate::pipeline::CycleError;
use crate::reader_client::ReaderClient;
use anyhow::Context as _;
use candor_durable::{Directory, Role};
use collector_proto::digest::Digest;
use std::path::PathBuf;

/// More than such a file has.
const SHOWN_BYTES: usize = 1024;

/// Shows the newest version that the collector gave, unless it was. What keeps it from being shown keeps nothing else.
pub(super) fn show(root: Option<PathBuf>, context: &Context) {
    let reader = context.reader(root);
    if !reader.is_started() {
        return;
    }
    if let Err(failure) = try_to_show(&reader, context) {
        tracing::warn!("the notice is not written: {:#}", failure.error);
    }
}

fn try_to_show(reader: &ReaderClient, context: &Context) -> Result<(), Failure> {
    let documents = context.documents()?;
    let Some(newest) = documents.policies.last().and_then(|newest| newest.unverified_digest().ok()) else {
        return Ok(());
    };
    if durable::read_json::<Digest>(&context.paths.shown(), SHOWN_BYTES)? == Some(newest) {
        return Ok(());
    }
    let directory = context.paths.notice();
    Directory::make(&directory, Role::NoticeDirectory)
        .with_context(|| format!("{} cannot be made", directory.display()))?;
    reader.keep_documents(&documents)?;
    everybody::show_by(&directory, reader, &words::load(None)?, context)?;
    Ok(durable::replace_json(&context.paths.shown(), "shown", &newest)?)
}

/// The reader says that it was not: then it is shown before the next cycle, whatever is kept here.
pub(super) fn forget_if_not_shown(error: &CycleError, context: &Context) {
    if error.is_not_shown()
        && let Err(error) = durable::remove(&context.paths.shown())
    {
        tracing::warn!(%error, "the notice is not written again");
    }
}
