//! There is no third standing between signed and draft.
use collector_proto::policy::Standing;

struct Trusted;

impl Standing for Trusted {}

fn main() {}
