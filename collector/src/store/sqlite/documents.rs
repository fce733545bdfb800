//! Roots and policies.

use super::{SqliteStore, paging, signed, unsigned};
use crate::journal::Entry;
use crate::store::{
    Answer, DocumentStore, Listed, Page, Published, PublishedPolicy, PublishedRoot, RootAdded, StoreError,
};
use crate::verify::{TrustRoot, VerifiedPolicy};
use collector_proto::digest::{Digest, NotADigest};
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::PolicyRef;
use collector_proto::policy::trust::RootRef;
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

impl DocumentStore for SqliteStore {
    fn first_contents(&self, root: &TrustRoot, now: UtcTime) -> Answer<'_, ()> {
        let root = root.clone();
        self.write(move |connection| {
            if connection.prepare("SELECT 1 FROM root")?.exists([])? {
                return Err(StoreError::NotEmpty);
            }
            insert_root(connection, &root, now)
        })
    }

    fn roots(&self) -> Answer<'_, Vec<TrustRoot>> {
        self.read(roots)
    }

    fn published_roots(&self) -> Answer<'_, Vec<PublishedRoot>> {
        self.read(published_roots)
    }

    fn current_root(&self) -> Answer<'_, TrustRoot> {
        self.read(current_root)
    }

    fn add_root(&self, root: TrustRoot, now: UtcTime) -> Answer<'_, RootAdded> {
        self.write_noted(move |connection, noting| {
            let added = add_root(connection, &root, now)?;
            if matches!(added, RootAdded::New) {
                noting.note(connection, &Entry::RootPublished { envelope: root.envelope().clone() }, now)?;
            }
            Ok(added)
        })
    }

    fn publish(&self, policy: VerifiedPolicy, now: UtcTime) -> Answer<'_, Published> {
        self.write_noted(move |connection, noting| {
            let published = publish(connection, &policy, now)?;
            if published == Published::New {
                let (group, envelope) = (policy.group().to_owned(), policy.envelope().clone());
                noting.note(connection, &Entry::PolicyPublished { group, envelope }, now)?;
            }
            Ok(published)
        })
    }

    fn current_policy(&self, group: &str) -> Answer<'_, Option<PublishedPolicy>> {
        let group = group.to_owned();
        self.read(move |connection| current_policy(connection, &group))
    }

    fn published_after(&self, group: &str, version: u64) -> Answer<'_, Vec<PublishedPolicy>> {
        let group = group.to_owned();
        self.read(move |connection| published_after(connection, &group, version))
    }

    fn issued_policy(&self, group: &str, digest: &Digest) -> Answer<'_, Option<PublishedPolicy>> {
        let (group, digest) = (group.to_owned(), digest.to_string());
        self.read(move |connection| {
            one(connection, "WHERE group_name = ?1 AND sha256 = ?2", params![group, digest])
        })
    }

    fn policies(&self, page: Page) -> Answer<'_, Listed<PublishedPolicy>> {
        self.read(move |connection| policies(connection, &page))
    }
}

fn roots(connection: &Connection) -> Result<Vec<TrustRoot>, StoreError> {
    Ok(published_roots(connection)?.into_iter().map(|published| published.root).collect())
}

fn published_roots(connection: &Connection) -> Result<Vec<PublishedRoot>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT version, sha256, envelope, added_at FROM root ORDER BY version")?;
    let rows = statement
        .query_map([], |row| Ok((reference(row, 0)?, row.get::<_, Vec<u8>>(2)?, row.get::<_, i64>(3)?)))?;
    let mut roots = Vec::new();
    for row in rows {
        let (named, bytes, published_at) = row?;
        let envelope = Envelope::parse(&bytes, MAX_DOCUMENT_BYTES).map_err(StoreError::corrupt("root"))?;
        let root = TrustRoot::from_envelope(envelope).map_err(StoreError::corrupt("root"))?;
        let PolicyRef { version, sha256, .. } = named.map_err(StoreError::corrupt("root"))?;
        if root.reference() != (RootRef { version, sha256 }) {
            return Err(StoreError::Corrupt("root", "it is filed under what it is not".into()));
        }
        roots.push(PublishedRoot { root, published_at: UtcTime::from_unix(published_at) });
    }
    if roots.is_empty() { Err(StoreError::Corrupt("root", "there is none".into())) } else { Ok(roots) }
}

pub(super) fn current_root(connection: &Connection) -> Result<TrustRoot, StoreError> {
    roots(connection)?.pop().ok_or_else(|| StoreError::Corrupt("root", "there is none".into()))
}

fn insert_root(connection: &Connection, root: &TrustRoot, now: UtcTime) -> Result<(), StoreError> {
    let reference = root.reference();
    connection.execute(
        "INSERT INTO root (version, sha256, envelope, added_at) VALUES (?1, ?2, ?3, ?4)",
        params![
            signed(reference.version),
            reference.sha256.to_string(),
            root.envelope().to_json(),
            now.unix()
        ],
    )?;
    Ok(())
}

pub(super) fn add_root(
    connection: &Connection,
    root: &TrustRoot,
    now: UtcTime,
) -> Result<RootAdded, StoreError> {
    let current = current_root(connection)?;
    if current.reference() == root.reference() {
        return Ok(RootAdded::Before);
    }
    // Looked at again in the transaction: another process may have published meanwhile.
    if current.followed_by(root.envelope().clone()).is_err() {
        return Ok(RootAdded::NotNext(current.reference()));
    }
    insert_root(connection, root, now)?;
    Ok(RootAdded::New)
}

/// Adds what signed the very policy since.
fn add_signatures(
    connection: &Connection,
    published: PublishedPolicy,
    given: &Envelope,
) -> Result<(), StoreError> {
    let mut envelope = published.envelope;
    let before = envelope.clone();
    envelope.add_signatures(given);
    if envelope != before && envelope.to_json().len() <= MAX_DOCUMENT_BYTES {
        connection.execute(
            "UPDATE policy SET envelope = ?3 WHERE group_name = ?1 AND version = ?2",
            params![published.group, signed(published.reference.version), envelope.to_json()],
        )?;
    }
    Ok(())
}

fn publish(connection: &Connection, policy: &VerifiedPolicy, now: UtcTime) -> Result<Published, StoreError> {
    let reference = policy.reference();
    if current_root(connection)?.reference() != policy.root() {
        return Ok(Published::OtherRoot);
    }
    if let Some(published) = current_policy(connection, policy.group())? {
        if published.reference == reference {
            add_signatures(connection, published, policy.envelope())?;
            return Ok(Published::Before);
        }
        if published.reference.version >= reference.version {
            return Ok(Published::NotAbove(published.reference.version));
        }
    }
    insert(connection, policy, now)?;
    Ok(Published::New)
}

/// Puts a policy on record as published at an instant.
pub(super) fn insert(
    connection: &Connection,
    policy: &VerifiedPolicy,
    published_at: UtcTime,
) -> Result<(), StoreError> {
    let reference = policy.reference();
    connection.execute(
        "INSERT INTO policy (group_name, version, sha256, envelope, published_at, records)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            policy.group(),
            signed(reference.version),
            reference.sha256.to_string(),
            policy.envelope().to_json(),
            published_at.unix(),
            signed(policy.policy().document().records.seconds())
        ],
    )?;
    Ok(())
}

pub(super) fn current_policy(
    connection: &Connection,
    group: &str,
) -> Result<Option<PublishedPolicy>, StoreError> {
    one(connection, "WHERE group_name = ?1 ORDER BY version DESC LIMIT 1", params![group])
}

/// Version of the group's current policy, 0 when there is none.
pub(super) fn current_version(connection: &Connection, group: &str) -> Result<u64, StoreError> {
    let mut statement = connection.prepare_cached("SELECT max(version) FROM policy WHERE group_name = ?1")?;
    let version: Option<i64> = statement.query_row([group], |row| row.get(0))?;
    Ok(version.map_or(0, unsigned))
}

fn policies(connection: &Connection, page: &Page) -> Result<Listed<PublishedPolicy>, StoreError> {
    let (version, group) = paging::number_and_text(page)?.unwrap_or((i64::MIN, String::new()));
    let condition = "WHERE (group_name, version) > (?1, ?2) ORDER BY group_name, version LIMIT ?3";
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} {condition}"))?;
    let rows = statement.query_map(params![group, version, paging::rows(page)], |row| Ok(published(row)))?;
    let policies = rows.map(|row| row?).collect::<Result<_, StoreError>>()?;
    let keys = |policy: &PublishedPolicy| format!("{} {}", policy.reference.version, policy.group);
    Ok(paging::listed(policies, page, keys))
}

/// At most 64: each is up to 256 KiB, and who asks comes again.
fn published_after(
    connection: &Connection,
    group: &str,
    version: u64,
) -> Result<Vec<PublishedPolicy>, StoreError> {
    let condition = "WHERE group_name = ?1 AND version > ?2 ORDER BY version LIMIT 64";
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} {condition}"))?;
    let rows = statement.query_map(params![group, signed(version)], |row| Ok(published(row)))?;
    rows.map(|row| row?).collect()
}

const COLUMNS: &str = "SELECT version, sha256, envelope, group_name, published_at FROM policy";

fn one(
    connection: &Connection,
    condition: &str,
    parameters: impl rusqlite::Params,
) -> Result<Option<PublishedPolicy>, StoreError> {
    let mut statement = connection.prepare_cached(&format!("{COLUMNS} {condition}"))?;
    statement.query_row(parameters, |row| Ok(published(row))).optional()?.transpose()
}

fn published(row: &Row<'_>) -> Result<PublishedPolicy, StoreError> {
    let bytes: Vec<u8> = row.get(2)?;
    Ok(PublishedPolicy {
        group: row.get(3)?,
        reference: reference(row, 0)?.map_err(StoreError::corrupt("policy"))?,
        envelope: Envelope::parse(&bytes, MAX_DOCUMENT_BYTES).map_err(StoreError::corrupt("policy"))?,
        published_at: UtcTime::from_unix(row.get(4)?),
    })
}

/// Version and digest in two columns from `first` on.
fn reference(row: &Row<'_>, first: usize) -> rusqlite::Result<Result<PolicyRef, NotADigest>> {
    let (version, digest): (i64, String) = (row.get(first)?, row.get(first + 1)?);
    Ok(Digest::parse(&digest).map(|sha256| PolicyRef::new(unsigned(version), sha256)))
}
