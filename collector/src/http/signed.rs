//! What a signed request (RFC 9421) is verified by: its parts and its headers, as they came.

use super::{body, contract};
use crate::refusal::{Reason, RequestRefusal};
use axum::http::header::HOST;
use axum::http::{HeaderMap, Method, Uri};
use collector_proto::http_signature::{
    CONTENT_DIGEST, ReceivedHeaders, RequestParts, SIGNATURE, SIGNATURE_INPUT,
};

/// The signed parts and the headers that sign them.
pub(super) fn received<'a>(
    method: &'a Method,
    uri: &'a Uri,
    headers: &'a HeaderMap,
) -> Result<(RequestParts<'a>, ReceivedHeaders<'a>), RequestRefusal> {
    let unsigned = || RequestRefusal::new(Reason::BadSignature, "the request is not signed");
    let received = ReceivedHeaders {
        signature_input: body::single(headers, SIGNATURE_INPUT)?.ok_or_else(unsigned)?,
        signature: body::single(headers, SIGNATURE)?.ok_or_else(unsigned)?,
        content_digest: body::single(headers, CONTENT_DIGEST)?,
    };
    // HTTP/2 has the authority in the URI, HTTP/1.1 in Host. Either is compared with the configured ones.
    let authority = match uri.authority() {
        Some(authority) => authority.as_str(),
        None => body::single(headers, HOST.as_str())?
            .ok_or_else(|| RequestRefusal::new(Reason::Malformed, "the request names no host"))?,
    };
    let contract = contract::of(headers)?;
    let (path, query) = (uri.path(), uri.query());
    Ok((RequestParts { method: method.as_str(), authority, path, query, contract }, received))
}
