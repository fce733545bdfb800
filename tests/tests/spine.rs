//! The main job: signed policy → enrolment → report → ledger → receipt, with the real binaries.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, repository};
use serde_json::Value;

/// Compiles a schema with the catalogue's fields.
fn schema(of: &str) -> jsonschema::Validator {
    let path = repository().join(format!("collector-proto/schema/{of}.schema.json"));
    let text = std::fs::read_to_string(path).unwrap();
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

#[test]
fn two_cycles_bring_two_receipts_and_the_second_report_is_small() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let wire_bytes = || {
        let said = agent.run(&["run", "--once", "--format", "json"]).exits(0).json();
        said["receipted"][0]["wire_bytes"].as_u64().unwrap()
    };
    let (full, unchanged) = (wire_bytes(), wire_bytes());
    assert!(full > unchanged);
    assert!(unchanged < 1024, "an unchanged report has {unchanged} bytes on the wire");

    let list = agent.run(&["sent", "list", "--format", "json"]).exits(0).json();
    let states: Vec<&str> =
        list["lines"].as_array().unwrap().iter().map(|entry| entry["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["receipted", "receipted"]);

    // Byte for byte: what the person can read is what was sent and what was stored.
    let kept = agent.payloads();
    assert_eq!(kept.len(), 2);
    assert_eq!(collector.stored_payloads(), kept);
    assert_eq!(collector.stored_parts(), agent.parts());

    let second = &agent.reports()[1];
    for (name, section) in second["sections"].as_object().unwrap() {
        // Uptime and addresses may change between two cycles; what is installed does not.
        if name == "package" || name == "os" {
            assert_eq!(section.as_object().unwrap().keys().collect::<Vec<_>>(), ["digest"], "{name}");
        }
    }
    let _ = agent.run(&["sent", "verify"]).exits(0);
}

#[test]
fn real_reports_match_the_published_schema() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let _ = agent.cycle().exits(0);
    let (heads, parts) = (agent.payloads(), agent.parts());
    assert!(heads.len() == 2 && !parts.is_empty());
    for (of, documents) in [("report", heads), ("part", parts)] {
        let schema = schema(of);
        for document in documents {
            let document: Value = serde_json::from_slice(&document).unwrap();
            let faults: Vec<String> =
                schema.iter_errors(&document).map(|e| e.instance_path().to_string()).collect();
            assert!(faults.is_empty(), "{faults:?}");
        }
    }
}

#[test]
fn packages_are_those_that_dpkg_itself_lists() {
    let Ok(listed) = std::process::Command::new("dpkg-query")
        .args(["-W", "-f", "${db:Status-Status} ${Package} ${Version} ${Architecture}\n"])
        .output()
    else {
        // Not a Debian machine: the reader's golden roots cover the format.
        return;
    };
    let listed = String::from_utf8(listed.stdout).unwrap();
    let mut expected: Vec<String> =
        listed.lines().filter_map(|line| line.strip_prefix("installed ")).map(str::to_owned).collect();
    expected.sort();

    let agent = Agent::new();
    let policy = repository().join("packaging/policies/full.toml");
    let said =
        agent.run(&["preview", "--format", "json", "--policy", &policy.to_string_lossy()]).exits(0).json();
    let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
    let mut found: Vec<String> = said["sections"]["package"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["package.type"] == "deb")
        .map(|row| {
            let [name, version, architecture] =
                ["package.name", "package.version", "package.architecture"].map(|field| text(row, field));
            format!("{name} {version} {architecture}")
        })
        .collect();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn the_collector_knows_the_device_and_its_reports() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let devices = collector.json(&["device", "list"]);
    let report: Value = serde_json::from_slice(&agent.payloads()[0]).unwrap();
    assert!(devices.to_string().contains(report["device_id"].as_str().unwrap()), "{devices}");
    let reports = collector.json(&["report", "list"]);
    assert!(reports.to_string().contains(report["stream"].as_str().unwrap()), "{reports}");
    let _ = collector.json(&["report", "verify"]);
}

#[test]
fn exported_reports_are_standard_envelopes() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let folder = tempfile::tempdir().unwrap();
    let export = folder.path().join("export");
    let _ = agent.run(&["sent", "export", &export.to_string_lossy()]).exits(0);
    let (mut reports, mut parts) = (0, 0);
    for file in std::fs::read_dir(&export).unwrap() {
        let path = file.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        if path.to_string_lossy().ends_with(".part.json") {
            assert!(agent.parts().contains(&bytes), "{}", path.display());
            parts += 1;
            continue;
        }
        let envelope = collector_proto::envelope::Envelope::parse(&bytes, bytes.len()).unwrap();
        if envelope.payload_type().contains(".report.") {
            assert_eq!(envelope.unverified_payload().unwrap(), agent.payloads()[reports]);
            reports += 1;
        }
    }
    assert_eq!((reports, parts), (1, agent.parts().len()));
}

#[test]
fn a_second_enrolment_token_use_is_refused() {
    let collector = Collector::start();
    let (one, two) = (Agent::new(), Agent::new());
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.json");
    collector.bundle(&bundle);
    let bundle = bundle.to_string_lossy();
    let _ = one.run(&["enrol", "--bundle", &bundle, "--keep-bundle"]).exits(0);
    let said = two.run(&["enrol", "--bundle", &bundle]);
    assert_ne!(said.code, Some(0));
    assert!(said.err.contains("token"), "{}", said.err);
    assert_eq!(collector.json(&["device", "list"])["devices"].as_array().unwrap().len(), 1);
}

#[test]
fn preview_sends_nothing_and_stores_no_value() {
    let collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let journal = agent.state().join("reader/readings.jsonl");
    let state = || -> Vec<_> {
        tree(&agent.state())
            .into_iter()
            .filter(|(path, _)| *path != journal)
            .map(|(path, bytes)| (path, bytes.len()))
            .collect()
    };
    let before = state();
    let _ = agent.run(&["preview"]).exits(0);
    let shown = agent.run(&["preview", "--format", "json"]).exits(0).json();
    assert_eq!(state(), before);
    // That it was read is on record, and nothing of what was read.
    let record = std::fs::read_to_string(journal).unwrap();
    let name = shown["sections"]["os"][0]["os.name"].as_str().unwrap();
    assert!(record.contains("preview") && !record.contains(name), "{record}");
    assert!(collector.stored_payloads().is_empty());
}

/// Every file below a folder with its content.
fn tree(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    files.sort();
    files
}
