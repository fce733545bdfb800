//! The collector's word on what it has, which the ledger is compared with.

use crate::cli::online::{self, Way, block_on};
use crate::cli::{Context, Exit, Failure};
use crate::head::{self, NotTheHead};
use crate::identity::{self, Enrolment};
use crate::ledger::OtherHistory;
use crate::sent::Books;
use candor_uplink::UplinkError;
use collector_proto::http_signature::Nonce;
use collector_proto::messages::{Head, ProblemKind};
use collector_proto::text::chain;
use collector_proto::time::UtcTime;
use ring::rand::SystemRandom;
use serde::Serialize;

/// What came of asking the collector.
#[derive(Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub(super) enum Compared {
    /// It has what it receipted, and nothing that is not here.
    Same { at: UtcTime },
    /// It has no more than is here, and not all that it receipted.
    Fewer { at: UtcTime, lost: u64 },
    /// It has reports that are not here.
    Other {
        at: UtcTime,
        #[serde(serialize_with = "in_words")]
        difference: OtherHistory,
    },
    /// It was asked and gave no answer that can be compared.
    Unanswered {
        #[serde(skip)]
        exit: Exit,
        why: String,
    },
}

/// Asks the collector, and compares. `before` is the ledger as it was before: the agent may be at work.
pub(super) fn compare(
    way: &Way,
    enrolment: &Enrolment,
    before: &Books,
    context: &Context,
) -> Result<Compared, Failure> {
    let before = before.ledger.streams()?;
    let head = match ask(way, enrolment, context)? {
        Ok(head) => head,
        Err(error) => return Ok(Compared::unanswered(&error)),
    };
    let at = head.at;
    let after = context.books()?.ledger.streams()?;
    if let Err(difference) = after.hold(&head) {
        return Ok(Compared::Other { at, difference });
    }
    let lost = before.lost_by(&head);
    Ok(if lost == 0 { Compared::Same { at } } else { Compared::Fewer { at, lost } })
}

/// Why the answer cannot be compared.
#[derive(Debug, thiserror::Error)]
enum NotAsked {
    #[error("the collector could not be asked what it has")]
    Uplink(#[source] UplinkError),
    #[error(
        "this collector cannot say what it has, because it is older than this program; its administrator can upgrade it"
    )]
    Older,
    #[error(transparent)]
    Head(#[from] NotTheHead),
}

/// The head, verified.
fn ask(way: &Way, enrolment: &Enrolment, context: &Context) -> Result<Result<Head, NotAsked>, Failure> {
    let random = SystemRandom::new();
    let nonce = Nonce::generate(&random);
    let nonce = nonce.ok_or_else(|| anyhow::anyhow!("the system's random source failed"))?;
    let key = identity::load_key(&context.paths)?;
    let asked = block_on(async { online::connect(way)?.head(&key, context.now(), &nonce).await })?;
    let envelope = match asked {
        Ok(envelope) => envelope,
        Err(error) if error.problem_kind() == Some(ProblemKind::NotFound) => return Ok(Err(NotAsked::Older)),
        Err(error) => return Ok(Err(NotAsked::Uplink(error))),
    };
    let documents = context.documents()?;
    let keys = enrolment.receipt_keys(&context.paths, &documents)?.newest();
    Ok(head::genuine(&envelope, &keys, enrolment, &nonce).map_err(NotAsked::Head))
}

impl Compared {
    fn unanswered(error: &NotAsked) -> Self {
        let exit = match error {
            NotAsked::Uplink(cause) if cause.is_transient() => Exit::Unreachable,
            NotAsked::Uplink(_) | NotAsked::Older => Exit::Failed,
            NotAsked::Head(_) => Exit::Tampered,
        };
        Self::Unanswered { exit, why: chain(error) }
    }

    /// Whether the ledger was held to what the collector has.
    pub(super) fn is_compared(&self) -> bool {
        !matches!(self, Self::Unanswered { .. })
    }

    /// For people.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Same { at } => format!(
                "Compared with the collector at {at}: it has all that it receipted, and nothing that is not here."
            ),
            Self::Fewer { at, lost } => format!(
                "Compared with the collector at {at}: it has nothing that is not here. It receipted {lost} reports that it no longer \
                 has: it deleted or lost them, or was itself restored from an older copy, and then asks for them before it takes the next report. \
                 Nothing is wrong with this device."
            ),
            Self::Other { at, .. } => {
                format!("Compared with the collector at {at}: it has others than are here.")
            }
            Self::Unanswered { .. } => "What the collector has was not compared.".to_owned(),
        }
    }

    /// How the verb ends.
    pub(super) fn outcome(self) -> Result<(), Failure> {
        match self {
            Self::Same { .. } | Self::Fewer { .. } => Ok(()),
            Self::Other { difference, .. } => Err(Failure::new(Exit::Tampered, difference)),
            Self::Unanswered { exit, why } => Err(Failure::new(exit, anyhow::anyhow!(why))),
        }
    }
}

fn in_words<S: serde::Serializer>(difference: &OtherHistory, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(difference)
}
