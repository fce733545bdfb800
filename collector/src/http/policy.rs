//! `GET /v1/policy`, signed (RFC 9421): roots, policy and timestamp of the asking device's group.

use super::{App, answer, signed};
use crate::refusal::RequestRefusal;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::get;
use collector_proto::messages::path;

pub(super) fn route() -> Router<App> {
    Router::new().route(path::POLICY, get(answer_policy))
}

async fn answer_policy(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, RequestRefusal> {
    let (parts, received) = signed::received(&method, &uri, &headers)?;
    Ok(answer::json(&app.doors.ask(app.collector.documents_for(parts, received)).await?))
}
