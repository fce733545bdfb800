//! A listener that bounds connections in number and life, and forgets where they come from.

use axum_server::{AddrListener, Address};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;

/// Longest life of a connection, however busy or silent: several bodies at the slowest speed allowed. Without it,
/// silent connections could hold every place.
const CONNECTION_LIFE: Duration = Duration::from_mins(3);

/// An address that says nothing: no part of the server learns where a connection comes from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Anonymous;

impl Address for Anonymous {
    type Stream = BoundedStream;
    type Listener = BoundedListener;
}

/// Accepts while fewer than a fixed number of connections are open.
pub(super) struct BoundedListener {
    inner: TcpListener,
    places: Arc<Semaphore>,
}

impl BoundedListener {
    pub(super) fn from_std(listener: std::net::TcpListener, connections: usize) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { inner: TcpListener::from_std(listener)?, places: Arc::new(Semaphore::new(connections)) })
    }
}

impl AddrListener<BoundedStream, Anonymous> for BoundedListener {
    async fn bind_to(_: Anonymous) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn accept_stream(&self) -> io::Result<(BoundedStream, Anonymous)> {
        let place = Arc::clone(&self.places).acquire_owned().await.map_err(io::Error::other)?;
        let (inner, _) = self.inner.accept().await?;
        let end = Box::pin(tokio::time::sleep(CONNECTION_LIFE));
        Ok((BoundedStream { inner, end, _place: place }, Anonymous))
    }

    fn get_local_addr(&self) -> io::Result<Anonymous> {
        Ok(Anonymous)
    }
}

/// A connection that holds its place and ends in time.
pub(super) struct BoundedStream {
    inner: TcpStream,
    end: Pin<Box<Sleep>>,
    _place: OwnedSemaphorePermit,
}

impl AsyncRead for BoundedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for BoundedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.end.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
