//! Where a policy comes from: an author's TOML, or an envelope as it is published.

use anyhow::Context as _;
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::author::{Diagnostic, Diagnostics, compile_bytes};
use collector_proto::policy::{Policy, PolicyDocument};
use collector_proto::time::UtcTime;
use std::path::Path;

/// A policy and what an author would be told of it.
pub(super) struct Loaded {
    /// The checked policy.
    pub(super) policy: Policy,
    /// Warnings of the author's compiler; none for an envelope.
    pub(super) warnings: Vec<Diagnostic>,
    /// Whether it came out of an envelope, whose signatures are not verified here: that takes the root of trust.
    pub(super) from_envelope: bool,
}

/// Why a file is no policy.
pub(super) enum Refused {
    /// An author's file with errors.
    Author(Diagnostics),
    /// An envelope whose content breaks a rule, or a file that cannot be read.
    Other(anyhow::Error),
}

impl Refused {
    /// The error as the command line shows it.
    pub(super) fn into_error(self) -> anyhow::Error {
        match self {
            Self::Author(found) => anyhow::Error::new(found),
            Self::Other(error) => error,
        }
    }
}

/// Reads a policy from a file. JSON is an envelope, anything else an author's TOML.
pub(super) fn load(file: &Path, now: UtcTime) -> Result<Loaded, Refused> {
    let bytes = std::fs::read(file)
        .with_context(|| format!("cannot read {}", file.display()))
        .map_err(Refused::Other)?;
    if bytes.trim_ascii_start().starts_with(b"{") {
        let policy = open_envelope(&bytes)
            .with_context(|| format!("{} is no envelope of a policy", file.display()))
            .map_err(Refused::Other)?;
        return Ok(Loaded { policy, warnings: Vec::new(), from_envelope: true });
    }
    let compiled = compile_bytes(&bytes, &file.display().to_string(), now).map_err(Refused::Author)?;
    Ok(Loaded { policy: compiled.policy, warnings: compiled.warnings, from_envelope: false })
}

fn open_envelope(bytes: &[u8]) -> anyhow::Result<Policy> {
    let payload = Envelope::parse(bytes.trim_ascii(), MAX_DOCUMENT_BYTES)?.unverified_payload()?;
    let document: PolicyDocument = serde_json::from_slice(&payload).context("its payload is no policy")?;
    Policy::check(document).map_err(|faults| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        anyhow::anyhow!("the policy in it is not acceptable:\n{}", lines.join("\n"))
    })
}

/// The clock, read once at the edge.
pub(super) fn clock() -> UtcTime {
    UtcTime::from_system(std::time::SystemTime::now())
}
