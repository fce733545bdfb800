//! The HTTP client: TLS 1.3 with ring, one pinned authority, HTTP/1.1, no redirects.

use crate::endpoint::{Endpoint, ProxyChoice, Timeouts};
use crate::error::{Cause, UplinkError};
use reqwest::Url;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// What the collector is told of the program. Its version is a field, which leaves under a permit or not at all.
const USER_AGENT: &str = "candor";

/// A client, and the host of the proxy that it uses.
pub(crate) struct Connection {
    pub(crate) client: reqwest::Client,
    pub(crate) proxy: Option<String>,
}

impl Connection {
    pub(crate) fn new(endpoint: &Endpoint, timeouts: Timeouts) -> Result<Self, UplinkError> {
        let proxy = ChosenProxy::choose(&endpoint.proxy, |name| std::env::var(name).ok())?;
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(&endpoint.ca_pem)?)
            .https_only(true)
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.request)
            // Requests of one cycle follow one another, so one connection is all there is to keep.
            .pool_max_idle_per_host(1)
            // Whatever the platform would find out about proxies on its own is left aside.
            .no_proxy();
        if let Some(setting) = &proxy {
            builder = builder.proxy(setting.proxy.clone());
        }
        let client = builder.build().map_err(|error| UplinkError::Client(error.into()))?;
        Ok(Self { client, proxy: proxy.map(|setting| setting.host) })
    }
}

/// The TLS configuration names its provider and its versions itself: no global default can change them.
fn tls(ca_pem: &str) -> Result<ClientConfig, UplinkError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        let unusable = |cause: Cause| UplinkError::CertificateAuthority(Some(cause));
        let certificate = certificate.map_err(|error| unusable(error.into()))?;
        roots.add(certificate).map_err(|error| unusable(error.into()))?;
    }
    if roots.is_empty() {
        return Err(UplinkError::CertificateAuthority(None));
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(|error| UplinkError::Client(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    // A client lives for one cycle; tickets would cost memory and be of no use.
    config.resumption = rustls::client::Resumption::disabled();
    Ok(config)
}

/// The proxy's address, and whether any connection may pass it by.
pub(crate) fn proxy_of(choice: &ProxyChoice) -> (Option<Url>, bool) {
    match ChosenProxy::choose(choice, |name| std::env::var(name).ok()) {
        Ok(None) => (None, true),
        Ok(Some(setting)) => (Some(setting.url), setting.has_exceptions),
        // Nothing is connected to.
        Err(_) => (None, false),
    }
}

/// A proxy that is in use.
struct ChosenProxy {
    proxy: reqwest::Proxy,
    url: Url,
    /// Whether some hosts are reached without it.
    has_exceptions: bool,
    /// Host and port, for messages.
    host: String,
}

impl ChosenProxy {
    /// `variable` reads an environment variable.
    fn choose(
        choice: &ProxyChoice,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Self>, UplinkError> {
        match choice {
            ProxyChoice::None => Ok(None),
            ProxyChoice::Url(url) => Self::new(url, "").map(Some),
            ProxyChoice::Environment => {
                let first = |names: [&str; 2]| {
                    names
                        .into_iter()
                        .filter_map(&variable)
                        .map(|v| v.trim().to_owned())
                        .find(|v| !v.is_empty())
                };
                let url = first(["HTTPS_PROXY", "https_proxy"]).or_else(|| first(["ALL_PROXY", "all_proxy"]));
                let except = first(["NO_PROXY", "no_proxy"]).unwrap_or_default();
                url.map(|url| Self::new(&url, &except)).transpose()
            }
        }
    }

    fn new(url: &str, except: &str) -> Result<Self, UplinkError> {
        // Habit, not only in environments: `proxy:3128` means `http://proxy:3128`.
        let url = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let parsed = Url::parse(&url).map_err(|error| UplinkError::Proxy(Some(error.into())))?;
        // TLS to the proxy itself would be checked against the collector's authority and fail.
        if parsed.scheme() != "http" {
            return Err(UplinkError::Proxy(None));
        }
        let host = parsed.host_str().filter(|host| !host.is_empty()).ok_or(UplinkError::Proxy(None))?;
        let host = parsed.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let proxy = reqwest::Proxy::https(parsed.clone())
            // The address may hold a password.
            .map_err(|error| UplinkError::Proxy(Some(error.without_url().into())))?;
        Ok(Self {
            proxy: proxy.no_proxy(reqwest::NoProxy::from_string(except)),
            url: parsed,
            has_exceptions: !except.trim().is_empty(),
            host,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(choice: &ProxyChoice, environment: &[(&str, &str)]) -> Option<String> {
        let variable =
            |name: &str| environment.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned());
        ChosenProxy::choose(choice, variable).unwrap().map(|setting| setting.host)
    }

    #[test]
    fn the_environment_is_read_in_order_and_only_when_chosen() {
        let both = [("ALL_PROXY", "all:1"), ("https_proxy", "lower:2"), ("HTTP_PROXY", "plain:3")];
        assert_eq!(chosen(&ProxyChoice::Environment, &both), Some("lower:2".to_owned()));
        assert_eq!(chosen(&ProxyChoice::Environment, &both[..1]), Some("all:1".to_owned()));
        assert_eq!(chosen(&ProxyChoice::Environment, &both[2..]), None);
        assert_eq!(chosen(&ProxyChoice::Environment, &[("HTTPS_PROXY", " ")]), None);
        assert_eq!(chosen(&ProxyChoice::None, &both), None);
        let configured = ProxyChoice::Url("http://user:hunter2@proxy:3128".to_owned());
        assert_eq!(chosen(&configured, &both), Some("proxy:3128".to_owned()));
    }

    #[test]
    fn other_kinds_of_proxy_are_refused_rather_than_passed_by() {
        for wrong in ["socks5://proxy:1080", "https://proxy:443", "http://", "://"] {
            let choice = ProxyChoice::Url(wrong.to_owned());
            assert!(matches!(ChosenProxy::choose(&choice, |_| None), Err(UplinkError::Proxy(_))), "{wrong}");
        }
    }

    #[test]
    fn an_empty_or_broken_authority_is_refused() {
        let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        for pem in ["", "no certificate", broken] {
            assert!(matches!(tls(pem), Err(UplinkError::CertificateAuthority(_))));
        }
    }
}
