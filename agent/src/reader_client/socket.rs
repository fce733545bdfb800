//! A reader behind a socket: it runs as another user.

use super::ReaderError;
use super::exchange::{MAX_ANSWER_BYTES, parse, within};
use crate::platform::{self, ReaderConnection};
use collector_proto::disclosure::Answer;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A reader that was connected to and not asked yet.
#[derive(Debug)]
pub(super) struct ServedReader {
    socket: PathBuf,
    connection: ReaderConnection,
}

/// Connects. That waits for nobody: the system's manager listens.
pub(super) fn connect(socket: &Path) -> Result<ServedReader, ReaderError> {
    let socket = socket.to_path_buf();
    match platform::connect_to_reader(&socket) {
        Ok(connection) => Ok(ServedReader { socket, connection }),
        Err(source) => Err(ReaderError::Unserved { socket, source }),
    }
}

impl ServedReader {
    /// Asks, and takes the answer.
    pub(super) fn converse(self, question: Vec<u8>, timeout: Duration) -> Result<Answer, ReaderError> {
        let Self { socket, connection } = self;
        match within(timeout, move || platform::converse(connection, &question, MAX_ANSWER_BYTES)) {
            None => Err(ReaderError::SocketTimeout { socket, timeout }),
            Some(Err(source)) => Err(ReaderError::Unserved { socket, source }),
            Some(Ok(answer)) if answer.is_empty() => Err(ReaderError::HungUp { socket }),
            Some(Ok(answer)) if answer.len() > MAX_ANSWER_BYTES => Err(ReaderError::TooLong),
            Some(Ok(answer)) => parse(&answer),
        }
    }
}
