//! Who this device is, whom it trusts and what its collector last gave: as its own state directory says, or, for whoever has none
//! on a machine with an agent of its own user, by the reader's word. Either way the documents are verified here.

use crate::documents::HeldDocuments;
use crate::identity::{Enrolment, IdentityError};
use crate::reader_client::{ReaderClient, ReaderError};
use collector_proto::disclosure::{DeviceAnswer, ReaderStatus};
use collector_proto::envelope::Envelope;
use collector_proto::policy::trust::{Floor, Place, Trust};
use std::path::PathBuf;
use uuid::Uuid;

/// An enrolled device.
#[derive(Debug)]
pub(crate) struct Device {
    /// Its random id.
    pub(crate) id: Uuid,
    /// Id of its collector.
    pub(crate) collector: String,
    /// What the collector last gave, not yet believed.
    pub(crate) documents: HeldDocuments,
    root: Envelope,
    /// Where it is before the documents are looked at.
    place: Place,
    source: PathBuf,
    /// What the reader said when it said all this.
    told: Option<ReaderStatus>,
}

impl Device {
    /// As the state directory says.
    pub(crate) fn of_state(enrolment: Enrolment, documents: HeldDocuments, source: PathBuf) -> Self {
        let place = enrolment.place();
        Self {
            id: enrolment.device_id,
            collector: enrolment.collector.id,
            documents,
            root: enrolment.root,
            place,
            source,
            told: None,
        }
    }

    /// As the reader says.
    pub(crate) fn of_reader(answer: DeviceAnswer, status: ReaderStatus, source: PathBuf) -> Self {
        let place = answer.place();
        let DeviceAnswer { device_id, collector, root, documents, .. } = answer;
        let documents = HeldDocuments::given(documents.unwrap_or_default(), None);
        Self { id: device_id, collector, documents, root, place, source, told: Some(status) }
    }

    /// Trust in the root. The reader owns the floor; here only what one process saw is remembered.
    pub(crate) fn trust(&self) -> Result<Trust, IdentityError> {
        Trust::pin(&self.root, self.place.clone(), Floor::default())
            .map_err(|source| IdentityError::Root { path: self.source.clone(), source })
    }

    /// The root that it pinned, or the one in force by the reader's word.
    pub(crate) fn root(&self) -> &Envelope {
        &self.root
    }

    /// What the reader remembers and what it makes of the documents; it is asked where it has not said so already.
    pub(crate) fn status(&self, reader: &ReaderClient) -> Result<ReaderStatus, ReaderError> {
        self.told.clone().map_or_else(|| reader.status(&self.documents), Ok)
    }
}
