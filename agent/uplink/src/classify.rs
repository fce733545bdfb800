//! From what the HTTP client reports to what a person can act on.

use crate::error::{CertificateProblem, Stage, UplinkError};
use rustls::{AlertDescription, CertificateError};
use std::error::Error;

/// Names what failed. `proxy` is the proxy's host, if one is in use.
pub(crate) fn classify(error: reqwest::Error, address: &str, proxy: Option<&str>) -> UplinkError {
    let address = address.to_owned();
    let connecting = error.is_connect();
    let error = error.without_url();
    if let Some(tls) = find::<rustls::Error>(&error).cloned() {
        return classify_tls(&tls, address, connecting);
    }
    if error.is_timeout() {
        let stage = if connecting { Stage::Connecting } else { Stage::Answering };
        return UplinkError::Timeout { address, stage };
    }
    if connecting {
        let proxy = proxy.map(str::to_owned);
        return UplinkError::Unreachable { address, proxy, cause: error.into() };
    }
    UplinkError::Truncated { address, cause: Some(error.into()) }
}

fn classify_tls(error: &rustls::Error, address: String, connecting: bool) -> UplinkError {
    let cause = Box::new(error.clone());
    match error {
        rustls::Error::InvalidCertificate(problem) => {
            UplinkError::Certificate { address, problem: certificate_problem(problem), cause }
        }
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(_) => UplinkError::TlsVersion { address, cause },
        rustls::Error::InvalidMessage(_) if connecting => UplinkError::NotTls { address, cause },
        _ if connecting => UplinkError::Tls { address, cause },
        _ => UplinkError::Truncated { address, cause: Some(cause) },
    }
}

fn certificate_problem(error: &CertificateError) -> CertificateProblem {
    match error {
        CertificateError::UnknownIssuer | CertificateError::BadSignature => CertificateProblem::Issuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            CertificateProblem::Name
        }
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => CertificateProblem::Dates,
        _ => CertificateProblem::Other,
    }
}

/// The first error of a kind in a chain of sources. An `io::Error` hides what it wraps from `source`.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        next = match wrapped {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}
