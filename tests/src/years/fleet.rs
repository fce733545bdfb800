//! The devices, and an ordinary account on each.

use super::stage::Stage;
use crate::{Said, binary, fixture};
use anyhow::{Context as _, ensure};
use serde_json::Value;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::Command;

/// An account without any rights, where whoever runs the scene may start a program as another one.
const ALICE: u32 = 65_534;

/// One device: the agent and its reader over a copy of a machine's files.
pub(super) struct Device {
    pub(super) name: &'static str,
    folder: PathBuf,
}

impl Device {
    /// A machine on which nothing is enrolled yet.
    pub(super) fn new(stage: &Stage, name: &'static str, machine: &str) -> anyhow::Result<Self> {
        let device = Self { name, folder: stage.path(name) };
        fs::create_dir(&device.folder)?;
        let root = device.folder.join("machine");
        // With its links, which lead into directories.
        let copied = Command::new("cp").arg("-a").arg(fixture(machine)).arg(&root).status()?;
        ensure!(copied.success(), "the files of {machine} cannot be copied");
        device.is_called(name)?;
        let (script, reader) = (device.folder.join("reader"), binary("candor-reader"));
        let text = format!("#!/bin/sh\nexec '{}' --root '{}' \"$@\"\n", reader.display(), root.display());
        fs::write(&script, text)?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
        Ok(device)
    }

    /// Gives the machine a name.
    pub(super) fn is_called(&self, name: &str) -> anyhow::Result<()> {
        for place in ["etc/hostname", "proc/sys/kernel/hostname"] {
            fs::write(self.folder.join("machine").join(place), format!("{name}\n"))?;
        }
        Ok(())
    }

    pub(super) fn state(&self) -> PathBuf {
        self.folder.join("state")
    }

    pub(super) fn enrol(&self, stage: &Stage, bundle: &str) -> anyhow::Result<()> {
        self.done(stage, &["enrol", "--bundle", bundle]).map(drop)
    }

    /// What a command on this device said.
    pub(super) fn says(&self, stage: &Stage, arguments: &[&str]) -> anyhow::Result<Said> {
        let mut command = stage.command("candor");
        command.env("CANDOR_READER", self.folder.join("reader")).arg("--state").arg(self.state());
        Ok(command.args(arguments).output()?.into())
    }

    fn done(&self, stage: &Stage, arguments: &[&str]) -> anyhow::Result<Said> {
        let said = self.says(stage, arguments)?;
        let (name, now) = (self.name, stage.now());
        ensure!(
            said.code == Some(0),
            "on {now}: `candor {}` failed on {name}: {}",
            arguments.join(" "),
            said.all().trim()
        );
        Ok(said)
    }

    /// One cycle, after which the collector has receipted a report and nothing waits.
    pub(super) fn report(&self, stage: &Stage) -> anyhow::Result<()> {
        let said = self.done(stage, &["run", "--once", "--format", "json"])?;
        let outcome: Value = serde_json::from_str(&said.out)?;
        let receipted = outcome["receipted"].as_array().is_some_and(|reports| !reports.is_empty());
        ensure!(receipted, "on {}: no report of {} was receipted: {}", stage.now(), self.name, said.all());
        Ok(())
    }

    /// Every signature, receipt and link holds, and the collector has exactly what it receipted.
    pub(super) fn verify(&self, stage: &Stage) -> anyhow::Result<()> {
        let said = self.done(stage, &["sent", "verify", "--online", "--format", "json"])?;
        let verified: Value = serde_json::from_str(&said.out)?;
        let same = verified["collector"]["result"] == "same";
        ensure!(same, "on {}: the collector differs from {}: {verified}", stage.now(), self.name);
        self.keeps_no_value_for_too_long(stage)
    }

    /// The device's own copy of a value is gone with the next report after its day.
    fn keeps_no_value_for_too_long(&self, stage: &Stage) -> anyhow::Result<()> {
        let list: Value =
            serde_json::from_str(&self.done(stage, &["sent", "list", "--format", "json"])?.out)?;
        let now = stage.now().to_string();
        for line in list["lines"].as_array().into_iter().flatten() {
            let (Some(entry), Some(until)) = (line["entry"].as_u64(), line["stored_until"].as_str()) else {
                continue;
            };
            let part = self.state().join(format!("ledger/{entry:010}-1.part"));
            ensure!(
                *until > *now || !part.exists(),
                "on {now}: {} has its copy of what report {entry} held until {until}",
                self.name
            );
        }
        Ok(())
    }

    /// What the ordinary account reads of the notice that is written for everybody.
    pub(super) fn notice(&self, stage: &Stage) -> anyhow::Result<Value> {
        let page = self.folder.join("notice");
        fs::create_dir_all(&page)?;
        fs::set_permissions(&page, fs::Permissions::from_mode(0o755))?;
        self.done(stage, &["notice", "--for-everybody", &page.display().to_string()])?;
        let mut read = Command::new("cat");
        if has_other_accounts(stage)? {
            read.uid(ALICE).gid(ALICE);
        }
        let read = read.args(["index.html", "notice.json"].map(|name| page.join(name))).output()?;
        let read: Said = read.into();
        ensure!(read.code == Some(0), "alice cannot read the notice of {}: {}", self.name, read.err);
        let (html, json) = read.out.split_once("</html>").context("the notice is not a page")?;
        ensure!(html.contains("<html"), "the notice of {} is not a page", self.name);
        Ok(serde_json::from_str(json)?)
    }

    /// The receipts that the device holds, as files.
    pub(super) fn receipts(&self) -> anyhow::Result<Vec<PathBuf>> {
        let entries = fs::read_dir(self.state().join("ledger"))?.collect::<Result<Vec<_>, _>>()?;
        let mut paths: Vec<_> = entries.into_iter().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|kind| kind == "receipt"));
        paths.sort();
        Ok(paths)
    }
}

/// Whether whoever runs this may start a program as another account.
pub(super) fn has_other_accounts(stage: &Stage) -> anyhow::Result<bool> {
    Ok(fs::metadata(stage.path("ahead"))?.uid() == 0)
}

/// What each device does at the same time; the first that fails is told.
pub(super) fn each<T: Send>(
    devices: &[Device],
    does: impl Fn(&Device) -> anyhow::Result<T> + Sync,
) -> anyhow::Result<Vec<T>> {
    std::thread::scope(|scope| {
        let running: Vec<_> = devices.iter().map(|device| scope.spawn(|| does(device))).collect();
        running
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|_| anyhow::bail!("a device panicked")))
            .collect()
    })
}
