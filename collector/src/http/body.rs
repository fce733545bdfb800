//! Receives a request's body within bounds of size, time and number.

use super::App;
use super::doors::Doors;
use crate::refusal::{Reason, RequestRefusal};
use crate::tries::Sender;
use axum::body::Body;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use collector_proto::limits::MAX_REPORT_WIRE_BYTES;
use http_body_util::BodyExt as _;
use std::time::Duration;
use tokio::time::Instant;

/// Longest time for a body to arrive: 2 MiB in that time is 70 KiB/s.
const BODY_TIMEOUT: Duration = Duration::from_secs(30);

/// Time that a body has before anything of it is counted.
const FIRST_BYTES_TIMEOUT: Duration = Duration::from_secs(5);

/// Slowest rate after that. Without one, a few senders of a byte now and then hold every place.
const MIN_BYTES_PER_SECOND: usize = 16 * 1024;

/// Most bytes that are taken of a refused body.
const MAX_DISCARDED: usize = 2 * MAX_REPORT_WIRE_BYTES;

/// Longest time for these. They take no place, so that only their own connection waits.
const DISCARD_TIMEOUT: Duration = Duration::from_secs(5);

/// Checks type and coding of the body before any of it is received.
pub(super) fn expect(
    headers: &HeaderMap,
    media_type: &str,
    coding: Option<&str>,
) -> Result<(), RequestRefusal> {
    if single(headers, CONTENT_TYPE.as_str())? != Some(media_type) {
        return Err(RequestRefusal::new(
            Reason::MediaType,
            "the content type is not the one of this endpoint",
        ));
    }
    if single(headers, CONTENT_ENCODING.as_str())? != coding {
        return Err(match coding {
            Some(_) => RequestRefusal::new(Reason::MediaType, "the content coding must be zstd"),
            None => RequestRefusal::new(Reason::MediaType, "no content coding is taken here"),
        });
    }
    Ok(())
}

/// The value of a header that may stand once at most and must be text.
pub(super) fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, RequestRefusal> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.next().is_some() {
        return Err(RequestRefusal::new(Reason::Malformed, "a header that may stand once is repeated"));
    }
    first.map(|value| value.to_str().map(str::trim)).transpose().map_err(|error| {
        RequestRefusal::new(Reason::Malformed, "a header is not printable text").caused_by(error)
    })
}

/// Receives at most `max` bytes of somebody's body.
pub(super) async fn receive(
    app: &App,
    sender: Sender,
    headers: &HeaderMap,
    body: &mut Body,
    max: usize,
) -> Result<Vec<u8>, RequestRefusal> {
    if announced(headers).is_some_and(|length| length > max as u64) {
        return Err(Reason::TooLarge.into());
    }
    let _turn = app.bodies.turn(sender).await?;
    collect(body, max).await
}

async fn collect(body: &mut Body, max: usize) -> Result<Vec<u8>, RequestRefusal> {
    let (start, mut bytes) = (Instant::now(), Vec::new());
    loop {
        let frame = tokio::time::timeout_at(start + time_for(bytes.len()), body.frame()).await;
        let data = match frame {
            Ok(None) => return Ok(bytes),
            Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
            Ok(Some(Err(error))) => {
                return Err(RequestRefusal::new(Reason::Malformed, "the body broke off").caused_by(error));
            }
            Err(error) => {
                let refusal = RequestRefusal::new(Reason::Malformed, "the body arrives too slowly");
                return Err(refusal.caused_by(error));
            }
        };
        if data.len() > max - bytes.len() {
            return Err(Reason::TooLarge.into());
        }
        bytes.extend_from_slice(&data);
    }
}

/// How long after its start a body must bring more when this much of it has arrived.
fn time_for(received: usize) -> Duration {
    let earned = Duration::from_secs((received / MIN_BYTES_PER_SECOND) as u64);
    BODY_TIMEOUT.min(FIRST_BYTES_TIMEOUT + earned)
}

/// Takes what is still to come of a body that is refused and forgets it. A connection that is closed with unread data
/// is reset, and with it goes the answer before a client that still sends has read it.
pub(super) async fn discard(doors: &Doors, headers: &HeaderMap, body: &mut Body) {
    let Some(_leave) = doors.discard() else { return };
    // A sender that waits for permission to send is answered without it; a far too long body is not worth the wait.
    if headers.contains_key(EXPECT) || announced(headers).is_some_and(|length| length > MAX_DISCARDED as u64)
    {
        return;
    }
    let mut left = MAX_DISCARDED;
    let take_all = async {
        while let Some(Ok(frame)) = body.frame().await {
            let taken = frame.data_ref().map_or(0, axum::body::Bytes::len);
            match left.checked_sub(taken) {
                Some(rest) => left = rest,
                None => break,
            }
        }
    };
    // The answer goes out either way.
    let _ = tokio::time::timeout(DISCARD_TIMEOUT, take_all).await;
}

fn announced(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_earns_its_time_with_its_bytes() {
        assert_eq!(time_for(0), FIRST_BYTES_TIMEOUT);
        assert_eq!(time_for(MIN_BYTES_PER_SECOND - 1), FIRST_BYTES_TIMEOUT);
        assert_eq!(time_for(10 * MIN_BYTES_PER_SECOND), FIRST_BYTES_TIMEOUT + Duration::from_secs(10));
        assert_eq!(time_for(MAX_REPORT_WIRE_BYTES), BODY_TIMEOUT);
    }

    #[tokio::test]
    async fn a_refused_body_is_taken_up_to_its_bound() {
        let mut small = Body::from(vec![0; MAX_DISCARDED]);
        let doors = Doors::new();
        discard(&doors, &HeaderMap::new(), &mut small).await;
        assert!(small.frame().await.is_none());
        let mut waits = Body::from("not sent yet");
        discard(&doors, &HeaderMap::from_iter([(EXPECT, "100-continue".parse().unwrap())]), &mut waits).await;
        assert!(waits.frame().await.is_some());
    }
}
