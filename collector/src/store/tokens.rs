//! One-time enrolment tokens, known by their SHA-256 only.

use super::StoreError;
use collector_proto::digest::Digest;
use collector_proto::time::UtcTime;
use rusqlite::{Connection, params};

/// An enrolment token as it is listed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Token {
    /// SHA-256 of the token.
    pub sha256: String,
    /// Group that its device joins.
    pub group: String,
    /// When it was made.
    pub created: UtcTime,
    /// When it stops working.
    pub expires: UtcTime,
    /// What became of it.
    pub state: TokenState,
    /// The device that used it.
    pub used_by: Option<String>,
}

/// What became of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenState {
    /// It can be used once.
    Open,
    /// A device enrolled with it.
    Used,
    /// Its time is over.
    Expired,
    /// An administrator took it back.
    Revoked,
}

impl TokenState {
    /// The word for listings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Used => "used",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// Stores a token's digest.
pub fn add_token(
    connection: &Connection,
    token: &Digest,
    group: &str,
    expires: UtcTime,
    now: UtcTime,
) -> Result<(), StoreError> {
    connection.execute(
        "INSERT INTO token (sha256, group_name, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![token.to_string(), group, now.unix(), expires.unix()],
    )?;
    Ok(())
}

/// All tokens, newest first.
pub fn tokens(connection: &Connection, now: UtcTime) -> Result<Vec<Token>, StoreError> {
    let mut statement = connection.prepare(
        "SELECT sha256, group_name, created_at, expires_at, revoked_at, used_at, used_by_device
         FROM token ORDER BY created_at DESC, sha256",
    )?;
    let rows = statement.query_map([], |row| {
        let expires = UtcTime::from_unix(row.get(3)?);
        let (revoked, used): (Option<i64>, Option<i64>) = (row.get(4)?, row.get(5)?);
        let state = match (used, revoked) {
            (Some(_), _) => TokenState::Used,
            (None, Some(_)) => TokenState::Revoked,
            (None, None) if now >= expires => TokenState::Expired,
            (None, None) => TokenState::Open,
        };
        Ok(Token {
            sha256: row.get(0)?,
            group: row.get(1)?,
            created: UtcTime::from_unix(row.get(2)?),
            expires,
            state,
            used_by: row.get(6)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Takes back the unused tokens whose digest starts with these hex digits; returns how many there were.
pub fn revoke_token(connection: &Connection, prefix: &str, now: UtcTime) -> Result<usize, StoreError> {
    Ok(connection.execute(
        "UPDATE token SET revoked_at = ?2
         WHERE used_at IS NULL AND revoked_at IS NULL AND substr(sha256, 8, length(?1)) = ?1",
        params![prefix, now.unix()],
    )?)
}
