//! `preview`, `preview_for_everybody`: what a report would hold now. Remembers nothing but that it was asked, and needs no acknowledgement: people look before they acknowledge.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::treat::{Treated, Viewer};
use collector_proto::disclosure::request::{Preview, PreviewForEverybody};
use collector_proto::disclosure::{Ask as _, DisclosureAnswer};

impl Handle for Preview {
    fn handle(self, reader: &Reader<'_>) -> Result<DisclosureAnswer<Treated>, Refused> {
        let mut pinned = reader.pinned()?;
        let documents = reader.brought_or_kept(self.documents)?;
        let accepted = reader.accept(documents.as_ref(), &mut pinned)??;
        reader.collect_accepted(&pinned, &accepted, documents.as_ref(), Self::OPERATION, None)
    }
}

impl Handle for PreviewForEverybody {
    fn handle(self, reader: &Reader<'_>) -> Result<DisclosureAnswer<Treated>, Refused> {
        let mut pinned = reader.pinned()?;
        let documents = reader.kept_documents()?;
        let accepted = reader.accept(documents.as_ref(), &mut pinned)??;
        let reader = Reader { viewer: Viewer::Nobody, asked_by: reader.asked_by.clone(), ..*reader };
        reader.collect_accepted(&pinned, &accepted, documents.as_ref(), Self::OPERATION, None)
    }
}
