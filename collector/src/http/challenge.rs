//! `GET /v1/enroll/challenge`

use super::{App, answer};
use crate::refusal::RequestRefusal;
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use collector_proto::messages::path;

pub(super) fn route() -> Router<App> {
    Router::new().route(path::CHALLENGE, get(answer_challenge))
}

async fn answer_challenge(State(app): State<App>) -> Result<Response, RequestRefusal> {
    Ok(answer::json(&app.collector.challenge()?))
}
