//! Verifies again everything that is stored, from the bytes: what an auditor would do.

use crate::store::{Order, Page, ReportQuery, Store, StoreError, StoredPart, StoredReport, all};
use crate::verify::TrustRoot;
use collector_proto::catalog::{Section, Series};
use collector_proto::digest::Digest;
use collector_proto::envelope::{
    DetachedSignature, Document as _, Envelope, PublicKey, VerifyError, pae_digest,
};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::messages::{Part, PartName, Receipt, Report};
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::{Role, Unsigned};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use uuid::Uuid;

/// What was examined and what does not verify.
#[derive(Debug, Default, serde::Serialize)]
pub struct Reverified {
    /// Reports examined.
    pub reports: u64,
    /// How many of these had all parts deleted when their time was over; heads and receipts were examined.
    pub deleted: u64,
    /// Devices examined.
    pub devices: u64,
    /// Sections of current rows examined.
    pub sections: u64,
    /// What does not verify.
    pub faults: Vec<Discrepancy>,
}

/// Something that does not verify. Names places, never content.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Discrepancy {
    /// Where.
    pub place: String,
    /// What.
    pub problem: &'static str,
}

impl Reverified {
    fn add(&mut self, place: String, problem: &'static str) {
        self.faults.push(Discrepancy { place, problem });
    }
}

/// Digest of each report by device, stream and number: what the next one's `prev` must be.
type Chain = BTreeMap<(String, String, u64), String>;

/// Examines every report, receipt, policy and current row.
pub async fn reverify(store: &dyn Store) -> Result<Reverified, StoreError> {
    let mut found = Reverified::default();
    let roots = store.roots().await?;
    examine_reports(store, &receipt_keys(&roots), &mut found).await?;
    examine_policies(store, &roots, &mut found).await?;
    examine_rows(store, &mut found).await?;
    Ok(found)
}

/// Takes the reports one at a time, so that only one is held in memory.
async fn examine_reports(
    store: &dyn Store,
    receipt_keys: &[PublicKey],
    found: &mut Reverified,
) -> Result<(), StoreError> {
    let query = ReportQuery { device: None, order: Order::OldestFirst };
    let mut chain = Chain::new();
    let mut links = Vec::new();
    let mut followed = Vec::new();
    let mut page = Page::first();
    loop {
        let listed = store.reports(query, page).await?;
        for summary in listed.items {
            let place = || format!("report {}", summary.id);
            let report = match store.report(summary.id).await {
                Err(StoreError::Corrupt(..)) => {
                    found.add(place(), "has content that cannot be read");
                    chain.insert((summary.device_id, summary.stream, summary.seq), summary.sha256);
                    continue;
                }
                report => report?,
            };
            let Some(report) = report else { continue };
            found.reports += 1;
            found.deleted += u64::from(summary.deleted_at.is_some());
            if let Some(problem) = fault_of(store, &report, receipt_keys).await? {
                found.add(place(), problem);
            }
            // A report's row stays when its content goes, so what a receipt does not name as missing must be there.
            let last_before = summary.gap_from.unwrap_or(summary.seq).saturating_sub(1);
            if last_before > 0 {
                followed.push((summary.id, (summary.device_id.clone(), summary.stream.clone(), last_before)));
            }
            if let Some(prev) = report.prev {
                let before =
                    (summary.device_id.clone(), summary.stream.clone(), summary.seq.saturating_sub(1));
                links.push((summary.id, before, prev));
            }
            chain.insert((summary.device_id, summary.stream, summary.seq), summary.sha256);
        }
        match listed.next {
            Some(next) => page = Page::first().after(next),
            None => break,
        }
    }
    for (id, before, prev) in links {
        // What is missing is a gap that the receipt names; what is there must be what the report says.
        if chain.get(&before).is_some_and(|digest| *digest != prev) {
            found.add(format!("report {id}"), "does not follow the report before it");
        }
    }
    let forgotten: BTreeMap<_, _> =
        store.forgotten().await?.into_iter().map(|(device, stream, seq)| ((device, stream), seq)).collect();
    for (id, before) in followed {
        let (device, stream, seq) = &before;
        let is_forgotten = forgotten.get(&(device.clone(), stream.clone())).is_some_and(|last| seq <= last);
        if !is_forgotten && !chain.contains_key(&before) {
            found.add(format!("report {id}"), "follows a report that is gone");
        }
    }
    Ok(())
}

async fn examine_policies(
    store: &dyn Store,
    roots: &[TrustRoot],
    found: &mut Reverified,
) -> Result<(), StoreError> {
    for policy in all(|page| store.policies(page)).await? {
        // Any root's keys: a policy stays good after they were rotated.
        let is_good = roots.iter().any(|root| {
            match root.document().verify_policy(&policy.envelope) {
                Ok(verified) => {
                    let document = verified.document();
                    verified.digest() == policy.reference.sha256
                        && document.version == policy.reference.version
                        && document.group == policy.group
                }
                // Signed, and written for another catalogue than this program's.
                Err(Unsigned::Signatures(VerifyError::Content(_))) => {
                    policy.envelope.unverified_payload().is_ok_and(|payload| {
                        pae_digest(PolicyDocument::PAYLOAD_TYPE, &payload) == policy.reference.sha256
                    })
                }
                Err(_) => false,
            }
        });
        if !is_good {
            let place = format!("policy of `{}`, version {}", policy.group, policy.reference.version);
            found.add(place, "is not what was signed and published");
        }
    }
    Ok(())
}

/// Every root's receipt keys: a receipt stays good after its key was rotated.
fn receipt_keys(roots: &[TrustRoot]) -> Vec<PublicKey> {
    let mut keys = Vec::new();
    for key in roots.iter().flat_map(|root| root.document().role(Role::Receipt).0) {
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}

async fn fault_of(
    store: &dyn Store,
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
        || receipt.records_until != summary.records_until
        || receipt.gap_from != summary.gap_from
    {
        return Ok(Some("has a receipt for something else"));
    }
    let Some(owner) = store.any_key(&stored.key_id).await? else {
        return Ok(Some("is signed by a key that is not on record"));
    };
    let verified = DetachedSignature::parse(&stored.signature)
        .ok()
        .and_then(|signature| signature.verify::<Report>(stored.payload.clone(), &owner.key).ok());
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
    if !same {
        return Ok(Some("is filed under something other than it says"));
    }
    Ok(fault_of_parts(stored, report, receipt))
}

/// Each part against the head that names it and the receipt that says its date.
fn fault_of_parts(stored: &StoredReport, report: &Report, receipt: &Receipt) -> Option<&'static str> {
    let named: BTreeMap<_, _> =
        report.parts.iter().map(|(part, sha256)| (*part, sha256.to_string())).collect();
    let kept: BTreeMap<_, _> = stored.parts.iter().map(|part| (part.name, part.sha256.clone())).collect();
    if named != kept {
        return Some("has other parts than its head names");
    }
    stored.parts.iter().find_map(|part| {
        if receipt.values_until.get(&part.name.retention) != Some(&part.stored_until) {
            return Some("has a part with another date than the receipt says");
        }
        match &part.payload {
            Some(_) if part.deleted_at.is_some() => Some("has content that is on record as deleted"),
            Some(bytes) => (Digest::of(bytes).to_string() != part.sha256)
                .then_some("has a part that is not the one that its head names"),
            None => (part.came && !was_deleted_in_time(part))
                .then_some("has lost its content before its retention ended"),
        }
    })
}

async fn examine_rows(store: &dyn Store, found: &mut Reverified) -> Result<(), StoreError> {
    for device in all(|page| store.devices(page)).await? {
        found.devices += 1;
        let mut signed = BTreeMap::new();
        let sections = match store.sections(device.device_id).await {
            Err(StoreError::Corrupt(..)) => {
                found.add(format!("device {}", device.device_id), "has rows that cannot be read");
                continue;
            }
            sections => sections?,
        };
        for mut held in sections {
            found.sections += 1;
            let came = match signed.entry((held.report, held.part)) {
                Entry::Occupied(place) => place.into_mut(),
                Entry::Vacant(place) => {
                    place.insert(digests_of(store, device.device_id, held.report, held.part).await?)
                }
            };
            let problem = if held.rows.digest() != held.digest {
                "has rows that are not those of its digest"
            } else if came.as_ref().is_some_and(|digests| digests.get(&held.section) != Some(&held.digest)) {
                "has rows that are not those of the report that they came from"
            } else {
                continue;
            };
            let (device, part, section) = (device.device_id, held.part, held.section.name());
            found.add(format!("device {device}, part {part}, section {section}"), problem);
        }
    }
    Ok(())
}

/// What a device said about the sections of a part in a report. That its bytes are those that the head names is examined with
/// the report. `None` where they are not here.
async fn digests_of(
    store: &dyn Store,
    device: Uuid,
    report: i64,
    part: PartName,
) -> Result<Option<BTreeMap<Section, Digest>>, StoreError> {
    let stored = match store.report(report).await {
        Err(StoreError::Corrupt(..)) => return Ok(None),
        stored => stored?,
    };
    let stored = stored.filter(|stored| stored.summary.device_id == device.to_string());
    let Some(stored) = stored else { return Ok(Some(BTreeMap::new())) };
    let Some(found) = stored.parts.into_iter().find(|found| found.name == part) else {
        return Ok(Some(BTreeMap::new()));
    };
    let Some(bytes) = found.payload else { return Ok(None) };
    let sections = Part::read(&bytes).map(|part| part.sections).unwrap_or_default();
    Ok(Some(sections.into_iter().map(|(section, body)| (section, body.digest())).collect()))
}

/// Bytes go when their time is over; those that are never a history as soon as newer ones are there.
fn was_deleted_in_time(part: &StoredPart) -> bool {
    part.deleted_at.is_some_and(|deleted| part.name.series == Series::Latest || deleted >= part.stored_until)
}
