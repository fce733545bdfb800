//! `status`: what the reader remembers and what it makes of the documents. Reads nothing of the machine.

use super::collect::weakness;
use super::refused::Refused;
use super::show_device::device;
use super::{Handle, Reader};
use collector_proto::disclosure::request::ShowStatus;
use collector_proto::disclosure::{Ask as _, ReaderStatus};
use collector_proto::policy::Verdict;
use collector_proto::policy::trust::AcceptedPolicy;
use std::collections::BTreeSet;

impl Handle for ShowStatus {
    fn handle(self, reader: &Reader<'_>) -> Result<ReaderStatus, Refused> {
        let mut pinned = reader.pinned()?;
        let (ceiling, consent) = reader.state.limits()?.into_parts();
        let ceiling = reader.told_of(ceiling, Self::OPERATION);
        let acknowledgements = reader.state.acknowledgements()?;
        let ledger = reader.state.ledger_head()?;
        let last_reading = reader.state.last_reading()?;
        let tenant_keys = reader.state.tenant_keys()?;
        // It decides nothing, so nobody is refused anything for it.
        let (refused_documents, refused_documents_lost) = match reader.state.refused_documents() {
            Ok(refused) => (Some(refused), None),
            Err(error) => (None, Some(Refused::from(error).to_message().message)),
        };
        let told_of_consents = reader.may_know_consents(Self::OPERATION);
        let withdrawn = !told_of_consents && reader.state.was_read_for_more(&consent)?;
        let brought = reader.brought(self.documents);
        let told = if brought.is_none() { Some(device(&pinned, reader.kept_documents()?)) } else { None };
        let documents = brought.as_ref().or_else(|| told.as_ref()?.documents.as_ref());
        let accepted = reader.accept(documents, &mut pinned)?;
        let verdict = Verdict::of(accepted);
        let accepted = verdict.accepted();
        // The last thing this process does: nothing needs a file any more.
        let sandbox = reader.confined_to(&BTreeSet::new());
        let too_weak = accepted.and_then(|accepted| weakness(accepted.terms(), sandbox));
        Ok(ReaderStatus {
            root: pinned.trust().root_reference(),
            floor: pinned.trust().floor().clone(),
            policy: accepted.map(AcceptedPolicy::versions),
            standing: pinned.standing(documents),
            fresh_until: accepted.map(AcceptedPolicy::fresh_until),
            ceiling,
            consent: told_of_consents.then_some(consent),
            acknowledgements,
            ledger,
            refused: match verdict.in_force() {
                Err(refused) => Some((&refused).into()),
                Ok(_) => {
                    too_weak.or(withdrawn.then_some(Refused::ReadAgain)).map(|refused| refused.to_message())
                }
            },
            last_reading,
            refused_documents,
            refused_documents_lost,
            sandbox,
            tenant_keys,
            device: told,
        })
    }
}
