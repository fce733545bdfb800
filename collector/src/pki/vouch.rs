//! Whether devices would believe the certificate that the server shows, and until when.

use super::tls::{TlsError, certificates};
use crate::data_dir::DataDir;
use collector_proto::policy::trust::Endpoints;
use collector_proto::time::UtcTime;
use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use std::sync::Arc;
use std::time::Duration;

/// Why devices would not believe the server.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotVouchedFor {
    /// The server's certificate cannot be read.
    #[error("the server's certificate cannot be read")]
    Certificate(#[source] TlsError),
    /// It is not a certificate.
    #[error("the server's certificate is not one")]
    NotOne,
    /// An authority is not the PEM of a certificate.
    #[error("authority {0} is not the PEM of a certificate")]
    Authority(usize),
    /// An address is of another form.
    #[error("{0} is not an address of the form https://host:port")]
    Address(String),
    /// None of the authorities vouches for it, or not for this host, or not now.
    #[error("no authority that the root names vouches for it at {host}")]
    Nobody {
        /// The host.
        host: String,
        /// Why.
        source: rustls::Error,
    },
}

/// Until when the certificate is good that the server shows.
pub(crate) fn shown_until(dir: &DataDir) -> Result<UtcTime, NotVouchedFor> {
    let chain = certificates(&dir.server_certificate()).map_err(NotVouchedFor::Certificate)?;
    until(chain.first().ok_or(NotVouchedFor::NotOne)?)
}

/// Until when an authority is good.
pub(crate) fn authority_until(pem: &str) -> Result<UtcTime, NotVouchedFor> {
    until(
        &CertificateDer::from_pem_slice(pem.as_bytes())
            .map_err(|_: rustls::pki_types::pem::Error| NotVouchedFor::NotOne)?,
    )
}

fn until(certificate: &CertificateDer<'_>) -> Result<UtcTime, NotVouchedFor> {
    let (_, parsed) = x509_parser::parse_x509_certificate(certificate)
        .map_err(|_: x509_parser::nom::Err<x509_parser::error::X509Error>| NotVouchedFor::NotOne)?;
    Ok(UtcTime::from_unix(parsed.validity().not_after.timestamp()))
}

/// Until when devices believe the server at each of these addresses by these authorities alone; an error where they do not now.
pub(crate) fn vouched_for(
    dir: &DataDir,
    endpoints: &Endpoints,
    now: UtcTime,
) -> Result<UtcTime, NotVouchedFor> {
    let chain = certificates(&dir.server_certificate()).map_err(NotVouchedFor::Certificate)?;
    let (own, between) = chain.split_first().ok_or(NotVouchedFor::NotOne)?;
    let mut authorities = RootCertStore::empty();
    for (place, pem) in endpoints.authorities.iter().enumerate() {
        let unusable = || NotVouchedFor::Authority(place + 1);
        let certificate = CertificateDer::from_pem_slice(pem.as_bytes()).ok().ok_or_else(unusable)?;
        authorities.add(certificate).ok().ok_or_else(unusable)?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(authorities), provider)
        .build()
        .map_err(|_: rustls::client::VerifierBuilderError| NotVouchedFor::Authority(1))?;
    let instant = UnixTime::since_unix_epoch(Duration::from_secs(now.unix().unsigned_abs()));
    for host in hosts(dir, endpoints)? {
        let name =
            ServerName::try_from(host.clone()).ok().ok_or_else(|| NotVouchedFor::Address(host.clone()))?;
        verifier
            .verify_server_cert(own, between, &name, &[], instant)
            .map_err(|source| NotVouchedFor::Nobody { host, source })?;
    }
    until(own)
}

/// The hosts that devices connect to: those of the addresses, or else of the configuration.
fn hosts(dir: &DataDir, endpoints: &Endpoints) -> Result<Vec<String>, NotVouchedFor> {
    if endpoints.urls.is_empty() {
        let config = crate::data_dir::Config::read(&dir.config());
        return Ok(config.map(|config| config.hosts).unwrap_or_default());
    }
    let host = |url: &String| {
        let authority =
            crate::data_dir::authority_of(url).ok_or_else(|| NotVouchedFor::Address(url.clone()))?;
        let host = match authority.strip_prefix('[') {
            Some(rest) => rest.split(']').next().unwrap_or_default(),
            None => authority.split(':').next().unwrap_or_default(),
        };
        Ok(host.to_owned())
    };
    endpoints.urls.iter().map(host).collect()
}
