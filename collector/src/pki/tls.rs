//! TLS 1.3 and nothing older.

use crate::data_dir::{DataDir, read_file, read_key};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the server cannot speak TLS.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A certificate or key file cannot be read.
    #[error("{0} cannot be read")]
    Read(PathBuf, #[source] io::Error),
    /// It is not a PEM file.
    #[error("{0} cannot be read as PEM")]
    Pem(PathBuf, #[source] rustls::pki_types::pem::Error),
    /// Certificate and key do not go together, or the key is of no use for TLS.
    #[error("the server's certificate and key cannot be used")]
    Settings(#[source] rustls::Error),
}

/// The settings of the server: its certificate, TLS 1.3 only, HTTP/2 before HTTP/1.1, no early data.
pub(crate) fn server_config(dir: &DataDir) -> Result<Arc<rustls::ServerConfig>, TlsError> {
    let key = dir.server_key();
    let chain = certificates(&dir.server_certificate())?;
    let pem = read_key(&key).map_err(|error| TlsError::Read(key.clone(), error))?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| TlsError::Pem(key, error))?;
    let mut config =
        rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13])
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
            .map_err(TlsError::Settings)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// The certificates of a PEM file, in their order.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = read_file(path).map_err(|error| TlsError::Read(path.to_owned(), error))?;
    CertificateDer::pem_slice_iter(&pem)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| TlsError::Pem(path.to_owned(), error))
}
