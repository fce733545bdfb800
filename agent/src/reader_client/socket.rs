//! A reader behind a socket: it runs as another user, and the system starts one for each connection.

use super::ReaderError;
use super::exchange::{MAX_ANSWER_BYTES, parse, within};
use crate::platform;
use collector_proto::disclosure::Answer;
use std::path::Path;
use std::time::Duration;

/// Connects, asks, and takes the answer.
pub(super) fn converse(socket: &Path, question: Vec<u8>, timeout: Duration) -> Result<Answer, ReaderError> {
    let place = socket.to_path_buf();
    match within(timeout, move || platform::converse(&place, &question, MAX_ANSWER_BYTES)) {
        None => Err(ReaderError::SocketTimeout { socket: socket.to_path_buf(), timeout }),
        Some(Err(source)) => Err(ReaderError::Unserved { socket: socket.to_path_buf(), source }),
        Some(Ok(answer)) if answer.is_empty() => Err(ReaderError::HungUp { socket: socket.to_path_buf() }),
        Some(Ok(answer)) if answer.len() > MAX_ANSWER_BYTES => Err(ReaderError::TooLong),
        Some(Ok(answer)) => parse(&answer),
    }
}
