//! `trust.json`: whom the device trusts and who it is.

use super::directory::{ENROL_AGAIN, StateFile};
use super::{Damage, Lock, State, StateError, TenantKeyError};
use collector_proto::contract::Version1;
use collector_proto::disclosure::PolicyChange;
use collector_proto::envelope::Envelope;
use collector_proto::messages::Bundle;
use collector_proto::policy::diff::diff;
use collector_proto::policy::trust::{
    AcceptedPolicy, BadBundle, Documents, Floor, KeptVersions, Place, Placed, Refusal, RootRef, SignedBundle,
    Trust, bundle,
};
use collector_proto::policy::{Announced, Announcements};
use collector_proto::time::UtcTime;
use ring::rand::SecureRandom;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;
use uuid::Uuid;

/// What a device is pinned to since its enrolment: whom it trusts and who it is.
#[derive(Debug)]
pub(crate) struct Pinned {
    trust: Trust,
    file: TrustFile,
    stored_floor: Floor,
    announced: Announcements,
    kept: KeptVersions,
}

/// What came with the enrolment bundle.
#[derive(Debug)]
pub(crate) struct Pin<'a> {
    /// The bundle.
    pub(crate) bundle: &'a SignedBundle,
    /// The device's random id.
    pub(crate) device_id: Uuid,
    /// When it came.
    pub(crate) now: UtcTime,
}

/// Why an enrolment is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PinError {
    /// Another root is pinned: what is trusted is decided once.
    #[error(
        "another root of trust is pinned on this device; to enrol it with another collector, remove {0} first"
    )]
    OtherRoot(PathBuf),
    /// The bundle is not one to take.
    #[error("the bundle is not accepted")]
    Bundle(#[source] BadBundle),
    /// It only brings a key.
    #[error("the bundle is for devices that are enrolled: it holds no token")]
    NoEnrolment,
    /// The organisation's key is not taken.
    #[error(transparent)]
    TenantKey(#[from] TenantKeyError),
    /// The state cannot be kept.
    #[error("the enrolment cannot be kept")]
    State(#[from] StateError),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct TrustFile {
    v: Version1,
    /// The root that came with the bundle.
    pinned: RootRef,
    /// The newest root that was walked to.
    root: Envelope,
    group: String,
    /// The placement that moved the device to the group; missing where it is that of the bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    placed: Option<Placed>,
    device_id: Uuid,
}

impl TrustFile {
    fn place(&self) -> Place {
        Place { device: Some(self.device_id), group: self.group.clone(), placed: self.placed.clone() }
    }
}

impl StateFile for TrustFile {
    const NAME: &'static str = "trust.json";
    const VERSION: u64 = 1;
    const AGAIN: &'static str = ENROL_AGAIN;
}

impl State {
    /// The enrolment; `None` when nothing is pinned.
    pub(crate) fn pinned(&self) -> Result<Option<Pinned>, StateError> {
        let Some(file) = self.directory.read::<TrustFile>()? else { return Ok(None) };
        let stored_floor = self.floor()?;
        let trust = Trust::pin(&file.root, file.place(), stored_floor.clone())
            .map_err(|refusal| self.directory.damaged::<TrustFile>(Damage::Root(refusal)))?;
        let kept = self.versions()?;
        let announced = kept.recall();
        Ok(Some(Pinned { trust, file, stored_floor, announced, kept }))
    }

    /// Pins the first root. The same root again renews group and device id, and takes a later key of the organisation; another is
    /// refused. The same device stays in the group that a placement moved it to.
    pub(crate) fn pin(
        &self,
        pin: &Pin<'_>,
        random: &dyn SecureRandom,
        lock: &Lock,
    ) -> Result<RootRef, PinError> {
        let Pin { bundle, device_id, now } = *pin;
        let pinned = bundle.root();
        let Bundle { root, enrolment, tenant_key, .. } = bundle.bundle().clone();
        let group = enrolment.ok_or(PinError::NoEnrolment)?.group;
        let earlier = self.pinned()?;
        if let Some(earlier) = &earlier
            && earlier.file.pinned != pinned
        {
            return Err(PinError::OtherRoot(self.directory.path().to_owned()));
        }
        if let Some(earlier) = &earlier {
            // The root in the bundle may have been replaced since, and its keys with it.
            bundle::verified_by(earlier.trust.root(), bundle.envelope()).map_err(PinError::Bundle)?;
        }
        self.keep_keys(tenant_key, now, random, lock)?;
        let (root, group, placed, floor) = match earlier {
            Some(Pinned { file, stored_floor, .. })
                if file.device_id == device_id && file.placed.is_some() =>
            {
                (file.root, file.group, file.placed, stored_floor)
            }
            // Placements are of one device, and what stands is of its group; what was proven about policies, time and root holds on.
            Some(Pinned { file, stored_floor, .. }) => {
                if file.group != group || file.placed.is_some() {
                    self.keep_versions(KeptVersions::default(), lock)?;
                }
                (file.root, group, None, Floor { placement: None, ..stored_floor })
            }
            None => (root, group, None, Floor::default()),
        };
        self.keep_floor(&floor, lock)?;
        let file = TrustFile { v: Version1, pinned, root, group, placed, device_id };
        self.directory.write(&file)?;
        Ok(pinned)
    }

    /// Makes durable what the documents proved, and which versions of the policy stand by them. The caller answers only afterwards.
    pub(crate) fn remember(
        &self,
        pinned: &Pinned,
        documents: &Documents,
        now: UtcTime,
        lock: &Lock,
    ) -> Result<(), StateError> {
        if pinned.announced.remembered() != pinned.kept.remembered {
            self.record_changes(pinned, documents, now, lock)?;
            self.keep_versions(pinned.kept.renewed(&pinned.announced, documents), lock)?;
        }
        if *pinned.trust.floor() != pinned.stored_floor {
            self.keep_floor(pinned.trust.floor(), lock)?;
        }
        let newest = pinned.trust.root_reference().sha256;
        let is_newest = |root: &&Envelope| root.unverified_digest().ok() == Some(newest);
        let root = [&pinned.file.root].into_iter().chain(&documents.roots).find(is_newest);
        let place = pinned.trust.place();
        if let Some(root) = root
            && (*root != pinned.file.root || *place != pinned.file.place())
        {
            let (group, placed) = (place.group.clone(), place.placed.clone());
            self.directory.write(&TrustFile { root: root.clone(), group, placed, ..pinned.file.clone() })?;
        }
        Ok(())
    }
}

impl State {
    /// Puts on record what happened to the versions that stand.
    fn record_changes(
        &self,
        pinned: &Pinned,
        documents: &Documents,
        now: UtcTime,
        lock: &Lock,
    ) -> Result<(), StateError> {
        let before = &pinned.kept.remembered.versions;
        // What takes effect as it comes leaves nothing standing that it could be compared with.
        let stood = pinned.kept.recall();
        let mut previous: Option<&Announced> = None;
        for version in pinned.announced.versions() {
            let (policy, from) = (version.reference(), version.effect());
            let known = before.iter().find(|known| known.policy == policy);
            if known.is_none() {
                let is_before = |old: &&Announced| old.reference().order() < policy.order();
                let old = previous.or_else(|| stood.versions().iter().rev().find(is_before));
                let changes = old.map_or_else(Vec::new, |old| diff(old.policy(), version.policy()));
                let signed_by = pinned.trust.signers(documents, policy);
                self.record_event(now, Some(policy), PolicyChange::Came { signed_by, from, changes }, lock)?;
            }
            let is = version.announcement();
            if is.shown.is_some() && known.is_none_or(|known| known.shown.is_none()) && !is.asks {
                self.record_event(now, Some(policy), PolicyChange::Shown { from }, lock)?;
            }
            if is.acknowledged && known.is_some_and(|known| !known.acknowledged) {
                self.record_event(now, Some(policy), PolicyChange::Acknowledged { from }, lock)?;
            }
            previous = Some(version);
        }
        Ok(())
    }
}

impl Pinned {
    /// Takes up the versions that the documents name, and accepts what stands by then.
    pub(crate) fn accept(&mut self, documents: &Documents, now: UtcTime) -> Result<AcceptedPolicy, Refusal> {
        self.trust.accept(documents, &mut self.announced, now)
    }

    /// The versions that stand.
    pub(crate) fn announced(&self) -> &Announcements {
        &self.announced
    }

    /// The same, to note that one was shown. [`State::remember`] makes it durable.
    pub(crate) fn announced_mut(&mut self) -> &mut Announcements {
        &mut self.announced
    }

    /// The versions that stand as they are told to others.
    pub(crate) fn standing(&self, documents: Option<&Documents>) -> KeptVersions {
        let none = Documents::default();
        self.kept.renewed(&self.announced, documents.unwrap_or(&none))
    }

    /// Whom the device trusts.
    pub(crate) fn trust(&self) -> &Trust {
        &self.trust
    }

    /// The same, to accept documents with. [`State::remember`] makes the result durable.
    pub(crate) fn trust_mut(&mut self) -> &mut Trust {
        &mut self.trust
    }

    /// The root in force.
    pub(crate) fn root(&self) -> &Envelope {
        &self.file.root
    }

    /// The device's random id.
    pub(crate) fn device_id(&self) -> Uuid {
        self.file.device_id
    }
}
