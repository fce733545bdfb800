//! Enrolment bundles: everything a device needs to enrol, in one document. It is made where the collector is and signed where the root key
//! is, where the organisation's key of keyed hashes is put into it.

mod sign;

pub(crate) use sign::{SignedNow, read, sign};

use super::{Actor, Admin, AdminError, Operation, read_pem, tokens};
use crate::data_dir::authority_of;
use collector_proto::contract::Version1;
use collector_proto::envelope::{Document as _, Envelope};
use collector_proto::messages::{Bundle, BundleCollector, BundleEnrolment};
use collector_proto::time::Span;

/// What a bundle is asked for.
pub(crate) struct BundleOptions {
    /// Group that the device joins, and how long the token works unless it is used before; none for devices that are enrolled.
    pub(crate) enrolment: Option<(String, Span)>,
    /// Addresses of the collector for the device; none means those of its configuration.
    pub(crate) urls: Vec<String>,
}

/// A bundle that was made and that nobody signed yet. Secret: it holds a token.
pub(crate) struct MadeBundle {
    pub(crate) envelope: Envelope,
    pub(crate) enrolment: Option<BundleEnrolment>,
    /// Whether a policy is published for the group; without one its devices report nothing.
    pub(crate) has_policy: bool,
}

/// Makes a bundle for one device, or for all that are enrolled.
pub(crate) async fn make(
    admin: &Admin,
    actor: &Actor,
    options: &BundleOptions,
) -> Result<MadeBundle, AdminError> {
    let store = admin.enter(actor, Operation::MakeBundle)?;
    let config = &admin.config;
    let root = store.current_root().await?;
    let endpoints = root.document().endpoints.clone();
    let urls = match (&options.urls, &endpoints) {
        (urls, _) if !urls.is_empty() => urls.clone(),
        (_, Some(endpoints)) if !endpoints.urls.is_empty() => endpoints.urls.clone(),
        _ => config.device_urls(config.listen.port()),
    };
    if let Some(wrong) = urls.iter().find(|url| authority_of(url).is_none()) {
        return Err(AdminError::Address(wrong.clone()));
    }
    let ca = if let Some(endpoints) = endpoints {
        endpoints.authorities.concat()
    } else {
        read_pem(admin.dir.ca())?
    };
    // Last, so that nothing that fails leaves a token behind.
    let (enrolment, has_policy) = match &options.enrolment {
        None => (None, true),
        Some((group, life)) => {
            let made = tokens::make_in(store, admin, group, *life).await?;
            let has_policy = store.current_policy(&made.group).await?.is_some();
            let (group, token, token_expires) = (made.group, made.token, made.expires);
            (Some(BundleEnrolment { group, token, token_expires }), has_policy)
        }
    };
    let bundle = Bundle {
        v: Version1,
        collector: BundleCollector { id: config.id.clone(), urls, ca },
        root: root.envelope().clone(),
        enrolment: enrolment.clone(),
        tenant_key: None,
    };
    let payload = serde_json::to_vec(&bundle).map_err(AdminError::Bundle)?;
    let envelope = Envelope::assemble(Bundle::PAYLOAD_TYPE, &payload, &[]);
    Ok(MadeBundle { envelope, enrolment, has_policy })
}
