//! What can go wrong on the way to the collector and back.

use collector_proto::contract::{NotUnderstood, TooFarApart};
use collector_proto::http_signature::SignatureError;
use collector_proto::messages::{Problem, ProblemKind};
use collector_proto::text::class::{acts, is_joiner};
use std::fmt;
use std::time::Duration;

/// What lies below an error, for those who look closer. It holds neither content nor secrets.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Most characters of a collector's detail that are shown.
const MAX_DETAIL_CHARS: usize = 200;

/// Why a call to the collector gave nothing. A report that was to be delivered stays in the ledger in every case.
#[derive(Debug, thiserror::Error)]
pub enum UplinkError {
    /// No address is configured.
    #[error("no collector address is known; enrol this device with a bundle")]
    NoAddress,
    /// Text that is not a collector address.
    #[error("`{url}` is not a collector address; write https://host or https://host:port")]
    Address {
        /// The text, without any password.
        url: String,
        /// What parsing said, if it came that far.
        #[source]
        cause: Option<Cause>,
    },
    /// An address without TLS.
    #[error("`{url}` would send reports unencrypted and is refused; write https://")]
    PlainHttp {
        /// The text, without any password.
        url: String,
    },
    /// The pinned authority cannot be read.
    #[error("the collector's CA certificate cannot be read; it must be PEM; enrol again with a fresh bundle")]
    CertificateAuthority(#[source] Option<Cause>),
    /// The configured proxy is of no use.
    #[error("the proxy setting is not of the form http://host:port; correct it or choose no proxy")]
    Proxy(#[source] Option<Cause>),
    /// The HTTP client cannot be set up.
    #[error("the TLS client cannot be set up")]
    Client(#[source] Cause),
    /// The machine gives no random numbers.
    #[error("the machine gives no random numbers")]
    Randomness,
    /// The request cannot be signed.
    #[error("the request cannot be signed")]
    Signing(#[source] SignatureError),
    /// Text that cannot stand in a header.
    #[error("the {what} cannot stand in an HTTP header")]
    Header {
        /// Which.
        what: &'static str,
        /// Why. It does not repeat the text.
        #[source]
        cause: Cause,
    },

    /// No connection: name not found, refused, no route, or the proxy gives no tunnel.
    #[error("cannot connect to {address}{}; check the network, the address and that the collector runs", through(proxy.as_deref()))]
    Unreachable {
        /// The collector's address.
        address: String,
        /// Host of the configured proxy, if there is one.
        proxy: Option<String>,
        /// What the network said.
        #[source]
        cause: Cause,
    },
    /// What answers does not speak TLS.
    #[error(
        "{address} does not speak TLS; check the port, and that no sign-in page of the network stands between"
    )]
    NotTls {
        /// The collector's address.
        address: String,
        /// What TLS said.
        #[source]
        cause: Cause,
    },
    /// What answers cannot prove to be the collector.
    #[error("{address} is not the collector that this device was enrolled with: {problem}")]
    Certificate {
        /// The collector's address.
        address: String,
        /// What is wrong with its certificate.
        problem: CertificateProblem,
        /// What TLS said.
        #[source]
        cause: Cause,
    },
    /// The server offers no TLS 1.3.
    #[error(
        "{address} offers no TLS 1.3, and nothing older is accepted; update the server, or the proxy before it"
    )]
    TlsVersion {
        /// The collector's address.
        address: String,
        /// What TLS said.
        #[source]
        cause: Cause,
    },
    /// TLS fails in another way.
    #[error("TLS with {address} failed")]
    Tls {
        /// The collector's address.
        address: String,
        /// What TLS said.
        #[source]
        cause: Cause,
    },
    /// Too slow.
    #[error("{address} took too long {stage}; the next attempt may succeed")]
    Timeout {
        /// The collector's address.
        address: String,
        /// During what.
        stage: Stage,
    },
    /// The connection ended before the answer did.
    #[error("the connection to {address} ended before the whole answer was there")]
    Truncated {
        /// The collector's address.
        address: String,
        /// What the connection said.
        #[source]
        cause: Option<Cause>,
    },
    /// An answer larger than any that a collector gives.
    #[error(
        "the answer of {address} is larger than the {limit} bytes that are read; check that it is a collector"
    )]
    AnswerTooLarge {
        /// The collector's address.
        address: String,
        /// Most bytes read.
        limit: usize,
    },
    /// A good status with something else than the expected document.
    #[error(
        "the answer of {address} is not {expected} (line {line}, column {column}); check that it is a collector of a fitting version"
    )]
    Malformed {
        /// The collector's address.
        address: String,
        /// What was expected.
        expected: &'static str,
        /// Line of the first error.
        line: usize,
        /// Column of the first error.
        column: usize,
    },
    /// The collector and this program are too far apart.
    #[error("{address} is a collector of another time: {distance}")]
    Contract {
        /// The collector's address.
        address: String,
        /// Which of the two has to be upgraded.
        distance: TooFarApart,
    },
    /// A good status without a contract number, which every collector sends.
    #[error(
        "{address} does not say what it understands; check that it is a collector, and that no proxy drops the header Candor-Contract"
    )]
    NoContract {
        /// The collector's address.
        address: String,
    },
    /// The answer requires something that this program does not understand.
    #[error("the answer of {address} needs a newer Candor: {what}")]
    NotUnderstood {
        /// The collector's address.
        address: String,
        /// What it requires.
        what: NotUnderstood,
    },
    /// The server points elsewhere.
    #[error("{address} redirects (status {status}), which is not followed; configure the final address")]
    Redirect {
        /// The collector's address.
        address: String,
        /// HTTP status.
        status: u16,
    },
    /// The collector's own refusal.
    #[error("{address} refused: {}{}{}", title(problem), said(problem), asks_to_wait(*retry_after))]
    Problem {
        /// The collector's address.
        address: String,
        /// HTTP status.
        status: u16,
        /// What it said. Of its texts, `Display` gives the detail, bounded and without control characters.
        problem: Box<Problem>,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
    /// A refusal that is not in a collector's words, as of a proxy or load balancer before it.
    #[error(
        "{address} answered with status {status} and no explanation; look at what stands before the collector{}",
        asks_to_wait(*retry_after)
    )]
    Status {
        /// The collector's address.
        address: String,
        /// HTTP status.
        status: u16,
        /// How long it asks to wait.
        retry_after: Option<Duration>,
    },
}

/// What is wrong with a server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CertificateProblem {
    /// Another authority issued it.
    Issuer,
    /// It is for other names.
    Name,
    /// It has expired or is not valid yet, by this device's clock.
    Dates,
    /// Anything else.
    Other,
}

impl fmt::Display for CertificateProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issuer => {
                "another authority issued its certificate; if the collector's authority was replaced, enrol again"
            }
            Self::Name => "its certificate is for another name; correct the address or issue a new certificate",
            Self::Dates => "its certificate is outside its dates; check this device's clock, then renew it",
            Self::Other => "its certificate cannot be used",
        })
    }
}

/// When a time limit passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Before a request could be sent.
    Connecting,
    /// After that.
    Answering,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connecting => "to accept a connection",
            Self::Answering => "to answer",
        })
    }
}

impl UplinkError {
    /// Whether the same request may succeed later though nothing changes on this device.
    ///
    /// Only the configuration and a collector's own considered refusal are final. What stands between (captive
    /// portals, proxies, load balancers) comes and goes, and so do size limits set by an administrator.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NoAddress
            | Self::Address { .. }
            | Self::PlainHttp { .. }
            | Self::CertificateAuthority(_)
            | Self::Proxy(_)
            | Self::Client(_)
            | Self::Signing(_)
            | Self::Header { .. } => false,
            // An upgrade of the collector, or another policy, ends these.
            Self::Problem { status, problem, .. } => {
                matches!(status, 408 | 413 | 425 | 429 | 500..)
                    || matches!(problem.kind(), Some(ProblemKind::Contract | ProblemKind::NotUnderstood))
            }
            Self::Randomness
            | Self::Unreachable { .. }
            | Self::NotTls { .. }
            | Self::Certificate { .. }
            | Self::TlsVersion { .. }
            | Self::Tls { .. }
            | Self::Timeout { .. }
            | Self::Truncated { .. }
            | Self::AnswerTooLarge { .. }
            | Self::Malformed { .. }
            | Self::Contract { .. }
            | Self::NoContract { .. }
            | Self::NotUnderstood { .. }
            | Self::Redirect { .. }
            | Self::Status { .. } => true,
        }
    }

    /// How long the answer asks to wait, uncapped; [`crate::Backoff`] caps it.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Problem { retry_after, .. } | Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the group's documents or the answer hold something that this program does not understand: nothing may be
    /// collected until it is upgraded.
    pub fn needs_newer_candor(&self) -> bool {
        matches!(self, Self::NotUnderstood { .. }) || self.problem_kind() == Some(ProblemKind::NotUnderstood)
    }

    /// The kind of a collector's own refusal.
    pub fn problem_kind(&self) -> Option<ProblemKind> {
        match self {
            Self::Problem { problem, .. } => problem.kind(),
            _ => None,
        }
    }

    /// Whether the request had not been sent, so that another address may be tried.
    pub(crate) fn is_before_request(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::NotTls { .. }
                | Self::Certificate { .. }
                | Self::TlsVersion { .. }
                | Self::Tls { .. }
                | Self::Timeout { stage: Stage::Connecting, .. }
        )
    }
}

fn through(proxy: Option<&str>) -> String {
    proxy.map(|proxy| format!(" through the proxy {proxy}")).unwrap_or_default()
}

/// How long the answer asks to wait, where it does.
fn asks_to_wait(retry_after: Option<Duration>) -> String {
    retry_after.map(|wait| format!("; it asks to wait {} s", wait.as_secs())).unwrap_or_default()
}

/// What the collector adds to our own words, which alone tells an expired token from a wrong clock. It goes to terminals
/// and logs: it is kept short, on one line and free of what could steer a terminal or turn the text around.
fn said(problem: &Problem) -> String {
    let detail = problem.detail.as_deref().unwrap_or_default();
    let visible: String = detail
        .chars()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .filter(|letter| !acts(*letter) && !is_joiner(*letter))
        .take(MAX_DETAIL_CHARS)
        .collect();
    match visible.trim() {
        "" => String::new(),
        visible => format!(" (it says: {visible})"),
    }
}

/// Our own words for a refusal.
fn title(problem: &Problem) -> &'static str {
    problem.kind().map_or("the reason is unknown to this version", ProblemKind::title)
}
