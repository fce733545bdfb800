//! `candor notice`: what the person is told about the collection, with this device's values.

use super::readings::record;
use super::subject::{Subject, not_enrolled, observe};
use super::{Context, Exit, Failure, everybody, words};
use crate::platform::{self, OPENER};
use crate::reader_client::{Disclosed, ReaderError};
use anyhow::Context as _;
use candor_notice::locale::Words;
use candor_notice::{Audience, Confirmed, Facts, Notice, NoticeError, Record, Rendering, Setting};
use collector_proto::policy::Standing;
use collector_proto::text::plain;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Arguments of `candor notice`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor notice                                        read it here
  candor notice --open                                 read it in the browser
  candor notice --format html --output notice.html     keep it, print it, hand it on
  candor notice --acknowledge                          record that it was shown; this is not consent
  candor notice --policy draft.toml --open             what people would be told under a draft
  candor notice --for-everybody /var/lib/candor-notice write the page that every account can open

On an installed machine that page is written by a service: file:///var/lib/candor-notice/index.html")]
pub struct NoticeArgs {
    /// How it is written
    #[arg(long, value_enum, default_value_t)]
    format: NoticeFormat,
    /// Language, such as `en`; otherwise the one of the environment
    #[arg(long, value_name = "LANG")]
    lang: Option<String>,
    /// An author's policy file, taken as a draft
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Read the system in DIR instead of this one
    #[arg(long, value_name = "DIR")]
    root: Option<PathBuf>,
    /// Write it to FILE
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Open it as a page in the browser
    #[arg(long)]
    open: bool,
    /// Write it to DIR as files that everybody may read, without what is about persons: a service does this
    #[arg(long, value_name = "DIR", conflicts_with_all = ["format", "policy", "root", "output", "open", "acknowledge"])]
    for_everybody: Option<PathBuf>,
    /// Record that this notice was shown and acknowledged, which is not consent
    #[arg(long, conflicts_with_all = ["policy", "root"])]
    acknowledge: bool,
}

/// How a notice is written.
#[derive(Debug, Clone, Copy, Default, clap::ValueEnum)]
enum NoticeFormat {
    /// Plain text, wrapped.
    #[default]
    Text,
    /// One self-contained page.
    Html,
    /// The notice's data.
    Json,
}

/// Shows the notice.
pub fn run(args: &NoticeArgs, context: &Context) -> Result<(), Failure> {
    let words = words::load(args.lang.as_deref())?;
    if let Some(directory) = &args.for_everybody {
        return everybody::write(directory, &words, context);
    }
    let notice = make(args.policy.as_deref(), args.root.clone(), &words, context)?;
    let rendering = match args.format {
        _ if args.open => Rendering::Page,
        NoticeFormat::Text if args.output.is_some() => Rendering::Text { width: usize::MAX },
        NoticeFormat::Text => Rendering::Text { width: words::width() },
        NoticeFormat::Html => Rendering::Page,
        NoticeFormat::Json => Rendering::Json,
    };
    let rendered = notice.render(rendering, &words)?;
    match (&args.output, args.open) {
        (Some(file), _) => write(file, &rendered)?,
        (None, true) => write(&page_file()?, &rendered)?,
        (None, false) => context.print(&rendered)?,
    }
    if args.open {
        let file = args.output.clone().map_or_else(page_file, Ok)?;
        open(&file)?;
    }
    if args.acknowledge {
        acknowledge(&notice, rendered.as_bytes(), &words, context)?;
    }
    Ok(())
}

/// Makes the notice of the policy in force, of a draft, or of a device on which nothing is collected.
pub(super) fn make(
    draft: Option<&Path>,
    root: Option<PathBuf>,
    words: &Words,
    context: &Context,
) -> Result<Notice, Failure> {
    let now = context.now();
    // What was read to make the notice is on record by now, and told of in it.
    let subject = observe(draft, root, context)?;
    let setting = |record| Setting {
        words,
        now,
        audience: audience(),
        record,
        confirmed: confirmed(context),
        page_at: page_for_everybody(),
    };
    Ok(match subject {
        Subject::Draft(disclosed) => Notice::draft(&facts(&disclosed), words, now)?,
        Subject::InForce(disclosed) => Notice::in_force(&facts(&disclosed), &setting(record(context)))?,
        Subject::Awaiting(disclosed) => {
            Notice::awaiting_acknowledgement(&facts(&disclosed), &setting(record(context)))?
        }
        Subject::Nothing(nothing) => {
            let record = if nothing.is_enrolled() { record(context) } else { Record::NotKept };
            Notice::nothing(&nothing.refusal, nothing.controller.as_ref(), &setting(record))?
        }
    })
}

/// What the collector confirmed so far, as far as whoever calls the program is told of it. A notice is made also where nobody can
/// say.
fn confirmed(context: &Context) -> Option<Confirmed> {
    let counts = if context.is_own() {
        context.books().ok()?.summarise(None).ok()?.counts
    } else {
        context.observer(None).sent_summary().ok()?.counts
    };
    Some(Confirmed { last: counts.last_receipt?, last_value_until: counts.last_value_until })
}

/// Where the page lies that everybody can open, where it was written.
fn page_for_everybody() -> Option<String> {
    let page = platform::notice_directory()?.join(everybody::PAGE);
    page.exists().then(|| page.display().to_string())
}

/// Whoever calls the program.
fn audience() -> Audience {
    match platform::own_account() {
        _ if platform::is_privileged() => Audience::Root,
        Some(account) => Audience::Account(account),
        None => Audience::Unknown,
    }
}

pub(super) fn facts<S: Standing>(disclosed: &Disclosed<S>) -> Facts<'_, S> {
    Facts {
        policy: disclosed.policy(),
        permit: disclosed.permit(),
        disclosure: disclosed.disclosure(),
        left_out: disclosed.left_out(),
        ceiling: disclosed.ceiling(),
        sandbox: disclosed.sandbox(),
        tenant_key: disclosed.tenant_key(),
        fresh_until: disclosed.fresh_until(),
        coming: disclosed.coming(),
    }
}

fn acknowledge(notice: &Notice, shown: &[u8], words: &Words, context: &Context) -> Result<(), Failure> {
    let Some(policy) = notice.newest().filter(|_| notice.can_be_acknowledged()) else {
        let message = words.text("notice-acknowledge-nothing")?;
        return Err(Failure::new(Exit::Refused, anyhow::anyhow!(message)));
    };
    let device = context.device()?.ok_or_else(|| not_enrolled(context))?;
    let recorded = context
        .observer(None)
        .acknowledge(&device.documents, policy, notice.language(), shown)
        .map_err(not_recorded)?;
    let told = words.text_with("notice-acknowledged", &[("version", recorded.policy.version.into())])?;
    // On standard error: standard output holds the notice and nothing else.
    let _ = writeln!(io::stderr(), "{told}");
    Ok(())
}

/// What the reader refuses is said in its own words: that nothing is collected is not what was asked.
fn not_recorded(error: ReaderError) -> Failure {
    match error {
        ReaderError::Refused(refusal) => {
            let message = format!("the acknowledgement is not recorded: {}", plain(&refusal.message));
            Failure::new(Exit::Refused, anyhow::anyhow!(message))
        }
        error => error.into(),
    }
}

fn write(file: &Path, rendered: &str) -> Result<(), Failure> {
    candor_durable::write_given(file, rendered.as_bytes())
        .with_context(|| format!("the notice cannot be written to {}", file.display()))?;
    Ok(())
}

/// Where a page goes that is only opened: the person's own cache, not a directory that others share.
fn page_file() -> Result<PathBuf, Failure> {
    let missing = || {
        Failure::new(Exit::Usage, anyhow::anyhow!("there is no home directory; name a file with --output"))
    };
    let directories = directories::ProjectDirs::from("", "", "candor").ok_or_else(missing)?;
    let cache = directories.cache_dir();
    candor_durable::private_directory(cache)
        .with_context(|| format!("{} cannot be made", cache.display()))?;
    Ok(cache.join("notice.html"))
}

fn open(file: &Path) -> Result<(), Failure> {
    let opened = Command::new(OPENER).arg(file).stdin(Stdio::null()).stdout(Stdio::null()).status();
    let hint = || format!("the notice is in {}; open it in a browser", file.display());
    let status = opened.with_context(|| format!("`{OPENER}` cannot be started: {}", hint()))?;
    if platform::opened(status) {
        return Ok(());
    }
    Err(Failure::new(Exit::Failed, anyhow::anyhow!("`{OPENER}` ended with {status}: {}", hint())))
}

impl From<NoticeError> for Failure {
    fn from(error: NoticeError) -> Self {
        Self::new(Exit::Failed, error)
    }
}
