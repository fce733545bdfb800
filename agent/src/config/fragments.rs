//! Configuration as it stands in one file: every key may be missing.

use serde::Deserialize;

/// One configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fragment {
    /// `environment`, `none` or the address of a proxy.
    pub(super) proxy: Option<String>,
    /// Longest time for one request, such as `60s`.
    pub(super) request_timeout: Option<String>,
    /// Path of candor-reader.
    pub(super) reader: Option<String>,
    /// Path of the socket at which candor-reader answers.
    pub(super) reader_socket: Option<String>,
    /// Filter of the log, as in `RUST_LOG`.
    pub(super) log: Option<String>,
}
