//! Configuration as merged from its files: a later file wins, key by key. Each value remembers its file.

use super::ConfigError;
use super::fragments::Fragment;
use std::path::{Path, PathBuf};

/// Longest configuration file in bytes; ours has five keys.
const MAX_BYTES: usize = 64 * 1024;

/// A value and the file that set it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Input {
    pub(super) value: String,
    pub(super) file: PathBuf,
}

/// Merged configuration.
#[derive(Debug, Default)]
pub(super) struct Inputs {
    pub(super) proxy: Option<Input>,
    pub(super) request_timeout: Option<Input>,
    pub(super) reader: Option<Input>,
    pub(super) reader_socket: Option<Input>,
    pub(super) log: Option<Input>,
}

impl Inputs {
    /// Reads the files in this order; missing ones are skipped.
    pub(super) fn read<'p>(files: impl IntoIterator<Item = &'p Path>) -> Result<Self, ConfigError> {
        let mut inputs = Self::default();
        for file in files {
            let Some(bytes) = crate::durable::read_configuration(file, MAX_BYTES)? else { continue };
            let text = String::from_utf8(bytes).map_err(|error| {
                // The error itself would hold the bytes, with a proxy's password among them.
                ConfigError::NotText { file: file.to_path_buf(), source: error.utf8_error() }
            })?;
            inputs.merge(file, parse(file, &text)?);
        }
        Ok(inputs)
    }

    fn merge(&mut self, file: &Path, fragment: Fragment) {
        let from = |value: String| Input { value, file: file.to_path_buf() };
        let Fragment { proxy, request_timeout, reader, reader_socket, log } = fragment;
        self.proxy = proxy.map(from).or(self.proxy.take());
        self.request_timeout = request_timeout.map(from).or(self.request_timeout.take());
        self.reader = reader.map(from).or(self.reader.take());
        self.reader_socket = reader_socket.map(from).or(self.reader_socket.take());
        self.log = log.map(from).or(self.log.take());
    }
}

fn parse(file: &Path, text: &str) -> Result<Fragment, ConfigError> {
    let locate = |error: &toml::de::Error, key: String| {
        let start = error.span().map_or(0, |span| span.start.min(text.len()));
        let before = text.get(..start).unwrap_or_default();
        ConfigError::Syntax {
            file: file.to_path_buf(),
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            key,
            // Some messages end with a rendering of the line; the first line says what is wrong.
            message: error.message().lines().next().unwrap_or_default().to_owned(),
        }
    };
    let document = toml::Deserializer::parse(text).map_err(|error| locate(&error, String::new()))?;
    serde_path_to_error::deserialize(document).map_err(|error| {
        let key = error.path().to_string();
        locate(error.inner(), if key == "." { String::new() } else { format!(" {key}:") })
    })
}
