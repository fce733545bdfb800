//! `GET /v1/policy`, signed (RFC 9421): roots, policy and timestamp of the asking device's group.

use super::{App, answer, body, contract};
use crate::refusal::{Reason, RequestRefusal};
use axum::Router;
use axum::extract::State;
use axum::http::header::HOST;
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::get;
use collector_proto::http_signature::{
    CONTENT_DIGEST, ReceivedHeaders, RequestParts, SIGNATURE, SIGNATURE_INPUT,
};
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
    let unsigned = || RequestRefusal::new(Reason::BadSignature, "the request is not signed");
    let received = ReceivedHeaders {
        signature_input: body::single(&headers, SIGNATURE_INPUT)?.ok_or_else(unsigned)?,
        signature: body::single(&headers, SIGNATURE)?.ok_or_else(unsigned)?,
        content_digest: body::single(&headers, CONTENT_DIGEST)?,
    };
    // HTTP/2 has the authority in the URI, HTTP/1.1 in Host. Either is compared with the configured ones.
    let authority = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => body::single(&headers, HOST.as_str())?
            .ok_or_else(|| RequestRefusal::new(Reason::Malformed, "the request names no host"))?,
    };
    let contract = contract::of(&headers)?;
    let (path, query) = (uri.path(), uri.query());
    let parts = RequestParts { method: method.as_str(), authority, path, query, contract };
    Ok(answer::json(&app.collector.documents_for(parts, received).await?))
}
