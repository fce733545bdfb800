//! `keys.json`: the keys of keyed hashes, this device's own and the organisation's.

use super::directory::{ENROL_AGAIN, StateFile};
use super::{Damage, Lock, State, StateError};
use crate::treat::HashKeys;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::contract::Version1;
use collector_proto::disclosure::{KeptTenantKey, TenantKeyAnswer};
use collector_proto::envelope::Envelope;
use collector_proto::keyed_hash::{HashKey, KEY_BYTES};
use collector_proto::messages::TenantKey;
use collector_proto::policy::trust::{BadBundle, bundle};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};

/// Most of the organisation's keys that are remembered by name.
const MAX_REMEMBERED: usize = 32;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    v: Version1,
    device: DeviceKey,
    /// The organisation's key in use. Those before it are forgotten.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<TenantKey>,
    /// Which of the organisation's keys came when, the one in use last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tenants: Vec<KeptTenantKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeviceKey {
    id: String,
    key: String,
}

impl StateFile for KeysFile {
    const NAME: &'static str = "keys.json";
    const IS_SECRET: bool = true;
    const VERSION: u64 = 1;
    const AGAIN: &'static str = ENROL_AGAIN;
}

/// Why the organisation's next key is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TenantKeyError {
    /// The newest trusted root's holders did not sign it.
    #[error("the bundle is not accepted under root version {version}, the newest that this device trusts")]
    Bundle {
        /// The root's version.
        version: u64,
        /// Why.
        source: BadBundle,
    },
    /// There is no key in it.
    #[error("the bundle brings no tenant key; `candor-collector bundle sign --tenant-key` puts it in")]
    NoKey,
    /// It is not above the one that is kept.
    #[error(
        "the bundle brings the tenant key `{id}`, version {version}, and this device has version {kept}; only a higher version is taken"
    )]
    NotNewer {
        /// The bundle's.
        id: String,
        /// Its version.
        version: u64,
        /// The one that is kept.
        kept: u64,
    },
    /// The state cannot be kept.
    #[error("the tenant key cannot be kept")]
    State(#[from] StateError),
}

impl State {
    /// The keys of an enrolled device; `None` before enrolment.
    pub(crate) fn keys(&self) -> Result<Option<HashKeys>, StateError> {
        let Some(file) = self.directory.read::<KeysFile>()? else { return Ok(None) };
        let parse = |id: &str, key: &str| {
            HashKey::parse(id, key).map_err(|fault| self.directory.damaged::<KeysFile>(Damage::Key(fault)))
        };
        let tenant = file.tenant.as_ref().map(|key| parse(&key.id, &key.key)).transpose()?;
        Ok(Some(HashKeys::of(parse(&file.device.id, &file.device.key)?, tenant)))
    }

    /// Which of the organisation's keys came when, the one in use last.
    pub(crate) fn tenant_keys(&self) -> Result<Vec<KeptTenantKey>, StateError> {
        Ok(self.directory.read::<KeysFile>()?.map_or_else(Vec::new, |file| file.tenants))
    }

    /// Takes the organisation's next key out of a bundle, under the newest trusted root.
    pub(crate) fn set_tenant_key(
        &self,
        envelope: &Envelope,
        now: UtcTime,
        random: &dyn SecureRandom,
        lock: &Lock,
    ) -> Result<Option<TenantKeyAnswer>, TenantKeyError> {
        let Some(pinned) = self.pinned()? else { return Ok(None) };
        let root = pinned.trust().root();
        let bundle = bundle::verified_by(root, envelope)
            .map_err(|source| TenantKeyError::Bundle { version: root.version, source })?;
        let key = bundle.tenant_key.ok_or(TenantKeyError::NoKey)?;
        let was_before = !self.keep_keys(Some(key), now, random, lock)?;
        let kept = self.tenant_keys()?.pop().ok_or(TenantKeyError::NoKey)?;
        Ok(Some(TenantKeyAnswer { key: kept, was_before }))
    }

    /// Keeps the organisation's key, where one came, beside the device's own, which is drawn where there is none. Says whether anything
    /// changed.
    pub(super) fn keep_keys(
        &self,
        came: Option<TenantKey>,
        now: UtcTime,
        random: &dyn SecureRandom,
        _: &Lock,
    ) -> Result<bool, TenantKeyError> {
        let (device, kept, mut tenants) = match self.directory.read::<KeysFile>()? {
            Some(file) if came.is_none() || came == file.tenant => return Ok(false),
            Some(file) => (file.device, file.tenant, file.tenants),
            None => (random_key(random)?, None, Vec::new()),
        };
        if let (Some(kept), Some(came)) = (&kept, &came)
            && came.version <= kept.version
        {
            let (id, version, kept) = (came.id.clone(), came.version, kept.version);
            return Err(TenantKeyError::NotNewer { id, version, kept });
        }
        tenants.extend(came.iter().map(|key| KeptTenantKey {
            id: key.id.clone(),
            version: key.version,
            since: now,
        }));
        tenants.drain(..tenants.len().saturating_sub(MAX_REMEMBERED));
        self.directory.write(&KeysFile { v: Version1, device, tenant: came, tenants })?;
        Ok(true)
    }
}

/// Keys for a draft on a device that has none: what they make has the right form and matches nothing.
pub(crate) fn draft_keys(random: &dyn SecureRandom) -> Result<HashKeys, StateError> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes).map_err(|_| StateError::Random)?;
    let key = HashKey::of(&bytes);
    Ok(HashKeys::of(key.clone(), Some(key)))
}

/// 256 random bits and their name.
fn random_key(random: &dyn SecureRandom) -> Result<DeviceKey, StateError> {
    let mut bytes = [0_u8; KEY_BYTES];
    random.fill(&mut bytes).map_err(|_| StateError::Random)?;
    Ok(DeviceKey { id: HashKey::of(&bytes).id().to_owned(), key: URL_SAFE_NO_PAD.encode(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(version: u64, key: u8) -> TenantKey {
        TenantKey {
            id: HashKey::of(&[key; 32]).id().to_owned(),
            version,
            key: URL_SAFE_NO_PAD.encode([key; 32]),
        }
    }

    #[test]
    fn random_keys_differ_and_parse() {
        let random = ring::rand::SystemRandom::new();
        let (one, two) = (random_key(&random).unwrap(), random_key(&random).unwrap());
        assert!(one.id != two.id && one.key != two.key);
        assert!(HashKey::parse(&one.id, &one.key).is_ok());
    }

    #[test]
    fn the_organisations_key_only_rises_and_the_devices_stays() {
        let (directory, random) = (tempfile::tempdir().unwrap(), ring::rand::SystemRandom::new());
        let state = State::at(&directory.path().join("reader"));
        let lock = state.lock().unwrap();
        let keep = |key, at| state.keep_keys(key, UtcTime::from_unix(at), &random, &lock);
        let read = || state.directory.read::<KeysFile>().unwrap().unwrap();
        assert!(keep(None, 1).unwrap() && state.tenant_keys().unwrap().is_empty());
        let own = read().device.key;
        assert!(keep(Some(tenant(2, 2)), 2).unwrap());
        // The same again, and a bundle without one, change nothing.
        assert!(!keep(Some(tenant(2, 2)), 3).unwrap() && !keep(None, 3).unwrap());
        for refused in [tenant(1, 1), tenant(2, 9)] {
            assert!(matches!(keep(Some(refused), 4), Err(TenantKeyError::NotNewer { kept: 2, .. })));
        }
        assert!(keep(Some(tenant(3, 3)), 5).unwrap());
        let (file, told) = (read(), state.tenant_keys().unwrap());
        assert_eq!((file.device.key, file.tenant.unwrap()), (own, tenant(3, 3)));
        let since: Vec<_> = told.iter().map(|key| (key.version, key.since.unix())).collect();
        assert_eq!(since, [(2, 2), (3, 5)]);
    }
}
