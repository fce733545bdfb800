//! Backups and restores of a collector at work, with the real programs.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Said, binary};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A collector with a journal in a directory of its own, beside its backups.
fn with_journal() -> (Collector, TempDir) {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut collector = Collector::initialised();
    let config = collector.data().join("collector.toml");
    let text = fs::read_to_string(&config).unwrap();
    let journal = elsewhere.path().join("candor.journal");
    fs::write(&config, format!("{text}\n[journal]\npath = \"{}\"\n", journal.display())).unwrap();
    let inventory = candor_tests::repository().join("packaging/policies/inventory.toml");
    collector.publish(&fs::read_to_string(inventory).unwrap());
    collector.serve();
    (collector, elsewhere)
}

fn backup(collector: &Collector, file: &Path) -> Said {
    let (data, file) = (collector.data(), file.to_string_lossy().into_owned());
    collector.run(&["backup", "--data", &data.to_string_lossy(), "--output", &file, "--format", "json"])
}

/// Loses the collector's host and restores the backup in its place.
fn lose_and_restore(collector: &mut Collector, file: &Path, more: &[&str]) -> Said {
    collector.kill();
    fs::remove_dir_all(collector.data()).unwrap();
    let (data, file) = (collector.data(), file.to_string_lossy().into_owned());
    let data = data.to_string_lossy();
    collector.run(&[&["restore", "--from", &file, "--data", &data, "--format", "json"], more].concat())
}

fn device_of(agent: &Agent) -> String {
    let head: serde_json::Value = serde_json::from_slice(&agent.payloads()[0]).unwrap();
    head["device_id"].as_str().unwrap().to_owned()
}

fn doctor(collector: &Collector) -> (Option<i32>, Vec<(String, String, String)>) {
    let data = collector.data().to_string_lossy().into_owned();
    let said = collector.run(&["doctor", "--data", &data, "--format", "json"]);
    let findings = said.json()["findings"].as_array().unwrap().clone();
    let text = |finding: &serde_json::Value, name: &str| finding[name].as_str().unwrap().to_owned();
    let findings =
        findings.iter().map(|one| (text(one, "check"), text(one, "result"), text(one, "detail"))).collect();
    (said.code, findings)
}

fn result_of<'f>(findings: &'f [(String, String, String)], check: &str) -> (&'f str, &'f str) {
    let found = findings.iter().find(|(name, ..)| name == check).unwrap();
    (&found.1, &found.2)
}

#[test]
fn a_restored_collector_undoes_nothing_and_is_told_again_what_it_lacks() {
    let (mut collector, elsewhere) = with_journal();
    let (reporting, revoked) = (Agent::enrolled(&collector), Agent::enrolled(&collector));
    for agent in [&reporting, &revoked] {
        let _ = agent.cycle().exits(0);
    }
    let file = elsewhere.path().join("backup");
    let made = backup(&collector, &file).exits(0).json();
    assert_eq!(made["is_continued"], true, "{made}");
    let (code, findings) = doctor(&collector);
    assert_eq!(code, Some(0), "{findings:?}");
    for check in ["directory", "keys", "root", "certificate", "database", "journal", "backup", "restore"] {
        assert_eq!(result_of(&findings, check).0, "good", "{findings:?}");
    }
    assert_eq!(result_of(&findings, "offline keys").0, "doubtful");

    // What happens until the host is lost: reports, a device that joins, one that goes.
    let _ = reporting.cycle().exits(0);
    let late = Agent::enrolled(&collector);
    let _ = late.cycle().exits(0);
    let data = collector.data().to_string_lossy().into_owned();
    let _ = collector.run(&["device", "revoke", &device_of(&revoked), "--data", &data]).exits(0);
    let kept: Vec<_> = collector.stored_payloads();
    assert_eq!(kept.len(), 4);

    let restored = lose_and_restore(&mut collector, &file, &[]).exits(0).json();
    assert_eq!(restored["held"], false, "{restored}");
    assert_eq!(restored["recovered"]["devices_enrolled"], 1, "{restored}");
    assert_eq!(collector.stored_payloads().len(), 2);
    collector.serve();

    // A device asks by itself what happened, and is told that nothing is wrong with it.
    let online = reporting.run(&["sent", "verify", "--online"]).exits(0);
    assert!(online.out.contains("It receipted 1 reports that it no longer has"), "{}", online.out);
    for agent in [&reporting, &late] {
        let _ = agent.cycle().exits(0);
        let online = agent.run(&["sent", "verify", "--online", "--format", "json"]).exits(0).json();
        assert_eq!(online["collector"]["result"], "same", "{online}");
        let doctor = agent.run(&["doctor"]).exits(0);
        assert!(doctor.out.contains("1 reports were sent again"), "{}", doctor.out);
    }
    let stored = collector.stored_payloads();
    assert!(kept.iter().all(|head| stored.contains(head)), "reports are lost");
    let refused = revoked.cycle();
    assert!(refused.code == Some(1) && refused.err.contains("revoked"), "{}", refused.all());
    let (_, findings) = doctor(&collector);
    assert!(result_of(&findings, "restore").1.contains("every device has sent again"), "{findings:?}");
    let _ = collector.json(&["report", "verify"]);
}

#[test]
fn without_the_journal_nothing_is_served_before_the_loss_is_accepted() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let elsewhere = tempfile::tempdir().unwrap();
    let file = elsewhere.path().join("backup");
    let bundle = elsewhere.path().join("bundle.json");
    collector.bundle(&bundle);
    let _ = backup(&collector, &file).exits(0);
    assert!(collector.log().contains("no journal is set"), "{}", collector.log());
    let _ = agent.cycle().exits(0);
    let restored = lose_and_restore(&mut collector, &file, &[]).exits(0).json();
    assert_eq!((&restored["held"], &restored["recovered"]["tokens_distrusted"]), (&true.into(), &1.into()));
    collector.serve();
    // The device keeps what it has.
    let waits = agent.cycle().exits(5);
    assert!(waits.err.contains("has not accepted yet"), "{}", waits.all());
    assert_eq!(agent.unreceipted(), 1);
    let (code, findings) = doctor(&collector);
    assert_eq!((code, result_of(&findings, "restore").0), (Some(1), "bad"), "{findings:?}");
    let data = collector.data().to_string_lossy().into_owned();
    let _ = collector.run(&["restore", "--data", &data, "--accept-loss"]).exits(0);
    assert!(collector.json(&["event", "list"]).to_string().contains("loss_accepted"));
    // The running server notices.
    let _ = agent.cycle().exits(0);
    let status = agent.run(&["status"]);
    assert!(status.out.contains(" 0 still to be sent"), "{}", status.all());
    let online = agent.run(&["sent", "verify", "--online", "--format", "json"]).exits(0).json();
    assert_eq!(online["collector"]["result"], "same", "{online}");
    let stranger = Agent::new();
    let refused = stranger.run(&["enrol", "--bundle", &bundle.to_string_lossy()]);
    assert!(refused.code != Some(0) && refused.err.contains("revoked"), "{}", refused.all());
}

#[test]
fn a_backup_is_one_instant_while_devices_report() {
    let (mut collector, elsewhere) = with_journal();
    let agents: Vec<Agent> = (0..4).map(|_| Agent::enrolled(&collector)).collect();
    let file = elsewhere.path().join("backup");
    let said = std::thread::scope(|scope| {
        let reporting: Vec<_> = agents
            .iter()
            .map(|agent| scope.spawn(|| (0..3).for_each(|_| drop(agent.cycle().exits(0)))))
            .collect();
        // As often as it takes for one to fall into the middle.
        let mut said = None;
        while !reporting.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            let _ = fs::remove_file(&file);
            said = Some(backup(&collector, &file).exits(0));
        }
        said
    });
    assert!(said.is_some());
    let _ = lose_and_restore(&mut collector, &file, &[]).exits(0);
    let _ = collector.json(&["report", "verify"]);
    collector.serve();
    for agent in &agents {
        let _ = agent.cycle().exits(0);
        let online = agent.run(&["sent", "verify", "--online", "--format", "json"]).exits(0).json();
        assert_eq!(online["collector"]["result"], "same", "{online}");
    }
    assert_eq!(collector.stored_payloads().len(), 16, "{}", collector.log());
}

#[test]
fn a_journal_that_cannot_be_written_confirms_nothing() {
    let (collector, elsewhere) = with_journal();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    // Its file system is gone: where its directory was there is a file.
    let (folder, moved) = (elsewhere.path().to_owned(), elsewhere.path().with_extension("moved"));
    fs::rename(&folder, &moved).unwrap();
    fs::write(&folder, b"").unwrap();
    let data = collector.data().to_string_lossy().into_owned();
    let revoke = ["device", "revoke", &device_of(&agent), "--data", &data];
    let refused = collector.run(&revoke).exits(1);
    assert!(refused.err.contains("repeat it once it can"), "{}", refused.all());
    let bundle = collector.data().with_file_name("bundle.json");
    collector.bundle(&bundle);
    let stranger = Agent::new();
    let _ = stranger.run(&["enrol", "--bundle", &bundle.to_string_lossy()]).exits(5);
    let (code, findings) = doctor(&collector);
    assert_eq!((code, result_of(&findings, "journal").0), (Some(1), "bad"), "{findings:?}");
    // Reports go on, but for the device that was revoked all the same.
    assert!(agent.cycle().err.contains("revoked"));
    fs::remove_file(&folder).unwrap();
    fs::rename(&moved, &folder).unwrap();
    let _ = collector.run(&revoke).exits(0);
    let _ = stranger.run(&["enrol", "--bundle", &bundle.to_string_lossy()]).exits(0);
    let journal = fs::read_to_string(elsewhere.path().join("candor.journal")).unwrap();
    let counted = |entry: &str| journal.matches(entry).count();
    assert_eq!((counted("device_revoked"), counted("device_enrolled")), (1, 2), "{journal}");
}

/// Ends a command at its worst moment, and says which names it left in a directory.
fn killed_while(arguments: &[&str], folder: &Path, seen: impl Fn(&[PathBuf]) -> bool) {
    let mut child = Command::new(binary("candor-collector")).args(arguments).spawn().unwrap();
    let names = || -> Vec<PathBuf> {
        fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    };
    while child.try_wait().unwrap().is_none() {
        if seen(&names()) {
            child.kill().unwrap();
        }
    }
    let _ = child.wait();
}

#[test]
fn a_backup_or_restore_that_is_killed_is_nobodys() {
    let (mut collector, elsewhere) = with_journal();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let data = collector.data().to_string_lossy().into_owned();
    let folder = elsewhere.path().join("backups");
    fs::create_dir(&folder).unwrap();
    let file = folder.join("backup");
    let is_temporary =
        |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(".tmp-"));
    let arguments = ["backup", "--data", &data, "--output", &file.to_string_lossy()];
    killed_while(&arguments, &folder, |names| names.iter().any(is_temporary));
    if file.exists() {
        // It was faster than this test.
        fs::remove_file(&file).unwrap();
    }
    let _ = backup(&collector, &file).exits(0);
    let target = elsewhere.path().join("restored");
    let (from, to) = (file.to_string_lossy().into_owned(), target.to_string_lossy().into_owned());
    killed_while(&["restore", "--from", &from, "--data", &to], &target, |names| {
        names.iter().any(|path| path.ends_with("collector.db"))
    });
    if !target.join("collector.toml").exists() {
        let unfinished = collector.run(&["serve", "--data", &to, "--listen", "127.0.0.1:0"]).exits(1);
        assert!(unfinished.err.contains("collector.toml cannot be read"), "{}", unfinished.all());
        let again = collector.run(&["restore", "--from", &from, "--data", &to]).exits(1);
        assert!(again.err.contains("interrupted restore"), "{}", again.all());
    }
    let _ = lose_and_restore(&mut collector, &file, &[]).exits(0);
    collector.serve();
    let _ = agent.cycle().exits(0);
}
