//! A local socket of which no wait is without an end.
//!
//! Once connected it is read, written and waited for as any file is, by read(2), write(2) and ppoll(2): the sandbox allows
//! nothing that is done with sockets alone. Before that the kernel can be asked who is at the other end.

use nix::sys::socket::{
    AddressFamily, ControlMessageOwned, MsgFlags, SockFlag, SockType, UnixAddr, UnixCredentials, connect,
    getsockopt, recvmsg, setsockopt, socket, sockopt,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::io::{self, IoSliceMut, Read as _, Write as _};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::Path;
use std::time::Duration;

/// A connection to a local service, of which no wait is without an end.
pub(in crate::host::system) struct LocalStream(File);

impl LocalStream {
    /// Connects. Never waits: a service whose queue is full is `WouldBlock`.
    pub(in crate::host::system) fn connect(path: &Path) -> io::Result<Self> {
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(AddressFamily::Unix, SockType::Stream, flags, None)?;
        connect(socket.as_raw_fd(), &UnixAddr::new(path)?)?;
        Ok(Self::of(socket))
    }

    /// A connected socket that does not wait.
    pub(in crate::host::system) fn of(socket: OwnedFd) -> Self {
        Self(File::from(socket))
    }

    /// The user that listens, or that made the pair of sockets (SO_PEERCRED, unix(7)).
    pub(in crate::host::system) fn listener(&self) -> io::Result<u32> {
        Ok(getsockopt(&self.0, sockopt::PeerCredentials)?.uid())
    }

    /// Has the kernel say with all that is sent from here on who sent it (SO_PASSCRED, unix(7)).
    pub(in crate::host::system) fn name_senders(&self) -> io::Result<()> {
        Ok(setsockopt(&self.0, sockopt::PassCred, &true)?)
    }

    /// As [`Self::read`], and whatever another user sent, or passes along with it, is refused. A process of whoever listens may
    /// have handed the connection on: what counts is who writes.
    pub(in crate::host::system) fn read_from(
        &mut self,
        user: u32,
        into: &mut [u8],
        within: Duration,
    ) -> io::Result<usize> {
        self.wait(PollFlags::IN, within)?;
        let mut named = nix::cmsg_space!(UnixCredentials);
        let mut parts = [IoSliceMut::new(into)];
        let message =
            recvmsg::<()>(self.0.as_raw_fd(), &mut parts, Some(&mut named), MsgFlags::MSG_CMSG_CLOEXEC)?;
        // The end of the connection is nobody's.
        let is_theirs = message.bytes == 0
            || message.cmsgs()?.any(
                |part| matches!(part, ControlMessageOwned::ScmCredentials(sender) if sender.uid() == user),
            );
        if is_theirs { Ok(message.bytes) } else { Err(io::ErrorKind::PermissionDenied.into()) }
    }

    /// Reads what is there, or what comes within that time; `WouldBlock` when nothing does.
    pub(in crate::host::system) fn read(&mut self, into: &mut [u8], within: Duration) -> io::Result<usize> {
        self.wait(PollFlags::IN, within)?;
        self.0.read(into)
    }

    /// Writes what the other side takes within that time; `WouldBlock` when it takes nothing.
    pub(in crate::host::system) fn write(&mut self, bytes: &[u8], within: Duration) -> io::Result<usize> {
        self.wait(PollFlags::OUT, within)?;
        self.0.write(bytes)
    }

    /// Waits until it can be read or written, or the time is over; which of them it was is seen by trying.
    fn wait(&self, until: PollFlags, within: Duration) -> io::Result<()> {
        let within = Timespec::try_from(within).map_err(|_| io::ErrorKind::InvalidInput)?;
        poll(&mut [PollFd::new(&self.0, until)], Some(&within))?;
        Ok(())
    }
}
