//! `Candor-Contract`: on every request but those to `/healthz`, and on every answer.

use super::{App, body};
use crate::refusal::{Reason, RequestRefusal};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use collector_proto::contract::{CONTRACT, CONTRACT_HEADER, Contract};
use collector_proto::messages::path;

/// Refuses senders that are too far from this collector, and says in every answer what it speaks.
pub(super) async fn speak(State(app): State<App>, request: Request, next: Next) -> Response {
    // Load balancers ask for health; they are not agents.
    let spoken = if request.uri().path() == path::HEALTH { Ok(()) } else { check(request.headers()) };
    let mut response = match spoken {
        Ok(()) => next.run(request).await,
        Err(refusal) => {
            let (parts, mut body) = request.into_parts();
            body::discard(&app.doors, &parts.headers, &mut body).await;
            refusal.into_response()
        }
    };
    let value = HeaderValue::from(CONTRACT.number());
    response.headers_mut().insert(HeaderName::from_static(CONTRACT_HEADER), value);
    response
}

fn check(headers: &HeaderMap) -> Result<(), RequestRefusal> {
    CONTRACT.works_with(of(headers)?).map_err(RequestRefusal::too_far)
}

/// The sender's contract number.
pub(super) fn of(headers: &HeaderMap) -> Result<Contract, RequestRefusal> {
    let value = body::single(headers, CONTRACT_HEADER)?;
    value.and_then(Contract::parse).ok_or_else(|| {
        RequestRefusal::new(
            Reason::Contract,
            "the header Candor-Contract is missing or holds no contract number; every agent sends it",
        )
    })
}
