//! Answers: read up to a bound, then parsed. Nothing of a body reaches an error.

use crate::error::UplinkError;
use crate::retry_after;
use collector_proto::contract::{self, CONTRACT, CONTRACT_HEADER, Contract, ReadError};
use collector_proto::messages::{Problem, media};
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;
use std::task::{Context, Poll, Waker};

/// Largest challenge. It is a nonce and a date.
pub(crate) const MAX_CHALLENGE_BYTES: usize = 4 * 1024;

/// Largest problem document that is read. A longer refusal is taken by its status alone.
const MAX_PROBLEM_BYTES: usize = 16 * 1024;

/// What is expected and how large it may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    /// With its article, for messages.
    pub(crate) name: &'static str,
    /// Most bytes of its JSON.
    pub(crate) limit: usize,
}

/// Reads an answer of the expected kind, or the refusal that came instead. `lost` makes an error of a broken or
/// silent connection.
pub(crate) async fn read<T: DeserializeOwned>(
    response: Response,
    address: &str,
    expected: Expected,
    lost: impl Fn(reqwest::Error) -> UplinkError,
) -> Result<T, UplinkError> {
    let status = response.status();
    if status.is_redirection() {
        return Err(UplinkError::Redirect { address: address.to_owned(), status: status.as_u16() });
    }
    if !status.is_success() {
        return Err(refusal(response, address).await);
    }
    let contract =
        contract_of(&response).ok_or_else(|| UplinkError::NoContract { address: address.to_owned() })?;
    CONTRACT
        .works_with(contract)
        .map_err(|distance| UplinkError::Contract { address: address.to_owned(), distance })?;
    let body = match bounded(response, expected.limit).await {
        Ok(body) => body,
        Err(Unread::TooLarge) => {
            return Err(UplinkError::AnswerTooLarge { address: address.to_owned(), limit: expected.limit });
        }
        Err(Unread::Lost(error)) => return Err(lost(error)),
    };
    let address = address.to_owned();
    contract::read(&body).map_err(|error| match error {
        ReadError::NotUnderstood(what) => UplinkError::NotUnderstood { address, what },
        ReadError::Form(error) => UplinkError::Malformed {
            address,
            expected: expected.name,
            line: error.line(),
            column: error.column(),
        },
    })
}

/// What the agent makes of an answer that no server gave: of this status, these headers and this body. For the fuzz targets, which
/// have no connection.
///
/// # Errors
/// As a call does that gets this answer.
#[doc(hidden)]
pub fn read_answer<T: DeserializeOwned>(
    status: u16,
    headers: &[(String, Vec<u8>)],
    body: Vec<u8>,
    limit: usize,
) -> Result<T, UplinkError> {
    let malformed = || UplinkError::Truncated { address: String::new(), cause: None };
    let answer = headers
        .iter()
        .fold(http::Response::builder().status(status), |answer, (name, value)| answer.header(name, &**value))
        .body(body)
        .map_err(|_: http::Error| malformed())?;
    let expected = Expected { name: "an answer", limit };
    let reading = read(answer.into(), "https://collector.example", expected, |_| malformed());
    // The body is there as a whole, so that nothing is waited for.
    let mut waits_for_nothing = Context::from_waker(Waker::noop());
    match std::pin::pin!(reading).poll(&mut waits_for_nothing) {
        Poll::Ready(read) => read,
        Poll::Pending => Err(malformed()),
    }
}

/// What the collector understands, where the answer says so; a refusal does as well.
pub(crate) fn contract_of(response: &Response) -> Option<Contract> {
    response.headers().get(CONTRACT_HEADER).and_then(|value| value.to_str().ok()).and_then(Contract::parse)
}

/// A refusal, as a problem where it is one of a collector.
async fn refusal(response: Response, address: &str) -> UplinkError {
    let address = address.to_owned();
    let status = response.status().as_u16();
    let retry_after = retry_after::read(response.headers());
    let said = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_problem = said.split(';').next().is_some_and(|t| t.trim().eq_ignore_ascii_case(media::PROBLEM));
    let body = if is_problem { bounded(response, MAX_PROBLEM_BYTES).await.ok() } else { None };
    match body.and_then(|body| contract::read::<Problem>(&body).ok()) {
        // Problem details are a standard that proxies speak as well; only our own kinds are a collector's word.
        Some(problem) if problem.kind().is_some() => {
            UplinkError::Problem { address, status, problem: Box::new(problem), retry_after }
        }
        _ => UplinkError::Status { address, status, retry_after },
    }
}

/// Why a body is not there.
enum Unread {
    TooLarge,
    Lost(reqwest::Error),
}

async fn bounded(mut response: Response, limit: usize) -> Result<Vec<u8>, Unread> {
    if response.content_length().is_some_and(|length| length > limit as u64) {
        return Err(Unread::TooLarge);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(Unread::Lost)? {
        if chunk.len() > limit - body.len() {
            return Err(Unread::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
