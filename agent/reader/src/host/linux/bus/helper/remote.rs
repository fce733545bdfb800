//! The reader's end.

use super::super::answer::Answer;
use super::super::question::{Member, Question};
use super::reach::{Helper, Reached};
use super::{Answered, Asking, Ready, Wanted, name};
use crate::host::Unreadable;
use crate::host::system::exchange::{Exchange, Unanswered};
use collector_proto::disclosure::Sandbox;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Child;
use std::time::Instant;

/// A helper that is connected to the bus.
pub(in crate::host::system::bus) struct Remote {
    exchange: Exchange,
    members: Vec<Member>,
    id: u32,
}

impl Remote {
    /// Reaches a helper for these members of services of the bus at `bus`, and waits until it is confined and connected.
    /// Says what confines it.
    pub(in crate::host::system::bus) fn of(
        helper: &Helper,
        bus: &Path,
        members: &BTreeSet<Member>,
        deadline: Instant,
    ) -> Result<(Self, Sandbox), Unreadable> {
        let Reached { mut exchange, process } = helper.reach(bus)?;
        let ready = introduce(&mut exchange, members, deadline).map_err(|failure| {
            if let Some(process) = process {
                stop(process);
            }
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

/// Says what is wanted, and waits until the helper is ready.
fn introduce(
    exchange: &mut Exchange,
    members: &BTreeSet<Member>,
    deadline: Instant,
) -> Result<Ready, Unanswered> {
    exchange.send(&Wanted { members: members.iter().copied().map(name).collect() }, deadline)?;
    let ready = exchange.receive(deadline)?;
    exchange.trust();
    Ok(ready)
}

/// One that is not ready in time is not left behind.
fn stop(mut helper: Child) {
    // It may have ended by itself.
    let _ = helper.kill();
    let _ = helper.wait();
}
