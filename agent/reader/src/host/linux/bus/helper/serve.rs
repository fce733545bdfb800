//! The helper's end.

use super::super::connection::Connection;
use super::super::question::{Member, Members, Question};
use super::super::wire::ObjectPath;
use super::super::{MAX_PER_SERVICE, MAX_TOTAL};
use super::{Answered, Asking, Ready, argument};
use crate::host::Unreadable;
use crate::host::system::accounts::effective_user;
use crate::host::system::exchange::{Exchange, LocalStream, Unanswered};
use collector_proto::catalog::{FieldId, Platform, SourcePlace};
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// Longest that a helper lives. A reader reads for some seconds, on a slow disk for a minute.
const MAX_LIFE: Duration = Duration::from_mins(10);

/// Serves the reader at the other end of standard input: it may ask for these members of services of the bus at `socket`.
/// `confine` confines the process to what these sources need.
pub(crate) fn serve_bus(
    socket: &Path,
    members: &[OsString],
    confine: impl FnOnce(&BTreeSet<SourcePlace>) -> Sandbox,
) -> io::Result<()> {
    let reader = UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?);
    reader.set_nonblocking(true)?;
    let mut reader = Exchange::over(LocalStream::of(OwnedFd::from(reader)));
    let sources: Option<BTreeSet<SourcePlace>> = members.iter().map(source).collect();
    let sources = sources.ok_or(io::ErrorKind::InvalidInput)?;
    let allowed: BTreeSet<Member> = sources.iter().filter_map(Member::of).collect();
    let members: Vec<Member> = allowed.iter().copied().collect();
    let (user, deadline) = (effective_user(), Instant::now() + MAX_PER_SERVICE);
    let exchange = Exchange::connect(socket, deadline);
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

/// The source of the catalogue that an argument names.
fn source(text: &OsString) -> Option<SourcePlace> {
    let mut sources = FieldId::all().flat_map(|field| field.field().source(Platform::Linux).touches);
    sources
        .find(|source| match Member::of(source) {
            Some(member) => *text == *argument(member),
            None => false,
        })
        .copied()
}
