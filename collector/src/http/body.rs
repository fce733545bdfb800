//! Receives a request's body within bounds of size, time and number.

use super::App;
use crate::refusal::Refusal;
use axum::body::{Body, to_bytes};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use collector_proto::messages::ProblemKind;
use std::time::Duration;

/// Longest time for a body to arrive: 2 MiB in that time is 70 KiB/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest wait for a turn to send a body. Less than a device's own timeout, so that it gets an answer.
const TURN_TIMEOUT: Duration = Duration::from_secs(5);

/// Checks type and coding of the body before any of it is received.
pub(super) fn expect(headers: &HeaderMap, media_type: &str, coding: Option<&str>) -> Result<(), Refusal> {
    if single(headers, CONTENT_TYPE.as_str())? != Some(media_type) {
        return Err(Refusal::new(ProblemKind::MediaType, "the content type is not the one of this endpoint"));
    }
    if single(headers, CONTENT_ENCODING.as_str())? != coding {
        return Err(match coding {
            Some(_) => Refusal::new(ProblemKind::MediaType, "the content coding must be zstd"),
            None => Refusal::new(ProblemKind::MediaType, "no content coding is taken here"),
        });
    }
    Ok(())
}

/// The value of a header that may stand once at most and must be text.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, Refusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(Refusal::new(ProblemKind::Malformed, "a header that may stand once is repeated"));
    }
    first
        .map(|value| value.to_str().map(str::trim))
        .transpose()
        .map_err(|_| Refusal::new(ProblemKind::Malformed, "a header is not printable text"))
}

/// Receives at most `max` bytes.
pub(super) async fn receive(
    app: &App,
    headers: &HeaderMap,
    body: Body,
    max: usize,
) -> Result<Vec<u8>, Refusal> {
    let announced =
        headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if announced.is_some_and(|length| length > max as u64) {
        return Err(ProblemKind::TooLarge.into());
    }
    let unavailable = || Refusal::new(ProblemKind::Unavailable, "too many requests at once; try again later");
    let turn = tokio::time::timeout(TURN_TIMEOUT, app.bodies.acquire()).await;
    let _turn = turn.map_err(|_| unavailable())?.map_err(|_| unavailable())?;
    match tokio::time::timeout(BODY_TIMEOUT, to_bytes(body, max)).await {
        Ok(Ok(bytes)) => Ok(bytes.into()),
        Ok(Err(error)) if is_too_long(&error) => Err(ProblemKind::TooLarge.into()),
        Ok(Err(_)) => Err(Refusal::new(ProblemKind::Malformed, "the body broke off")),
        Err(_) => Err(Refusal::new(ProblemKind::Malformed, "the body did not arrive within 30 seconds")),
    }
}

/// axum hides the kind of a body's error in its sources.
fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.is::<http_body_util::LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
