//! A root as people write it. `root new-version` writes one with what is in force, to be edited:
//!
//! ```toml
//! format = 1
//! version = 2
//! expires = "2028-01-01T00:00:00Z"
//! collector = "5c0f…"
//!
//! [keys]                    # a name in this file, and the public key: `x` of its JWK, as `key new` prints it
//! it-root = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
//!
//! [roles.root]
//! keys = ["it-root"]
//! threshold = 1
//!
//! [holders.it]
//! name = "IT"
//! keys = ["it-root"]
//!
//! [approval]
//! high = ["works-council"]  # each has to sign a policy that collects fields of high sensitivity
//!
//! [endpoints]
//! urls = ["https://collector.example:8443"]
//! authorities = ["""-----BEGIN CERTIFICATE-----…"""]
//! ```

use super::RootError;
use collector_proto::contract::Version1;
use collector_proto::envelope::{Jwk, KeyId, PublicKey};
use collector_proto::policy::trust::{
    Approval, Endpoints, KeyHolder, Role, RoleKeys, RootDocument, RootKind,
};
use collector_proto::time::UtcTime;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// A root as people write it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorRoot {
    format: u32,
    version: u64,
    expires: UtcTime,
    collector: String,
    keys: BTreeMap<String, String>,
    roles: BTreeMap<Role, AuthorRole>,
    #[serde(default)]
    holders: BTreeMap<String, AuthorHolder>,
    #[serde(default)]
    approval: AuthorApproval,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    endpoints: Option<AuthorEndpoints>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorRole {
    keys: BTreeSet<String>,
    threshold: usize,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorHolder {
    name: String,
    keys: BTreeSet<String>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorApproval {
    #[serde(default)]
    high: BTreeSet<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthorEndpoints {
    #[serde(default)]
    urls: Vec<String>,
    authorities: Vec<String>,
}

/// Writes a root to be edited. Keys are named by their holder and role.
pub(super) fn write(root: &RootDocument) -> Result<String, RootError> {
    let names = names_of(root);
    let listed = |ids: &BTreeSet<KeyId>| ids.iter().filter_map(|id| names.get(id).cloned()).collect();
    let author = AuthorRoot {
        format: 1,
        version: root.version,
        expires: root.expires,
        collector: root.collector.clone(),
        keys: root
            .keys
            .iter()
            .filter_map(|(id, key)| Some((names.get(id)?.clone(), key.to_jwk().x)))
            .collect(),
        roles: root
            .roles
            .iter()
            .map(|(role, keys)| (*role, AuthorRole { keys: listed(&keys.keyids), threshold: keys.threshold }))
            .collect(),
        holders: root
            .holders
            .iter()
            .map(|(id, holder)| {
                (id.clone(), AuthorHolder { name: holder.name.clone(), keys: listed(&holder.keyids) })
            })
            .collect(),
        approval: AuthorApproval { high: root.approval.high.clone() },
        endpoints: root.endpoints.as_ref().map(|endpoints| AuthorEndpoints {
            urls: endpoints.urls.clone(),
            authorities: endpoints.authorities.clone(),
        }),
    };
    toml::to_string_pretty(&author).map_err(RootError::Write)
}

/// A name for each key: its role, after its holder where it has one, with a number where that is not enough.
fn names_of(root: &RootDocument) -> BTreeMap<KeyId, String> {
    let mut names: BTreeMap<KeyId, String> = BTreeMap::new();
    for id in root.keys.keys() {
        let role = root.roles.iter().find(|(_, keys)| keys.keyids.contains(id));
        let role = role.map_or("unused", |(role, _)| role.name());
        let base = root.holder_of(id).map_or(role.to_owned(), |(holder, _)| format!("{holder}-{role}"));
        let mut candidates = (1..).map(|number| match number {
            1 => base.clone(),
            number => format!("{base}-{number}"),
        });
        let free = candidates.find(|name| !names.values().any(|taken| taken == name));
        names.insert(id.clone(), free.unwrap_or(base));
    }
    names
}

/// Reads what was edited. Whether it fits together is said by [`RootDocument::unsound`].
pub(super) fn read(text: &str, file: &str) -> Result<RootDocument, RootError> {
    let author: AuthorRoot =
        toml::from_str(text).map_err(|error| RootError::Author(file.to_owned(), error))?;
    if author.format != 1 {
        return Err(RootError::Format(author.format));
    }
    let mut keys: BTreeMap<String, PublicKey> = BTreeMap::new();
    for (name, x) in author.keys {
        let key = public_key(&x).ok_or_else(|| RootError::NotAKey(name.clone()))?;
        keys.insert(name, key);
    }
    let of = |place: &str, names: BTreeSet<String>| -> Result<BTreeSet<KeyId>, RootError> {
        let id = |name: String| match keys.get(&name) {
            Some(key) => Ok(key.id().clone()),
            None => Err(RootError::NoSuchKey { place: place.to_owned(), name }),
        };
        names.into_iter().map(id).collect()
    };
    let mut roles = BTreeMap::new();
    for (role, AuthorRole { keys, threshold }) in author.roles {
        roles.insert(role, RoleKeys { keyids: of(&format!("roles.{role}"), keys)?, threshold });
    }
    let mut holders = BTreeMap::new();
    for (id, AuthorHolder { name, keys }) in author.holders {
        let keyids = of(&format!("holders.{id}"), keys)?;
        holders.insert(id, KeyHolder { name, keyids });
    }
    Ok(RootDocument {
        v: Version1,
        kind: RootKind::Root,
        version: author.version,
        expires: author.expires,
        collector: author.collector,
        endpoints: author
            .endpoints
            .map(|AuthorEndpoints { urls, authorities }| Endpoints { urls, authorities }),
        keys: keys.into_values().map(|key| (key.id().clone(), key)).collect(),
        roles,
        holders,
        approval: Approval { high: author.approval.high },
    })
}

/// An Ed25519 key by its `x` (RFC 8037 §2).
pub(super) fn public_key(x: &str) -> Option<PublicKey> {
    PublicKey::from_jwk(&Jwk { kty: "OKP".to_owned(), crv: "Ed25519".to_owned(), x: x.to_owned(), y: None })
        .ok()
}
