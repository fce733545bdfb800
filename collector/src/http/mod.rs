//! The collector's HTTP interface: a route a file. Every refusal is a problem document (RFC 9457).

mod answer;
mod body;
mod challenge;
mod enrol;
mod health;
mod policy;
mod reports;

use crate::collector::Collector;
use axum::Router;
use axum::routing::{get, post};
use collector_proto::messages::path;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Bodies received at once. Each may have 2 MiB, so that all together stay below 128 MiB.
const BODIES_AT_ONCE: usize = 64;

/// What the routes work with.
#[derive(Clone)]
struct App {
    collector: Arc<Collector>,
    bodies: Arc<Semaphore>,
}

/// All routes.
pub fn router(collector: Arc<Collector>) -> Router {
    let app = App { collector, bodies: Arc::new(Semaphore::new(BODIES_AT_ONCE)) };
    Router::new()
        .route(path::HEALTH, get(health::get))
        .route(path::CHALLENGE, get(challenge::get))
        .route(path::ENROL, post(enrol::post))
        .route(path::POLICY, get(policy::get))
        .route(path::REPORTS, post(reports::post))
        .fallback(answer::not_found)
        .method_not_allowed_fallback(answer::method_not_allowed)
        .with_state(app)
}
