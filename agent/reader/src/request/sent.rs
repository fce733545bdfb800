//! `sent_list`, `sent_show`, `sent_verify`, `sent_summary`: what the agent's ledger holds, for everybody but the agent's user.
//!
//! ```text
//! newest entry that is known ──► question ──► the ledger's service ──bytes──► confined ──► parsed, held to that entry, filtered
//! ```
//!
//! The ledger is the agent's user's, and so is the process that answers for it: what comes back may be anything. It is bounded while
//! it arrives, and taken apart when this process can open nothing any more.

use super::refused::Refused;
use super::{Handle, Reader};
use crate::caller::Caller;
use crate::host;
use collector_proto::digest::Digest;
use collector_proto::disclosure::request::{ListSent, ShowSent, SummariseSent, VerifySent};
use collector_proto::disclosure::sent::{
    LedgerFault, LedgerQuestion, LedgerReply, LedgerRequest, MAX_LEDGER_REPLY_BYTES, SentEntry, SentList,
    SummarisedSent, VerifiedSent,
};
use collector_proto::disclosure::{LedgerHead, OtherLedger};
use collector_proto::envelope::DetachedSignature;
use collector_proto::messages::Holder;
use collector_proto::text::plain;
use std::collections::BTreeSet;

/// Longest sentence of the service that is passed on, in characters.
const MAX_SENTENCE_CHARS: usize = 500;

/// Longest name of a collector that is passed on, in bytes.
const MAX_COLLECTOR_BYTES: usize = 256;

impl Handle for ListSent {
    fn handle(self, reader: &Reader<'_>) -> Result<SentList, Refused> {
        match reader.ask_ledger(&LedgerQuestion::List {})? {
            LedgerReply::Listed(list) => Ok(list),
            other => Err(refused(other)),
        }
    }
}

impl Handle for ShowSent {
    fn handle(self, reader: &Reader<'_>) -> Result<SentEntry, Refused> {
        // The state is read before the answer comes: from then on this process can open nothing.
        let known = reader.state.ledger_head()?;
        let keys = reader.state.keys()?.ok_or(Refused::NotEnrolled)?;
        let seen = (reader.caller != Caller::Equal).then(|| keys.seen_by(&reader.viewer));
        match reader.ask_ledger(&LedgerQuestion::Show { entry: self.entry })? {
            LedgerReply::Shown(shown) if shown.entry == self.entry => fit(shown, known, seen.as_ref()),
            other => Err(refused(other)),
        }
    }
}

impl Handle for VerifySent {
    fn handle(self, reader: &Reader<'_>) -> Result<VerifiedSent, Refused> {
        // Before the ledger is looked at: an agent at work moves both on.
        let known = reader.state.ledger_head()?;
        let question = LedgerQuestion::Verify { known: known.map(|head| head.entries) };
        match reader.ask_ledger(&question)? {
            LedgerReply::Verified(found) => Ok(found.against(known)),
            other => Err(refused(other)),
        }
    }
}

impl Handle for SummariseSent {
    fn handle(self, reader: &Reader<'_>) -> Result<SummarisedSent, Refused> {
        let known = reader.state.ledger_head()?;
        let question = LedgerQuestion::Summarise { known: known.map(|head| head.entries) };
        match reader.ask_ledger(&question)? {
            LedgerReply::Summarised(found) => Ok(found.against(known)),
            other => Err(refused(other)),
        }
    }
}

impl Reader<'_> {
    /// Asks the ledger's service. From then on this process is confined.
    fn ask_ledger(&self, question: &LedgerQuestion) -> Result<LedgerReply, Refused> {
        self.pinned()?;
        // Without the documents that are kept the service goes by what it has itself.
        let roots = self.kept_documents().unwrap_or_default().unwrap_or_default().roots;
        let request = LedgerRequest { question: question.clone(), roots };
        let question = serde_json::to_vec(&request).map_err(|_| Refused::LedgerReply)?;
        let reply = host::ask_ledger(self.ledger, &question, MAX_LEDGER_REPLY_BYTES);
        let reply =
            reply.map_err(|why| Refused::LedgerUnanswered { socket: self.ledger.socket.clone(), why })?;
        self.confined_to(&BTreeSet::new());
        serde_json::from_slice(&reply).map_err(|_| Refused::LedgerReply)
    }
}

/// What may be passed on of an entry to who sees only parts of these holders, or all.
fn fit(
    shown: SentEntry,
    known: Option<LedgerHead>,
    seen: Option<&BTreeSet<Holder>>,
) -> Result<SentEntry, Refused> {
    if !shown.left_out.is_empty() {
        return Err(Refused::LedgerReply);
    }
    let mut shown = shown.of_its_bytes();
    let opened = shown.open().map_err(|_| Refused::LedgerReply)?;
    if known.is_some_and(|known| known.entries == shown.entry && known.digest != shown.digest) {
        return Err(OtherLedger::Forked(shown.entry).into());
    }
    let collector = shown.receipt.as_ref().map_or("", |receipt| &receipt.collector);
    if DetachedSignature::parse(&shown.signature).is_err() || collector.len() > MAX_COLLECTOR_BYTES {
        return Err(Refused::LedgerReply);
    }
    let Some(seen) = seen else { return Ok(shown) };
    let digests = opened.parts.keys().filter(|name| seen.contains(&name.holder));
    let digests: BTreeSet<&Digest> = digests.filter_map(|name| opened.report.parts.get(name)).collect();
    shown.parts.retain(|bytes| digests.contains(&Digest::of(bytes.as_bytes())));
    shown.left_out =
        opened.report.parts.keys().filter(|name| !seen.contains(&name.holder)).copied().collect();
    Ok(shown.of_its_bytes())
}

/// Why there is nothing to pass on.
fn refused(reply: LedgerReply) -> Refused {
    let LedgerReply::Failed(LedgerFault { tampered, message }) = reply else { return Refused::LedgerReply };
    let sentence: String = message.chars().take(MAX_SENTENCE_CHARS).collect();
    Refused::LedgerFault { tampered, message: plain(&sentence).into_owned() }
}
