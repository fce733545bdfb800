//! Answers: JSON, envelopes and problems.

use crate::refusal::{Reason, RequestRefusal};
use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use collector_proto::messages::{Problem, media};
use serde::Serialize;
use std::error::Error as _;

/// When a device that was told to wait may come back, in seconds. Devices add their own jitter.
const RETRY_SECONDS: u32 = 30;

/// The same for a device that used up its quota of the day, or its tries of the hour.
const RETRY_OVER_QUOTA_SECONDS: u32 = 3600;

/// The same where there is no room: somebody has to make some.
const RETRY_NO_ROOM_SECONDS: u32 = 600;

impl IntoResponse for RequestRefusal {
    fn into_response(self) -> Response {
        tracing::debug!(problem = self.reason().problem().name(), cause = self.source(), "refused");
        let mut response = problem(&self.problem());
        let wait = match self.reason() {
            Reason::Busy | Reason::Unavailable => Some(RETRY_SECONDS),
            Reason::OverQuota | Reason::TooManyTries => Some(RETRY_OVER_QUOTA_SECONDS),
            Reason::NoRoom => Some(RETRY_NO_ROOM_SECONDS),
            _ => None,
        };
        if let Some(seconds) = wait {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        // What is counted goes by the reason: several have one kind of problem.
        response.extensions_mut().insert(self.reason());
        response
    }
}

/// A JSON document that nobody caches: challenges and timestamps age.
pub(super) fn json(document: &impl Serialize) -> Response {
    match serde_json::to_vec(document) {
        Ok(bytes) => with_type(StatusCode::OK, media::JSON, bytes),
        Err(error) => RequestRefusal::from(Reason::Internal).caused_by(error).into_response(),
    }
}

/// A signed document.
pub(super) fn envelope(bytes: Vec<u8>) -> Response {
    with_type(StatusCode::OK, media::ENVELOPE, bytes)
}

/// No such path.
pub(super) async fn not_found() -> RequestRefusal {
    Reason::NotFound.into()
}

/// No such method on a path. RFC 9457 has `about:blank` for problems that the status says all about.
pub(super) async fn method_not_allowed() -> Response {
    problem(&Problem {
        type_: "about:blank".to_owned(),
        title: "Method Not Allowed".to_owned(),
        status: StatusCode::METHOD_NOT_ALLOWED.as_u16(),
        detail: None,
        parts: std::collections::BTreeSet::new(),
        generation: None,
    })
}

fn problem(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    // Text and numbers only: serialising cannot fail.
    with_type(status, media::PROBLEM, serde_json::to_vec(problem).unwrap_or_default())
}

fn with_type(status: StatusCode, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
