//! The ledger's service: answers the reader's questions about this user's ledger, one after another, and ends when nobody asks.
//!
//! It reads its state again for each question, since an agent at work adds to it. It has no network and writes nothing.

use super::{Books, BooksError};
use crate::confine;
use crate::identity::{self, Enrolment};
use crate::paths::Paths;
use crate::platform::{self, LedgerConnection, LedgerSocket};
use collector_proto::disclosure::sent::{
    LedgerFault, LedgerQuestion, LedgerReply, LedgerRequest, MAX_LEDGER_QUESTION_BYTES, MAX_SENT_LINES,
};
use collector_proto::envelope::PublicKey;
use collector_proto::text::chain;
use std::io;
use std::time::Duration;

/// How long a question may take to arrive and an answer to be taken. The other end is this machine's reader.
const WAIT: Duration = Duration::from_secs(10);

/// Why the service ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Nobody asked for a while.
    Idle,
    /// There is no enrolment yet. What is there once there is one, this process was not opened to.
    NotEnrolled,
}

/// Answers whoever connects to the socket that was handed over as standard input, until nobody does for so long.
pub(crate) fn serve(paths: &Paths, idle: Duration) -> io::Result<Ended> {
    let socket = platform::ledger_socket_handed_over()?;
    // What else the state holds is not looked at: the key is kept as its public half.
    let device = identity::load_key(paths).map(|key| key.public().clone());
    confine::confine_to_reading(paths);
    confine::taken_over();
    match device {
        Ok(device) => {
            while let Some(connection) = next(&socket, idle)? {
                answer(connection, |request| gather(paths, &device, request));
            }
            Ok(Ended::Idle)
        }
        Err(error) => {
            let fault = fault(&error.into());
            if let Some(connection) = next(&socket, idle)? {
                answer(connection, |_| LedgerReply::Failed(fault));
            }
            Ok(Ended::NotEnrolled)
        }
    }
}

/// The next question of the reader, which is root, or of this user itself.
fn next(socket: &LedgerSocket, idle: Duration) -> io::Result<Option<LedgerConnection>> {
    platform::next_ledger_connection(socket, idle, WAIT)
}

fn answer(mut connection: LedgerConnection, gather: impl FnOnce(&LedgerRequest) -> LedgerReply) {
    let asked = platform::ledger_question(&mut connection, MAX_LEDGER_QUESTION_BYTES).and_then(|question| {
        serde_json::from_slice(&question).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
    });
    let told = asked.and_then(|request| {
        let reply = serde_json::to_vec(&gather(&request)).map_err(io::Error::other)?;
        platform::tell_of_ledger(connection, &reply)
    });
    if let Err(error) = told {
        tracing::warn!(%error, "a question about the ledger was not answered");
    }
}

fn gather(paths: &Paths, device: &PublicKey, request: &LedgerRequest) -> LedgerReply {
    let LedgerRequest { question, roots } = request;
    let enrolment = Enrolment::load(paths).and_then(|mut enrolment| {
        if !enrolment.knows_what_followed {
            enrolment.follow(paths, roots)?;
        }
        Ok(enrolment)
    });
    let books =
        enrolment.map_err(BooksError::from).and_then(|enrolment| Books::open(paths, &enrolment, device));
    let gathered = books.and_then(|books| {
        Ok(match question {
            LedgerQuestion::List {} => LedgerReply::Listed(books.list(MAX_SENT_LINES)?),
            LedgerQuestion::Show { entry } => LedgerReply::Shown(books.show(*entry)?),
            LedgerQuestion::Verify { known } => LedgerReply::Verified(books.verify(*known)?),
            LedgerQuestion::Summarise { known } => LedgerReply::Summarised(books.summarise(*known)?),
        })
    });
    gathered.unwrap_or_else(|error| LedgerReply::Failed(fault(&error)))
}

fn fault(error: &BooksError) -> LedgerFault {
    LedgerFault { tampered: error.is_tampering(), message: chain(error) }
}
