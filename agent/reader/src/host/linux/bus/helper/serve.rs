//! The helper's end.

use super::super::connection::Connection;
use super::super::question::{Member, Members, Question};
use super::super::wire::ObjectPath;
use super::super::{MAX_PER_SERVICE, MAX_TOTAL, SYSTEM_BUS};
use super::{Answered, Asking, MAX_QUESTION_BYTES, Ready, Wanted, name};
use crate::host::system::accounts::{effective_user, own_account, standard_input_peer};
use crate::host::system::exchange::{Exchange, LocalStream, Unanswered};
use crate::host::{Peer, Unreadable};
use collector_proto::catalog::{FieldId, Platform, SourcePlace};
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest that a reader takes to say what it wants, which it does at once.
const MAX_SILENCE: Duration = Duration::from_secs(5);

/// Longest that a helper lives. A reader reads for some seconds, on a slow disk for a minute.
const MAX_LIFE: Duration = Duration::from_mins(10);

/// Serves the reader at the other end of standard input with the bus at `bus`, or with the system's: it may ask for the
/// members of services that it names first. `confine` confines the process to what these sources need.
pub(crate) fn serve_bus(
    bus: Option<&Path>,
    confine: impl FnOnce(&BTreeSet<SourcePlace>) -> Sandbox,
) -> io::Result<()> {
    let bus = bus.unwrap_or(Path::new(SYSTEM_BUS));
    if !is_a_reader(&standard_input_peer()) {
        return Err(io::ErrorKind::PermissionDenied.into());
    }
    let reader = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    reader.set_nonblocking(true)?;
    let mut reader =
        Exchange::over(LocalStream::of(OwnedFd::from(reader))).of_short_messages(MAX_QUESTION_BYTES);
    let wanted: Result<Wanted, _> = reader.receive(Instant::now() + MAX_SILENCE);
    let Wanted { members } = wanted.map_err(|_| io::ErrorKind::InvalidInput)?;
    // One that no field has, and nothing at all is asked for.
    let members: Option<Vec<Member>> = members.iter().map(|name| member(name)).collect();
    let members = members.ok_or(io::ErrorKind::InvalidInput)?;
    let allowed: BTreeSet<Member> = members.iter().copied().collect();
    let sources: BTreeSet<SourcePlace> = allowed.iter().copied().map(SourcePlace::from).collect();
    let (user, deadline) = (effective_user(), Instant::now() + MAX_PER_SERVICE);
    let exchange = Exchange::connect(bus, deadline);
    // Nothing that the bus said was taken apart so far.
    let sandbox = confine(&sources);
    let connection =
        exchange.and_then(|bus| Connection::log_in(bus, user, Members::These(allowed), deadline));
    let end = Instant::now() + MAX_LIFE;
    let connected = connection.as_ref().map(|_| ()).map_err(|reason| *reason);
    let told = reader.send(&Ready { sandbox, connected }, end);
    let (Ok(mut connection), Ok(())) = (connection, told) else { return Ok(()) };
    let mut left = MAX_TOTAL;
    // Until the reader leaves, or is not understood.
    while let Ok(asking) = reader.receive::<Asking>(end) {
        let since = Instant::now();
        let deadline = since + left.min(Duration::from_millis(asking.within));
        let answered = answer(&mut connection, &members, asking, deadline);
        left = left.saturating_sub(since.elapsed());
        let told = answered.map(|answered| reader.send(&answered, end));
        if matches!(told, Some(Err(_))) {
            break;
        }
    }
    Ok(())
}

/// Puts the question to the bus if it is about a member that may be asked for.
fn answer(
    connection: &mut Connection,
    members: &[Member],
    asking: Asking,
    deadline: Instant,
) -> Option<Answered> {
    let Asking { id, member, object, way, kind, .. } = asking;
    let question = members
        .get(member)
        .filter(|_| ObjectPath::try_from(object.clone()).is_ok())
        .map(|member| Question { member: *member, object: &object, way });
    let Some(kind) = kind else {
        // Where nobody takes it there is nobody to mind.
        let _ = question.map(|question| connection.tell(&question, deadline));
        return None;
    };
    let value = match question {
        Some(question) => kind.ask(connection, &question, deadline).map_err(Unanswered::reason),
        None => Err(Unreadable::Denied),
    };
    Some(Answered { id, value })
}

/// Whether whoever is at the other end may ask: root, this process's own user, and whoever started it with a pipe.
fn is_a_reader(peer: &Peer) -> bool {
    match peer {
        Peer::Parent => true,
        Peer::Account(account) => account.is_all_powerful() || own_account().as_ref() == Some(account),
        Peer::Unknown => false,
    }
}

/// The member of the catalogue that is called this.
fn member(called: &str) -> Option<Member> {
    let mut members =
        FieldId::all().flat_map(|field| field.field().source(Platform::Linux).touches).filter_map(Member::of);
    members.find(|member| called == name(*member))
}
