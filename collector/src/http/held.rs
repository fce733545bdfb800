//! After a restore that lost something nobody is answered until an administrator accepts the loss: whoever was revoked
//! since the backup would be served again.

use super::App;
use crate::refusal::{Reason, RequestRefusal};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

pub(super) async fn refuse(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, RequestRefusal> {
    if app.collector.is_held().await? {
        let detail = "the collector was restored from a backup, and its administrator has not accepted yet what was lost; keep what \
                      you have, and try again later";
        return Err(RequestRefusal::new(Reason::Unavailable, detail));
    }
    Ok(next.run(request).await)
}
