//! What `notice`, `preview` and `policy` speak of: the policy in force, an author's draft, or that there is none.

use super::{Context, Exit, Failure, confinement};
use crate::device::Device;
use crate::identity::IdentityError;
use crate::reader_client::{Disclosed, ReaderError};
use crate::verdict;
use anyhow::Context as _;
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::author;
use collector_proto::policy::trust::{Documents, Trust};
use collector_proto::policy::{Controller, Draft, NotInForce, Policy, Signed, Verdict};
use collector_proto::text::plain;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Longest author's file in bytes. Every field of the catalogue with a block of its own is below 64 KiB.
const MAX_SOURCE_BYTES: u64 = 1024 * 1024;

/// What would be sent, and under what.
#[expect(clippy::large_enum_variant, reason = "one per process: its size does not matter")]
pub(super) enum Subject {
    /// A signed policy is in force.
    InForce(Box<Disclosed<Signed>>),
    /// A signed policy would be in force, were its notice acknowledged: nothing is collected yet.
    Awaiting(Box<Disclosed<Signed>>),
    /// An author's draft, as if it were in force.
    Draft(Box<Disclosed<Draft>>),
    /// Nothing is collected.
    Nothing(Nothing),
}

/// That nothing is collected, and why.
pub(super) struct Nothing {
    /// The reason.
    pub(super) refusal: RefusalMessage,
    /// Who answers for the policy, where one is validly signed, if not in force.
    pub(super) controller: Option<Controller>,
    /// Exit status of a verb that cannot do without a policy.
    exit: Exit,
}

impl Nothing {
    /// Whether the device is enrolled.
    pub(super) fn is_enrolled(&self) -> bool {
        self.refusal.code != RefusalMessage::NOT_ENROLLED
    }

    /// The failure of a verb that cannot do without a policy.
    pub(super) fn failure(&self) -> Failure {
        let message = plain(&self.refusal.message).into_owned();
        Failure::new(self.exit, anyhow::anyhow!("nothing is collected: {message}"))
    }
}

/// Reads what would be sent now under the device's policy, or under the draft in the file. Sends nothing and stores no value.
pub(super) fn observe(
    draft: Option<&Path>,
    root: Option<PathBuf>,
    context: &Context,
) -> Result<Subject, Failure> {
    if let Some(file) = draft {
        let policy = compile(file, context)?;
        return Ok(Subject::Draft(Box::new(context.reader(root).draft(&policy)?)));
    }
    // A policy that changes while it is looked at is looked at once more.
    match observe_policy(root.clone(), context) {
        Err(Failure { error, .. }) if is_another_policy(&error) => observe_policy(root, context),
        observed => observed,
    }
}

fn is_another_policy(error: &anyhow::Error) -> bool {
    matches!(error.downcast_ref(), Some(ReaderError::OtherPolicy))
}

fn observe_policy(root: Option<PathBuf>, context: &Context) -> Result<Subject, Failure> {
    let (device, mut trust) = match enrolled(context)? {
        Ok(enrolled) => enrolled,
        Err(nothing) => return Ok(Subject::Nothing(nothing)),
    };
    let now = context.now();
    let verdict = match verdict::take(&context.observer(None), &device, &mut trust, now) {
        Ok(verdict) => verdict,
        Err(ReaderError::Refused(refusal)) => {
            return Ok(Subject::Nothing(Nothing { refusal, controller: None, exit: Exit::Refused }));
        }
        Err(error) => return Err(error.into()),
    };
    let nothing = |refusal| {
        let controller = controller(&device.documents, &trust);
        Ok(Subject::Nothing(Nothing { refusal, controller, exit: Exit::Refused }))
    };
    let awaiting = matches!(verdict, Verdict::Unacknowledged(_));
    let Some(accepted) = verdict.accepted() else {
        return match verdict.in_force() {
            Err(refused) => nothing((&refused).into()),
            Ok(_) => Err(ReaderError::OtherPolicy.into()),
        };
    };
    if let Err(too_weak) = confinement::suffices(context, accepted.terms().document()) {
        return nothing((&too_weak).into());
    }
    match context.observer(root).preview(&device.documents, &mut trust.clone(), now) {
        Ok(disclosed) if awaiting => Ok(Subject::Awaiting(Box::new(disclosed))),
        Ok(disclosed) => match verdict.in_force() {
            // It holds from when it is shown, and it is looked at.
            Ok(_) | Err(NotInForce::NotShown(_)) => Ok(Subject::InForce(Box::new(disclosed))),
            Err(refused) => nothing((&refused).into()),
        },
        Err(ReaderError::Refused(refusal)) => nothing(refusal),
        Err(error) => Err(error.into()),
    }
}

/// An enrolled device, and its trust in the root.
pub(super) fn enrolled(context: &Context) -> Result<Result<(Device, Trust), Nothing>, Failure> {
    let Some(device) = context.device()? else {
        let refusal = RefusalMessage {
            code: RefusalMessage::NOT_ENROLLED.to_owned(),
            message: not_enrolled(context).to_string(),
            not_before: None,
        };
        return Ok(Err(Nothing { refusal, controller: None, exit: Exit::Refused }));
    };
    match device.trust() {
        Ok(trust) => Ok(Ok((device, trust))),
        Err(IdentityError::Root { source, .. }) => {
            let refusal = RefusalMessage::from(&source);
            Ok(Err(Nothing { refusal, controller: None, exit: Exit::Tampered }))
        }
        Err(error) => Err(error.into()),
    }
}

/// That the device is not enrolled.
pub(super) fn not_enrolled(context: &Context) -> IdentityError {
    IdentityError::NotEnrolled(context.paths.enrolment())
}

/// The controller of a policy that is validly signed, whatever else keeps it from being in force.
pub(super) fn controller(documents: &Documents, trust: &Trust) -> Option<Controller> {
    let verified = trust.root().verify_policy(documents.policies.last()?).ok()?;
    Some(verified.into_document().controller)
}

/// Compiles an author's file. Every finding is told, also where there are only warnings.
fn compile(file: &Path, context: &Context) -> Result<Policy, Failure> {
    let source = read_source(file)?;
    match author::compile(&source, &file.display().to_string(), context.now()) {
        Ok(compiled) => {
            for warning in &compiled.warnings {
                // Nobody can be told that standard error is gone.
                let _ = writeln!(io::stderr(), "{}", plain(&warning.to_string()));
            }
            Ok(compiled.policy)
        }
        Err(found) => {
            let errors = found.errors();
            for finding in &found {
                let _ = writeln!(io::stderr(), "{}", plain(&finding.to_string()));
            }
            let plural = if errors == 1 { "error" } else { "errors" };
            Err(Failure::new(
                Exit::Failed,
                anyhow::anyhow!("{} is not a policy: {errors} {plural}", file.display()),
            ))
        }
    }
}

fn read_source(file: &Path) -> Result<String, Failure> {
    let source = candor_durable::read_given(file, MAX_SOURCE_BYTES)
        .and_then(|bytes| String::from_utf8(bytes).map_err(|_| io::ErrorKind::InvalidData.into()));
    Ok(source.with_context(|| format!("the policy {} cannot be read", file.display()))?)
}
