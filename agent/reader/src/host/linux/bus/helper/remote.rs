//! The reader's end.

use super::super::answer::Answer;
use super::super::question::{Member, Question};
use super::{Answered, Asking, Ready, argument};
use crate::host::system::exchange::{Exchange, LocalStream, Unanswered};
use crate::host::{BUS_HELPER, Unreadable};
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// A helper that is connected to the bus.
pub(in crate::host::system::bus) struct Remote {
    exchange: Exchange,
    members: Vec<Member>,
    id: u32,
}

impl Remote {
    /// Starts a helper for these members of services of the bus at `socket`, and waits until it is confined and connected.
    /// Says what confines it.
    pub(in crate::host::system::bus) fn start(
        program: &Path,
        socket: &Path,
        members: &BTreeSet<Member>,
        deadline: Instant,
    ) -> Result<(Self, Sandbox), Unreadable> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        // It needs nothing of our surroundings, and holding our output open would keep whoever waits for its end.
        let mut helper = Command::new(program)
            .arg(BUS_HELPER)
            .arg(socket)
            .args(members.iter().map(|member| argument(*member)))
            .env_clear()
            .current_dir("/")
            .stdin(OwnedFd::from(theirs))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut exchange = Exchange::over(LocalStream::of(ours.into()));
        let ready: Ready = exchange.receive(deadline).map_err(|failure| {
            stop(&mut helper);
            failure.reason()
        })?;
        ready.connected?;
        let members = members.iter().copied().collect();
        Ok((Self { exchange, members, id: 0 }, ready.sandbox))
    }

    /// Asks and waits for the answer; one that came too late for its own question is dropped.
    pub(in crate::host::system::bus) fn ask<T: Answer>(
        &mut self,
        question: &Question<'_>,
        deadline: Instant,
    ) -> Result<T, Unanswered> {
        let asking = Asking { kind: Some(T::KIND), ..self.asking(question, deadline)? };
        self.exchange.send(&asking, deadline)?;
        loop {
            let answered: Answered = self.exchange.receive(deadline)?;
            if answered.id == asking.id {
                let value = answered.value.map_err(Unanswered::Answer)?;
                return serde_json::from_value(value).map_err(|_| Unanswered::Broken(Unreadable::Odd));
            }
        }
    }

    /// Asks for something to be done and for no answer.
    pub(in crate::host::system::bus) fn tell(
        &mut self,
        question: &Question<'_>,
        deadline: Instant,
    ) -> Result<(), Unanswered> {
        let asking = self.asking(question, deadline)?;
        self.exchange.send(&asking, deadline)
    }

    fn asking(&mut self, question: &Question<'_>, deadline: Instant) -> Result<Asking, Unanswered> {
        let member = self.members.binary_search(&question.member);
        let member = member.map_err(|_| Unanswered::Answer(Unreadable::Denied))?;
        self.id = self.id.wrapping_add(1);
        let within = deadline.saturating_duration_since(Instant::now()).as_millis();
        Ok(Asking {
            id: self.id,
            member,
            object: question.object.to_owned(),
            way: question.way.clone(),
            kind: None,
            within: u64::try_from(within).unwrap_or_default(),
        })
    }
}

/// One that is not ready in time is not left behind.
fn stop(helper: &mut Child) {
    // It may have ended by itself.
    let _ = helper.kill();
    let _ = helper.wait();
}
