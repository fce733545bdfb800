//! The device's ceiling, with the real programs: what may ever be collected here is for root of the device to say.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector};
use collector_proto::time::UtcTime;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;

const EVERYTHING: &str = "format = 1\n[[allow]]\nfields = [\"*\"]\naccounts = true\n";

fn now() -> UtcTime {
    UtcTime::from_system(std::time::SystemTime::now())
}

/// Quiet hours from so many hours from now on, for six hours, in UTC: far enough from both ends for any machine.
fn quiet(begin: i64) -> String {
    let hour = |ahead: i64| UtcTime::from_unix(now().unix() + ahead * 3600).to_string()[11..13].to_owned();
    let (from, to) = (hour(begin), hour(begin + 6));
    format!("{EVERYTHING}[quiet_hours]\nzone = \"UTC\"\ntimes = [\"{from}:00-{to}:00\"]\n")
}

fn status(agent: &Agent) -> Value {
    agent.run(&["status", "--format", "json"]).exits(0).json()
}

#[test]
fn what_it_excludes_is_withheld_and_said_at_once() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let file = agent.state().join("ceiling.toml");
    std::fs::write(&file, "format = 1\n[[allow]]\nfields = [\"os.name\"]\nretention = \"400d\"\n").unwrap();
    let said = agent.run(&["ceiling", "set"]).exits(0);
    assert!(said.out.contains("The ceiling is set."), "{}", said.all());
    let _ = agent.cycle().exits(0);
    let shown = agent.run(&["ceiling", "show", "--format", "json"]).exits(0).json();
    let withheld: Vec<&str> =
        shown["withheld"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(withheld.contains(&"os.version") && !withheld.contains(&"os.name"), "{shown:#}");
    let report = agent.reports().pop().unwrap();
    assert_eq!(report["absent"]["os.version"], "ceiling", "{report:#}");
    assert_eq!(report["sections"].as_object().unwrap().keys().collect::<Vec<_>>(), ["os"]);
    // Nothing else about it leaves.
    assert!(!report.to_string().contains("400d") && !report.to_string().contains("allow"), "{report:#}");
    // The reader's copy alone counts; another file only shows.
    assert!(status(&agent)["ceiling"]["drift"].is_null(), "{:#}", status(&agent));
    std::fs::write(&file, EVERYTHING).unwrap();
    let told = agent.run(&["status"]).exits(0).out;
    assert!(told.contains("differs from the ceiling that was set, which holds"), "{told}");
    let doctor = agent.run(&["doctor", "--offline"]).out;
    assert!(doctor.lines().any(|line| line.starts_with("doubtful  ceiling")), "{doctor}");
    let _ = agent.cycle().exits(0);
    assert_eq!(agent.reports().pop().unwrap()["absent"]["os.version"], "ceiling");
    // Lifted, it is the policy's to say again.
    let said = agent.run(&["ceiling", "set", "--none"]).exits(0);
    assert!(said.out.contains("is lifted") && said.out.contains("is not taken over"), "{}", said.all());
    let _ = agent.cycle().exits(0);
    assert!(agent.reports().pop().unwrap()["absent"]["os.version"].is_null());
}

#[test]
fn a_file_that_others_can_change_is_not_set_and_what_to_do_is_said() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let elsewhere = tempfile::tempdir().unwrap();
    let (folder, file) = (elsewhere.path().join("candor"), elsewhere.path().join("candor/ceiling.toml"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(&file, EVERYTHING).unwrap();
    let mode = |path: &std::path::Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    for (path, open, narrow) in [(&file, 0o666, 0o644), (&file, 0o664, 0o644), (&folder, 0o777, 0o755)] {
        mode(path, open);
        let refused = agent.run(&["ceiling", "set", &file.to_string_lossy()]).exits(1);
        assert!(
            refused.err.contains("can be changed by others") && refused.err.contains("chmod"),
            "{}",
            refused.err
        );
        assert!(agent.run(&["ceiling", "show"]).exits(0).out.contains("Ceiling      none"));
        // Whoever examines it only looks.
        let _ = agent.run(&["ceiling", "check", &file.to_string_lossy()]).exits(0);
        mode(path, narrow);
    }
    let _ = agent.run(&["ceiling", "set", &file.to_string_lossy()]).exits(0);
}

#[test]
fn a_file_with_mistakes_is_not_set_and_all_of_them_are_told() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let file = agent.state().join("ceiling.toml");
    std::fs::write(&file, "format = 1\n[[allow]]\nfields = [\"os.nme\"]\nretenton = \"1d\"\n").unwrap();
    for verb in [&["ceiling", "set"][..], &["ceiling", "check", file.to_str().unwrap()]] {
        let said = agent.run(verb).exits(1);
        assert!(
            said.err.contains("did you mean `os.name`?") && said.err.contains("did you mean `retention`?"),
            "{}",
            said.err
        );
    }
    assert!(agent.run(&["ceiling", "show"]).exits(0).out.contains("Ceiling      none"));
    std::fs::write(&file, EVERYTHING).unwrap();
    let said = agent.run(&["ceiling", "check", file.to_str().unwrap()]).exits(0);
    assert!(said.out.contains("can be set"), "{}", said.out);
    assert!(agent.run(&["ceiling", "show"]).exits(0).out.contains("is not taken over"));
}

#[test]
fn damaged_or_gone_nothing_is_collected_or_sent_until_it_is_set_again() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    agent.set_ceiling(EVERYTHING);
    let _ = agent.cycle().exits(0);
    let (kept, reports) = (agent.state().join("reader/ceiling.json"), collector.stored_payloads().len());
    let whole = std::fs::read(&kept).unwrap();
    let nothing = |why: &str| {
        for verb in [&["run", "--once"][..], &["preview"], &["ceiling", "show"]] {
            let said = agent.run(verb).exits(3);
            assert!(
                said.err.contains("nothing is collected") && said.err.contains(why),
                "{verb:?}: {}",
                said.all()
            );
            assert!(said.err.contains("candor ceiling set"), "{verb:?}: {}", said.all());
        }
        let told = agent.run(&["status"]).exits(0).out;
        assert!(told.contains("ceiling.json") && told.contains("nothing"), "{told}");
        assert_eq!(collector.stored_payloads().len(), reports);
    };
    std::fs::write(&kept, &whole[..whole.len() / 2]).unwrap();
    nothing("cannot be understood");
    std::fs::remove_file(&kept).unwrap();
    nothing("the file is missing");
    agent.set_ceiling(EVERYTHING);
    let _ = agent.cycle().exits(0);
    assert_eq!(collector.stored_payloads().len(), reports + 1);
    // Everybody is told that it was set, and that it had been lost.
    let history = agent.run(&["policy", "history", "--format", "json"]).exits(0).json();
    let ceilings: Vec<_> = history["ceilings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|set| (&set["change"], &set["was_damaged"]))
        .collect();
    assert_eq!(ceilings, [(&json!("set"), &json!(false)), (&json!("set"), &json!(true))], "{history:#}");
    let told = agent.run(&["policy", "history"]).exits(0).out.replace('\n', " ");
    assert!(
        told.contains("set a limit on what is collected") && told.contains("was damaged or gone"),
        "{told}"
    );
}

#[test]
fn in_quiet_hours_nothing_is_read_for_a_report_and_the_collector_hears_nothing() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    agent.set_ceiling(&quiet(-3));
    let ended = agent.cycle().exits(3);
    assert!(ended.err.contains("quiet hours") && ended.err.contains("until"), "{}", ended.all());
    let shown = agent.run(&["ceiling", "show", "--format", "json"]).exits(0).json();
    let until = UtcTime::parse(shown["quiet_until"].as_str().unwrap()).unwrap();
    assert!((1..=3 * 3600).contains(&until.seconds_since(now())), "{shown:#}");
    assert_eq!(status(&agent)["ceiling"]["quiet_until"], shown["quiet_until"]);
    assert!(agent.run(&["status"]).exits(0).out.contains("quiet hours until"));
    assert_eq!((agent.reports().len(), collector.stored_payloads().len()), (1, 1));
    // People may look, and where the collector is away too: nobody asks it anything.
    let _ = agent.run(&["preview"]).exits(0);
    drop(collector);
    let _ = agent.cycle().exits(3);
    // They have not begun.
    agent.set_ceiling(&quiet(6));
    let _ = agent.cycle().exits(5);
}

/// Two users on a booted system whose accounts keep their homes to themselves.
#[cfg(target_os = "linux")]
#[test]
fn with_two_users_root_alone_sets_it_and_nothing_is_read_about_whom_it_names() {
    let starter = candor_tests::repository().join("packaging/policies/inventory.toml");
    let front = std::fs::read_to_string(starter).unwrap().split("[[collect]]").next().unwrap().to_owned();
    let collect = "[[collect]]\npurposes = [\"inventory\"]\naccounts = true\nfields = [\"package.name\", \"package.type\", \"x.package.user\"]\n";
    let collector = Collector::with_policy(&format!("{front}\n{collect}"));
    let Some(booted) = candor_tests::Booted::start() else { return };
    for account in ["anna", "ben", "carl"] {
        let _ = booted.run(&["useradd", "--create-home", account]).exits(0);
        let tool =
            booted.path(&format!("/home/{account}/Applications/Tool-of-{account}-1.0-x86_64.AppImage"));
        std::fs::create_dir_all(tool.parent().unwrap()).unwrap();
        std::fs::write(tool, "").unwrap();
        let home = format!("/home/{account}");
        let _ = booted.run(&["chown", "-hR", &format!("{account}:"), &home]).exits(0);
        let _ = booted.run(&["chmod", "0700", &home]).exits(0);
    }
    booted.start_sockets();
    collector.bundle(&booted.path("/root/bundle.json"));
    let _ = booted.run(&["candor", "enrol", "--bundle", "/root/bundle.json"]).exits(0);
    let preview = || booted.run(&["candor", "preview", "--format", "json"]).exits(0).out;
    let before = preview();
    assert!(
        ["anna", "ben", "carl"].iter().all(|name| before.contains(&format!("Tool-of-{name}"))),
        "{before}"
    );

    let uid = booted.run(&["id", "-u", "ben"]).exits(0).out.trim().to_owned();
    std::fs::create_dir_all(booted.path("/etc/candor")).unwrap();
    let text = format!("{EVERYTHING}[never]\naccounts = [\"ann?\", \"uid:{uid}\"]\n");
    std::fs::write(booted.path("/etc/candor/ceiling.toml"), text).unwrap();
    for user in ["carl", "candor"] {
        for verb in [&["candor", "ceiling", "set"][..], &["candor", "ceiling", "set", "--none"]] {
            let said = booted.run_as(user, verb).exits(3);
            assert!(
                said.err.contains("only root or the reader's own user may ask for this"),
                "{user}: {}",
                said.all()
            );
        }
    }
    let _ = booted.run(&["candor", "ceiling", "set"]).exits(0);
    let after = preview();
    assert!(after.contains("Tool-of-carl") && !after.contains("anna") && !after.contains("ben"), "{after}");
    assert!(!after.contains("failed") && !after.contains("denied"), "{after}");
    // Each hears of itself, and what waits for the collector names nobody.
    let shown = |user: &str| booted.run_as(user, &["candor", "ceiling", "show"]).exits(0).out;
    assert!(shown("anna").contains("ann? (this account)"), "{}", shown("anna"));
    assert!(!shown("carl").contains("ann?") && !shown("candor").contains("ann?"), "{}", shown("candor"));
    // That it was set is for everybody to know.
    for user in ["anna", "carl", "candor"] {
        let history =
            booted.run_as(user, &["candor", "policy", "history", "--format", "json"]).exits(0).json();
        assert_eq!(history["ceilings"][0]["change"], "set", "{user}: {history:#}");
        assert!(
            !history.to_string().contains("ann?") && !history.to_string().contains("uid:"),
            "{history:#}"
        );
    }
    let all = booted.run(&["candor", "ceiling", "show"]).exits(0).out;
    assert!(all.contains("ann?") && all.contains(&format!("uid:{uid}")), "{all}");
    let _ = booted.run_as("candor", &["candor", "run", "--once"]);
    let ledger = booted.run(&["sh", "-c", "cat /var/lib/candor/ledger/*"]).out;
    assert!(!ledger.contains("Tool-of-anna") && !ledger.contains("Tool-of-ben"), "{ledger}");
    // Taking over the process that talks to the collector does not lift it.
    let _ = booted.run_as("candor", &["rm", "-f", "/var/lib/candor-reader/ceiling.json"]);
    assert!(!preview().contains("Tool-of-anna"));
    let _ = booted.run(&["rm", "/var/lib/candor-reader/ceiling.json"]).exits(0);
    let gone = booted.run(&["candor", "preview"]).exits(3);
    assert!(
        gone.err.contains("ceiling.json is damaged") && gone.err.contains("candor ceiling set"),
        "{}",
        gone.all()
    );
}
