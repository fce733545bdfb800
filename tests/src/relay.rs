//! A server between an agent and a real collector that changes what passes: with it either of them speaks as its later
//! release would.

use crate::message::Message;
use crate::{Collector, tls};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is done with a request: it may be changed, and is passed on unless it is answered at once.
pub type OnRequest = dyn Fn(&mut Message) -> Option<Message> + Send + Sync;

/// What is done with the collector's answer to a request of this path.
pub type OnAnswer = dyn Fn(&str, &mut Message) + Send + Sync;

/// A relay on loopback. It stops when dropped.
pub struct Relay {
    port: u16,
    stop: Arc<AtomicBool>,
    requests: Arc<Mutex<Vec<Message>>>,
}

/// What every connection needs.
struct Passage {
    upstream: u16,
    server: Arc<rustls::ServerConfig>,
    client: Arc<rustls::ClientConfig>,
    on_request: Box<OnRequest>,
    on_answer: Box<OnAnswer>,
    requests: Arc<Mutex<Vec<Message>>>,
}

impl Relay {
    /// Stands before the collector, whose bundles name the relay from here on.
    ///
    /// # Panics
    /// When there is no free port, or the collector does not come up again.
    pub fn before(collector: &mut Collector, on_request: Box<OnRequest>, on_answer: Box<OnAnswer>) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("a bound address").port();
        collector.kill();
        collector.stand_behind(port);
        collector.serve();
        let (certificate, key) = collector.certificate();
        let requests = Arc::default();
        let passage = Arc::new(Passage {
            upstream: collector.port(),
            server: Arc::new(tls::server(&certificate, &key)),
            client: Arc::new(tls::client(&collector.authority())),
            on_request,
            on_answer,
            requests: Arc::clone(&requests),
        });
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let passage = Arc::clone(&passage);
                std::thread::spawn(move || passage.serve(stream));
            }
        });
        Self { port, stop, requests }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every request so far as it came.
    pub fn requests(&self) -> Vec<Message> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it has to stop.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Passage {
    fn serve(&self, stream: TcpStream) {
        let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
        let Ok(connection) = rustls::ServerConnection::new(Arc::clone(&self.server)) else { return };
        let mut agent: tls::Served = rustls::StreamOwned::new(connection, stream);
        let Some(mut request) = Message::read(&mut agent) else { return };
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let answer = (self.on_request)(&mut request).or_else(|| {
            let mut answer = self.pass_on(&request)?;
            (self.on_answer)(request.path(), &mut answer);
            Some(answer)
        });
        if let Some(answer) = answer {
            let _ = answer.write(&mut agent);
            agent.conn.send_close_notify();
            let _ = std::io::Write::flush(&mut agent);
        }
    }

    fn pass_on(&self, request: &Message) -> Option<Message> {
        let mut collector = tls::call(self.upstream, Arc::clone(&self.client)).ok()?;
        request.write(&mut collector).ok()?;
        Message::read(&mut collector)
    }
}
