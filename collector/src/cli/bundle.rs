//! `bundle`: everything a device needs to enrol, in one file.

use super::Data;
use super::offline::OfflineKey;
use super::output::{Format, Output, complain};
use super::tenant_key::TenantKeyFile;
use super::token::GroupAndLife;
use crate::admin::bundles::{self, BundleOptions, MadeBundle, SignedNow};
use crate::data_dir::{DataDir, read_file, write_given, write_new_secret};
use anyhow::{Context as _, bail, ensure};
use collector_proto::digest::Digest;
use collector_proto::text::chain;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Most bundles of one command.
const MAX_COUNT: u32 = 10_000;

/// Arguments of `bundle`.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "\
Examples:
  candor-collector bundle --data /srv/candor --output laptop-17.json
  candor-collector bundle --data /srv/candor --group servers --count 40 --output servers.json     servers-01.json … servers-40.json
  candor-collector bundle --data /srv/candor --without-token --output new-key.json                a new tenant key for enrolled devices

A device takes a bundle that the holders of the root signed. While offline/ is still in the collector's directory, as in a first try, its keys sign at once. Otherwise
take the file to where the root key is:

  candor-collector bundle sign laptop-17.json --key root.key --tenant-key tenant.key

The file holds a one-time token, and once it is signed the organisation's key: treat it as a secret, one bundle per device."
)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    data: Option<Data>,
    #[command(flatten)]
    for_whom: GroupAndLife,
    /// Address of the collector for this device [default: from collector.toml]
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<String>,
    /// How many to make, each for one device; the files are numbered
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_COUNT)))]
    count: u32,
    /// Make one that enrols nobody and brings a tenant key to devices that are enrolled
    #[arg(long, conflicts_with = "count")]
    without_token: bool,
    /// Leave it unsigned although keys are in offline/
    #[arg(long)]
    unsigned: bool,
    /// File to write; must not exist
    #[arg(long, value_name = "FILE", required = true)]
    output: Option<PathBuf>,
}

/// Verbs of `bundle`.
#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Add one holder's signature to bundles, and before the first one the tenant key
    Sign(SignArgs),
    /// Show what bundles say and who signed them, without their secrets
    Show(ShowArgs),
}

/// Arguments of `bundle sign`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector bundle sign servers-*.json --key it-root.key --tenant-key tenant.key
  candor-collector bundle sign servers-*.json --key works-council.key                       the second holder

It takes the key and nothing of a collector. The root of trust is in the bundle; it has to be one that this key signed, or the one whose digest --root
names. Read what is printed: whoever signs answers for the addresses and the root.")]
struct SignArgs {
    /// The bundles, which get the signature
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    key: OfflineKey,
    /// The organisation's key of keyed hashes, for bundles that nobody signed yet
    #[arg(long, value_name = "FILE")]
    tenant_key: Option<PathBuf>,
    /// File whose first line is the tenant key's passphrase [default: it is asked for]
    #[arg(long, value_name = "FILE", requires = "tenant_key")]
    tenant_passphrase_file: Option<PathBuf>,
    /// Digest of the root in force, as `root show` prints it; no other is signed
    #[arg(long, value_name = "DIGEST", value_parser = Digest::parse)]
    root: Option<Digest>,
}

/// Arguments of `bundle show`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  candor-collector bundle show laptop-17.json --format json")]
struct ShowArgs {
    /// The bundles
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// How they are printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) async fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    match (&args.verb, &args.data, &args.output) {
        (Some(Verb::Sign(args)), ..) => sign(args, out)?,
        (Some(Verb::Show(args)), ..) => show(args, out)?,
        (None, Some(data), Some(output)) => make(args, data, output, out).await?,
        (None, ..) => bail!("name the collector's directory with --data and the file with --output"),
    }
    Ok(ExitCode::SUCCESS)
}

async fn make(args: &Args, data: &Data, output: &Path, out: &mut Output<'_>) -> anyhow::Result<()> {
    let outputs = numbered(output, args.count);
    // Before a token is made for it.
    for output in &outputs {
        ensure!(!output.exists(), "{} exists already; bundles are not overwritten", output.display());
    }
    let (admin, actor) = data.open()?;
    let enrolment = (!args.without_token).then(|| (args.for_whom.group.clone(), args.for_whom.expires));
    let options = BundleOptions { enrolment, urls: args.urls.clone() };
    let mut without_policy = None;
    for output in outputs {
        let MadeBundle { envelope, enrolment, has_policy } = bundles::make(&admin, &actor, &options).await?;
        let made = bundles::read(&envelope.to_json())?;
        let (bundle, signed) = if args.unsigned { (made, false) } else { signed_here(made, &data.dir())? };
        write_new_secret(&output, &bundle.envelope.to_json())
            .with_context(|| format!("cannot write {}", output.display()))?;
        let name = output.display();
        match &enrolment {
            Some(one) => writeln!(
                out,
                "{name}: for one device of the group `{}`, until {}",
                one.group, one.token_expires
            )?,
            None => writeln!(out, "{name}: for devices that are enrolled")?,
        }
        if !signed {
            writeln!(
                out,
                "  not signed yet: candor-collector bundle sign {name} --key ROOT_KEY --tenant-key TENANT_KEY"
            )?;
        } else if bundle.signers.len() < bundle.needed {
            writeln!(out, "  {}", counted(&bundle))?;
        }
        without_policy = enrolment.filter(|_| !has_policy).map(|one| one.group);
    }
    if let Some(group) = without_policy {
        writeln!(
            out,
            "Warning: no policy is published for the group `{group}`; until one is, its devices report nothing"
        )?;
    }
    Ok(())
}

/// Signs with the keys in `offline/`, where they still are. What they cannot sign stays unsigned.
fn signed_here(made: SignedNow, dir: &DataDir) -> anyhow::Result<(SignedNow, bool)> {
    let key = dir.offline_key("root");
    if !key.exists() {
        return Ok((made, false));
    }
    let key = OfflineKey::at(key).load(None)?;
    let tenant_key = dir.tenant_key();
    let tenant_key =
        if tenant_key.exists() { Some(TenantKeyFile::at(tenant_key, None).load()?) } else { None };
    let unsigned = made.envelope.to_json();
    match bundles::sign(made, &key, tenant_key, None) {
        Ok(signed) => Ok((signed, true)),
        Err(error) => {
            complain(&format!("WARNING: offline/root.pk8 does not sign it: {}", chain(&error)));
            Ok((bundles::read(&unsigned)?, false))
        }
    }
}

/// `servers.json` for one, `servers-01.json` and so on for several.
fn numbered(output: &Path, count: u32) -> Vec<PathBuf> {
    if count == 1 {
        return vec![output.to_owned()];
    }
    let stem = output.file_stem().unwrap_or_default().to_string_lossy();
    let extension = output.extension().map_or_else(String::new, |end| format!(".{}", end.to_string_lossy()));
    let width = count.to_string().len();
    (1..=count).map(|number| output.with_file_name(format!("{stem}-{number:0width$}{extension}"))).collect()
}

fn sign(args: &SignArgs, out: &mut Output<'_>) -> anyhow::Result<()> {
    let key = args.key.load(None)?;
    let passphrase = args.tenant_passphrase_file.as_ref();
    let given = |file: &PathBuf| TenantKeyFile::at(file.clone(), passphrase.cloned()).load();
    let tenant_key = args.tenant_key.as_ref().map(given).transpose()?;
    for file in &args.files {
        let name = file.display();
        let signed = bundles::sign(open(file)?, &key, tenant_key.clone(), args.root)
            .with_context(|| format!("{name} is not signed"))?;
        write_given(file, &signed.envelope.to_json()).with_context(|| format!("cannot write {name}"))?;
        write(file, &signed, out)?;
    }
    Ok(())
}

fn show(args: &ShowArgs, out: &mut Output<'_>) -> anyhow::Result<()> {
    let all = args.files.iter().map(|file| Ok((file, open(file)?))).collect::<anyhow::Result<Vec<_>>>()?;
    match args.format {
        Format::Json => {
            let listed: Vec<_> = all.iter().map(|(file, bundle)| as_json(file, bundle)).collect();
            out.json(&serde_json::json!({ "bundles": listed }))?;
        }
        Format::Text => {
            for (file, bundle) in &all {
                write(file, bundle, out)?;
            }
        }
    }
    Ok(())
}

fn open(file: &Path) -> anyhow::Result<SignedNow> {
    let bytes = read_file(file).with_context(|| format!("cannot read {}", file.display()))?;
    bundles::read(&bytes).with_context(|| format!("{} is not a bundle", file.display()))
}

/// What whoever signs answers for.
fn write(file: &Path, signed: &SignedNow, out: &mut Output<'_>) -> std::io::Result<()> {
    let SignedNow { bundle, root, .. } = signed;
    let reference = root.reference();
    writeln!(out, "{}", file.display())?;
    writeln!(out, "  collector    {}, reached at {}", bundle.collector.id, bundle.collector.urls.join(", "))?;
    writeln!(out, "  root         version {}, {}", reference.version, reference.sha256)?;
    match &bundle.enrolment {
        Some(one) => writeln!(
            out,
            "  enrols       one device in the group `{}`, until {}",
            one.group, one.token_expires
        )?,
        None => writeln!(out, "  enrols       nobody: for devices that are enrolled")?,
    }
    match &bundle.tenant_key {
        Some(key) => writeln!(out, "  tenant key   `{}`, version {}", key.id, key.version)?,
        None => writeln!(out, "  tenant key   none: fields that are hashed with it are withheld")?,
    }
    writeln!(out, "  signed by    {}", counted(signed))
}

fn counted(signed: &SignedNow) -> String {
    let (good, needed) = (signed.signers.len(), signed.needed);
    let by = if good == 0 { "nobody".to_owned() } else { signed.signers.join(", ") };
    let still = if good < needed { "; devices refuse it until the others signed" } else { "" };
    format!("{by}: {good} of {needed} that have to{still}")
}

fn as_json(file: &Path, signed: &SignedNow) -> serde_json::Value {
    let SignedNow { bundle, root, signers, needed, .. } = signed;
    let enrolment = bundle.enrolment.as_ref();
    serde_json::json!({
        "file": file, "collector": bundle.collector.id, "urls": bundle.collector.urls, "root": root.reference(),
        "group": enrolment.map(|one| &one.group), "token_expires": enrolment.map(|one| one.token_expires),
        "tenant_key": bundle.tenant_key.as_ref().map(|key| serde_json::json!({ "id": key.id, "version": key.version })),
        "signed_by": signers, "needed": needed,
    })
}
