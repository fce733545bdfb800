//! `policy publish`

use crate::cli::{Data, now};
use crate::store::{Published, wait};
use crate::verify::VerifiedPolicy;
use anyhow::{Context as _, bail};
use collector_proto::envelope::Envelope;
use collector_proto::limits::MAX_DOCUMENT_BYTES;
use collector_proto::policy::diff::{Effect, diff, widens};
use collector_proto::policy::{Policy, PolicyDocument};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `policy publish`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Example:
  candor-collector policy publish policy.json --data /srv/candor

A running server gives the policy to devices from their next request on. Versions only rise: to go back, publish the
old content under a higher version.

A WARNING on standard error says when the version lets more be known about people than the current one and takes
effect before people were told for the notice period. It is published all the same.")]
pub(crate) struct Args {
    /// The signed policy
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

pub(super) fn run(args: &Args, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("cannot read {}", args.file.display()))?;
    let envelope = Envelope::parse(&bytes, MAX_DOCUMENT_BYTES)
        .with_context(|| format!("{} is no signed policy; `policy sign` makes one", args.file.display()))?;
    let (store, now) = (args.data.store()?, now());
    let verified = VerifiedPolicy::verify(envelope, &wait(store.current_root())?, now)?;
    let (reference, group) = (verified.reference(), verified.group().to_owned());
    let current = wait(store.current_policy(&group))?;
    let warning = current.and_then(|current| warning(&current.envelope, verified.policy()));
    match wait(store.publish(verified, now))? {
        Published::New => {
            writeln!(
                out,
                "Version {} is the current policy of the group `{group}` ({})",
                reference.version, reference.sha256
            )?;
            if let Some(warning) = warning {
                // The policy is published; a closed standard error does not change that.
                let _ = writeln!(std::io::stderr(), "{warning}");
            }
        }
        Published::Before => {
            writeln!(out, "Version {} was published for the group `{group}` before", reference.version)?;
        }
        Published::NotAbove(published) => bail!(
            "version {} is not above version {published}, which is published for the group `{group}`; to go back, \
             publish the old content under a higher version",
            reference.version
        ),
        Published::OtherRoot => {
            bail!("the root of trust changed while the policy was verified; publish it again")
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What the publisher has to be warned of when the policy follows the current one.
fn warning(current: &Envelope, policy: &Policy) -> Option<String> {
    let checked = current
        .unverified_payload()
        .ok()
        .and_then(|payload| serde_json::from_slice::<PolicyDocument>(&payload).ok())
        .and_then(|document| Policy::check(document).ok());
    match checked {
        Some(current) => too_soon(&current, policy),
        None => Some(
            "WARNING: the version before cannot be compared with this one: this program's catalogue differs from the \
             one it was made with"
                .to_owned(),
        ),
    }
}

/// Says what is wider and takes effect before people were told for the notice period. That is the longer of both
/// versions' periods: a version cannot shorten the time that people were promised before it.
fn too_soon(current: &Policy, policy: &Policy) -> Option<String> {
    let changes = diff(current, policy);
    let document = policy.document();
    let period = document.notice_period.seconds().max(current.document().notice_period.seconds());
    let earliest = document.notice_from.plus_seconds(period);
    if !widens(&changes) || document.effective_from >= earliest {
        return None;
    }
    let wider: Vec<_> =
        changes.iter().filter(|change| change.effect == Effect::Wider).map(|c| format!("\n  {c}")).collect();
    Some(format!(
        "WARNING: version {} is wider than the current one and takes effect on {}, before the notice period is over \
         on {earliest}; devices do not wait for that. Publish another version with a later `effective_from` if people \
         must be told first. Wider:{}",
        document.version,
        document.effective_from,
        wider.concat(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use collector_proto::policy::author::compile;
    use collector_proto::time::UtcTime;

    const MINIMAL: &str = include_str!("../../../../packaging/policies/minimal.toml");

    fn policy(more_fields: &str, dates: &str) -> Policy {
        let now = UtcTime::parse("2026-11-22T08:00:00Z").unwrap();
        let text = MINIMAL
            .replace("\"os.name\"", &format!("\"os.name\"{more_fields}"))
            .replace("[policy]\n", &format!("[policy]\n{dates}\n"));
        compile(&text, "policy.toml", now).unwrap_or_else(|found| panic!("{found}")).policy
    }

    #[test]
    fn what_is_wider_and_too_soon_is_named() {
        let current = policy("", "");
        let period = current.document().notice_period.seconds();
        assert!(period > 0);
        let wider = ", \"host.name\"";
        let text = too_soon(&current, &policy(wider, "")).unwrap();
        assert!(
            text.starts_with("WARNING: ") && text.contains("wider: rules[host.name]: added keep"),
            "{text}"
        );

        let notice_from = current.document().notice_from;
        let late = |seconds| format!("effective_from = \"{}\"", notice_from.plus_seconds(seconds));
        assert!(too_soon(&current, &policy(wider, &late(period - 1))).is_some());
        assert_eq!(too_soon(&current, &policy(wider, &late(period))), None);
        assert_eq!(too_soon(&policy(wider, ""), &current), None, "narrower");
        assert_eq!(too_soon(&current, &current), None, "the same");
    }

    #[test]
    fn a_version_cannot_shorten_the_period_that_was_promised() {
        let current = policy("", "");
        let mut document = policy(", \"host.name\"", "").document().clone();
        document.notice_period = collector_proto::time::Span::parse("1s").unwrap();
        document.effective_from = document.notice_from.plus_seconds(2);
        let text = too_soon(&current, &Policy::check(document).unwrap()).unwrap();
        assert!(text.contains("notice_period"), "{text}");
    }
}
