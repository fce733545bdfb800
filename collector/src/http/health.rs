//! `GET /healthz`: whether reports are taken, how much is worked at beside how much can be, what limits refused since the start, and what
//! ends soon. 200 where reports are taken, 503 where they are not; the same document in both.

use super::{App, answer};
use crate::collector::Load;
use crate::health::{Looked, Refused, Status, Taken};
use crate::refusal::RequestRefusal;
use crate::store::Level;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use collector_proto::contract::{CONTRACT, Contract};
use collector_proto::messages::path;

#[derive(serde::Serialize)]
struct Health {
    status: Status,
    contract: Contract,
    /// Whether a restore would find out what happened since its backup.
    journal: bool,
    room: RoomLeft,
    load: Loads,
    refused: Refused,
    #[serde(skip_serializing_if = "Option::is_none")]
    devices_over_quota: Option<u64>,
    /// What ends soon and has to be renewed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

/// How much room there is. The last MiB is told to nobody: differences between two answers would tell the size of a report.
#[derive(serde::Serialize)]
struct RoomLeft {
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left_mib: Option<u64>,
}

#[derive(serde::Serialize)]
struct Loads {
    #[serde(flatten)]
    collector: Load,
    bodies: Taken,
    questions: Taken,
}

pub(super) fn route() -> Router<App> {
    Router::new().route(path::HEALTH, get(answer_health))
}

async fn answer_health(State(app): State<App>) -> Result<Response, RequestRefusal> {
    let Looked { status, room, devices_over_quota, warnings, .. } = app.collector.look().await;
    let left = room.and_then(|room| room.left());
    let health = Health {
        status,
        contract: CONTRACT,
        journal: app.collector.has_journal(),
        room: RoomLeft { level: room.map(|room| room.level()), left_mib: left.map(|bytes| bytes >> 20) },
        load: Loads {
            collector: app.collector.load(),
            bodies: app.bodies.taken(),
            questions: app.doors.taken(),
        },
        refused: app.collector.limited.refused(),
        devices_over_quota,
        warnings,
    };
    let mut response = answer::json(&health);
    if status != Status::Ok {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Ok(response)
}
