//! One-time enrolment tokens.

use super::{Actor, Admin, AdminError, Operation};
use crate::clock::random_bytes;
use crate::store::{Listed, Page, Token, TokenStore};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::digest::Digest;
use collector_proto::time::{Span, UtcTime};

/// Fewest digits that name a token: enough that none is revoked by mistake.
const FEWEST_DIGITS: usize = 8;

/// A token that was made. Secret: only its digest is stored.
#[derive(serde::Serialize)]
pub(crate) struct MadeToken {
    pub(crate) token: String,
    pub(crate) group: String,
    pub(crate) expires: UtcTime,
}

/// Makes a token with which one device joins a group within `life`.
pub(crate) async fn make(
    admin: &Admin,
    actor: &Actor,
    group: &str,
    life: Span,
) -> Result<MadeToken, AdminError> {
    make_in(admin.enter(actor, Operation::MakeToken)?, admin, group, life).await
}

/// As [`make`], for an operation that entered the store already.
pub(super) async fn make_in(
    store: &dyn TokenStore,
    admin: &Admin,
    group: &str,
    life: Span,
) -> Result<MadeToken, AdminError> {
    if group.trim().is_empty() {
        return Err(AdminError::NamelessGroup);
    }
    let token = URL_SAFE_NO_PAD.encode(random_bytes::<32>(admin.random.as_ref())?);
    let now = admin.now();
    let expires = now.plus_seconds(life.seconds());
    store.add_token(&Digest::of(token.as_bytes()), group, expires, now).await?;
    Ok(MadeToken { token, group: group.to_owned(), expires })
}

/// Lists tokens, newest first.
pub(crate) async fn list(admin: &Admin, actor: &Actor, page: Page) -> Result<Listed<Token>, AdminError> {
    Ok(admin.enter(actor, Operation::ListTokens)?.tokens(page, admin.now()).await?)
}

/// Revokes the unused tokens whose SHA-256 starts with these hex digits, with or without `sha256:` before them, and
/// says how many there were.
pub(crate) async fn revoke(admin: &Admin, actor: &Actor, digits: &str) -> Result<usize, AdminError> {
    let digits = digits.trim_start_matches("sha256:").to_ascii_lowercase();
    if digits.len() < FEWEST_DIGITS || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Err(AdminError::TooFewDigits(FEWEST_DIGITS));
    }
    match admin.enter(actor, Operation::RevokeTokens)?.revoke_token(&digits, admin.now()).await? {
        0 => Err(AdminError::NoToken(digits)),
        count => Ok(count),
    }
}
