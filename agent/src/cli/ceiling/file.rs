//! The author's file of a ceiling: read and compiled, and compared with what the reader keeps.

use crate::cli::{Context, Exit, Failure};
use crate::{platform, zone};
use anyhow::Context as _;
use candor_durable::Role;
use collector_proto::policy::author::{CompiledCeiling, compile_ceiling};
use collector_proto::policy::{Ceiling, CeilingTerms};
use collector_proto::text::plain;
use serde::Serialize;
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Longest file in bytes. Every field of the catalogue with a block of its own is below 64 KiB.
const MAX_BYTES: u64 = 1024 * 1024;

/// Compiles a file that is to be set. One that others can change, or any directory on the way to it, could be anybody's word.
pub(super) fn compile_trusted(file: &Path) -> Result<CeilingTerms, Failure> {
    compiled(file, candor_durable::open_on_way(file, Role::Ceiling))
}

/// Compiles a file. Every finding is told, also where there are only warnings.
pub(super) fn compile(file: &Path) -> Result<CeilingTerms, Failure> {
    compiled(file, candor_durable::open_given(file))
}

fn compiled(file: &Path, opened: io::Result<File>) -> Result<CeilingTerms, Failure> {
    let source = opened.and_then(read);
    let source = source.with_context(|| format!("the ceiling {} cannot be read", file.display()))?;
    let tell = |finding: &dyn std::fmt::Display| {
        // Nobody can be told that standard error is gone.
        let _ = writeln!(io::stderr(), "{}", plain(&finding.to_string()));
    };
    match compile_ceiling(&source, &file.display().to_string(), &zone::find) {
        Ok(CompiledCeiling { terms, warnings }) => {
            for warning in &warnings {
                tell(warning);
            }
            Ok(terms)
        }
        Err(found) => {
            for finding in &found {
                tell(finding);
            }
            let errors = found.errors();
            let plural = if errors == 1 { "error" } else { "errors" };
            let message = format!("{} is not a ceiling: {errors} {plural}", file.display());
            Err(Failure::new(Exit::Failed, anyhow::anyhow!(message)))
        }
    }
}

fn read(file: File) -> io::Result<Vec<u8>> {
    let mut source = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut source)?;
    if source.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it is longer than {MAX_BYTES} bytes")));
    }
    Ok(source)
}

/// That the file is not what the reader keeps. It does nothing by itself.
#[derive(Debug, Serialize)]
pub(in crate::cli) struct Drift {
    file: PathBuf,
    /// What differs, in words.
    pub(in crate::cli) told: String,
}

impl Drift {
    /// How the file differs from the ceiling that the reader told of; `None` where it does not, where there is none and none was
    /// ever set, and where this account may not read it.
    pub(in crate::cli) fn of(kept: &Ceiling, context: &Context) -> Option<Self> {
        let file = context.paths.ceiling();
        let shown = file.display();
        let told = match (candor_durable::open_given(&file).and_then(read), kept) {
            (Err(error), _) if error.kind() == io::ErrorKind::PermissionDenied => return None,
            (Err(error), Ceiling::Unset) if error.kind() == io::ErrorKind::NotFound => return None,
            (Err(error), Ceiling::Set(_)) if error.kind() == io::ErrorKind::NotFound => {
                format!("{shown} is not there; the ceiling that was set holds")
            }
            (Err(error), _) => format!("{shown} cannot be read ({error}); what was set holds"),
            (Ok(_), Ceiling::Unset) => format!("{shown} is not taken over: candor ceiling set, as root"),
            (Ok(source), Ceiling::Set(terms)) => compared(&source, terms, &shown.to_string(), context)?,
        };
        Some(Self { file, told: plain(&told).into_owned() })
    }
}

/// How what is written differs from what is kept; `None` where it does not.
fn compared(source: &[u8], kept: &CeilingTerms, file: &str, context: &Context) -> Option<String> {
    let Ok(CompiledCeiling { terms: mut written, .. }) = compile_ceiling(source, file, &zone::find) else {
        return Some(format!(
            "{file} has mistakes, which candor ceiling check tells; the ceiling that was set holds"
        ));
    };
    if !is_told_of_all(context) {
        written.never.clone_from(&kept.never);
    }
    (written != *kept).then(|| {
        format!(
            "{file} differs from the ceiling that was set, which holds; candor ceiling set, as root, takes it over"
        )
    })
}

/// Whether the reader tells this process of every account that the ceiling names. Other accounts than root hear of themselves alone.
pub(super) fn is_told_of_all(context: &Context) -> bool {
    platform::is_privileged() || (context.people_socket.is_none() && !context.is_served())
}
