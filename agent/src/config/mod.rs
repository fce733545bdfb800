//! Configuration: `/etc/candor/config.toml`, then `<state>/config.toml`. Fragments of it are read, merged into
//! inputs, and checked into [`Settings`]. What may be collected is not a setting; it stands in the signed policy.
//!
//! ```toml
//! proxy = "environment"       # or "none", or an address such as "http://proxy.example.com:3128"
//! request_timeout = "60s"     # for one request; more where the way to the collector is slow
//! reader_socket = "/run/candor/reader.sock"   # where candor-reader answers as another user
//! reader = "/usr/libexec/candor-reader"       # or the program that is started where it does not
//! log = "info"                # RUST_LOG wins
//! ```

mod fragments;
mod inputs;

use crate::durable::FileError;
use crate::paths::Paths;
use crate::platform;
use collector_proto::time::Span;
use inputs::{Input, Inputs};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Bounds of a request's time in seconds: below, no handshake can end; above, a hanging server would stop reports.
const TIMEOUT_SECONDS: RangeInclusive<u64> = 1..=900;

/// Checked configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    /// How the collector is reached.
    pub(crate) proxy: ProxySetting,
    /// Longest time for one request; `None` leaves it to the uplink.
    pub(crate) request_timeout: Option<Duration>,
    /// Where candor-reader is, if an administrator said so.
    pub(crate) reader: Option<PathBuf>,
    /// Where candor-reader answers, if an administrator said so.
    pub(crate) reader_socket: Option<PathBuf>,
    /// Filter of the log.
    pub(crate) log: String,
}

/// How the collector is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ProxySetting {
    /// As `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say.
    Environment,
    /// Directly.
    None,
    /// Through this proxy.
    Address(String),
}

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A file is not UTF-8.
    #[error("{} is not UTF-8 text", .file.display())]
    NotText {
        /// The file.
        file: PathBuf,
        /// Where it is not.
        source: std::str::Utf8Error,
    },
    /// A file is not of the form described above.
    #[error("{}:{line}:{column}:{key} {message}", .file.display())]
    Syntax {
        /// The file.
        file: PathBuf,
        /// Line, from 1.
        line: usize,
        /// Column, from 1, in characters.
        column: usize,
        /// The key with a space before and a colon behind, or nothing.
        key: String,
        /// What is wrong.
        message: String,
    },
    /// A value cannot be used.
    #[error("{}: {key}: {problem}", .file.display())]
    Value {
        /// The file.
        file: PathBuf,
        /// The key.
        key: &'static str,
        /// What is wrong and what would be right.
        problem: &'static str,
    },
}

/// As without any configuration.
impl Default for Settings {
    fn default() -> Self {
        Self {
            proxy: ProxySetting::Environment,
            request_timeout: None,
            reader: None,
            reader_socket: None,
            log: "warn".to_owned(),
        }
    }
}

impl Settings {
    /// Reads and checks the configuration of the machine and of the state directory. Where that is another user's, root does not
    /// take its settings.
    pub(crate) fn load(paths: &Paths) -> Result<Self, ConfigError> {
        let of_state = platform::foreign_owner(paths.state()).is_none().then(|| paths.config());
        Self::read(&[Paths::system_config(), of_state].into_iter().flatten().collect::<Vec<_>>())
    }

    fn read(files: &[PathBuf]) -> Result<Self, ConfigError> {
        let inputs = Inputs::read(files.iter().map(PathBuf::as_path))?;
        Ok(Self {
            proxy: inputs.proxy.map_or(Ok(ProxySetting::Environment), check_proxy)?,
            request_timeout: inputs.request_timeout.map(check_timeout).transpose()?,
            reader: inputs.reader.map(|input| check_path(input, "reader")).transpose()?,
            reader_socket: inputs
                .reader_socket
                .map(|input| check_path(input, "reader_socket"))
                .transpose()?,
            log: inputs.log.map_or_else(|| Self::default().log, |input| input.value),
        })
    }
}

fn check_proxy(input: Input) -> Result<ProxySetting, ConfigError> {
    match input.value.as_str() {
        "environment" => Ok(ProxySetting::Environment),
        "none" => Ok(ProxySetting::None),
        // The uplink speaks CONNECT to a proxy and nothing else; what travels through it is encrypted anyway.
        address if address.starts_with("http://") => Ok(ProxySetting::Address(input.value)),
        _ => Err(ConfigError::Value {
            file: input.file,
            key: "proxy",
            problem: "neither \"environment\" nor \"none\" nor an address such as \"http://proxy.example.com:3128\"",
        }),
    }
}

fn check_timeout(input: Input) -> Result<Duration, ConfigError> {
    match Span::parse(&input.value) {
        Ok(span) if TIMEOUT_SECONDS.contains(&span.seconds()) => Ok(Duration::from_secs(span.seconds())),
        _ => Err(ConfigError::Value {
            file: input.file,
            key: "request_timeout",
            problem: "must be a time between \"1s\" and \"15m\"",
        }),
    }
}

fn check_path(input: Input, key: &'static str) -> Result<PathBuf, ConfigError> {
    let path = PathBuf::from(input.value);
    if Path::is_absolute(&path) {
        Ok(path)
    } else {
        // A relative path would start whatever lies in the directory that candor happens to be called from.
        Err(ConfigError::Value { file: input.file, key, problem: "must be an absolute path" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<Settings, ConfigError> {
        let directory = tempfile::tempdir().unwrap();
        let files: Vec<_> = texts
            .iter()
            .enumerate()
            .map(|(index, text)| {
                let path = directory.path().join(format!("{index}.toml"));
                std::fs::write(&path, text).unwrap();
                path
            })
            .collect();
        Settings::read(&files)
    }

    #[test]
    fn later_files_win_key_by_key() {
        let settings = read(&["proxy = \"none\"\nlog = \"info\"\n", "log = \"debug\"\n"]).unwrap();
        let expected = Settings {
            proxy: ProxySetting::None,
            request_timeout: None,
            reader: None,
            reader_socket: None,
            log: "debug".to_owned(),
        };
        assert_eq!(settings, expected);
        assert_eq!(read(&[]).unwrap().proxy, ProxySetting::Environment);
    }

    #[test]
    fn errors_name_file_line_column_and_key() {
        let unknown = read(&["log = \"info\"\n\nproxxy = \"none\"\n"]).unwrap_err().to_string();
        assert!(unknown.contains("0.toml:3:1:") && unknown.contains("proxxy"), "{unknown}");
        let kind = read(&["", "\nproxy = 3\n"]).unwrap_err().to_string();
        assert!(kind.contains("1.toml:2:9: proxy:"), "{kind}");
        let broken = read(&["proxy = \n"]).unwrap_err().to_string();
        assert!(broken.contains("0.toml:1:"), "{broken}");
        let value = read(&["proxy = \"ftp://x\"\n"]).unwrap_err().to_string();
        assert!(value.contains("0.toml: proxy:"), "{value}");
        for wrong in ["0s", "1d", "fast"] {
            let value = read(&[&format!("request_timeout = \"{wrong}\"\n")]).unwrap_err().to_string();
            assert!(value.contains("0.toml: request_timeout:"), "{value}");
        }
        let good = read(&["request_timeout = \"2m\"\n"]).unwrap();
        assert_eq!(good.request_timeout, Some(Duration::from_mins(2)));
        assert!(read(&["reader = \"bin/candor-reader\"\n"]).unwrap_err().to_string().contains("absolute"));
    }
}
