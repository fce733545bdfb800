//! Serves the interface over TLS 1.3 with every resource bounded.

mod listener;
mod places;

use crate::collector::Collector;
use axum::extract::connect_info::Connected;
use axum::extract::{ConnectInfo, Request};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use axum_server::{Handle, Server};
use hyper_util::rt::TokioTimer;
use listener::BoundedListener;
use places::Connection;
use std::future::Future;
use std::io;
use std::sync::Arc;
use std::time::Duration;

/// Longest time for a TLS handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest time for a request's header, and for an idle connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(10);

/// Largest request header in bytes. Signed requests stay below 1 KiB.
const MAX_HEADER_BYTES: usize = 16 * 1024;

/// Most header fields of a request.
const MAX_HEADERS: usize = 64;

/// Requests at once on one HTTP/2 connection. An agent has one.
const STREAMS: u32 = 2;

/// Bytes of bodies that one HTTP/2 connection may send before anybody reads them. A body of 2 MiB takes eight round trips; what all
/// connections can leave here unread is below 128 MiB.
const WINDOW: u32 = 256 * 1024;

/// How long requests in progress may take to end after the server was told to stop.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until `stop` ends, then lets requests in progress end.
pub async fn serve(
    collector: Arc<Collector>,
    listener: std::net::TcpListener,
    tls: Arc<rustls::ServerConfig>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let listener = BoundedListener::from_std(listener, Arc::clone(&collector.connections))?;
    let handle: Handle<Connection> = Handle::new();
    let stopping = handle.clone();
    let stopper = tokio::spawn(async move {
        stop.await;
        stopping.graceful_shutdown(Some(GRACE));
    });
    let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(tls)).handshake_timeout(HANDSHAKE_TIMEOUT);
    let mut server = Server::<Connection>::from_listener(listener).acceptor(acceptor).handle(handle);
    bound(server.http_builder());
    let router = crate::http::router(collector).layer(from_fn(in_progress));
    let result = server.serve(router.into_make_service_with_connect_info::<Connection>()).await;
    stopper.abort();
    result
}

/// Holds the connection's place while one of its requests is worked on.
async fn in_progress(
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let _request = connection.begin();
    next.run(request).await
}

impl Connected<Self> for Connection {
    fn connect_info(connection: Self) -> Self {
        connection
    }
}

fn bound(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX))
        .max_concurrent_streams(STREAMS)
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .keep_alive_interval(HEADER_TIMEOUT)
        .keep_alive_timeout(HEADER_TIMEOUT);
}
