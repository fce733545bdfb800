//! `keys.json`: the keys of keyed hashes, this device's own and the organisation's.

use super::directory::{ENROL_AGAIN, StateFile};
use super::{Damage, Lock, State, StateError};
use crate::treat::{HashKey, HashKeys};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use collector_proto::contract::Version1;
use collector_proto::messages::TenantKey;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysFile {
    v: Version1,
    device: TenantKey,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tenant: Option<TenantKey>,
}

impl StateFile for KeysFile {
    const NAME: &'static str = "keys.json";
    const IS_SECRET: bool = true;
    const VERSION: u64 = 1;
    const AGAIN: &'static str = ENROL_AGAIN;
}

impl State {
    /// The keys of an enrolled device; `None` before enrolment.
    pub(crate) fn keys(&self) -> Result<Option<HashKeys>, StateError> {
        let Some(file) = self.directory.read::<KeysFile>()? else { return Ok(None) };
        let parse = |key: &TenantKey| {
            HashKey::parse(&key.id, &key.key)
                .map_err(|fault| self.directory.damaged::<KeysFile>(Damage::Key(fault)))
        };
        let tenant = file.tenant.as_ref().map(parse).transpose()?;
        Ok(Some(HashKeys::of(parse(&file.device)?, tenant)))
    }

    /// Keeps the organisation's key beside the device's own, which is drawn where there is none.
    pub(super) fn keep_keys(
        &self,
        tenant: TenantKey,
        random: &dyn SecureRandom,
        _: &Lock,
    ) -> Result<(), StateError> {
        let device = match self.directory.read::<KeysFile>()? {
            Some(keys) => keys.device,
            None => random_key(random)?,
        };
        self.directory.write(&KeysFile { v: Version1, device, tenant: Some(tenant) })
    }
}

/// Keys for a draft on a device that has none: what they make has the right form and matches nothing.
pub(crate) fn draft_keys(random: &dyn SecureRandom) -> Result<HashKeys, StateError> {
    let mut bytes = [0; 32];
    random.fill(&mut bytes).map_err(|_| StateError::Random)?;
    let key = HashKey::of("draft", &bytes).map_err(|_| StateError::Random)?;
    Ok(HashKeys::of(key.clone(), Some(key)))
}

/// 256 random bits under a random name, so that hashes of a renewed key can be distinguished.
fn random_key(random: &dyn SecureRandom) -> Result<TenantKey, StateError> {
    let mut bytes = [0_u8; 38];
    random.fill(&mut bytes).map_err(|_| StateError::Random)?;
    let (name, key) = bytes.split_at(6);
    Ok(TenantKey { id: URL_SAFE_NO_PAD.encode(name), key: URL_SAFE_NO_PAD.encode(key) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_keys_differ_and_parse() {
        let random = ring::rand::SystemRandom::new();
        let (one, two) = (random_key(&random).unwrap(), random_key(&random).unwrap());
        assert!(one.id != two.id && one.key != two.key);
        assert!(HashKey::parse(&one.id, &one.key).is_ok());
    }
}
