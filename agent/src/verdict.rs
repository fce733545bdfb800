//! The verdict on this device's documents, with the acknowledgements that were recorded here.

use crate::acknowledge::{self, AcknowledgeError};
use crate::paths::Paths;
use collector_proto::policy::Verdict;
use collector_proto::policy::trust::{Documents, Trust};
use collector_proto::time::UtcTime;

/// Takes the verdict at the instant `now`. The roots are walked and the floor rises as in [`Trust::accept`].
pub(crate) fn take(
    paths: &Paths,
    trust: &mut Trust,
    documents: &Documents,
    now: UtcTime,
) -> Result<Verdict, AcknowledgeError> {
    Verdict::take(trust.accept(documents, now), |policy| acknowledge::is_acknowledged(paths.state(), policy))
}
