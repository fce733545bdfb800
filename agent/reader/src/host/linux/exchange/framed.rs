//! Messages between two processes of this program: each is its length, a `u32` in little-endian order, and its bytes.

use super::{Exchange, Unanswered};
use crate::host::Unreadable;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::time::Instant;

/// Most bytes of a message: more than the largest that a bus's answer, a directory's names or a file can become.
pub(in crate::host::system) const MAX_MESSAGE_BYTES: usize = 8 * 1024 * 1024;

const PREFIX_BYTES: usize = size_of::<u32>();

impl Exchange {
    /// Sends a message as JSON.
    pub(in crate::host::system) fn send(
        &mut self,
        message: &impl Serialize,
        deadline: Instant,
    ) -> Result<(), Unanswered> {
        let json = serde_json::to_vec(message).map_err(|_| Unanswered::Answer(Unreadable::Odd))?;
        self.send_bytes(&json, deadline)
    }

    /// Waits for a message as JSON. One of another form ends the exchange.
    pub(in crate::host::system) fn receive<T: DeserializeOwned>(
        &mut self,
        deadline: Instant,
    ) -> Result<T, Unanswered> {
        let json = self.receive_bytes(deadline)?;
        serde_json::from_slice(&json).map_err(|_| Unanswered::Broken(Unreadable::Odd))
    }

    /// Sends bytes as a message.
    pub(in crate::host::system) fn send_bytes(
        &mut self,
        bytes: &[u8],
        deadline: Instant,
    ) -> Result<(), Unanswered> {
        let length = u32::try_from(bytes.len()).ok().filter(|_| bytes.len() <= MAX_MESSAGE_BYTES);
        let length = length.ok_or(Unanswered::Answer(Unreadable::TooLarge))?;
        self.write(&[&length.to_le_bytes()[..], bytes].concat(), deadline)
    }

    /// Waits for a message of any form.
    pub(in crate::host::system) fn receive_bytes(
        &mut self,
        deadline: Instant,
    ) -> Result<Vec<u8>, Unanswered> {
        let prefix = self.peek(PREFIX_BYTES, deadline)?;
        let prefix = prefix.try_into().map_err(|_| Unanswered::Broken(Unreadable::Odd))?;
        let length = usize::try_from(u32::from_le_bytes(prefix)).unwrap_or(usize::MAX);
        if length > self.max_bytes {
            return Err(Unanswered::Broken(Unreadable::TooLarge));
        }
        let mut message = self.take(PREFIX_BYTES + length, deadline)?;
        message.drain(..PREFIX_BYTES);
        Ok(message)
    }
}
