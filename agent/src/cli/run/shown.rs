//! Where one user does everything, no service writes the notice that everybody can open: then what was announced is written into the
//! state directory before the next cycle, and counts as shown from then on.
//!
//! ```text
//! notice/index.html, notice.txt, notice.json   as a service writes them elsewhere
//! cache/shown.json                             "sha256:…"   the newest version that they were written for; here a cycle, which is
//!                                              confined, can forget it
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

/// Shows the newest version that the collector gave, unless it was, and says which one that is. What keeps it from being shown
/// keeps nothing else.
pub(super) fn show(root: Option<PathBuf>, context: &Context) -> Option<Digest> {
    let reader = context.reader(root);
    if !reader.is_started() {
        return None;
    }
    let newest = newest(context)?;
    if let Err(failure) = show_once(newest, &reader, context) {
        tracing::warn!("the notice is not written: {:#}", failure.error);
    }
    Some(newest)
}

/// The newest version that the collector gave.
fn newest(context: &Context) -> Option<Digest> {
    context.documents().ok()?.policies.last()?.unverified_digest().ok()
}

fn show_once(newest: Digest, reader: &ReaderClient, context: &Context) -> Result<(), Failure> {
    if durable::read_json::<Digest>(&context.paths.shown(), SHOWN_BYTES)? == Some(newest) {
        return Ok(());
    }
    let directory = context.paths.notice();
    Directory::make(&directory, Role::NoticeDirectory)
        .with_context(|| format!("{} cannot be made", directory.display()))?;
    let documents = context.documents()?;
    reader.keep_documents(&documents)?;
    everybody::show_by(&directory, reader, &words::load(None)?, context)?;
    Ok(durable::replace_json(&context.paths.shown(), "shown", &newest)?)
}

/// Whether nothing was collected because the version that came with this cycle is to be shown first, which the next one begins
/// with. Where the reader says so of the version that was shown, `before`, the next one shows that again, whatever is kept here.
pub(super) fn is_to_be_shown(error: &CycleError, before: Option<Digest>, context: &Context) -> bool {
    if !error.is_not_shown() || !context.reader(None).is_started() {
        return false;
    }
    let came = newest(context).is_some_and(|newest| Some(newest) != before);
    if !came && let Err(error) = durable::remove(&context.paths.shown()) {
        tracing::warn!(%error, "the notice is not written again");
    }
    came
}
