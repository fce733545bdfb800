//! Whoever stands between devices and their collector, and changes the documents that it gives.

use crate::{Collector, Relay};
use collector_proto::messages::path;
use serde_json::Value;
use std::sync::{Arc, Mutex, PoisonError};

/// What is made of the documents on their way.
type Change = Box<dyn Fn(&mut Value) + Send>;

/// A relay that changes the documents, with the enrolment and afterwards. It stops when dropped.
pub struct Meddler {
    change: Arc<Mutex<Option<Change>>>,
    _relay: Relay,
}

impl Meddler {
    /// Stands before the collector, whose bundles name the relay from here on. So far it changes nothing.
    ///
    /// # Panics
    /// When there is no free port, or the collector does not come up again.
    pub fn before(collector: &mut Collector) -> Self {
        let change: Arc<Mutex<Option<Change>>> = Arc::default();
        let changes = Arc::clone(&change);
        let relay = Relay::before(
            collector,
            Box::new(|_| None),
            Box::new(move |of, answer| {
                let changes = changes.lock().unwrap_or_else(PoisonError::into_inner);
                let Some(change) = changes.as_ref().filter(|_| answer.is_good()) else { return };
                match of {
                    path::ENROL => answer.edit(|body| change(&mut body["documents"])),
                    path::POLICY => answer.edit(change),
                    _ => {}
                }
            }),
        );
        Self { change, _relay: relay }
    }

    /// Gives the documents changed so from now on.
    pub fn gives(&self, change: impl Fn(&mut Value) + Send + 'static) {
        *self.change.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(change));
    }

    /// Gives what the collector gives from now on.
    pub fn steps_aside(&self) {
        *self.change.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
