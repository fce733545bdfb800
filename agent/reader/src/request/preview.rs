//! `preview`: what a report would hold now. Remembers nothing.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::treat::Treated;
use collector_proto::disclosure::DisclosureAnswer;
use collector_proto::disclosure::request::Preview;

impl Handle for Preview {
    fn handle(self, reader: &Reader<'_>) -> Result<DisclosureAnswer<Treated>, Refused> {
        let mut enrolment = reader.enrolment()?;
        let accepted = enrolment.trust_mut().accept(&self.documents, reader.now)?;
        reader.collect_accepted(&enrolment, &accepted)
    }
}
