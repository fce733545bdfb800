//! Messages: who is asked for what, and what came back.
//!
//! ```text
//! byte    order: l or B       byte  kind: 1 call, 2 return, 3 error, 4 signal     byte  flags     byte  version: 1
//! u       bytes of the body   u     serial                                        a(yv) fields    padding to 8
//! body
//! fields: 1 path o, 2 interface s, 3 member s, 4 error s, 5 reply to u, 6 destination s, 7 sender s, 8 signature g
//! ```
//!
//! D-Bus specification 0.43, section "Message Format". Fields with other numbers are ignored, as it demands.

use super::wire::{Arguments, Decoder, Encoder, Typed};
use crate::host::Unreadable;

/// Most bytes of a message that is taken. The largest expected answer, a list of a thousand sessions, has 100 KiB.
const MAX_MESSAGE_BYTES: usize = 1024 * 1024;

/// What stands before the fields: enough to know how long the message is.
pub(super) const PREFIX_BYTES: usize = 16;

const VERSION: u8 = 1;
const CALL: u8 = 1;
const RETURN: u8 = 2;
const ERROR: u8 = 3;

const NO_REPLY_EXPECTED: u8 = 1;
const NO_AUTO_START: u8 = 2;

/// The names of errors that mean a refusal; every other one means that there is nothing to be had.
const REFUSALS: &[&str] = &[
    "org.freedesktop.DBus.Error.AccessDenied",
    "org.freedesktop.DBus.Error.AuthFailed",
    "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired",
    "org.freedesktop.ModemManager1.Error.Core.Unauthorized",
    "org.freedesktop.NetworkManager.PermissionDenied",
];

/// A method call.
pub(super) struct Call<'a> {
    pub(super) destination: &'a str,
    pub(super) path: &'a str,
    pub(super) interface: &'a str,
    pub(super) member: &'a str,
    pub(super) arguments: &'a Arguments,
    /// Whether the bus may start the service for it.
    pub(super) is_started: bool,
}

impl Call<'_> {
    pub(super) fn encode(&self, serial: u32, is_answered: bool) -> Vec<u8> {
        let body = self.arguments.body();
        let mut fields = Encoder::default();
        for (code, letter, text) in [
            (1, "o", self.path),
            (2, "s", self.interface),
            (3, "s", self.member),
            (6, "s", self.destination),
            (8, "g", self.arguments.signature()),
        ] {
            if text.is_empty() {
                continue;
            }
            fields.align(8);
            fields.bytes.push(code);
            fields.signature(letter);
            if letter == "g" { fields.signature(text) } else { fields.text(text) }
        }
        let flags =
            if is_answered { 0 } else { NO_REPLY_EXPECTED } | if self.is_started { 0 } else { NO_AUTO_START };
        let mut message = Encoder { bytes: vec![b'l', CALL, flags, VERSION] };
        message.number(u32::try_from(body.len()).unwrap_or(u32::MAX));
        message.number(serial);
        message.number(u32::try_from(fields.bytes.len()).unwrap_or(u32::MAX));
        message.bytes.extend(fields.bytes);
        message.align(8);
        message.bytes.extend(body);
        message.bytes
    }
}

/// An answer to a call.
pub(super) struct Reply {
    /// Serial of the call.
    pub(super) to: u32,
    error: Option<String>,
    signature: String,
    body: Vec<u8>,
    is_big_endian: bool,
}

impl Reply {
    /// The value that was asked for, if the answer is not an error and has exactly its type.
    pub(super) fn decode<T: Typed>(&self) -> Result<T, Unreadable> {
        if let Some(error) = &self.error {
            let is_refusal = REFUSALS.contains(&error.as_str());
            return Err(if is_refusal { Unreadable::Denied } else { Unreadable::Missing });
        }
        let mut body = Decoder::of(&self.body, self.is_big_endian);
        let value = (self.signature == T::signature()).then(|| T::decode(&mut body)).flatten();
        value.filter(|_| body.is_at_end()).ok_or(Unreadable::Odd)
    }
}

/// How many bytes the message has that starts with `prefix`.
pub(super) fn length(prefix: &[u8]) -> Result<usize, Unreadable> {
    let (body, fields) = prefix_of(prefix).ok_or(Unreadable::Odd)?;
    let length = PREFIX_BYTES.checked_add(fields).and_then(|length| length.checked_next_multiple_of(8));
    let length = length.and_then(|length| length.checked_add(body)).ok_or(Unreadable::TooLarge)?;
    if length > MAX_MESSAGE_BYTES { Err(Unreadable::TooLarge) } else { Ok(length) }
}

/// Bytes of the body and of the fields.
fn prefix_of(prefix: &[u8]) -> Option<(usize, usize)> {
    let mut decoder = Decoder::of(prefix, is_big_endian(prefix)?);
    let version = decoder.take(4)?.get(3)?;
    let (body, _serial, fields) = (decoder.number()?, decoder.number()?, decoder.number()?);
    (*version == VERSION).then_some((usize::try_from(body).ok()?, usize::try_from(fields).ok()?))
}

fn is_big_endian(message: &[u8]) -> Option<bool> {
    match message.first()? {
        b'l' => Some(false),
        b'B' => Some(true),
        _ => None,
    }
}

/// Takes a whole message apart; one that answers nothing, such as a signal, is `None`.
pub(super) fn reply(message: &[u8]) -> Result<Option<Reply>, Unreadable> {
    match message.get(1) {
        Some(&(RETURN | ERROR)) => parse(message).map(Some).ok_or(Unreadable::Odd),
        _ => Ok(None),
    }
}

fn parse(message: &[u8]) -> Option<Reply> {
    let is_big_endian = is_big_endian(message)?;
    let (body, fields) = prefix_of(message)?;
    let body = message.get(message.len().checked_sub(body)?..)?.to_vec();
    // The fields start at a multiple of 8, so their own alignment is the message's.
    let mut decoder =
        Decoder::of(message.get(PREFIX_BYTES..PREFIX_BYTES.checked_add(fields)?)?, is_big_endian);
    let mut to = None;
    let mut reply = Reply { to: 0, error: None, signature: String::new(), body, is_big_endian };
    while !decoder.is_at_end() {
        decoder.align(8)?;
        let code = decoder.byte()?;
        match (code, decoder.signature()?) {
            (4, "s") => reply.error = Some(decoder.text()?.to_owned()),
            (5, "u") => to = Some(decoder.number()?),
            (8, "g") => decoder.signature()?.clone_into(&mut reply.signature),
            (_, "s" | "o") => decoder.text().map(|_| ())?,
            (_, "u") => decoder.number().map(|_| ())?,
            (_, "g") => decoder.signature().map(|_| ())?,
            _ => return None,
        }
    }
    if (message.get(1) == Some(&ERROR)) != reply.error.is_some() {
        return None;
    }
    Some(Reply { to: to?, ..reply })
}

#[cfg(test)]
mod tests;
