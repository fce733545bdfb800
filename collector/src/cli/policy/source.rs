//! Reads a policy from a file of either form.

use crate::admin::policies::{self, GivenPolicy, PolicyError};
use crate::data_dir::read_file;
use anyhow::Context as _;
use collector_proto::policy::author::Diagnostics;
use collector_proto::time::UtcTime;
use std::path::Path;

/// Why a file is not a policy.
pub(super) enum NotAPolicy {
    /// An author's file with errors.
    Author(Diagnostics),
    /// An envelope whose content breaks a rule, or a file that cannot be read.
    Other(anyhow::Error),
}

impl NotAPolicy {
    /// The error as the command line shows it.
    pub(super) fn into_error(self) -> anyhow::Error {
        match self {
            Self::Author(found) => anyhow::Error::new(found),
            Self::Other(error) => error,
        }
    }
}

/// Reads a policy from a file.
pub(super) fn load(file: &Path, now: UtcTime) -> Result<GivenPolicy, NotAPolicy> {
    let name = file.display().to_string();
    let bytes = read_file(file).with_context(|| format!("cannot read {name}")).map_err(NotAPolicy::Other)?;
    policies::open(&bytes, &name, now).map_err(|error| match error {
        PolicyError::Author(found) => NotAPolicy::Author(found),
        other => {
            NotAPolicy::Other(anyhow::Error::new(other).context(format!("{name} is not a policy's envelope")))
        }
    })
}
