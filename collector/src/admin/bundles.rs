//! Enrolment bundles: everything a device needs to enrol, in one document.

use super::{Actor, Admin, AdminError, Operation, tokens};
use crate::data_dir::authority_of;
use collector_proto::contract::Version1;
use collector_proto::messages::{Bundle, BundleCollector, TenantKey};
use collector_proto::time::Span;
use std::path::{Path, PathBuf};

/// What a bundle is asked for.
pub(crate) struct BundleOptions {
    /// Group that the device joins.
    pub(crate) group: String,
    /// How long the token works unless it is used before.
    pub(crate) life: Span,
    /// Addresses of the collector for the device; none means those of its configuration.
    pub(crate) urls: Vec<String>,
    /// File of the key of keyed hashes; none means the collector's own.
    pub(crate) tenant_key: Option<PathBuf>,
}

/// A bundle that was made. Secret: it holds a token and the key of keyed hashes.
pub(crate) struct MadeBundle {
    pub(crate) bundle: Bundle,
    /// Whether a policy is published for the group; without one its devices report nothing.
    pub(crate) has_policy: bool,
}

/// Makes a bundle for one device.
pub(crate) async fn make(
    admin: &Admin,
    actor: &Actor,
    options: BundleOptions,
) -> Result<MadeBundle, AdminError> {
    let store = admin.enter(actor, Operation::MakeBundle)?;
    let config = &admin.config;
    let root = store.current_root().await?;
    let endpoints = root.document().endpoints.clone();
    let urls = match (options.urls, &endpoints) {
        (urls, _) if !urls.is_empty() => urls,
        (_, Some(endpoints)) if !endpoints.urls.is_empty() => endpoints.urls.clone(),
        _ => config.device_urls(config.listen.port()),
    };
    if let Some(wrong) = urls.iter().find(|url| authority_of(url).is_none()) {
        return Err(AdminError::Address(wrong.clone()));
    }
    let ca = if let Some(endpoints) = endpoints {
        endpoints.authorities.concat()
    } else {
        let ca = admin.dir.ca();
        std::fs::read_to_string(&ca).map_err(|error| AdminError::File(ca, error))?
    };
    let tenant_key = tenant_key(&options.tenant_key.unwrap_or_else(|| admin.dir.tenant_key()))?;
    // Last, so that nothing that fails leaves a token behind.
    let made = tokens::make_in(store, admin, &options.group, options.life).await?;
    let has_policy = store.current_policy(&made.group).await?.is_some();
    let bundle = Bundle {
        v: Version1,
        collector: BundleCollector { id: config.id.clone(), urls, ca },
        root: root.envelope().clone(),
        group: made.group,
        token: made.token,
        token_expires: made.expires,
        tenant_key,
    };
    Ok(MadeBundle { bundle, has_policy })
}

fn tenant_key(path: &Path) -> Result<TenantKey, AdminError> {
    let bytes = std::fs::read(path).map_err(|error| AdminError::TenantKey(path.to_owned(), error))?;
    serde_json::from_slice(&bytes).map_err(|error| AdminError::TenantKeyForm(path.to_owned(), error))
}
