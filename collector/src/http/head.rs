//! `GET /v1/head`, signed (RFC 9421): which reports of the asking device are stored, as an envelope.

use super::{App, answer, signed};
use crate::refusal::RequestRefusal;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::get;
use collector_proto::messages::path;

pub(super) fn route() -> Router<App> {
    Router::new().route(path::HEAD, get(answer_head))
}

async fn answer_head(
    State(app): State<App>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, RequestRefusal> {
    let (parts, received) = signed::received(&method, &uri, &headers)?;
    Ok(answer::envelope(app.doors.ask(app.collector.head_for(parts, received)).await?))
}
