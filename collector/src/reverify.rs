//! Verifies again everything that is stored, from the bytes: what an auditor would do.

use crate::store::{self, StoreError, StoredReport, StoredRoot};
use collector_proto::catalog::Section;
use collector_proto::digest::Digest;
use collector_proto::envelope::{
    DetachedSignature, Document as _, Envelope, PublicKey, VerifyError, pae_digest,
};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Receipt, Report};
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::Role;
use collector_proto::value::section_digest;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use uuid::Uuid;

/// What was examined and what does not verify.
#[derive(Debug, Default, serde::Serialize)]
pub struct Outcome {
    /// Reports examined.
    pub reports: u64,
    /// Reports of these whose content was deleted when its retention ended; their receipts were examined.
    pub deleted: u64,
    /// Devices examined.
    pub devices: u64,
    /// Sections of current rows examined.
    pub sections: u64,
    /// What does not verify.
    pub faults: Vec<Fault>,
}

/// Something that does not verify. Names places, never content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// Where.
    pub place: String,
    /// What.
    pub problem: &'static str,
}

/// Digest of each report by device, stream and number: what the next one's `prev` must be.
type Chain = BTreeMap<(String, String, u64), String>;

/// Examines every report, receipt, policy and current row.
pub fn reverify(connection: &Connection) -> Result<Outcome, StoreError> {
    let mut outcome = Outcome::default();
    let roots = store::roots(connection)?;
    let receipt_keys = receipt_keys(&roots);
    let mut chain = Chain::new();
    let mut links = Vec::new();
    let mut followed = Vec::new();
    store::each_report(connection, |report| {
        outcome.reports += 1;
        outcome.deleted += u64::from(report.summary.deleted_at.is_some());
        if let Some(problem) = fault_of(connection, &report, &receipt_keys)? {
            outcome.faults.push(Fault { place: format!("report {}", report.summary.id), problem });
        }
        let summary = report.summary;
        // A report's row stays when its content goes, so what a receipt does not name as missing must be there.
        let last_before = summary.gap_from.unwrap_or(summary.seq).saturating_sub(1);
        if last_before > 0 {
            followed.push((summary.id, (summary.device_id.clone(), summary.stream.clone(), last_before)));
        }
        if let Some(prev) = report.prev {
            let before = (summary.device_id.clone(), summary.stream.clone(), summary.seq.saturating_sub(1));
            links.push((summary.id, before, prev));
        }
        chain.insert((summary.device_id, summary.stream, summary.seq), summary.sha256);
        Ok::<_, StoreError>(())
    })?;
    for (id, before, prev) in links {
        // What is missing is a gap that the receipt names; what is there must be what the report says.
        if chain.get(&before).is_some_and(|digest| *digest != prev) {
            let problem = "does not follow the report before it";
            outcome.faults.push(Fault { place: format!("report {id}"), problem });
        }
    }
    for (id, before) in followed {
        if !chain.contains_key(&before) {
            let problem = "follows a report that is gone";
            outcome.faults.push(Fault { place: format!("report {id}"), problem });
        }
    }
    examine_policies(connection, &roots, &mut outcome)?;
    examine_rows(connection, &mut outcome)?;
    Ok(outcome)
}

fn examine_policies(
    connection: &Connection,
    roots: &[StoredRoot],
    outcome: &mut Outcome,
) -> Result<(), StoreError> {
    for policy in store::policies(connection)? {
        // Any root's keys: a policy stays good after they were rotated.
        let is_good = roots.iter().any(|root| {
            let (keys, threshold) = root.document.role(Role::Policy);
            match policy.envelope.verify::<PolicyDocument>(&keys, threshold) {
                Ok(verified) => {
                    let document = verified.document();
                    verified.digest() == policy.reference.sha256
                        && document.version == policy.reference.version
                        && document.group == policy.group
                }
                // Signed, and written for another catalogue than this program's.
                Err(VerifyError::Content(_)) => policy.envelope.unverified_payload().is_ok_and(|payload| {
                    pae_digest(PolicyDocument::PAYLOAD_TYPE, &payload) == policy.reference.sha256
                }),
                Err(_) => false,
            }
        });
        if !is_good {
            outcome.faults.push(Fault {
                place: format!("policy of `{}`, version {}", policy.group, policy.reference.version),
                problem: "is not what was signed and published",
            });
        }
    }
    Ok(())
}

/// Every root's receipt keys: a receipt stays good after its key was rotated.
fn receipt_keys(roots: &[StoredRoot]) -> Vec<PublicKey> {
    let mut keys = Vec::new();
    for key in roots.iter().flat_map(|root| root.document.role(Role::Receipt).0) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

fn fault_of(
    connection: &Connection,
    stored: &StoredReport,
    receipt_keys: &[PublicKey],
) -> Result<Option<&'static str>, StoreError> {
    let summary = &stored.summary;
    let Ok(digest) = Digest::parse(&summary.sha256) else { return Ok(Some("has no digest")) };
    let receipt = Envelope::parse(&stored.receipt, MAX_DOCUMENT_BYTES)
        .ok()
        .and_then(|envelope| envelope.verify::<Receipt>(receipt_keys, 1).ok());
    let Some(receipt) = receipt else { return Ok(Some("has a receipt that is not validly signed")) };
    let receipt = receipt.document();
    if receipt.report_sha256 != digest
        || receipt.device_id.to_string() != summary.device_id
        || receipt.stream != summary.stream
        || receipt.seq != summary.seq
        || receipt.received_at != summary.received
        || receipt.stored_until != summary.stored_until
        || receipt.gap_from != summary.gap_from
    {
        return Ok(Some("has a receipt for something else"));
    }
    let Some(payload) = stored.payload.clone() else {
        return Ok(
            (!was_deleted_in_time(stored)).then_some("has lost its content before its retention ended")
        );
    };
    if summary.deleted_at.is_some() {
        return Ok(Some("has content that is on record as deleted"));
    }
    let Some(owner) = store::any_key(connection, &stored.key_id)? else {
        return Ok(Some("is signed by a key that is not on record"));
    };
    let verified = DetachedSignature::parse(&stored.signature)
        .ok()
        .and_then(|signature| signature.verify::<Report>(payload, &owner.key).ok());
    let Some(verified) = verified else { return Ok(Some("is not validly signed")) };
    let report = verified.document();
    let same = verified.digest() == digest
        && report.device_id == owner.device_id
        && report.device_id.to_string() == summary.device_id
        && report.stream == summary.stream
        && report.seq == summary.seq
        && report.policy.version == summary.policy_version
        && report.created == summary.created
        && report.prev.map(|prev| prev.to_string()) == stored.prev;
    Ok((!same).then_some("is filed under something other than it says"))
}

fn examine_rows(connection: &Connection, outcome: &mut Outcome) -> Result<(), StoreError> {
    for device in store::devices(connection)? {
        outcome.devices += 1;
        let mut signed = BTreeMap::new();
        for (section, mut held) in store::sections_of(connection, device.device_id)? {
            outcome.sections += 1;
            let origin = store::origin_of(connection, device.device_id, section)?;
            if let Entry::Vacant(place) = signed.entry(origin) {
                place.insert(signed_digests(connection, device.device_id, origin)?);
            }
            let problem = if section_digest(&mut held.rows) != held.digest {
                "has rows that are not those of its digest"
            } else if signed
                .get(&origin)
                .and_then(Option::as_ref)
                .is_some_and(|digests| digests.get(&section) != Some(&held.digest))
            {
                "has rows that are not those of the report that it came from"
            } else {
                continue;
            };
            let place = format!("device {}, section {}", device.device_id, section.name());
            outcome.faults.push(Fault { place, problem });
        }
    }
    Ok(())
}

/// What the device signed about its sections in a report. That the signature is good is examined with the report.
/// `None` where the content is gone that should be there, which is found with the report as well.
fn signed_digests(
    connection: &Connection,
    device: Uuid,
    report: i64,
) -> Result<Option<BTreeMap<Section, Digest>>, StoreError> {
    let Some(stored) = store::report(connection, report)? else { return Ok(Some(BTreeMap::new())) };
    if stored.payload.is_none() && !was_deleted_in_time(&stored) {
        return Ok(None);
    }
    let signed = stored
        .payload
        .and_then(|payload| serde_json::from_slice::<Report>(&payload).ok())
        .filter(|report| report.device_id == device);
    let sections = signed.map(|report| report.sections).unwrap_or_default();
    Ok(Some(sections.into_iter().map(|(section, body)| (section, body.digest())).collect()))
}

fn was_deleted_in_time(stored: &StoredReport) -> bool {
    stored.summary.deleted_at.is_some_and(|deleted| deleted >= stored.summary.stored_until)
}
