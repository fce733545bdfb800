//! `GET /healthz`: answers `{"status":"ok"}` when the database answers.

use super::{App, answer};
use crate::refusal::Refusal;
use axum::extract::State;
use axum::response::Response;
use collector_proto::messages::ProblemKind;

#[derive(serde::Serialize)]
struct Health {
    status: &'static str,
}

pub(super) async fn get(State(app): State<App>) -> Result<Response, Refusal> {
    if app.collector.is_healthy() {
        Ok(answer::json(&Health { status: "ok" }))
    } else {
        Err(Refusal::new(ProblemKind::Unavailable, "the database does not answer"))
    }
}
