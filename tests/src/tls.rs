//! TLS as collectors speak it.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

/// A server's side of a connection.
pub(crate) type Served = rustls::StreamOwned<rustls::ServerConnection, TcpStream>;

/// A client's side of a connection.
pub(crate) type Called = rustls::StreamOwned<rustls::ClientConnection, TcpStream>;

/// A server with the certificate and key of these PEM files.
pub(crate) fn server(certificate: &Path, key: &Path) -> rustls::ServerConfig {
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate).expect("a PEM file").flatten().collect();
    with_chain(chain, PrivateKeyDer::from_pem_file(key).expect("a PEM key"))
}

/// A server whose certificate nobody issued.
pub(crate) fn stranger() -> rustls::ServerConfig {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()]);
    let made = made.expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    with_chain(vec![made.cert.der().clone()], key)
}

fn with_chain(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> rustls::ServerConfig {
    rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .expect("a certificate that fits its key")
}

/// A client that believes the authority of this PEM file.
pub(crate) fn client(authority: &Path) -> rustls::ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).expect("a PEM file").flatten() {
        roots.add(certificate).expect("an authority");
    }
    rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth()
}

/// A connection to a server on this machine.
pub(crate) fn call(port: u16, config: Arc<rustls::ClientConfig>) -> std::io::Result<Called> {
    let name = ServerName::try_from("localhost").expect("a name");
    let connection = rustls::ClientConnection::new(config, name).map_err(std::io::Error::other)?;
    Ok(rustls::StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", port))?))
}
