//! `candor sent export`.

use crate::cli::{Context, Exit, Failure};
use crate::platform;
use std::path::{Path, PathBuf};

/// Arguments of `candor sent export`.
#[derive(Debug, clap::Args)]
pub(super) struct ExportArgs {
    /// An empty or new directory
    directory: PathBuf,
}

/// Writes `<n>.report.dsse.json` and `<n>.receipt.dsse.json`, as any DSSE tool reads them, and beside them the parts whose digests
/// the report names, as `<n>-<k>.part.json`.
pub(super) fn run(args: &ExportArgs, context: &Context) -> Result<(), Failure> {
    if !context.is_own() && !platform::is_privileged() {
        return Err(Failure::new(
            Exit::Failed,
            anyhow::anyhow!(
                "this account is not shown whole reports, which can hold what is about other accounts: root and the agent's user can \
             export them, and `candor sent show` shows what this account may see"
            ),
        ));
    }
    let books = context.books()?;
    let (ledger, directory) = (&books.ledger, args.directory.as_path());
    candor_durable::private_directory(directory).map_err(|error| unwritable(directory, error))?;
    let mut files = 0;
    for range in ledger.dropped() {
        let name = format!("{:010}-{:010}.dropped.dsse.json", range.start(), range.end());
        write_new(&directory.join(name), &ledger.drop_record(range)?.to_envelope().to_json())?;
        files += 1;
    }
    for (entry, _) in ledger.entries() {
        let recorded = ledger.load(entry)?;
        write_new(
            &directory.join(format!("{entry:010}.report.dsse.json")),
            &recorded.report().to_envelope().to_json(),
        )?;
        files += 1;
        for (place, bytes) in (1..).zip(ledger.parts(&recorded)?.into_values()) {
            write_new(&directory.join(format!("{entry:010}-{place}.part.json")), &bytes)?;
            files += 1;
        }
        if ledger.receipt(&recorded, &books.receipt_keys)?.is_some()
            && let Some(receipt) = ledger.receipt_envelope(entry)?
        {
            write_new(&directory.join(format!("{entry:010}.receipt.dsse.json")), &receipt.to_json())?;
            files += 1;
        }
    }
    context.print(&format!("{files} files written to {}\n", directory.display()))
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    candor_durable::create(path, bytes).map_err(|error| unwritable(path, error))
}

fn unwritable(path: &Path, error: std::io::Error) -> Failure {
    Failure::new(
        Exit::Failed,
        anyhow::Error::new(error).context(format!("{} cannot be written", path.display())),
    )
}
