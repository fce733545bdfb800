//! `versions.json`: the versions of the policy that stand on this device, with the instants at which each came and was shown.

use super::directory::StateFile;
use super::{Lock, State, StateError};
use collector_proto::contract::Version1;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::MAX_COMING;
use collector_proto::policy::trust::KeptVersions;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VersionsFile {
    v: Version1,
    versions: KeptVersions,
}

impl StateFile for VersionsFile {
    const NAME: &'static str = "versions.json";
    const VERSION: u64 = 1;
    /// Each of them is a document, and base64 makes four bytes of three.
    const MAX_BYTES: u64 = 2 * (MAX_COMING as u64 + 1) * MAX_DOCUMENT_BYTES as u64;
    const AGAIN: &'static str =
        "remove it: the policy is then the first one of this device, and has to be shown again";
}

impl State {
    /// The versions that stand; none before the first came.
    pub(super) fn versions(&self) -> Result<KeptVersions, StateError> {
        Ok(self.directory.read::<VersionsFile>()?.map(|file| file.versions).unwrap_or_default())
    }

    pub(super) fn keep_versions(&self, versions: KeptVersions, _: &Lock) -> Result<(), StateError> {
        self.directory.write(&VersionsFile { v: Version1, versions })
    }
}
