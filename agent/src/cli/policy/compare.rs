//! `candor policy compare`: whether somebody else was given the same documents as this device.

use super::export::given;
use crate::cli::{Context, Exit, Failure, Format};
use anyhow::{Context as _, anyhow};
use candor_notice::wrap;
use collector_proto::catalog::DocumentKind;
use collector_proto::envelope::Envelope;
use collector_proto::limits::{MAX_DOCUMENT_BYTES, MAX_READER_REQUEST_BYTES};
use collector_proto::policy::trust::{Comparison, Conflict, GivenDocuments, HadVersion, Newest};
use collector_proto::text::plain;
use collector_proto::time::UtcTime;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Longest file in bytes: the documents of a device, and the names of all versions that it had.
const MAX_FILE_BYTES: usize = 2 * MAX_READER_REQUEST_BYTES;

/// What to do about documents that contradict each other.
const WHAT_TO_DO: &str = "Keep both files, and show them to whoever speaks for you: the works council, or the data protection officer. Whoever answers \
for the collector has to explain it; a collector that was restored from a backup can explain an older version, and nothing explains two documents \
under one number.";

/// Arguments of `candor policy compare`.
#[derive(Debug, clap::Args)]
pub(super) struct CompareArgs {
    /// What `candor policy export` wrote on another device, or a policy as it was signed; `-` reads it from standard input
    file: PathBuf,
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// As `policy compare --format json` writes it.
#[derive(Serialize)]
struct Compared<'a> {
    result: Outcome,
    group: &'a str,
    #[serde(flatten)]
    comparison: &'a Comparison,
}

/// What came of it.
#[derive(Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    Same,
    Behind,
    Ahead,
    Conflict,
}

/// Compares. Ends with 4 where the documents contradict each other.
pub(super) fn run(args: &CompareArgs, context: &Context) -> Result<(), Failure> {
    let theirs = read(&args.file, context.now())?;
    let (ours, trust) = given(context)?;
    let comparison = trust.compare(&ours, &theirs).map_err(|why| {
        let why = plain(&why.to_string()).into_owned();
        Failure::new(Exit::Failed, anyhow!("{} cannot be compared: {why}", args.file.display()))
    })?;
    let result = match (&*comparison.conflicts, comparison.newest) {
        ([_, ..], _) => Outcome::Conflict,
        ([], Newest::Same) => Outcome::Same,
        ([], Newest::Behind) => Outcome::Behind,
        ([], Newest::Ahead) => Outcome::Ahead,
    };
    if args.format == Format::Json {
        context.print_json(&Compared { result, group: &ours.group, comparison: &comparison })?;
    } else {
        context.print(&told(&comparison, &ours, &theirs))?;
    }
    if comparison.conflicts.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Tampered,
        anyhow!("this device and the other one were not given the same documents"),
    ))
}

fn read(file: &Path, now: UtcTime) -> Result<GivenDocuments, Failure> {
    let name = file.display();
    let mut bytes = Vec::new();
    let most = MAX_FILE_BYTES as u64 + 1;
    let read = if file.as_os_str() == "-" {
        std::io::stdin().take(most).read_to_end(&mut bytes)
    } else {
        candor_durable::open_given(file).and_then(|opened| opened.take(most).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("{name} cannot be read"))?;
    if bytes.len() > MAX_FILE_BYTES {
        return Err(anyhow!("{name} is longer than {MAX_FILE_BYTES} bytes").into());
    }
    let policy = Envelope::parse(bytes.trim_ascii(), MAX_DOCUMENT_BYTES).ok();
    if let Some(given) = policy.and_then(|policy| GivenDocuments::of_policy(policy, now)) {
        return Ok(given);
    }
    // Not the parser's own words: they may quote what is in the file.
    serde_json::from_slice(&bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        anyhow!(
            "{name} is neither what `candor policy export` writes nor a signed policy (line {line}, column {column})"
        )
        .into()
    })
}

fn told(comparison: &Comparison, ours: &GivenDocuments, theirs: &GivenDocuments) -> String {
    let group = plain(&ours.group);
    let Comparison { here, there, in_common, .. } = comparison;
    let since = |given: &GivenDocuments, version: u64| {
        let came =
            given.had.iter().find(|had| had.version == version).and_then(|HadVersion { came, .. }| *came);
        came.map(|came| format!(", since {came}")).unwrap_or_default()
    };
    let newest = match comparison.newest {
        Newest::Same => format!("Version {here} is the newest of the group {group} here and there."),
        Newest::Behind => format!(
            "This device is behind: its newest version of the group {group} is {here}, and the other has {there}{}. It asks again with its next \
report; if it stays behind, newer ones are kept from it.",
            since(theirs, *there)
        ),
        Newest::Ahead => format!(
            "The other is behind: its newest version of the group {group} is {there}, and this device has {here}{}.",
            since(ours, *here)
        ),
    };
    let common = match in_common {
        0 => "No version was given to both.".to_owned(),
        1 => "One version was given to both, and it is the same document.".to_owned(),
        many => format!("{many} versions were given to both, and they are the same documents."),
    };
    let mut paragraphs = vec![newest, common];
    if !comparison.conflicts.is_empty() {
        paragraphs.extend(comparison.conflicts.iter().map(conflict));
        paragraphs.push(WHAT_TO_DO.to_owned());
    }
    let mut text = String::new();
    for line in paragraphs.iter().flat_map(|paragraph| wrap(paragraph, crate::cli::words::width())) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{line}");
    }
    text
}

fn conflict(conflict: &Conflict) -> String {
    let word = |proved: bool| {
        if proved {
            "Both are signed by those whom this device believes."
        } else {
            "What the other had is the file's word alone: it holds no signature for it that this device believes."
        }
    };
    match *conflict {
        Conflict::OtherContent { document, version, here, there, proved } => {
            let document = match document {
                DocumentKind::Root => "roots of trust",
                _ => "policies",
            };
            let word = word(proved);
            format!("TWO {document} HAVE THE NUMBER {version}: here {here}, there {there}. {word}")
        }
        Conflict::Withheld { from_here, version, named, then, then_named, proved } => {
            let (first, second) =
                if from_here { ("the other", "this device") } else { ("this device", "the other") };
            let word = word(proved);
            format!(
                "AN OLDER VERSION WAS NAMED LATER: {first} was told on {named} of version {version}, and {second} on {then_named} that {then} is the \
newest. {word}"
            )
        }
    }
}
