//! `POST /v1/reports`: a report's head and parts, compressed with zstd, with the head's detached signature; the answer is the receipt's envelope.

use super::{App, answer, body};
use crate::refusal::RequestRefusal;
use crate::reports::Arrived;
use crate::tries::Sender;
use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::post;
use collector_proto::envelope::DSSE_SIGNATURE;
use collector_proto::limits::MAX_REPORT_WIRE_BYTES;
use collector_proto::messages::{header, media, path};

pub(super) fn route() -> Router<App> {
    Router::new().route(path::REPORTS, post(answer_reports))
}

async fn answer_reports(
    State(app): State<App>,
    headers: HeaderMap,
    mut body: Body,
) -> Result<Response, RequestRefusal> {
    let answer = take(&app, &headers, &mut body).await;
    if answer.is_err() {
        body::discard(&app.doors, &headers, &mut body).await;
    }
    answer
}

async fn take(app: &App, headers: &HeaderMap, body: &mut Body) -> Result<Response, RequestRefusal> {
    body::expect(headers, media::REPORT, Some("zstd"))?;
    let signature = body::single(headers, DSSE_SIGNATURE)?;
    // A stranger gets no place among the bodies, and a revoked device none either.
    let claim = app.doors.ask(app.collector.claim(signature)).await?;
    let receipt = body::single(headers, header::RECEIPT)?.map(|text| text.as_bytes().to_vec());
    let sent_again_for = body::single(headers, header::GENERATION)?.and_then(|number| number.parse().ok());
    let sender = Sender::Device(claim.key_id().clone());
    let body = body::receive(app, sender, headers, body, MAX_REPORT_WIRE_BYTES).await?;
    let arrived = Arrived { body, receipt, sent_again_for };
    Ok(answer::envelope(app.collector.take_report(claim, arrived).await?))
}
