//! Who holds which key, and what they sign together: roots and policies.

use super::stage::{Stage, tells};
use anyhow::Context as _;
use serde_json::Value;
use std::fs;
use toml::Table;

/// Where IT keeps the organisation's key of keyed hashes.
pub(super) const TENANT_KEY: &str = "it-tenant.key";

/// What IT and the works council hold, each where nobody else reaches it.
pub(super) struct Holders {
    pub(super) root: Key,
    pub(super) policy: Key,
    /// The newest last: while one takes the place of another both sign.
    pub(super) council: Vec<Key>,
}

/// One holder's key.
#[derive(Clone)]
pub(super) struct Key {
    who: &'static str,
    file: String,
    public: String,
    passphrase: Option<String>,
}

impl Key {
    /// A new one, under a passphrase.
    pub(super) fn new(stage: &Stage, who: &'static str, file: &str) -> anyhow::Result<Self> {
        let passphrase = stage.text(&format!("{file}.passphrase"));
        fs::write(&passphrase, format!("correct horse battery of {file}\n"))?;
        let path = stage.text(file);
        let _ = stage.types(who, &["key", "new", "--output", &path, "--passphrase-file", &passphrase])?;
        Self::at(stage, who, path, Some(passphrase))
    }

    /// One that `init` made.
    pub(super) fn at(
        stage: &Stage,
        who: &'static str,
        file: String,
        passphrase: Option<String>,
    ) -> anyhow::Result<Self> {
        let shown: Value =
            serde_json::from_str(&stage.quiet(&["key", "show", &file, "--format", "json"])?.out)?;
        let public = shown["jwk"]["x"].as_str().context("a key without a public part")?.to_owned();
        Ok(Self { who, file, public, passphrase })
    }

    /// Signs a bundle; whoever is the first brings the organisation's key of keyed hashes.
    fn signs_bundle(&self, stage: &Stage, bundle: &str, tenant_key: Option<&str>) -> anyhow::Result<()> {
        let mut arguments = vec!["bundle", "sign", bundle, "--key", &self.file];
        if let Some(passphrase) = &self.passphrase {
            arguments.extend(["--passphrase-file", passphrase]);
        }
        if let Some(tenant_key) = tenant_key {
            arguments.extend(["--tenant-key", tenant_key]);
        }
        stage.types(self.who, &arguments).map(drop)
    }

    fn signs(&self, stage: &Stage, what: &str, from: &str, now: &str, output: &str) -> anyhow::Result<()> {
        let mut arguments = vec![what, "sign", from, "--root", now, "--key", &self.file];
        if let Some(passphrase) = &self.passphrase {
            arguments.extend(["--passphrase-file", passphrase]);
        }
        arguments.extend(["--output", output]);
        stage.types(self.who, &arguments).map(drop)
    }
}

impl Holders {
    /// Writes the next root, has each of these sign it, and publishes it.
    pub(super) fn next_root(
        &self,
        stage: &Stage,
        data: &str,
        written_with: &[&str],
        signed_by: &[&Key],
        edit: impl FnOnce(&mut Table),
    ) -> anyhow::Result<()> {
        let (signed, data) = self.signed_root(stage, data, written_with, signed_by, edit)?;
        stage.types("administrator", &["root", "publish", &signed, "--data", &data]).map(drop)
    }

    /// The next root with these signatures; also gives the collector's directory.
    pub(super) fn signed_root(
        &self,
        stage: &Stage,
        data: &str,
        written_with: &[&str],
        signed_by: &[&Key],
        edit: impl FnOnce(&mut Table),
    ) -> anyhow::Result<(String, String)> {
        let data = stage.text(data);
        let (draft, now) = (stage.text("root.toml"), stage.text("root-now.json"));
        let signed = stage.text("root.json");
        for earlier in [&draft, &signed] {
            let _ = fs::remove_file(earlier);
        }
        let _ = stage.quiet(&["root", "show", "--data", &data, "--output", &now])?;
        let write = ["root", "new-version", "--data", &data, "--output", &draft];
        let _ = stage.types("administrator", &[&write[..], written_with].concat())?;
        let mut root: Table = fs::read_to_string(&draft)?.parse()?;
        self.fill_in(&mut root);
        edit(&mut root);
        fs::write(&draft, root.to_string())?;
        for (index, key) in signed_by.iter().enumerate() {
            let from = if index == 0 { &draft } else { &signed };
            key.signs(stage, "root", from, &now, &signed)?;
        }
        Ok((signed, data))
    }

    /// What a person edits: the holders' keys, and that both sign. What is on line stays as it was written.
    fn fill_in(&self, root: &mut Table) {
        let on_line = ["timestamp", "receipt"].map(|role| {
            let name = root["roles"][role]["keys"][0].as_str().unwrap_or_default();
            (role, root["keys"][name].clone())
        });
        let councils: Vec<String> =
            (1..=self.council.len()).map(|number| format!("council-{number}")).collect();
        let mut keys: Table = on_line.into_iter().map(|(role, key)| (role.to_owned(), key)).collect();
        keys.insert("it-root".into(), self.root.public.clone().into());
        keys.insert("it-policy".into(), self.policy.public.clone().into());
        for (name, key) in councils.iter().zip(&self.council) {
            keys.insert(name.clone(), key.public.clone().into());
        }
        root.insert("keys".into(), keys.into());
        let with_council = |it: &str| -> Vec<String> { [&[it.to_owned()][..], &councils].concat() };
        let role = |keys: Vec<String>, threshold: i64| {
            let mut role = Table::new();
            role.insert("keys".into(), keys.into());
            role.insert("threshold".into(), threshold.into());
            role
        };
        let mut roles = Table::new();
        roles.insert("root".into(), role(with_council("it-root"), 2).into());
        roles.insert("policy".into(), role(with_council("it-policy"), 2).into());
        for name in ["timestamp", "receipt"] {
            roles.insert(name.into(), role(vec![name.to_owned()], 1).into());
        }
        root.insert("roles".into(), roles.into());
        let holder = |name: &str, keys: Vec<String>| {
            let mut holder = Table::new();
            holder.insert("name".into(), name.into());
            holder.insert("keys".into(), keys.into());
            holder
        };
        let mut holders = Table::new();
        holders.insert("it".into(), holder("IT", vec!["it-root".into(), "it-policy".into()]).into());
        holders.insert("works-council".into(), holder("works council", councils.clone()).into());
        root.insert("holders".into(), holders.into());
        let mut approval = Table::new();
        approval.insert("high".into(), vec!["works-council"].into());
        root.insert("approval".into(), approval.into());
    }

    pub(super) fn newest_council(&self) -> anyhow::Result<&Key> {
        self.council.last().context("the works council has no key")
    }

    /// Makes a bundle for a device, which both sign.
    pub(super) fn bundle(
        &self,
        stage: &Stage,
        data: &str,
        url: &str,
        device: &str,
    ) -> anyhow::Result<String> {
        let (data, bundle) = (stage.text(data), stage.text(&format!("{device}.bundle")));
        let make = ["bundle", "--data", &data, "--url", url, "--output", &bundle];
        let _ = stage.types("administrator", &make)?;
        self.root.signs_bundle(stage, &bundle, Some(&stage.text(TENANT_KEY)))?;
        self.newest_council()?.signs_bundle(stage, &bundle, None)?;
        Ok(bundle)
    }

    /// Both sign a policy, and it is published.
    pub(super) fn publish_policy(&self, stage: &Stage, data: &str, policy: &str) -> anyhow::Result<()> {
        let (signed, now, data) = self.signed_policy(stage, data, policy)?;
        let _ = now;
        let said = stage.types("administrator", &["policy", "publish", &signed, "--data", &data])?;
        for line in said.out.lines().take(2) {
            tells(&format!("                {line}"));
        }
        Ok(())
    }

    fn signed_policy(
        &self,
        stage: &Stage,
        data: &str,
        policy: &str,
    ) -> anyhow::Result<(String, String, String)> {
        let data = stage.text(data);
        let (file, signed) = (stage.text("policy.toml"), stage.text("policy.json"));
        let now = stage.text("root-now.json");
        let _ = fs::remove_file(&signed);
        fs::write(&file, policy)?;
        let _ = stage.quiet(&["root", "show", "--data", &data, "--output", &now])?;
        self.policy.signs(stage, "policy", &file, &now, &signed)?;
        for council in &self.council {
            council.signs(stage, "policy", &signed, &now, &signed)?;
        }
        Ok((signed, now, data))
    }
}
