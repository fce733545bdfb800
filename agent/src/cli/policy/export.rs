//! `candor policy export`: what this device was given, for somebody else to compare.

use crate::cli::subject::{Nothing, enrolled};
use crate::cli::{Context, Failure};
use crate::verdict;
use collector_proto::contract::Version1;
use collector_proto::disclosure::{HistoryAnswer, PolicyChange};
use collector_proto::policy::trust::{
    Documents, GivenDocuments, GivenKind, HadVersion, MAX_HAD_VERSIONS, Trust,
};

/// Writes it as JSON.
pub(super) fn run(context: &Context) -> Result<(), Failure> {
    let (given, _) = given(context)?;
    context.print_json(&given)
}

/// What this device was given in its group, and whom it trusts. Any account may ask: it is the reader's word, and the documents are signed.
pub(super) fn given(context: &Context) -> Result<(GivenDocuments, Trust), Failure> {
    let (device, mut trust) = enrolled(context)?.map_err(|nothing: Nothing| nothing.failure())?;
    let observer = context.observer(None);
    let mut announced = device.status(&observer)?.standing.recall();
    // A placement among the documents says in which group the device is now. Where they are refused, it stays where it was.
    let _ = verdict::accept(&mut trust, &device.documents, &mut announced, context.now());
    let had = had(&observer.history()?, trust.place().number());
    let Documents { roots, policies, timestamp, .. } = (*device.documents).clone();
    let given = GivenDocuments {
        v: Version1,
        kind: GivenKind::GivenDocuments,
        written: context.now(),
        collector: Some(device.collector.clone()),
        group: trust.group().to_owned(),
        roots: std::iter::once(device.root().clone()).chain(roots).collect(),
        policies,
        timestamp,
        had,
    };
    Ok((given, trust))
}

/// The versions that came since the device is in its group, as the reader keeps them on record.
fn had(history: &HistoryAnswer, placement: u64) -> Vec<HadVersion> {
    let came = history.events.iter().filter_map(|event| match (&event.event, event.policy) {
        (PolicyChange::Came { .. }, Some(policy)) if policy.placement == placement => {
            Some(HadVersion { version: policy.version, sha256: policy.sha256, came: Some(event.at) })
        }
        _ => None,
    });
    let mut had: Vec<HadVersion> = came.collect();
    had.drain(..had.len().saturating_sub(MAX_HAD_VERSIONS));
    had
}
