//! What happens over the years: keys change, hosts are lost and replaced, keys are stolen.

use super::fleet::{Device, each};
use super::holders::Key;
use super::stage::{free_port, tells};
use super::world::{ELSEWHERE, World};
use crate::Said;
use anyhow::{Context as _, ensure};
use collector_proto::time::UtcTime;
use serde_json::Value;
use std::fs;
use std::path::Path;

impl World {
    /// IT's root key is replaced by a new one, which signs as well.
    pub(super) fn rotate_it(&mut self) -> anyhow::Result<()> {
        let new = Key::new(&self.stage, "IT", "it-root-2.key")?;
        let holders = self.holders.as_mut().context("nobody holds a key yet")?;
        let old = std::mem::replace(&mut holders.root, new);
        let signed_by = [&old, &holders.council[0], &holders.root];
        holders.next_root(&self.stage, &self.data, &[], &signed_by, |_| {})
    }

    /// The works council has two keys for a while.
    pub(super) fn council_gets_another_key(&mut self) -> anyhow::Result<()> {
        let new = Key::new(&self.stage, "works council", "works-council-2.key")?;
        let holders = self.holders.as_mut().context("nobody holds a key yet")?;
        holders.council.push(new);
        let signed_by = [&holders.root, &holders.council[0], &holders.council[1]];
        holders.next_root(&self.stage, &self.data, &[], &signed_by, |_| {})
    }

    pub(super) fn council_drops_its_old_key(&mut self) -> anyhow::Result<()> {
        let holders = self.holders.as_mut().context("nobody holds a key yet")?;
        holders.council.remove(0);
        self.next_root(&[])
    }

    pub(super) fn enrol_spare(&mut self) -> anyhow::Result<()> {
        let spare = Device::new(&self.stage, "spare", "debian-12")?;
        spare.enrol(&self.stage, &self.bundle("spare")?)?;
        spare.report(&self.stage)?;
        self.spare = Some(spare);
        Ok(())
    }

    /// What was enrolled, rotated, moved and restored meanwhile, the device learns by itself.
    pub(super) fn spare_comes_back(&mut self) -> anyhow::Result<()> {
        let spare = self.spare.take().context("no device is asleep")?;
        spare.report(&self.stage)?;
        tells("✓ the spare device followed every root since and reported by itself");
        self.devices.push(spare);
        Ok(())
    }

    pub(super) fn backs_up(&mut self) -> anyhow::Result<()> {
        let file = self.new_backup();
        let made =
            self.stage.types("administrator", &self.backup_to(&file).each_ref().map(String::as_str))?;
        self.keeps_backup(file, &made)
    }

    /// The newest backup has to be deleted: another one takes its place.
    pub(super) fn backup_has_its_day(&mut self, day: UtcTime) -> anyhow::Result<()> {
        self.stage.set(day.max(self.stage.now()))?;
        let file = self.new_backup();
        let made = self.stage.quiet(&self.backup_to(&file).each_ref().map(String::as_str))?;
        self.keeps_backup(file, &made)
    }

    fn new_backup(&self) -> String {
        self.stage.text(&format!("{ELSEWHERE}/backup-{}", self.stage.now().date()))
    }

    fn backup_to(&self, file: &str) -> [String; 8] {
        let data = self.stage.text(&self.data);
        ["backup", "--data", &data, "--output", file, "--prune", "--format", "json"].map(str::to_owned)
    }

    /// Those that have had their day are gone, and this is the newest.
    fn keeps_backup(&mut self, file: String, made: &Said) -> anyhow::Result<()> {
        if let Some((earlier, until)) = self.backup.take() {
            let is_due = self.stage.now() >= until;
            ensure!(!is_due || !Path::new(&earlier).exists(), "{earlier} is there after its day, {until}");
        }
        let made: Value = serde_json::from_str(&made.out)?;
        let until = made["delete_by"].as_str().context("a backup without an end")?;
        self.backup = Some((file, UtcTime::parse(until)?));
        Ok(())
    }

    /// From now on nobody serves, and only a thief may have the directory.
    pub(super) fn loses_its_host(&mut self) -> anyhow::Result<()> {
        self.server = None;
        fs::rename(self.at(), self.stage.path(&format!("{}-lost", self.data)))?;
        tells(&format!("✗ the host with {} is lost", self.data));
        Ok(())
    }

    pub(super) fn restores(&mut self, data: &str) -> anyhow::Result<()> {
        let (backup, _) = self.backup.clone().context("there is no backup")?;
        let target = self.stage.text(data);
        let restore = ["restore", "--from", &backup, "--data", &target];
        let said = self.stage.types("administrator", &restore)?;
        for line in said.out.lines() {
            tells(&format!("                {line}"));
        }
        data.clone_into(&mut self.data);
        Ok(())
    }

    /// The next root names the address in use and another one.
    pub(super) fn names_both_addresses(&mut self) -> anyhow::Result<()> {
        let another = free_port()?;
        self.names([self.port, another].map(|port| format!("https://localhost:{port}")).to_vec())?;
        self.next_port = another;
        Ok(())
    }

    pub(super) fn names_the_address_in_use(&self) -> anyhow::Result<()> {
        self.names(vec![self.url()])
    }

    fn names(&self, urls: Vec<String>) -> anyhow::Result<()> {
        let holders = self.holders()?;
        let signed_by = [&holders.root, holders.newest_council()?];
        holders.next_root(&self.stage, &self.data, &[], &signed_by, |root| {
            if let Some(endpoints) = root["endpoints"].as_table_mut() {
                endpoints.insert("urls".into(), urls.into());
            }
        })
    }

    /// Whoever has the lost host answers in the collector's place, with the keys that it had: no device gives it a report that counts.
    pub(super) fn a_thief_serves(&mut self, lost: &str) -> anyhow::Result<()> {
        self.server = None;
        let thief = self.stage.serve(lost, self.port)?;
        let before = each(&self.devices, Device::receipts)?;
        let said =
            each(&self.devices, |device| device.says(&self.stage, &["run", "--once", "--format", "json"]))?;
        drop(thief);
        let after = each(&self.devices, Device::receipts)?;
        ensure!(before == after, "a device took a receipt of the stolen key");
        for (device, said) in self.devices.iter().zip(&said) {
            ensure!(said.code != Some(0), "{} took the thief for its collector", device.name);
            println!(
                "                {}: {}",
                device.name,
                said.err.trim().lines().next().unwrap_or_default()
            );
        }
        let count = self.devices.len();
        tells(&format!("✓ the stolen keys got no receipt taken by any of {count} devices"));
        self.serves()
    }

    /// What the collector gives again is lost, and the bundle's authority is no longer in use.
    pub(super) fn loses_its_cache(&self, name: &str) -> anyhow::Result<()> {
        let device = self.device(name)?;
        fs::remove_dir_all(device.state().join("cache"))?;
        tells(&format!("✗ {name} lost what it kept of the collector's answers"));
        device.report(&self.stage)?;
        tells(&format!("✓ {name} found the collector by the root that its reader keeps"));
        Ok(())
    }
}
