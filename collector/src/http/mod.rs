//! The collector's HTTP interface: a file for each route, with its path and method in it. Every refusal is a problem document (RFC 9457).

mod answer;
mod bodies;
mod body;
mod challenge;
mod contract;
mod doors;
mod enrol;
mod head;
mod health;
mod held;
mod policy;
mod reports;
mod signed;

use crate::collector::Collector;
use crate::refusal::Reason;
use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use bodies::Bodies;
use doors::Doors;
use std::sync::Arc;

/// What the routes work with.
#[derive(Clone)]
struct App {
    collector: Arc<Collector>,
    bodies: Bodies,
    doors: Doors,
}

/// All routes.
pub fn router(collector: Arc<Collector>) -> Router {
    let app = App { collector, bodies: Bodies::new(), doors: Doors::new() };
    Router::new()
        .merge(health::route())
        .merge(challenge::route())
        .merge(enrol::route())
        .merge(policy::route())
        .merge(reports::route())
        .merge(head::route())
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::method_not_allowed)
        .layer(from_fn_with_state(app.clone(), held::refuse))
        .layer(from_fn_with_state(app.clone(), contract::speak))
        .layer(from_fn_with_state(app.clone(), count))
        .with_state(app)
}

/// Counts what a limit refused.
async fn count(State(app): State<App>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if let Some(reason) = response.extensions().get::<Reason>() {
        app.collector.limited.count(*reason);
    }
    response
}
