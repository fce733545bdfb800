//! `POST /v1/enroll` with `Authorization: Bearer <token>`.

use super::{App, answer, body};
use crate::refusal::RequestRefusal;
use crate::verify::ArrivedEnrolment;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::response::Response;
use axum::routing::post;
use collector_proto::messages::{media, path};

/// Largest enrolment request in bytes. An honest one has about 700.
const MAX_ENROLMENT_BYTES: usize = 16 * 1024;

pub(super) fn route() -> Router<App> {
    Router::new().route(path::ENROL, post(answer_enrol))
}

async fn answer_enrol(
    State(app): State<App>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, RequestRefusal> {
    let answer = take(&app, &headers, &mut body).await;
    if answer.is_err() {
        body::discard(&app.doors, &headers, &mut body).await;
    }
    answer
}

async fn take(app: &App, headers: &HeaderMap, body: &mut Body) -> Result<Response, RequestRefusal> {
    body::expect(headers, media::ENVELOPE, None)?;
    let token = body::single(headers, AUTHORIZATION.as_str())?
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token.trim().to_owned());
    // A stranger gets no place among the bodies.
    let sender = app.doors.ask(app.collector.check_token(token.as_deref())).await?;
    let body = body::receive(app, sender, headers, body, MAX_ENROLMENT_BYTES).await?;
    Ok(answer::json(&app.collector.enrol(ArrivedEnrolment { body, token }).await?))
}
