//! Servers that misbehave in one chosen way.

use crate::message::Message;
use crate::tls::{self, Served};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// How a server misbehaves.
#[derive(Debug, Clone)]
pub enum Fault {
    /// Answers every request with this status, these header lines and this body.
    Answer(u16, &'static str, &'static str),
    /// Answers as one of these each time, in turn and over again.
    InTurn(&'static [(u16, &'static str, &'static str)]),
    /// Says how long the answer is and closes before its end.
    Truncate,
    /// Takes the request and never answers.
    Hang,
    /// Speaks HTTP without TLS.
    PlainHttp,
    /// Shows a certificate of an authority that nobody knows.
    WrongAuthority,
}

/// A server on loopback. It stops when dropped.
pub struct FaultServer {
    port: u16,
    stop: Arc<AtomicBool>,
    requests: Arc<AtomicUsize>,
}

impl FaultServer {
    /// Listens on the port with the certificate and key of these PEM files. With `documents` it answers requests for
    /// the policy as a collector would, so that the fault meets the report.
    ///
    /// # Panics
    /// When the port is taken or the files are not a certificate and its key.
    pub fn start(
        port: u16,
        fault: Fault,
        documents: Option<Vec<u8>>,
        certificate: &Path,
        key: &Path,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("the port is free");
        let port = listener.local_addr().expect("a bound address").port();
        let config = Arc::new(match fault {
            Fault::WrongAuthority => tls::stranger(),
            _ => tls::server(certificate, key),
        });
        let (stop, requests) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let (stopped, counted) = (Arc::clone(&stop), Arc::clone(&requests));
        let documents = Arc::new(documents);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if stopped.load(Ordering::SeqCst) {
                    return;
                }
                let (fault, config, counted) = (fault.clone(), Arc::clone(&config), Arc::clone(&counted));
                let documents = Arc::clone(&documents);
                std::thread::spawn(move || serve(stream, &fault, documents.as_deref(), config, &counted));
            }
        });
        Self { port, stop, requests }
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// How many requests arrived whole.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

impl Drop for FaultServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // Wakes the listener, which then sees that it has to stop.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(
    mut stream: TcpStream,
    fault: &Fault,
    documents: Option<&[u8]>,
    config: Arc<rustls::ServerConfig>,
    requests: &AtomicUsize,
) {
    let _ = stream.set_read_timeout(Some(Duration::from_secs(30)));
    if matches!(fault, Fault::PlainHttp) {
        let _ =
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    }
    let Ok(connection) = rustls::ServerConnection::new(config) else { return };
    let mut tls: Served = rustls::StreamOwned::new(connection, stream);
    let Some(request) = Message::read(&mut tls) else { return };
    if let Some(documents) = documents
        && request.path() == "/v1/policy"
    {
        answer(&mut tls, 200, "Content-Type: application/json\r\n", documents);
        return;
    }
    let earlier = requests.fetch_add(1, Ordering::SeqCst);
    match fault {
        Fault::InTurn(answers) => {
            let (status, headers, body) = answers[earlier % answers.len()];
            answer(&mut tls, status, headers, body.as_bytes());
        }
        Fault::Answer(status, headers, body) => answer(&mut tls, *status, headers, body.as_bytes()),
        Fault::Truncate => {
            let _ = tls.write_all(
                b"HTTP/1.1 200 OK\r\nCandor-Contract: 1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{\"pay",
            );
            let _ = tls.flush();
        }
        Fault::Hang => {
            // Until the client gives up and closes.
            let _ = tls.read(&mut [0; 16]);
        }
        Fault::PlainHttp | Fault::WrongAuthority => {}
    }
}

fn answer(tls: &mut Served, status: u16, headers: &str, body: &[u8]) {
    let length = body.len();
    let head = format!(
        "HTTP/1.1 {status} Answer\r\nCandor-Contract: 1\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n"
    );
    let _ = tls.write_all(head.as_bytes()).and_then(|()| tls.write_all(body));
    tls.conn.send_close_notify();
    let _ = tls.flush();
}
