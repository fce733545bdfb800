//! `GET /healthz`: answers `{"status":"ok"}` when the database answers.

use super::{App, answer};
use crate::refusal::{Reason, Refusal};
use axum::extract::State;
use axum::response::Response;

#[derive(serde::Serialize)]
struct Health {
    status: &'static str,
}

pub(super) async fn get(State(app): State<App>) -> Result<Response, Refusal> {
    if app.collector.is_healthy().await {
        Ok(answer::json(&Health { status: "ok" }))
    } else {
        Err(Refusal::new(Reason::Unavailable, "the database does not answer"))
    }
}
