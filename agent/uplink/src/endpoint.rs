//! Where the collector is, by which way it is reached, and how long is waited for it.

use crate::connection::proxy_of;
use crate::error::{Cause, UplinkError};
use reqwest::Url;
use std::fmt;
use std::time::Duration;

/// A collector as the enrolment bundle and the configuration describe it.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// `https://host` or `https://host:port`, tried in this order.
    pub urls: Vec<String>,
    /// PEM of the only certificate authority that is believed.
    pub ca_pem: String,
    /// The way out.
    pub proxy: ProxyChoice,
}

/// What the network has to let a client of an endpoint through to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reach {
    /// TCP ports that are connected to.
    pub ports: Vec<u16>,
    /// Whether a name has to be looked up: not where every address is a number.
    pub names: bool,
}

impl Endpoint {
    /// Where connections lead: to the proxy, and to the collector where there is none or where it does not serve every
    /// address. An address that cannot be used leads nowhere; connecting says what is wrong with it.
    pub fn reach(&self) -> Reach {
        let mut reach = Reach::default();
        let (proxy, direct) = proxy_of(&self.proxy);
        if let Some(url) = &proxy {
            reach.add(url);
        }
        if direct {
            for address in self.urls.iter().filter_map(|url| Address::parse(url).ok()) {
                reach.add(&address.base);
            }
        }
        reach
    }
}

impl Reach {
    fn add(&mut self, url: &Url) {
        self.names |= url.domain().is_some();
        if let Some(port) = url.port_or_known_default()
            && !self.ports.contains(&port)
        {
            self.ports.push(port);
        }
    }
}

/// Which HTTP proxy to go through. TLS runs inside a CONNECT tunnel, so a proxy sees the collector's name only.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum ProxyChoice {
    /// `HTTPS_PROXY`, else `ALL_PROXY`, except for what `NO_PROXY` lists; lower-case names count as well.
    #[default]
    Environment,
    /// Directly, whatever the environment says.
    None,
    /// This one, `http://[user:password@]host:port`.
    Url(String),
}

/// Hides the address, which may hold a password.
impl fmt::Debug for ProxyChoice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Environment => "Environment",
            Self::None => "None",
            Self::Url(_) => "Url(<hidden>)",
        })
    }
}

/// How long is waited. The default suits a laptop on a bad mobile link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Name, TCP, proxy tunnel and TLS handshake together.
    pub connect: Duration,
    /// A whole request, from connecting to the last byte of the answer.
    pub request: Duration,
}

impl Timeouts {
    /// Three losses of the first packet (1 + 2 + 4 s of retransmission) and three round trips still fit.
    pub const CONNECT: Duration = Duration::from_secs(10);

    /// The largest report (2 MiB compressed) takes 42 s at 0.4 Mbit/s; a collector answers within a second of its
    /// last byte. Silence and dripping end here as well: a limit on silence alone would count the upload.
    pub const REQUEST: Duration = Duration::from_mins(1);
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { connect: Self::CONNECT, request: Self::REQUEST }
    }
}

/// A checked collector address.
#[derive(Debug, Clone)]
pub(crate) struct Address {
    base: Url,
}

impl Address {
    /// Takes `https://host[:port]`, with or without a final slash.
    pub(crate) fn parse(text: &str) -> Result<Self, UplinkError> {
        let base = Url::parse(text.trim()).map_err(|error| bad_address(text, Some(error.into())))?;
        if base.scheme() == "http" {
            return Err(UplinkError::PlainHttp { url: shown(text) });
        }
        let plain = base.username().is_empty()
            && base.password().is_none()
            && base.path() == "/"
            && base.query().is_none()
            && base.fragment().is_none();
        if base.scheme() != "https" || !base.has_host() || !plain {
            return Err(bad_address(text, None));
        }
        Ok(Self { base })
    }

    /// The URL of a path of the collector's interface.
    pub(crate) fn join(&self, path: &str, query: Option<&str>) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url.set_query(query);
        url
    }

    /// Host and, where it is not 443, port: what the `Host` header says and the signature covers.
    pub(crate) fn authority(&self) -> String {
        let host = self.base.host_str().unwrap_or_default();
        self.base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }
}

/// As a person writes it.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "https://{}", self.authority())
    }
}

fn bad_address(text: &str, cause: Option<Cause>) -> UplinkError {
    UplinkError::Address { url: shown(text), cause }
}

/// The address for an error message: what stands before an `@` may be a password.
fn shown(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_https_hosts_only() {
        for good in ["https://collector.example", "https://collector.example:8443/", "https://[::1]:9000"] {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        assert!(matches!(Address::parse("http://collector.example"), Err(UplinkError::PlainHttp { .. })));
        let wrong = [
            "",
            "collector.example",
            "ftp://x",
            "https://",
            "https://x/path",
            "https://x/?q",
            "https://u:p@x",
        ];
        for wrong in wrong {
            assert!(matches!(Address::parse(wrong), Err(UplinkError::Address { .. })), "{wrong}");
        }
    }

    #[test]
    fn a_password_in_an_address_is_not_repeated() {
        for url in ["http://user:hunter2@collector.example", "https://user:hunter2@collector.example:port"] {
            let refused = Address::parse(url).unwrap_err();
            assert!(!format!("{refused} {refused:?}").contains("hunter2"));
        }
        let proxy = ProxyChoice::Url("http://user:hunter2@proxy:3128".to_owned());
        assert!(!format!("{proxy:?}").contains("hunter2"));
    }

    #[test]
    fn connections_lead_to_the_ports_of_the_addresses_or_of_the_proxy() {
        let reach = |urls: &[&str], proxy| {
            let urls = urls.iter().map(|&url| url.to_owned()).collect();
            Endpoint { urls, ca_pem: String::new(), proxy }.reach()
        };
        let direct = reach(&["https://192.0.2.1", "https://[2001:db8::1]:8443"], ProxyChoice::None);
        assert_eq!(direct, Reach { ports: vec![443, 8443], names: false });
        let named = reach(&["https://192.0.2.1", "https://collector.example"], ProxyChoice::None);
        assert_eq!(named, Reach { ports: vec![443], names: true });
        let proxy = ProxyChoice::Url("http://192.0.2.7".to_owned());
        assert_eq!(
            reach(&["https://collector.example:8443"], proxy),
            Reach { ports: vec![80], names: false }
        );
        assert_eq!(reach(&["http://plain.example"], ProxyChoice::None), Reach::default());
        assert_eq!(reach(&["https://a.example"], ProxyChoice::Url("socks5://b:1".into())), Reach::default());
    }

    #[test]
    fn the_default_port_is_not_part_of_the_authority() {
        let authority = |url| Address::parse(url).unwrap().authority();
        assert_eq!(authority("https://Collector.Example:443"), "collector.example");
        assert_eq!(authority("https://collector.example:8443/"), "collector.example:8443");
        assert_eq!(authority("https://[::1]:9000"), "[::1]:9000");
    }
}
