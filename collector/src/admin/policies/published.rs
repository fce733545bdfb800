//! Published policies.

use super::PolicyError;
use crate::admin::{Actor, Admin, Operation};
use crate::store::{Listed, Page, PolicyVersions, PublishedPolicy};
use collector_proto::envelope::Document as _;
use collector_proto::policy::PolicyDocument;

/// A published policy as it is shown.
#[derive(serde::Serialize)]
pub(crate) struct ShownPolicy {
    pub(crate) group: String,
    pub(crate) version: u64,
    pub(crate) sha256: String,
    pub(crate) published: String,
    pub(crate) document: PolicyDocument,
}

/// Shows published policies, of one group or of all.
pub(crate) async fn published(
    admin: &Admin,
    actor: &Actor,
    group: Option<&str>,
    versions: PolicyVersions,
    page: Page,
) -> Result<Listed<ShownPolicy>, PolicyError> {
    let listed = admin.enter(actor, Operation::ShowPolicies)?.policies(versions, page).await?;
    let wanted = listed.items.into_iter().filter(|policy| group.is_none_or(|group| policy.group == group));
    Ok(Listed { items: wanted.map(shown).collect::<Result<_, _>>()?, next: listed.next })
}

fn shown(policy: PublishedPolicy) -> Result<ShownPolicy, PolicyError> {
    let payload = policy.envelope.unverified_payload()?;
    Ok(ShownPolicy {
        document: PolicyDocument::read(&payload)?,
        group: policy.group,
        version: policy.reference.version,
        sha256: policy.reference.sha256.to_string(),
        published: policy.published_at.to_string(),
    })
}
