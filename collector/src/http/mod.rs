//! The collector's HTTP interface: a file for each route, with its path and method in it. Every refusal is a problem document (RFC 9457).

mod answer;
mod bodies;
mod body;
mod challenge;
mod contract;
mod enrol;
mod head;
mod health;
mod held;
mod policy;
mod reports;
mod signed;

use crate::collector::Collector;
use axum::Router;
use bodies::Bodies;
use std::sync::Arc;

/// What the routes work with.
#[derive(Clone)]
struct App {
    collector: Arc<Collector>,
    bodies: Bodies,
}

/// All routes.
pub fn router(collector: Arc<Collector>) -> Router {
    let app = App { collector, bodies: Bodies::new() };
    Router::new()
        .merge(health::route())
        .merge(challenge::route())
        .merge(enrol::route())
        .merge(policy::route())
        .merge(reports::route())
        .merge(head::route())
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::method_not_allowed)
        .layer(axum::middleware::from_fn_with_state(app.clone(), held::refuse))
        .layer(axum::middleware::from_fn(contract::speak))
        .with_state(app)
}
