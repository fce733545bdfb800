//! The notice that everybody on a device can open: files that a unit of the reader's user writes, so that whoever takes over what
//! talks to the collector can neither thin it out nor hold it back.
//!
//! ```text
//! /var/lib/candor-notice/index.html, notice.txt, notice.json     root, 0644, each replaced as a whole
//!                        made-from.json   {"v":1,"made":"…","rules":"sha256:…"}
//! ```
//!
//! All that is in them comes from the reader: whom the device trusts, the documents that it keeps, and values without what is
//! about persons.

use super::notice::facts;
use super::subject::controller;
use super::{Context, Exit, Failure, confinement};
use crate::platform;
use crate::reader_client::{ReaderClient, ReaderError};
use anyhow::Context as _;
use candor_durable::{Directory, Role};
use candor_notice::locale::Words;
use candor_notice::{Audience, Notice, Record, Rendering, Setting};
use collector_proto::contract::Version1;
use collector_proto::digest::Digest;
use collector_proto::disclosure::{DeviceAnswer, ReaderStatus, RefusalMessage};
use collector_proto::policy::trust::{Documents, Floor, Refusal, Trust};
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

/// The page's name in its directory.
pub(super) const PAGE: &str = "index.html";

/// Columns of the text: as wide as it is ever laid out.
const WIDTH: usize = 100;

/// The stable word for a policy whose notice nobody has acknowledged.
const NOT_ACKNOWLEDGED: &str = "not_acknowledged";

/// The stable word for a policy whose notice nobody could see yet.
const NOT_SHOWN: &str = "policy_not_shown";

/// What the files were made from, so that they are not made again from the same.
const MADE_FROM: &str = "made-from.json";

/// More than such a file has.
const MADE_FROM_BYTES: u64 = 1024;

/// How long files that were made from the same still serve: what they say of dates and values is of the day.
const SERVES: u64 = 20 * 3_600;

/// How long is waited for more to change: a cycle of the agent changes several files within a second, and nobody has this
/// started more often.
const SETTLES: Duration = Duration::from_secs(2);

/// Most times that it is looked whether something has changed.
const MOST_LOOKS: usize = 10;

/// What the files were made from, and when.
#[derive(Serialize, Deserialize, PartialEq)]
struct MadeFrom {
    v: Version1,
    made: UtcTime,
    rules: Digest,
}

/// Writes the files where they are not of these rules or not of this day. Where the reader does not answer they say so, and this
/// fails. What changes meanwhile starts no unit, so it is looked for at the end.
pub(super) fn write(directory: &Path, words: &Words, context: &Context) -> Result<(), Failure> {
    let reader = reader(context);
    let mut made_from = made_from(directory).filter(|made_from| made_from.serves(context.now()));
    // That it was shown changes what it says, and that is known at once.
    let mut shown = false;
    for look in 0..MOST_LOOKS {
        if look > 0 && !std::mem::take(&mut shown) {
            std::thread::sleep(SETTLES);
        }
        let now = context.now();
        let record = Record::NotKept;
        let setting =
            Setting { words, now, audience: Audience::Everybody, record, confirmed: None, page_at: None };
        let made = Rules::of(&reader).and_then(|rules| {
            let digest = Digest::of(rules.fingerprint()?.as_bytes());
            if made_from.as_ref().is_some_and(|made_from| made_from.rules == digest) {
                return Ok(None);
            }
            let notice = rules.notice(&reader, context, &setting)?;
            Ok(Some((notice, MadeFrom { v: Version1, made: now, rules: digest })))
        });
        match made {
            Ok(None) if look > 0 => break,
            Ok(None) => {}
            Ok(Some((notice, of))) => {
                publish(&notice, Some(&of), directory, words)?;
                // Where another version came meanwhile, the next look finds it.
                match record_shown(&notice, &reader) {
                    Ok(changed) => shown = changed,
                    Err(error) => {
                        tracing::warn!(%error, "the reader does not take that the notice was shown");
                    }
                }
                made_from = Some(of);
            }
            Err(error) => {
                let notice = Notice::not_known(&format!("{error:#}"), &setting)?;
                publish(&notice, None, directory, words)?;
                return Err(Failure::new(Exit::Failed, error));
            }
        }
    }
    Ok(())
}

/// Writes the files once, and has the reader keep that the versions which they tell of could be seen from then on.
pub(super) fn show(directory: &Path, words: &Words, context: &Context) -> Result<(), Failure> {
    Directory::make(directory, Role::NoticeDirectory)
        .with_context(|| format!("{} cannot be made", directory.display()))?;
    show_by(directory, &reader(context), words, context)
}

/// The same of what this reader keeps, into a directory that is there.
pub(super) fn show_by(
    directory: &Path,
    reader: &ReaderClient,
    words: &Words,
    context: &Context,
) -> Result<(), Failure> {
    let (now, record) = (context.now(), Record::NotKept);
    let setting =
        Setting { words, now, audience: Audience::Everybody, record, confirmed: None, page_at: None };
    let notice = Rules::of(reader)?.notice(reader, context, &setting)?;
    publish(&notice, None, directory, words)?;
    record_shown(&notice, reader)?;
    Ok(())
}

/// From here on the time of what is announced runs. A notice that tells of no policy announces nothing. Says whether it was the
/// first time.
fn record_shown(notice: &Notice, reader: &ReaderClient) -> Result<bool, ReaderError> {
    let Some(newest) = notice.newest() else { return Ok(false) };
    let before = reader.status_as_kept()?.standing.remembered;
    if before.versions.iter().all(|version| version.shown.is_some()) {
        return Ok(false);
    }
    Ok(reader.record_shown(newest)? != before)
}

impl MadeFrom {
    fn serves(&self, now: UtcTime) -> bool {
        // A clock that was set back makes them of the future: then they are made again.
        self.made <= now && now < self.made.plus_seconds(SERVES)
    }
}

/// When the files that are there were made; `None` where they know nothing.
pub(super) fn made(directory: &Path) -> Option<UtcTime> {
    made_from(directory).map(|made_from| made_from.made)
}

/// What the files that are there were made from, as far as that can be read.
fn made_from(directory: &Path) -> Option<MadeFrom> {
    let file = candor_durable::open_named(&directory.join(MADE_FROM), Role::StateFile).ok()?;
    let mut written = Vec::new();
    file.take(MADE_FROM_BYTES).read_to_end(&mut written).ok()?;
    serde_json::from_slice(&written).ok()
}

/// Writes the files, and last of all what they were made from; of a notice that knows nothing there is no such thing.
fn publish(
    notice: &Notice,
    made_from: Option<&MadeFrom>,
    directory: &Path,
    words: &Words,
) -> Result<(), Failure> {
    let unwritable = |name: &str| format!("{} cannot be written", directory.join(name).display());
    let opened = Directory::open(directory, Role::NoticeDirectory).with_context(|| unwritable(""))?;
    opened.remove(MADE_FROM).with_context(|| unwritable(MADE_FROM))?;
    for (name, rendering) in [
        (PAGE, Rendering::Page),
        ("notice.txt", Rendering::Text { width: WIDTH }),
        ("notice.json", Rendering::Json),
    ] {
        let rendered = notice.render(rendering, words)?;
        opened.replace_for_everybody(name, rendered.as_bytes()).with_context(|| unwritable(name))?;
    }
    if let Some(made_from) = made_from {
        let written = serde_json::to_vec(made_from).map_err(anyhow::Error::from)?;
        opened.replace_for_everybody(MADE_FROM, &written).with_context(|| unwritable(MADE_FROM))?;
    }
    Ok(())
}

/// The reader as every account asks it: without capabilities not even root comes to the agent's socket.
fn reader(context: &Context) -> ReaderClient {
    match platform::people_socket().filter(|socket| socket.exists() && context.paths.are_the_systems()) {
        Some(socket) => ReaderClient::asked(socket),
        None => context.reader(None),
    }
}

/// What decides on the notice, as the reader keeps it.
enum Rules {
    /// Nothing can be collected, and why.
    None(RefusalMessage),
    /// Whom the device trusts, its documents, and what the reader makes of them.
    Kept { device: Box<DeviceAnswer>, documents: Documents, status: Box<ReaderStatus> },
}

impl Rules {
    fn of(reader: &ReaderClient) -> Result<Self, anyhow::Error> {
        let device = match answered(reader.device())? {
            Ok(device) => Box::new(device),
            Err(refusal) => return Ok(Self::None(refusal)),
        };
        let Some(documents) = device.documents.clone() else {
            return Ok(Self::None((&Refusal::NoPolicy).into()));
        };
        Ok(match answered(reader.status_as_kept())? {
            Ok(status) => Self::Kept { device, documents, status: Box::new(status) },
            Err(refusal) => Self::None(refusal),
        })
    }

    /// What has changed where it is another one. What each report changes, as where the ledger ends, is none of it.
    fn fingerprint(&self) -> Result<String, serde_json::Error> {
        match self {
            Self::None(refusal) => serde_json::to_string(refusal),
            Self::Kept { device, status, .. } => {
                let ReaderStatus {
                    policy,
                    standing,
                    refused,
                    ceiling,
                    consent,
                    acknowledgements,
                    tenant_keys,
                    ..
                } = &**status;
                let standing = &standing.remembered;
                serde_json::to_string(&(
                    device,
                    policy,
                    standing,
                    refused,
                    ceiling,
                    consent,
                    acknowledgements,
                    tenant_keys,
                ))
            }
        }
    }

    /// The notice under them.
    fn notice(
        self,
        reader: &ReaderClient,
        context: &Context,
        setting: &Setting<'_>,
    ) -> Result<Notice, anyhow::Error> {
        let (device, documents, status) = match self {
            Self::None(refusal) => return Ok(Notice::nothing(&refusal, None, setting)?),
            Self::Kept { device, documents, status } => (device, documents, status),
        };
        let mut trust = match Trust::pin(&device.root, device.place(), Floor::default()) {
            Ok(trust) => trust,
            Err(refusal) => return Ok(Notice::nothing(&(&refusal).into(), None, setting)?),
        };
        let controller = controller(&documents, &trust);
        let nothing = |refusal: &RefusalMessage| Notice::nothing(refusal, controller.as_ref(), setting);
        let accepted = match trust.accept(&documents, &mut status.standing.recall(), setting.now) {
            Ok(accepted) => accepted,
            Err(refusal) => return Ok(nothing(&(&refusal).into())?),
        };
        let is_awaited = match status.refused {
            None => false,
            Some(refusal) if refusal.code == NOT_ACKNOWLEDGED => true,
            // It is, by this.
            Some(refusal) if refusal.code == NOT_SHOWN => false,
            Some(refusal) => return Ok(nothing(&refusal)?),
        };
        if let Err(too_weak) = confinement::suffices(context, accepted.terms().document()) {
            return Ok(nothing(&(&too_weak).into())?);
        }
        Ok(match answered(reader.preview_for_everybody(&documents, &mut trust, setting.now))? {
            Ok(disclosed) if is_awaited => Notice::awaiting_acknowledgement(&facts(&disclosed), setting)?,
            Ok(disclosed) => Notice::in_force(&facts(&disclosed), setting)?,
            Err(refusal) => nothing(&refusal)?,
        })
    }
}

/// An answer, or that nothing is collected. A refusal of the question itself says nothing of that.
fn answered<T>(answer: Result<T, ReaderError>) -> Result<Result<T, RefusalMessage>, anyhow::Error> {
    match answer {
        Ok(answer) => Ok(Ok(answer)),
        Err(ReaderError::Refused(refusal)) if !refusal.is_of_the_question() => Ok(Err(refusal)),
        Err(error) => Err(error.into()),
    }
}
