//! Roots and policies: signed documents, kept as published.

use super::{StoreError, signed, unsigned};
use collector_proto::digest::Digest;
use collector_proto::envelope::{Envelope, Sealed};
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::PolicyRef;
use collector_proto::policy::trust::{RootDocument, RootRef};
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};

/// A published policy.
#[derive(Debug, Clone)]
pub struct PublishedPolicy {
    /// The group it is for.
    pub group: String,
    /// Version and digest.
    pub reference: PolicyRef,
    /// The signed document.
    pub envelope: Envelope,
    /// When it was published here.
    pub published_at: UtcTime,
}

/// A root of trust.
#[derive(Debug, Clone)]
pub struct StoredRoot {
    /// Version and digest.
    pub reference: RootRef,
    /// The signed document.
    pub envelope: Envelope,
    /// The document. It was verified before it was stored.
    pub document: RootDocument,
}

/// Why a policy cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// Versions rise.
    #[error(
        "version {offered} is not above version {published}, which is published for the group `{group}`; to go back, publish the old content under a higher version"
    )]
    Version {
        /// The group.
        group: String,
        /// Version of the policy.
        offered: u64,
        /// Highest version published.
        published: u64,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Fills an empty database: the first root and the first admin token's digest.
pub fn first_contents(
    connection: &mut Connection,
    root: &Sealed<RootDocument>,
    admin_token: &Digest,
    now: UtcTime,
) -> Result<(), StoreError> {
    let transaction = connection.transaction()?;
    transaction.execute(
        "INSERT INTO root (version, sha256, envelope, added_at) VALUES (1, ?1, ?2, ?3)",
        params![root.digest().to_string(), root.to_envelope().to_json(), now.unix()],
    )?;
    transaction.execute(
        "INSERT INTO admin_token (sha256, created_at) VALUES (?1, ?2)",
        params![admin_token.to_string(), now.unix()],
    )?;
    Ok(transaction.commit()?)
}

/// All roots in ascending order; there is at least one.
pub fn roots(connection: &Connection) -> Result<Vec<StoredRoot>, StoreError> {
    let mut statement =
        connection.prepare_cached("SELECT version, sha256, envelope FROM root ORDER BY version")?;
    let rows = statement.query_map([], |row| Ok((reference(row, 0)?, row.get::<_, Vec<u8>>(2)?)))?;
    let mut roots = Vec::new();
    for row in rows {
        let (named, bytes) = row?;
        let PolicyRef { version, sha256 } = named?;
        let reference = RootRef { version, sha256 };
        roots.push(stored_root(reference, &bytes).ok_or(StoreError::Corrupt("root"))?);
    }
    if roots.is_empty() { Err(StoreError::Corrupt("root")) } else { Ok(roots) }
}

/// The root in force.
pub fn current_root(connection: &Connection) -> Result<StoredRoot, StoreError> {
    roots(connection)?.pop().ok_or(StoreError::Corrupt("root"))
}

fn stored_root(reference: RootRef, bytes: &[u8]) -> Option<StoredRoot> {
    let envelope = Envelope::parse(bytes, MAX_DOCUMENT_BYTES).ok()?;
    let document = serde_json::from_slice(&envelope.unverified_payload().ok()?).ok()?;
    Some(StoredRoot { reference, envelope, document })
}

/// Stores a policy that was verified. `false` means that this very policy is published already.
pub fn publish_policy(
    connection: &mut Connection,
    group: &str,
    reference: PolicyRef,
    envelope: &Envelope,
    now: UtcTime,
) -> Result<bool, PublishError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
    if let Some(published) = current_policy(&transaction, group)? {
        if published.reference == reference {
            return Ok(false);
        }
        if published.reference.version >= reference.version {
            return Err(PublishError::Version {
                group: group.to_owned(),
                offered: reference.version,
                published: published.reference.version,
            });
        }
    }
    transaction
        .execute(
            "INSERT INTO policy (group_name, version, sha256, envelope, published_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                group,
                signed(reference.version),
                reference.sha256.to_string(),
                envelope.to_json(),
                now.unix()
            ],
        )
        .map_err(StoreError::from)?;
    transaction.commit().map_err(StoreError::from)?;
    Ok(true)
}

/// The group's policy of the highest version.
pub fn current_policy(connection: &Connection, group: &str) -> Result<Option<PublishedPolicy>, StoreError> {
    one(connection, "WHERE group_name = ?1 ORDER BY version DESC LIMIT 1", params![group])
}

/// The policy of this digest, if it was issued to the group.
pub fn issued_policy(
    connection: &Connection,
    group: &str,
    digest: &Digest,
) -> Result<Option<PublishedPolicy>, StoreError> {
    one(connection, "WHERE group_name = ?1 AND sha256 = ?2", params![group, digest.to_string()])
}

/// Every group's policy of the highest version.
pub fn current_policies(connection: &Connection) -> Result<Vec<PublishedPolicy>, StoreError> {
    let mut newest: Vec<PublishedPolicy> = Vec::new();
    for policy in policies(connection)? {
        match newest.last_mut() {
            Some(last) if last.group == policy.group => *last = policy,
            _ => newest.push(policy),
        }
    }
    Ok(newest)
}

/// Every policy by group and version.
pub fn policies(connection: &Connection) -> Result<Vec<PublishedPolicy>, StoreError> {
    let mut statement = connection.prepare(&format!("{COLUMNS} ORDER BY group_name, version"))?;
    let rows = statement.query_map([], |row| Ok(published(row)))?;
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
        reference: reference(row, 0)??,
        envelope: Envelope::parse(&bytes, MAX_DOCUMENT_BYTES).map_err(|_| StoreError::Corrupt("policy"))?,
        published_at: UtcTime::from_unix(row.get(4)?),
    })
}

/// Version and digest in two columns from `first` on.
fn reference(row: &Row<'_>, first: usize) -> rusqlite::Result<Result<PolicyRef, StoreError>> {
    let (version, digest): (i64, String) = (row.get(first)?, row.get(first + 1)?);
    Ok(Digest::parse(&digest)
        .map(|sha256| PolicyRef { version: unsigned(version), sha256 })
        .map_err(|_| StoreError::Corrupt("policy")))
}
