//! The collector, its holders and its devices, and what happens to them.

use super::fleet::{Device, each, has_other_accounts};
use super::holders::{Holders, Key, TENANT_KEY};
use super::stage::{Server, Stage, free_port, heading, tells};
use super::values::{self, Kept};
use crate::repository;
use anyhow::{Context as _, ensure};
use collector_proto::time::UtcTime;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// Days between two reports of a device, where the scene has nothing else to tell.
const REPORT_EVERY: i64 = 30;

/// Where journal and backups are: another host's disk.
pub(super) const ELSEWHERE: &str = "elsewhere";

/// Parts that have had their day at the end, at least.
const MANY: usize = 15;

/// Names of the devices, and whose files they have.
const DEVICES: [(&str, &str); 3] =
    [("workstation", "debian-12"), ("laptop", "debian-12"), ("front-desk", "debian-12")];

pub(super) struct World {
    pub(super) stage: Stage,
    pub(super) holders: Option<Holders>,
    pub(super) devices: Vec<Device>,
    pub(super) spare: Option<Device>,
    /// The collector's directory in the scene's folder.
    pub(super) data: String,
    pub(super) port: u16,
    /// Where it will be reached, once a root names that.
    pub(super) next_port: u16,
    pub(super) server: Option<Server>,
    /// The newest backup, and until when it may be kept.
    pub(super) backup: Option<(String, UtcTime)>,
    today: i64,
    in_force: u32,
    announced: Option<(u32, UtcTime)>,
    reports: usize,
    gone: usize,
}

impl World {
    pub(super) fn begin(folder: &Path) -> anyhow::Result<Self> {
        let stage = Stage::new(folder)?;
        println!("Five years, from {} on. Every program goes by the scene's clock.", stage.now().date());
        if !has_other_accounts(&stage)? {
            println!("Run as root, the notice is read as another account; now everything is one account's.");
        }
        let devices = DEVICES.iter().map(|(name, machine)| Device::new(&stage, name, machine));
        let devices = devices.collect::<anyhow::Result<_>>()?;
        Ok(Self {
            stage,
            holders: None,
            devices,
            spare: None,
            data: "collector".into(),
            port: free_port()?,
            next_port: 0,
            server: None,
            backup: None,
            today: 0,
            in_force: 0,
            announced: None,
            reports: 0,
            gone: 0,
        })
    }

    pub(super) fn holders(&self) -> anyhow::Result<&Holders> {
        self.holders.as_ref().context("nobody holds a key yet")
    }

    pub(super) fn at(&self) -> PathBuf {
        self.stage.path(&self.data)
    }

    pub(super) fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// Lets the time pass until the morning of a day, and begins a chapter.
    pub(super) fn day(&mut self, day: i64, title: &str) -> anyhow::Result<()> {
        self.lives_until(day)?;
        heading(self.stage.now(), title);
        Ok(())
    }

    /// Lets the time pass: devices report, and values go on their day.
    pub(super) fn lives_until(&mut self, day: i64) -> anyhow::Result<()> {
        while self.server.is_some() && self.today + REPORT_EVERY < day {
            self.passes(self.today + REPORT_EVERY)?;
            self.all_report()?;
        }
        self.passes(day)
    }

    fn passes(&mut self, day: i64) -> anyhow::Result<()> {
        let morning = self.stage.day(day);
        while self.server.is_some() {
            let value = values::kept(&self.at())?.first().map(Kept::until);
            let backup = self.backup.as_ref().map(|(_, until)| *until);
            match [value, backup].into_iter().flatten().min() {
                Some(next) if next > morning => break,
                Some(next) if value == Some(next) => self.values_have_their_day(next)?,
                Some(next) => self.backup_has_its_day(next)?,
                None => break,
            }
        }
        self.today = day;
        if morning > self.stage.now() { self.stage.set(morning) } else { Ok(()) }
    }

    /// Values are there up to the last minute, and then nowhere.
    fn values_have_their_day(&mut self, day: UtcTime) -> anyhow::Result<()> {
        let data = self.at();
        let mut due = values::kept(&data)?;
        due.retain(|value| value.until() == day);
        let last_minute = UtcTime::from_unix(day.unix() - 60);
        if last_minute > self.stage.now() {
            self.stage.set(last_minute)?;
            self.sweeps()?;
            for value in &due {
                ensure!(value.is_there(&data)?, "{value} was deleted before its day, {day}");
            }
        }
        self.stage.set(day.max(self.stage.now()))?;
        self.sweeps()?;
        for value in &due {
            value.is_as_promised(&data)?;
            ensure!(!value.is_there(&data)?, "{value} is there after its day, {day}");
            for folder in [&data, &self.stage.path(ELSEWHERE)] {
                value.is_gone_from(folder)?;
            }
            tells(&format!("· {}: {value} is gone; it was there a minute before", day.date()));
        }
        self.gone += due.len();
        Ok(())
    }

    /// What the running server does each hour.
    fn sweeps(&self) -> anyhow::Result<()> {
        self.stage.quiet(&["retention", "sweep", "--data", &self.stage.text(&self.data)]).map(drop)
    }

    pub(super) fn all_report(&mut self) -> anyhow::Result<()> {
        each(&self.devices, |device| device.report(&self.stage))?;
        self.reports += self.devices.len();
        Ok(())
    }

    /// Every device reports, what it sent is what the collector has, and an ordinary account reads the notice.
    pub(super) fn everybody(&mut self) -> anyhow::Result<()> {
        self.all_report()?;
        each(&self.devices, |device| device.verify(&self.stage))?;
        let count = self.devices.len();
        tells(&format!(
            "✓ {count} of {count} devices reported; the collector has what each of them sent, and nothing else"
        ));
        each(&self.devices, |device| self.tells_of_what_holds(&device.notice(&self.stage)?, device))?;
        let coming = self
            .announced
            .map(|(version, from)| format!(", and that version {version} comes on {}", from.date()));
        let coming = coming.unwrap_or_default();
        tells(&format!(
            "✓ alice read on {count} of {count} devices that version {} is in force{coming}",
            self.in_force
        ));
        Ok(())
    }

    /// The notice names the version in force, and what is coming from when on.
    fn tells_of_what_holds(&self, notice: &Value, device: &Device) -> anyhow::Result<()> {
        let (now, name) = (self.stage.now(), device.name);
        let status = &notice["status"];
        ensure!(status["state"] == "in_force", "on {now}: the notice of {name} says {status}");
        let version = &notice["policy"]["version"];
        ensure!(*version == self.in_force, "on {now}: the notice of {name} is about version {version}");
        if let Some((version, from)) = self.announced {
            let says = format!("Version {version} is announced. It takes effect on {}", from.date());
            ensure!(
                notice["changes"].to_string().contains(&says),
                "on {now}: the notice of {name} does not announce version {version}: {}",
                notice["changes"]
            );
        }
        Ok(())
    }

    /// What was announced is in force from now on.
    pub(super) fn takes_effect(&mut self) -> anyhow::Result<()> {
        let (version, from) = self.announced.take().context("nothing is announced")?;
        ensure!(self.stage.now() >= from, "version {version} is early");
        self.in_force = version;
        Ok(())
    }

    pub(super) fn sums_up(&self) -> anyhow::Result<()> {
        ensure!(self.gone >= MANY, "only {} parts had their day: too few to show anything", self.gone);
        let said = self
            .stage
            .types("administrator", &["report", "verify", "--data", &self.stage.text(&self.data)])?;
        tells(said.out.trim());
        println!(
            "\n{} reports, all receipted; {} parts of them gone on their day. Every claim above was checked.",
            self.reports, self.gone
        );
        Ok(())
    }

    /// The collector is made, both holders sign its root and its policy, and the devices join.
    pub(super) fn found(&mut self) -> anyhow::Result<()> {
        let (stage, data) = (&self.stage, self.stage.text(&self.data));
        let _ = stage.types("administrator", &["init", &data])?;
        fs::create_dir(stage.path(ELSEWHERE))?;
        let config = self.at().join("collector.toml");
        let journal = stage.text(&format!("{ELSEWHERE}/candor.journal"));
        fs::write(&config, format!("{}\n[journal]\npath = \"{journal}\"\n", fs::read_to_string(&config)?))?;
        fs::rename(self.at().join("offline/tenant.key"), stage.path(TENANT_KEY))?;
        for role in ["root", "policy"] {
            fs::rename(self.at().join(format!("offline/{role}.pk8")), stage.path(&format!("it-{role}.key")))?;
        }
        let holders = Holders {
            root: Key::at(stage, "IT", stage.text("it-root.key"), None)?,
            policy: Key::at(stage, "IT", stage.text("it-policy.key"), None)?,
            council: vec![Key::new(stage, "works council", "works-council.key")?],
        };
        holders.next_root(stage, &self.data, &[], &[&holders.root, &holders.council[0]], |_| {})?;
        self.holders = Some(holders);
        self.publish_policy(1, None)?;
        self.serves()?;
        for device in &self.devices {
            device.enrol(&self.stage, &self.bundle(device.name)?)?;
        }
        tells("workstation, laptop and front-desk are enrolled");
        self.backs_up()?;
        tells("and from now on again whenever the newest backup has to be deleted, each fortnight");
        Ok(())
    }

    pub(super) fn serves(&mut self) -> anyhow::Result<()> {
        self.server = None;
        self.server = Some(self.stage.serve(&self.data, self.port)?);
        tells(&format!(
            "administrator $ candor-collector serve --data {} --listen 127.0.0.1:{}",
            self.data, self.port
        ));
        Ok(())
    }

    pub(super) fn bundle(&self, name: &str) -> anyhow::Result<String> {
        self.holders()?.bundle(&self.stage, &self.data, &self.url(), name)
    }

    pub(super) fn device(&self, name: &str) -> anyhow::Result<&Device> {
        self.devices.iter().find(|device| device.name == name).context("no such device")
    }

    /// A device gets another name, and the collector knows it by that and no longer by the old one.
    pub(super) fn rename(&mut self, name: &str, from: &str, to: &str) -> anyhow::Result<()> {
        ensure!(self.knows_as(from)? == 1, "on {}: nobody is called {from}", self.stage.now());
        let device = self.device(name)?;
        device.is_called(to)?;
        device.report(&self.stage)?;
        self.reports += 1;
        ensure!(self.knows_as(to)? == 1 && self.knows_as(from)? == 0, "the collector does not know {to}");
        tells(&format!("✓ the collector knows {from} as {to}"));
        Ok(())
    }

    fn knows_as(&self, name: &str) -> anyhow::Result<usize> {
        let named = format!("\"host.name\":\"{name}\"");
        Ok(self.rows()?.iter().filter(|rows| rows.to_string().contains(&named)).count())
    }

    pub(super) fn publish_policy(&mut self, version: u32, effective: Option<i64>) -> anyhow::Result<()> {
        let effective = effective.map(|day| self.stage.day(day));
        let text = policy(version, effective)?;
        self.holders()?.publish_policy(&self.stage, &self.data, &text)?;
        match effective {
            Some(from) => self.announced = Some((version, from)),
            None => self.in_force = version,
        }
        Ok(())
    }

    /// What the collector has of each device now.
    fn rows(&self) -> anyhow::Result<Vec<Value>> {
        let data = self.stage.text(&self.data);
        let json = |arguments: &[&str]| -> anyhow::Result<Value> {
            let all = [arguments, &["--data", &data, "--format", "json"]].concat();
            Ok(serde_json::from_str(&self.stage.quiet(&all)?.out)?)
        };
        let devices = json(&["device", "list"])?;
        let devices = devices["devices"].as_array().context("no devices")?.clone();
        devices
            .iter()
            .map(|device| {
                let id = device["device_id"].as_str().context("a device without an id")?;
                json(&["device", "show", id, "--purpose", "the scene"])
            })
            .collect()
    }

    pub(super) fn nobody_sent(&self, field: &str) -> anyhow::Result<()> {
        let named = format!("\"{field}\"");
        let sent = self.rows()?.iter().filter(|rows| rows.to_string().contains(&named)).count();
        ensure!(sent == 0, "on {}: {sent} devices sent {field}", self.stage.now());
        tells(&format!("✓ {}: the collector has {field} of no device", self.stage.now().date()));
        Ok(())
    }

    pub(super) fn all_sent(&self, field: &str) -> anyhow::Result<()> {
        let named = format!("\"{field}\"");
        let rows = self.rows()?;
        let sent = rows.iter().filter(|rows| rows.to_string().contains(&named)).count();
        ensure!(sent == self.devices.len(), "on {}: {sent} devices sent {field}", self.stage.now());
        tells(&format!("✓ {}: the collector has {field} of {sent} devices", self.stage.now().date()));
        Ok(())
    }

    pub(super) fn next_root(&self, written_with: &[&str]) -> anyhow::Result<()> {
        let holders = self.holders()?;
        let signed_by = [&holders.root, holders.newest_council()?];
        holders.next_root(&self.stage, &self.data, written_with, &signed_by, |_| {})
    }

    pub(super) fn renew_certificate(&mut self, more: &[&str]) -> anyhow::Result<()> {
        let data = self.stage.text(&self.data);
        let renew = ["certificate", "renew", "--data", &data];
        let _ = self.stage.types("administrator", &[&renew[..], more].concat())?;
        self.serves()
    }
}

/// The starter policy with this number; from version 2 on with names of accounts, from version 3 on without addresses.
fn policy(version: u32, effective: Option<UtcTime>) -> anyhow::Result<String> {
    let inventory = fs::read_to_string(repository().join("packaging/policies/inventory.toml"))?;
    let mut text = inventory.replace("version = 1\n", &format!("version = {version}\n"));
    if let Some(effective) = effective {
        text = text.replace("valid_for =", &format!("effective_from = \"{effective}\"\nvalid_for ="));
    }
    if version >= 2 {
        text += "\n[[collect]]\nfields = [\"user.name\"]\npurposes = [\"inventory\"]\n";
    }
    if version >= 3 {
        let addresses = "[[collect]]\nfields = [\"host.mac\"]\npurposes = [\"inventory\"]\ntreat = { hmac = \"tenant\" }\n";
        ensure!(text.contains(addresses), "the starter policy has no rule about host.mac");
        text = text.replace(addresses, "");
    }
    Ok(text)
}
