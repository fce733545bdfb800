//! Servers, authorities and proxies to talk to.

use candor_uplink::{Delivery, Endpoint, ProxyChoice, Timeouts, Uplink, UplinkError};
use collector_proto::digest::Digest;
use collector_proto::envelope::{DetachedSignature, Envelope, SigningKey};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

pub(crate) const LOOPBACK: &str = "127.0.0.1";

/// A certificate authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap())
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    pub(crate) fn server(&self, name: &str) -> Identity {
        self.issue(&CertificateParams::new(vec![name.to_owned()]).unwrap())
    }

    pub(crate) fn expired_server(&self, name: &str) -> Identity {
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2000, 1, 1);
        params.not_after = rcgen::date_time_ymd(2001, 1, 1);
        self.issue(&params)
    }

    fn issue(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        Identity { certificate, key }
    }
}

/// A server's certificate and key.
pub(crate) struct Identity {
    certificate: rcgen::Certificate,
    key: KeyPair,
}

impl Identity {
    fn acceptor(&self, versions: &[&'static rustls::SupportedProtocolVersion]) -> TlsAcceptor {
        let key = PrivateKeyDer::try_from(self.key.serialize_der()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![self.certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

/// What a peer does with a request.
#[derive(Clone)]
pub(crate) enum Answer {
    /// Sends these bytes and ends the connection as TLS wants it.
    Bytes(Vec<u8>),
    /// Sends these bytes and drops the connection without a word.
    Cut(Vec<u8>),
    /// Answers before the content was sent, then reads it to the end.
    Early(Vec<u8>),
    /// Sends these bytes, then chunks without end.
    Endless(Vec<u8>),
    /// Sends these bytes, then one more every 20 ms.
    Drip(Vec<u8>),
    /// Says nothing.
    Silence,
}

impl Answer {
    /// A whole answer with its length.
    pub(crate) fn new(status: &str, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Self {
        let body = body.as_ref();
        let mut bytes = format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\ncandor-contract: 1\r\ncontent-length: {}\r\n",
            body.len()
        );
        for (name, value) in headers {
            bytes.extend([name, ": ", value, "\r\n"]);
        }
        Self::Bytes([(bytes + "\r\n").as_bytes(), body].concat())
    }

    pub(crate) fn json(body: impl AsRef<[u8]>) -> Self {
        Self::new("200 OK", &[("content-type", "application/json")], body)
    }

    pub(crate) fn receipt() -> Self {
        Self::json(receipt().to_json())
    }
}

/// A received request.
#[derive(Clone, Default)]
pub(crate) struct Request {
    head: String,
    pub(crate) body: Vec<u8>,
    pub(crate) tls: Option<rustls::ProtocolVersion>,
}

impl Request {
    pub(crate) fn line(&self) -> &str {
        self.head.lines().next().unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A server that records what it was asked.
pub(crate) struct Peer {
    pub(crate) port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Peer {
    /// A TLS server as it should be.
    pub(crate) async fn tls(identity: &Identity, answer: Answer) -> Self {
        Self::with_versions(identity, rustls::DEFAULT_VERSIONS, answer).await
    }

    pub(crate) async fn with_versions(
        identity: &Identity,
        versions: &[&'static rustls::SupportedProtocolVersion],
        answer: Answer,
    ) -> Self {
        Self::start(Some(identity.acceptor(versions)), answer).await
    }

    /// A server without TLS.
    pub(crate) async fn plain(answer: Answer) -> Self {
        Self::start(None, answer).await
    }

    async fn start(acceptor: Option<TlsAcceptor>, answer: Answer) -> Self {
        let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::default();
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, acceptor.clone(), answer.clone(), Arc::clone(&seen)));
            }
        });
        Self { port, requests }
    }

    pub(crate) fn url(&self) -> String {
        format!("https://{LOOPBACK}:{}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn only_request(&self) -> Request {
        let requests = self.requests();
        assert_eq!(requests.len(), 1);
        requests[0].clone()
    }
}

async fn serve(
    stream: TcpStream,
    acceptor: Option<TlsAcceptor>,
    answer: Answer,
    seen: Arc<Mutex<Vec<Request>>>,
) -> io::Result<()> {
    match acceptor {
        None => converse(stream, None, answer, seen).await,
        Some(acceptor) => {
            let stream = acceptor.accept(stream).await?;
            let version = stream.get_ref().1.protocol_version();
            converse(stream, version, answer, seen).await
        }
    }
}

async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    tls: Option<rustls::ProtocolVersion>,
    answer: Answer,
    seen: Arc<Mutex<Vec<Request>>>,
) -> io::Result<()> {
    let head = read_head(&mut stream).await?;
    let mut request = Request { head, body: Vec::new(), tls };
    if let Answer::Early(bytes) = answer {
        seen.lock().unwrap().push(request);
        stream.write_all(&bytes).await?;
        stream.flush().await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
        return Ok(());
    }
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).await?;
    seen.lock().unwrap().push(request);
    match answer {
        Answer::Bytes(bytes) => {
            stream.write_all(&bytes).await?;
            stream.shutdown().await
        }
        Answer::Cut(bytes) => {
            stream.write_all(&bytes).await?;
            stream.flush().await
        }
        Answer::Endless(bytes) => {
            stream.write_all(&bytes).await?;
            let chunk = [b"4000\r\n".as_slice(), &[b' '; 0x4000], b"\r\n"].concat();
            loop {
                stream.write_all(&chunk).await?;
            }
        }
        Answer::Drip(bytes) => {
            stream.write_all(&bytes).await?;
            loop {
                stream.write_all(b" ").await?;
                stream.flush().await?;
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        Answer::Silence => std::future::pending().await,
        Answer::Early(_) => unreachable!("answered above"),
    }
}

/// Reads up to the empty line and no further.
async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8(head).unwrap())
}

/// An HTTP proxy that opens tunnels, or refuses them with a status line.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    heads: Arc<Mutex<Vec<Request>>>,
}

impl Proxy {
    pub(crate) async fn start(refusal: Option<&'static str>) -> Self {
        let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::default();
        let seen = Arc::clone(&heads);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(tunnel(stream, refusal, Arc::clone(&seen)));
            }
        });
        Self { port, heads }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.heads.lock().unwrap().clone()
    }
}

async fn tunnel(
    mut client: TcpStream,
    refusal: Option<&'static str>,
    seen: Arc<Mutex<Vec<Request>>>,
) -> io::Result<()> {
    let request = Request { head: read_head(&mut client).await?, ..Request::default() };
    let target = request.line().strip_prefix("CONNECT ").unwrap().split(' ').next().unwrap().to_owned();
    seen.lock().unwrap().push(request);
    if let Some(status) = refusal {
        client.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await?;
        return client.shutdown().await;
    }
    let mut server = TcpStream::connect(target).await?;
    client.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}

/// A port at which nobody listens.
pub(crate) async fn dead_url() -> String {
    let listener = TcpListener::bind((LOOPBACK, 0)).await.unwrap();
    format!("https://{}", listener.local_addr().unwrap())
}

pub(crate) fn endpoint(urls: &[String], authority: &Authority) -> Endpoint {
    Endpoint { urls: urls.to_vec(), ca_pem: authority.pem(), proxy: ProxyChoice::None }
}

/// A client of one peer with the usual patience.
pub(crate) fn uplink(peer: &Peer, authority: &Authority) -> Uplink {
    Uplink::new(&endpoint(&[peer.url()], authority), Timeouts::default()).unwrap()
}

pub(crate) async fn deliver(uplink: &Uplink) -> Result<Envelope, UplinkError> {
    uplink.deliver(&TestReport::of(b"compressed".to_vec())).await
}

/// Stands in for an entry of a ledger.
pub(crate) struct TestReport {
    compressed: Vec<u8>,
    signature: DetachedSignature,
}

impl TestReport {
    pub(crate) fn of(compressed: Vec<u8>) -> Self {
        Self { compressed, signature: signature() }
    }
}

impl Delivery for TestReport {
    fn compressed(&self) -> &[u8] {
        &self.compressed
    }

    fn signature(&self) -> &DetachedSignature {
        &self.signature
    }

    fn receipt(&self) -> Option<&[u8]> {
        None
    }

    fn sent_again_for(&self) -> Option<u64> {
        None
    }
}

/// Delivers to a well-made server that answers like this.
pub(crate) async fn deliver_to(answer: Answer) -> UplinkError {
    let authority = Authority::new();
    let peer = Peer::tls(&authority.server(LOOPBACK), answer).await;
    deliver(&uplink(&peer, &authority)).await.unwrap_err()
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_seed(Digest::of(b"a device").bytes()).unwrap()
}

pub(crate) fn signature() -> DetachedSignature {
    key().sign_payload("application/vnd.candor.test.v1+json", b"{}")
}

pub(crate) fn receipt() -> Envelope {
    Envelope::assemble("application/vnd.candor.test.v1+json", b"{}", &[signature()])
}

/// What a person reads: the message and everything below it.
pub(crate) fn told(error: &UplinkError) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.extend([": ", &cause.to_string()]);
        source = cause.source();
    }
    text
}
