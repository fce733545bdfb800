//! `candor tenant-key`: the organisation's key of keyed hashes, which the reader keeps.

use super::{Context, Exit, Failure};
use crate::enrol;
use crate::platform;
use crate::reader_client::ReaderError;
use collector_proto::disclosure::TenantKeyAnswer;
use collector_proto::policy::trust::AcceptedPolicy;
use collector_proto::policy::{KeyScope, Rule, Treatment};
use collector_proto::text::plain;
use std::path::PathBuf;

/// Arguments of `candor tenant-key`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor tenant-key set --bundle /root/new-key.bundle")]
pub struct TenantKeyArgs {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Take the organisation's next key out of a bundle; for root
    Set(SetArgs),
}

/// Arguments of `candor tenant-key set`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  candor tenant-key set --bundle /root/new-key.bundle

The holders of the newest root of trust that this device knows have to have signed the bundle, and its key has to be of a higher version than the one that
this device has. Hashes from before do not match those from then on. A bundle that others can read is refused; one that was taken is deleted.
`candor status` says which key this device has.

Exit status: 0 this device has the key; 1 not taken; 3 refused: whoever asks is neither root nor the reader's own user; 4 the bundle was tampered with.")]
struct SetArgs {
    /// The bundle that `candor-collector bundle --without-token` made and `bundle sign` signed
    #[arg(long, value_name = "FILE")]
    bundle: PathBuf,
    /// Leave the bundle where it is, for a tool that deletes it itself
    #[arg(long)]
    keep_bundle: bool,
}

/// Carries out the verb.
pub fn run(args: &TenantKeyArgs, context: &Context) -> Result<(), Failure> {
    let Verb::Set(args) = &args.verb;
    let bundle = enrol::read_bundle(&args.bundle, None)?;
    // Root asks where the agent does: a bundle is longer than what people may ask. Everybody else is told who may set it.
    let reader = if platform::is_privileged() { context.reader(None) } else { context.observer(None) };
    let TenantKeyAnswer { key, was_before } = reader.set_tenant_key(bundle.envelope()).map_err(not_taken)?;
    let (id, version) = (plain(&key.id), key.version);
    context.print(&if was_before {
        format!("This device has had the tenant key `{id}`, version {version}, since {}.\n", key.since)
    } else {
        format!("This device hashes with the tenant key `{id}`, version {version}, from now on.\n")
    })?;
    if args.keep_bundle { Ok(()) } else { super::enrol::clear_away(&args.bundle, context) }
}

/// How many fields the policy has hashed with the organisation's key.
pub(super) fn hashed_fields(accepted: &AcceptedPolicy) -> usize {
    let is_hashed = |rule: &&Rule| rule.treat == Treatment::Hmac(KeyScope::Tenant);
    accepted.terms().rules().filter(is_hashed).count()
}

/// What to do where the policy has fields hashed with the organisation's key and this device has none.
pub(super) fn missing(fields: usize) -> String {
    format!(
        "none: fields that are hashed with it are withheld ({fields} of them). Have a bundle made (`candor-collector bundle --without-token`, then `bundle sign \
         --tenant-key FILE` where the root key is), and give it to this device as root: `candor tenant-key set --bundle FILE`"
    )
}

fn not_taken(error: ReaderError) -> Failure {
    let exit = match &error {
        ReaderError::Refused(refusal) | ReaderError::NotAnswered(refusal) => match &*refusal.code {
            "no_rights" => Exit::Refused,
            "bundle_not_signed" | "bundle_of_other_collector" => Exit::Tampered,
            _ => Exit::Failed,
        },
        _ => Exit::Failed,
    };
    Failure::new(exit, anyhow::Error::new(error).context("the tenant key is not taken"))
}
