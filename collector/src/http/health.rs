//! `GET /healthz`: answers `{"status":"ok","contract":1,"journal":true}` when the database answers, and beside it
//! `warnings` of what ends soon.

use super::{App, answer};
use crate::refusal::{Reason, RequestRefusal};
use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::messages::path;

#[derive(serde::Serialize)]
struct Health {
    status: &'static str,
    contract: Contract,
    /// Whether a restore would find out what happened since its backup.
    journal: bool,
    /// What ends soon and has to be renewed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

pub(super) fn route() -> Router<App> {
    Router::new().route(path::HEALTH, get(answer_health))
}

async fn answer_health(State(app): State<App>) -> Result<Response, RequestRefusal> {
    if app.collector.is_healthy().await {
        let (warnings, journal) = (app.collector.endings().await, app.collector.has_journal());
        Ok(answer::json(&Health { status: "ok", contract: CONTRACT, journal, warnings }))
    } else {
        Err(RequestRefusal::new(Reason::Unavailable, "the database does not answer"))
    }
}
