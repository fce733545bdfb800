//! What `notice`, `preview` and `policy` speak of: the policy in force, an author's draft, or that there is none.

use super::{Context, Exit, Failure, confinement};
use crate::documents::HeldDocuments;
use crate::identity::{Enrolment, IdentityError};
use crate::reader_client::{Disclosed, ReaderError};
use crate::verdict;
use anyhow::Context as _;
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::author;
use collector_proto::policy::trust::{Documents, Role, Trust};
use collector_proto::policy::{Controller, Draft, Policy, PolicyDocument, Signed, Verdict};
use collector_proto::text::plain;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Longest author's file in bytes. Every field of the catalogue with a block of its own is below 64 KiB.
const MAX_SOURCE_BYTES: u64 = 1024 * 1024;

/// The stable word for a device that is not enrolled.
const NOT_ENROLLED: &str = "not_enrolled";

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
        self.refusal.code != NOT_ENROLLED
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
    let (mut trust, documents) = match enrolled(context)? {
        Ok(enrolled) => enrolled,
        Err(nothing) => return Ok(Subject::Nothing(nothing)),
    };
    let now = context.now();
    let verdict = match verdict::take(&context.reader(None), &mut trust, &documents, now) {
        Ok(verdict) => verdict,
        Err(ReaderError::Refused(refusal)) => {
            return Ok(Subject::Nothing(Nothing { refusal, controller: None, exit: Exit::Refused }));
        }
        Err(error) => return Err(error.into()),
    };
    let nothing = |refusal| {
        let controller = controller(&documents, &trust);
        Ok(Subject::Nothing(Nothing { refusal, controller, exit: Exit::Refused }))
    };
    let (accepted, awaiting) = match &verdict {
        Verdict::InForce(accepted) => (accepted, false),
        Verdict::Unacknowledged(accepted) => (accepted, true),
        Verdict::Refused(refusal) => return nothing(refusal.into()),
    };
    if let Err(too_weak) = confinement::suffices(context, accepted.policy().document()) {
        return nothing((&too_weak).into());
    }
    match context.reader(root).preview(&documents, &mut trust.clone(), now) {
        Ok(disclosed) if awaiting => Ok(Subject::Awaiting(Box::new(disclosed))),
        Ok(disclosed) => Ok(Subject::InForce(Box::new(disclosed))),
        Err(ReaderError::Refused(refusal)) => nothing(refusal),
        Err(error) => Err(error.into()),
    }
}

/// The pinned root of an enrolled device and the documents it holds.
pub(super) fn enrolled(context: &Context) -> Result<Result<(Trust, HeldDocuments), Nothing>, Failure> {
    let Some(enrolment) = Enrolment::find(&context.paths)? else {
        let message = IdentityError::NotEnrolled(context.paths.enrolment()).to_string();
        let refusal = RefusalMessage { code: NOT_ENROLLED.into(), message, not_before: None };
        return Ok(Err(Nothing { refusal, controller: None, exit: Exit::Refused }));
    };
    match enrolment.trust(&context.paths) {
        Ok(trust) => Ok(Ok((trust, context.documents()?))),
        Err(IdentityError::Root { source, .. }) => {
            let refusal = RefusalMessage::from(&source);
            Ok(Err(Nothing { refusal, controller: None, exit: Exit::Tampered }))
        }
        Err(error) => Err(error.into()),
    }
}

/// The controller of a policy that is validly signed, whatever else keeps it from being in force.
pub(super) fn controller(documents: &Documents, trust: &Trust) -> Option<Controller> {
    let (keys, threshold) = trust.root().role(Role::Policy);
    let verified = documents.policy.as_ref()?.verify::<PolicyDocument>(&keys, threshold).ok()?;
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
    let mut source = String::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(MAX_SOURCE_BYTES + 1).read_to_string(&mut source))
        .with_context(|| format!("the policy {} cannot be read", file.display()))?;
    if source.len() as u64 > MAX_SOURCE_BYTES {
        let error = anyhow::anyhow!("the policy {} is longer than {MAX_SOURCE_BYTES} bytes", file.display());
        return Err(Failure::new(Exit::Failed, error));
    }
    Ok(source)
}
