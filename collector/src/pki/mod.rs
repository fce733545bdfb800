//! The collector's own certificate authority, its server certificate and the TLS settings.
//!
//! Devices trust this authority alone (it comes with the enrolment bundle), so no public authority can vouch for
//! another collector.

mod tls;
mod vouch;

pub(crate) use tls::server_config;
pub(crate) use vouch::{NotVouchedFor, authority_until, shown_until, vouched_for};

use collector_proto::time::UtcTime;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};

/// Life of the authority in days: about ten years. A root that names another beside it has devices believe both.
const AUTHORITY_DAYS: u64 = 3650;

/// Life of a server certificate in days. `certificate renew` issues another at any time.
const SERVER_DAYS: u64 = 825;

/// How long before its issue a certificate is valid, in seconds: devices' clocks may lag by a day.
const BACKDATED_SECONDS: i64 = 86_400;

/// A certificate and its key, both PEM.
pub(crate) struct Issued {
    /// PEM of the certificate.
    pub(crate) certificate: String,
    /// PEM of the PKCS#8 key. Secret.
    pub(crate) key: String,
}

/// A certificate cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PkiError {
    /// A host name is not one, or the cryptography failed.
    #[error("the certificate cannot be made")]
    Certificate(#[from] rcgen::Error),
}

/// Makes a certificate authority that may sign server certificates and no further authority.
pub(crate) fn make_authority(collector_id: &str, now: UtcTime) -> Result<Issued, PkiError> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let params = authority_params(collector_id, now)?;
    Ok(Issued { certificate: params.self_signed(&key)?.pem(), key: key.serialize_pem() })
}

/// Issues a server certificate for these host names and addresses.
pub(crate) fn issue_server(
    authority: &Issued,
    collector_id: &str,
    hosts: &[String],
    now: UtcTime,
) -> Result<Issued, PkiError> {
    let authority_key = KeyPair::from_pem(&authority.key)?;
    // Only the subject's name and the key go into what is issued, and both are the authority's own.
    let issuer = Issuer::new(authority_params(collector_id, now)?, authority_key);
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = CertificateParams::new(hosts.to_vec())?;
    params.distinguished_name = name("Candor collector");
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    set_life(&mut params, now, SERVER_DAYS);
    Ok(Issued { certificate: params.signed_by(&key, &issuer)?.pem(), key: key.serialize_pem() })
}

fn authority_params(collector_id: &str, now: UtcTime) -> Result<CertificateParams, PkiError> {
    let mut params = CertificateParams::new(Vec::new())?;
    params.distinguished_name = name(&format!("Candor collector {collector_id}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_life(&mut params, now, AUTHORITY_DAYS);
    Ok(params)
}

fn name(common: &str) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CommonName, common);
    name
}

fn set_life(params: &mut CertificateParams, now: UtcTime, days: u64) {
    let (year, month, day) = calendar_day(UtcTime::from_unix(now.unix() - BACKDATED_SECONDS));
    params.not_before = rcgen::date_time_ymd(year, month, day);
    let (year, month, day) = calendar_day(now.plus_seconds(days * 86_400));
    params.not_after = rcgen::date_time_ymd(year, month, day);
}

/// Year, month and day of an instant.
fn calendar_day(instant: UtcTime) -> (i32, u8, u8) {
    let date = instant.date();
    let mut parts = date.rsplitn(3, '-');
    let day = parts.next().and_then(|d| d.parse().ok()).unwrap_or(1);
    let month = parts.next().and_then(|m| m.parse().ok()).unwrap_or(1);
    let year = parts.next().and_then(|y| y.parse().ok()).unwrap_or(1970);
    (year, month, day)
}
