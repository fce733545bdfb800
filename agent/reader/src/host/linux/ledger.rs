//! The agent's ledger, which its own user keeps: another process of that user is asked, by a local socket.

use super::accounts::effective_user;
use super::exchange::{Exchange, Unanswered};
use crate::host::{AccountId, LedgerService, Unreadable};
use std::time::Instant;

/// Asks one question, a line, and takes the whole answer. Nothing of it is looked at.
///
/// The system's manager listens, for whom nobody but root and this process's own user can pass; what is written has to come
/// from the agent's user.
pub(crate) fn ask_ledger(
    service: &LedgerService,
    question: &[u8],
    max: usize,
) -> Result<Vec<u8>, Unreadable> {
    let user = match service.agent {
        Some(AccountId::Uid(user)) => user,
        Some(AccountId::Sid(_)) => return Err(Unreadable::Denied),
        None => effective_user(),
    };
    let deadline = Instant::now() + service.within;
    let mut exchange = Exchange::connect(&service.socket, deadline)?;
    if ![0, effective_user()].contains(&exchange.listener()?) {
        return Err(Unreadable::Denied);
    }
    exchange.take_only_from(user)?;
    exchange.write(&[question, b"\n"].concat(), deadline).map_err(Unanswered::reason)?;
    exchange.into_rest(max, deadline).map_err(Unanswered::reason)
}
