//! `set_ceiling` and `ceiling`: the most that may ever be collected on this device, kept and shown.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::caller::Caller;
use crate::treat::Viewer;
use collector_proto::disclosure::request::{SetCeiling, ShowCeiling};
use collector_proto::disclosure::{Ask as _, CeilingAnswer, Operation};
use collector_proto::policy::Ceiling;

impl Handle for SetCeiling {
    fn handle(self, reader: &Reader<'_>) -> Result<CeilingAnswer, Refused> {
        // A device may have its ceiling before it is enrolled.
        let lock = reader.state.lock()?;
        reader.state.keep_ceiling(&self.ceiling, reader.now, &lock)?;
        let (ceiling, named_at) = reader.state.ceiling_and_naming()?;
        Ok(CeilingAnswer { ceiling, named_at })
    }
}

impl Handle for ShowCeiling {
    fn handle(self, reader: &Reader<'_>) -> Result<CeilingAnswer, Refused> {
        let (ceiling, named_at) = reader.state.ceiling_and_naming()?;
        Ok(CeilingAnswer { ceiling: reader.told_of(ceiling, Self::OPERATION), named_at })
    }
}

impl Reader<'_> {
    /// The ceiling as whoever asks is told of it. Which accounts nothing is read about is for root to know, and for each of them about
    /// itself: to the agent, as in a page that everybody can open, the list would only say whom to look for.
    pub(super) fn told_of(&self, ceiling: Ceiling, operation: Operation) -> Ceiling {
        let reported = matches!(operation, Operation::Disclose | Operation::PreviewForEverybody);
        match &self.viewer {
            Viewer::Everyone if self.caller != Caller::Agent && !reported => ceiling,
            Viewer::Account(account) => {
                let entries: Vec<_> = ceiling.never().cloned().collect();
                // Where the machine does not say who its accounts are, nobody is told of any.
                let who = self.host.who(entries).unwrap_or_default();
                ceiling.told_of(|entry| who.is(entry, account))
            }
            Viewer::Everyone | Viewer::Nobody => ceiling.told_of(|_| false),
        }
    }
}
