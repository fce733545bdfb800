//! `GET /v1/enroll/challenge`

use super::{App, answer};
use crate::refusal::Refusal;
use axum::extract::State;
use axum::response::Response;

pub(super) async fn get(State(app): State<App>) -> Result<Response, Refusal> {
    Ok(answer::json(&app.collector.challenge()?))
}
