//! The addresses of the interfaces, from the kernel over a netlink socket: `RTM_GETADDR` and nothing else.
//!
//! getifaddrs(3) asks for the links too and is handed their hardware addresses. What is sent on a netlink socket cannot be
//! filtered: whoever has one can ask for links, neighbours and routes. So the answer is taken before the sandbox is put up,
//! and the socket is closed again; inside there is none and none can be made. The answer is the kernel's own, and of the
//! machine nothing was read before it.

use crate::format::FormatError;
use crate::format::rtnetlink::{Progress, Reader, request};
use crate::host::Unreadable;
use rustix::net::netdevice::index_to_name;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{
    AddressFamily, Protocol, RecvFlags, SendFlags, SocketFlags, SocketType, recvfrom, send, socket_with,
};
use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::os::fd::OwnedFd;

/// An interface's name and one of its addresses.
pub(super) type Addresses = Vec<(String, IpAddr)>;

/// The kernel sends no larger datagram: `NLMSG_GOODSIZE` grows to 32 KiB at most (net/netlink/af_netlink.c).
const DATAGRAM_BYTES: usize = 64 * 1024;

/// `NETLINK_ROUTE` is protocol 0, the one that a netlink socket has when none is named.
const ROUTE: Option<Protocol> = None;

/// How often it is asked while addresses come and go. Thereafter what it said is taken as it is.
const ATTEMPTS: usize = 3;

/// Every address of every interface.
pub(super) fn read() -> Result<Addresses, Unreadable> {
    let mut answer = ask()?;
    for _ in 1..ATTEMPTS {
        if !answer.1.is_interrupted {
            break;
        }
        answer = ask()?;
    }
    let (socket, reader) = answer;
    let mut names = BTreeMap::new();
    let mut found = Vec::new();
    for address in reader.addresses {
        let name = names.entry(address.interface).or_insert_with(|| name(&socket, address.interface));
        found.extend(name.as_ref().map(|name| (name.clone(), address.address)));
    }
    Ok(found)
}

/// Asks the kernel on a socket of its own, which is given back to ask for names by.
fn ask() -> Result<(OwnedFd, Reader), Unreadable> {
    let flags = SocketFlags::CLOEXEC;
    let socket =
        socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, ROUTE).map_err(io::Error::from)?;
    send(&socket, &request(), SendFlags::empty()).map_err(io::Error::from)?;
    let mut reader = Reader::default();
    let mut datagram = vec![0; DATAGRAM_BYTES];
    loop {
        // Nothing is waited for: the kernel has the next part ready when one was taken.
        let flags = RecvFlags::DONTWAIT | RecvFlags::TRUNC;
        let (_, length, sender) = recvfrom(&socket, &mut datagram[..], flags).map_err(io::Error::from)?;
        // Another process may write to the socket as well.
        let sender = sender.and_then(|sender| SocketAddrNetlink::try_from(sender).ok());
        if sender.is_none_or(|sender| sender.pid() != KERNEL) {
            continue;
        }
        let received = datagram.get(..length).ok_or(Unreadable::TooLarge)?;
        match reader.take(received) {
            Ok(Progress::More) => {}
            Ok(Progress::Done) => return Ok((socket, reader)),
            Ok(Progress::Refused) => return Err(Unreadable::Denied),
            Err(FormatError::TooLarge) => return Err(Unreadable::TooLarge),
            Err(_) => return Err(Unreadable::Odd),
        }
    }
}

/// The port of the kernel (netlink(7)).
const KERNEL: u32 = 0;

/// The interface's name (`SIOCGIFNAME`, netdevice(7)); `None` when it is gone, or when it is not UTF-8, as in listings.
fn name(socket: &OwnedFd, interface: u32) -> Option<String> {
    index_to_name(socket, interface).ok()
}
