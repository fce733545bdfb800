//! Linux: a listening socket that systemd made, one thread for each connection, one process for each answer.

mod answering;
mod connection;
mod limits;
mod memory;
mod refusal;
mod turns;

use super::Service;
use crate::host::system::peer_of;
use crate::host::{AccountId, Peer};
use crate::state::State;
use answering::Program;
use collector_proto::time::UtcTime;
use connection::Connection;
use limits::{Allowance, Limits};
use memory::Memory;
use refusal::NotAnswered;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};
use turns::Turns;

/// Stack of a connection's thread: it holds no more than the buffers of one question.
const STACK_BYTES: usize = 256 * 1024;

/// How long nobody is let in when the system has no more descriptors, memory or processes.
const OUT_OF_BREATH: Duration = Duration::from_millis(20);

/// What all connections share.
pub(super) struct Shared {
    program: Program,
    state: State,
    allowance: Allowance,
    limits: Mutex<Limits>,
    memory: Mutex<Memory>,
    turns: Turns,
}

/// An open connection's place; it is free again with this.
struct Place {
    shared: Arc<Shared>,
    account: AccountId,
}

impl Drop for Place {
    fn drop(&mut self) {
        locked(&self.shared.limits).ended(&self.account);
    }
}

/// Answers whoever connects until nobody does for a while. Whoever connects at that very moment waits in the socket, and the
/// system starts this again.
pub(super) fn serve(service: Service) -> io::Result<()> {
    let listener = UnixListener::from(io::stdin().as_fd().try_clone_to_owned()?);
    listener.set_nonblocking(true)?;
    let idle = service.idle;
    let allowance = Allowance::of(service.whom);
    let shared = Arc::new(Shared {
        state: State::at(&service.state),
        program: Program::of(service)?,
        allowance,
        limits: Mutex::new(Limits::new(allowance)),
        memory: Mutex::default(),
        turns: Turns::default(),
    });
    let mut last = Instant::now();
    loop {
        if !is_asked(&listener, idle.saturating_sub(last.elapsed()))? {
            if last.elapsed() < idle {
                continue;
            }
            if !locked(&shared.limits).is_used() {
                return Ok(());
            }
        }
        match listener.accept() {
            Ok((stream, _)) => let_in(stream, &shared),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(_) => std::thread::sleep(OUT_OF_BREATH),
        }
        last = Instant::now();
    }
}

/// Waits for a connection. Nobody's answer is waited for here.
fn is_asked(listener: &UnixListener, within: Duration) -> io::Result<bool> {
    // While a connection is open beyond the time, it is looked at every now and then.
    let within = Timespec::try_from(within.max(Duration::from_millis(200))).unwrap_or_default();
    match poll(&mut [PollFd::new(listener, PollFlags::IN)], Some(&within)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

fn let_in(stream: UnixStream, shared: &Arc<Shared>) {
    // The kernel always knows; whoever it does not name gets nothing.
    let Peer::Account(account) = peer_of(&stream) else { return };
    let admitted = locked(&shared.limits).admit(&account, Instant::now());
    if let Err(after) = admitted {
        return connection::refuse(&stream, NotAnswered::TooMany { after });
    }
    let place = Place { shared: Arc::clone(shared), account };
    let answer = move || {
        let Place { shared, account } = &place;
        Connection { stream, account, shared }.serve();
    };
    // Where no thread can be had, the place is free again and whoever asked is hung up on.
    let _ = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(answer);
}

fn locked<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn now() -> UtcTime {
    UtcTime::from_system(SystemTime::now())
}
