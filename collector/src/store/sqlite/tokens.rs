//! One-time enrolment tokens.

use super::{SqliteStore, paging};
use crate::journal::Entry;
use crate::store::{Answer, Listed, Page, StoreError, Token, TokenState, TokenStore};
use collector_proto::digest::Digest;
use collector_proto::time::UtcTime;
use rusqlite::{Connection, OptionalExtension as _, params};

impl TokenStore for SqliteStore {
    fn is_token_known(&self, token: &Digest) -> Answer<'_, bool> {
        let token = *token;
        self.read(move |connection| Ok(self::token(connection, &token)?.is_some()))
    }

    fn add_token(&self, token: &Digest, group: &str, expires: UtcTime, now: UtcTime) -> Answer<'_, ()> {
        let (token, group) = (token.to_string(), group.to_owned());
        self.write(move |connection| {
            connection.execute(
                "INSERT INTO token (sha256, group_name, created_at, expires_at) VALUES (?1, ?2, ?3, ?4)",
                params![token, group, now.unix(), expires.unix()],
            )?;
            Ok(())
        })
    }

    fn tokens(&self, page: Page, now: UtcTime) -> Answer<'_, Listed<Token>> {
        self.read(move |connection| tokens(connection, &page, now))
    }

    fn revoke_token(&self, digits: &str, now: UtcTime) -> Answer<'_, usize> {
        let digits = digits.to_owned();
        self.write_noted(move |connection, noting| {
            let mut statement = connection.prepare_cached(
                "UPDATE token SET revoked_at = ?2
                 WHERE used_at IS NULL AND revoked_at IS NULL AND substr(sha256, 8, length(?1)) = ?1
                 RETURNING sha256",
            )?;
            let tokens = statement.query_map(params![digits, now.unix()], |row| row.get(0))?;
            let tokens = tokens.collect::<Result<Vec<String>, _>>()?;
            let count = tokens.len();
            if count > 0 {
                noting.note(connection, &Entry::TokensRevoked { tokens }, now)?;
            }
            Ok(count)
        })
    }
}

/// A token as enrolment sees it.
pub(super) struct TokenRow {
    pub(super) group: String,
    pub(super) expires: UtcTime,
    pub(super) revoked: bool,
    /// Id and key of the device that used it.
    pub(super) used_by: Option<(String, String)>,
}

pub(super) fn token(connection: &Connection, token: &Digest) -> Result<Option<TokenRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT group_name, expires_at, revoked_at IS NOT NULL, used_by_device, used_by_key
         FROM token WHERE sha256 = ?1",
    )?;
    let row = statement.query_row([token.to_string()], |row| {
        let (device, key): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
        Ok(TokenRow {
            group: row.get(0)?,
            expires: UtcTime::from_unix(row.get(1)?),
            revoked: row.get(2)?,
            used_by: device.zip(key),
        })
    });
    Ok(row.optional()?)
}

fn tokens(connection: &Connection, page: &Page, now: UtcTime) -> Result<Listed<Token>, StoreError> {
    let (created, digest) = paging::number_and_text(page)?.unwrap_or((i64::MAX, String::new()));
    let mut statement = connection.prepare_cached(
        "SELECT sha256, group_name, created_at, expires_at, revoked_at, used_at, used_by_device FROM token
         WHERE created_at < ?1 OR (created_at = ?1 AND sha256 > ?2)
         ORDER BY created_at DESC, sha256 LIMIT ?3",
    )?;
    let rows = statement.query_map(params![created, digest, paging::rows(page)], |row| {
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
    let tokens = rows.collect::<Result<_, _>>()?;
    Ok(paging::listed(tokens, page, |token| format!("{} {}", token.created.unix(), token.sha256)))
}
