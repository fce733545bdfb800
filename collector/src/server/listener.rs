//! A listener that bounds connections in number and life, and forgets where they come from.

use super::places::{Connection, Place, Places};
use axum_server::{AddrListener, Address};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::time::{Instant, Sleep};

/// Longest life of a connection, however busy: several bodies at the slowest speed allowed.
const CONNECTION_LIFE: Duration = Duration::from_mins(3);

impl Address for Connection {
    type Stream = BoundedStream;
    type Listener = BoundedListener;
}

/// Accepts while fewer than a fixed number of connections are open, or one of them yields.
pub(super) struct BoundedListener {
    inner: TcpListener,
    places: Arc<Places>,
}

impl BoundedListener {
    pub(super) fn from_std(listener: std::net::TcpListener, places: Arc<Semaphore>) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        Ok(Self { inner: TcpListener::from_std(listener)?, places: Places::new(places) })
    }
}

impl AddrListener<BoundedStream, Connection> for BoundedListener {
    async fn bind_to(_: Connection) -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    async fn accept_stream(&self) -> io::Result<(BoundedStream, Connection)> {
        // Accepted first: nobody yields before somebody is there who needs the place.
        let (inner, _) = self.inner.accept().await?;
        // An answer is written at once. Held back until what was written before it is acknowledged, it costs a device 40 ms.
        inner.set_nodelay(true)?;
        let place = self.places.take().await.map_err(io::Error::other)?;
        let (connection, end) = (place.connection(), Instant::now() + CONNECTION_LIFE);
        let alarm = Box::pin(tokio::time::sleep_until(end));
        Ok((BoundedStream { inner, end, alarm, place }, connection))
    }

    fn get_local_addr(&self) -> io::Result<Connection> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// A connection that holds its place and ends in time.
pub(super) struct BoundedStream {
    inner: TcpStream,
    end: Instant,
    alarm: Pin<Box<Sleep>>,
    place: Place,
}

impl BoundedStream {
    /// Whether the connection may go on. Otherwise it is polled again once it has to end.
    fn goes_on(&mut self, cx: &mut Context<'_>) -> io::Result<()> {
        loop {
            let until =
                self.place.until(self.end, Instant::now(), cx.waker()).ok_or(io::ErrorKind::TimedOut)?;
            if self.alarm.deadline() != until {
                self.alarm.as_mut().reset(until);
            }
            if self.alarm.as_mut().poll(cx).is_pending() {
                return Ok(());
            }
        }
    }

    fn note(&self, written: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        if let Poll::Ready(Ok(bytes)) = &written {
            self.place.took(*bytes);
        }
        written
    }
}

impl AsyncRead for BoundedStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.goes_on(cx)?;
        Pin::new(&mut self.inner).poll_read(cx, buffer)
    }
}

impl AsyncWrite for BoundedStream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.goes_on(cx)?;
        let written = Pin::new(&mut self.inner).poll_write(cx, bytes);
        self.note(written)
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
        self.goes_on(cx)?;
        let written = Pin::new(&mut self.inner).poll_write_vectored(cx, slices);
        self.note(written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }
}
