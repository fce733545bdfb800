//! The real server, and clients that say what they want byte by byte.

use super::{Signed, World};
use candor_collector::data_dir::DataDir;
use collector_proto::envelope::{DSSE_SIGNATURE, DetachedSignature};
use collector_proto::messages::media;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long anything may take before the test gives up. Nothing is measured by it.
pub const PATIENCE: Duration = Duration::from_mins(1);

pub type Tls = rustls::StreamOwned<rustls::ClientConnection, TcpStream>;

pub struct Server {
    /// `None` where another one started it.
    pub process: Option<Child>,
    pub port: u16,
    pub dir: DataDir,
}

impl Server {
    /// The real binary on a world's directory.
    pub fn start(world: &World) -> Self {
        let dir = world.dir();
        let ready = world.folder.path().join("ready");
        let _ = std::fs::remove_file(&ready);
        let process = Command::new(env!("CARGO_BIN_EXE_candor-collector"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(dir.path())
            .arg("--ready-file")
            .arg(&ready)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let port = port_of(&ready);
        Self { process: Some(process), port, dir }
    }

    /// A server that somebody else started.
    pub fn at(port: u16, dir: DataDir) -> Self {
        Self { process: None, port, dir }
    }

    /// Number of its process.
    pub fn id(&self) -> u32 {
        self.process.as_ref().unwrap().id()
    }

    /// Its process.
    pub fn child(&mut self) -> &mut Child {
        self.process.as_mut().unwrap()
    }

    pub fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    pub fn tls(&self) -> Tls {
        self.tls_for("http/1.1")
    }

    pub fn tls_for(&self, protocol: &str) -> Tls {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(self.dir.ca()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = rustls::ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        let connection = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
        rustls::StreamOwned::new(connection, self.tcp())
    }

    /// A connection that has said this, or as much of it as the server takes, and says nothing more.
    pub fn hold(&self, (protocol, said): (&str, &[&[u8]])) -> Tls {
        let mut tls = self.tls_for(protocol);
        for bytes in said {
            let _ = tls.write_all(bytes);
        }
        let _ = tls.flush();
        tls
    }

    /// Sends one HTTP/1.1 request over TLS 1.3; what came back, or the error.
    pub fn exchange(&self, request: &[u8]) -> std::io::Result<String> {
        let mut tls = self.tls();
        tls.write_all(request)?;
        tls.flush()?;
        let mut answer = Vec::new();
        match tls.read_to_end(&mut answer) {
            Err(error) if answer.is_empty() => Err(error),
            _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
        }
    }

    pub fn post(&self, report: &Signed) -> std::io::Result<String> {
        self.exchange(&request(report))
    }

    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().unwrap().success());
    }

    pub fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child().wait().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = &mut self.process {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Waits until a server says in this file where it listens.
pub fn port_of(ready: &std::path::Path) -> u16 {
    let since = Instant::now();
    loop {
        if let Ok(address) = std::fs::read_to_string(ready) {
            return address.rsplit(':').next().unwrap().parse().unwrap();
        }
        assert!(since.elapsed() < PATIENCE, "the server does not listen");
        std::thread::sleep(Duration::from_millis(10));
    }
}

pub fn head(length: usize, signature: &DetachedSignature) -> String {
    format!(
        "POST /v1/reports HTTP/1.1\r\nhost: localhost\r\ncandor-contract: 1\r\nconnection: close\r\ncontent-type: {}\r\n\
         content-encoding: zstd\r\ncontent-length: {length}\r\n{DSSE_SIGNATURE}: {signature}\r\n\r\n",
        media::REPORT,
    )
}

pub fn request(report: &Signed) -> Vec<u8> {
    let body = zstd::stream::encode_all(report.body().as_slice(), 3).unwrap();
    [head(body.len(), report.signature()).as_bytes(), &body].concat()
}

pub const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
