//! What the kernel answers to `RTM_GETADDR` (rtnetlink(7), netlink(7)): the addresses of the interfaces.
//!
//! ```text
//! message    length u32, type u16, flags u16, serial u32, port u32, then its content; padded to 4
//! content    family u8, prefix u8, flags u8, scope u8, interface u32, then attributes   of RTM_NEWADDR
//! attribute  length u16, type u16, value; padded to 4        1 the address, or the other end's, 2 our own end's
//! ```
//!
//! Numbers are in the machine's own order. Of all that rtnetlink can say nothing else is understood here: not links with
//! their hardware addresses, not neighbours, not routes.

use super::{FormatError, array};
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Most addresses that are taken. Container hosts have some thousand.
const MAX_ADDRESSES: usize = 64 * 1024;

/// Bytes of a request.
pub const REQUEST_BYTES: usize = HEADER_BYTES + CONTENT_BYTES;

const HEADER_BYTES: usize = 16;
const CONTENT_BYTES: usize = 8;
const ATTRIBUTE_HEADER_BYTES: usize = 4;
const ALIGNMENT: usize = 4;

/// The request's serial, which every message of the answer repeats.
const SERIAL: u32 = 1;

// <linux/netlink.h>: types and flags of messages.
const ERROR: u16 = 2;
const DONE: u16 = 3;
const REQUEST: u16 = 0x1;
const DUMP: u16 = 0x300;
const DUMP_INTERRUPTED: u16 = 0x10;

// <linux/rtnetlink.h>, <linux/if_addr.h>, <linux/socket.h>.
const NEW_ADDRESS: u16 = 20;
const GET_ADDRESS: u16 = 22;
const ADDRESS: u16 = 1;
const LOCAL: u16 = 2;
const INET: u8 = 2;
const INET6: u8 = 10;

/// The one request: all addresses of every family.
pub fn request() -> [u8; REQUEST_BYTES] {
    let mut message = [0; REQUEST_BYTES];
    let length = u32::try_from(REQUEST_BYTES).unwrap_or_default();
    let header = [
        &length.to_ne_bytes()[..],
        &GET_ADDRESS.to_ne_bytes(),
        &(REQUEST | DUMP).to_ne_bytes(),
        &SERIAL.to_ne_bytes(),
    ];
    for (byte, of_header) in message.iter_mut().zip(header.concat()) {
        *byte = of_header;
    }
    message
}

/// An address of an interface.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Address {
    /// The interface's number.
    pub interface: u32,
    /// The address; of a line with two ends, the one of this machine.
    pub address: IpAddr,
}

/// What a datagram says of the answer as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There is more to come.
    More,
    /// It is complete.
    Done,
    /// The kernel does not answer.
    Refused,
}

/// Takes the datagrams of an answer one after the other.
#[derive(Debug, Default)]
pub struct Reader {
    /// The addresses so far.
    pub addresses: Vec<Address>,
    /// Whether addresses came or went meanwhile, so that some may be missing.
    pub is_interrupted: bool,
}

impl Reader {
    /// Takes the messages of one datagram.
    pub fn take(&mut self, datagram: &[u8]) -> Result<Progress, FormatError> {
        let mut rest = datagram;
        while !rest.is_empty() {
            let length = u32::from_ne_bytes(array(rest, 0)?);
            let length = usize::try_from(length).map_err(|_| FormatError::Malformed)?;
            let content = rest.get(HEADER_BYTES..length).ok_or(FormatError::Malformed)?;
            if u32::from_ne_bytes(array(rest, 8)?) != SERIAL {
                return Err(FormatError::Malformed);
            }
            self.is_interrupted |= u16::from_ne_bytes(array(rest, 6)?) & DUMP_INTERRUPTED != 0;
            match u16::from_ne_bytes(array(rest, 4)?) {
                NEW_ADDRESS => self.addresses.extend(address(content)?),
                DONE => return Ok(Progress::Done),
                ERROR => return Ok(Progress::Refused),
                _ => return Err(FormatError::Malformed),
            }
            if self.addresses.len() > MAX_ADDRESSES {
                return Err(FormatError::TooLarge);
            }
            rest = after(rest, length);
        }
        Ok(Progress::More)
    }
}

/// The address of a message; families other than the Internet's have none.
fn address(content: &[u8]) -> Result<Option<Address>, FormatError> {
    let [family] = array(content, 0)?;
    let interface = u32::from_ne_bytes(array(content, 4)?);
    let mut rest = content.get(CONTENT_BYTES..).ok_or(FormatError::Malformed)?;
    let (mut address, mut local) = (None, None);
    while !rest.is_empty() {
        let length = usize::from(u16::from_ne_bytes(array(rest, 0)?));
        let value = rest.get(ATTRIBUTE_HEADER_BYTES..length).ok_or(FormatError::Malformed)?;
        match u16::from_ne_bytes(array(rest, 2)?) {
            ADDRESS => address = ip(family, value)?,
            LOCAL => local = ip(family, value)?,
            _ => {}
        }
        rest = after(rest, length);
    }
    Ok(local.or(address).map(|address| Address { interface, address }))
}

fn ip(family: u8, value: &[u8]) -> Result<Option<IpAddr>, FormatError> {
    match family {
        INET => <[u8; 4]>::try_from(value).map(|octets| Some(IpAddr::V4(Ipv4Addr::from(octets)))),
        INET6 => <[u8; 16]>::try_from(value).map(|octets| Some(IpAddr::V6(Ipv6Addr::from(octets)))),
        _ => Ok(None),
    }
    .map_err(|_| FormatError::Malformed)
}

/// What follows a thing of that length; the last one may lack its padding.
fn after(bytes: &[u8], length: usize) -> &[u8] {
    bytes.get(length.next_multiple_of(ALIGNMENT)..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
