//! A collector that is away, wrong or broken: the report is kept, exit 5, and the next cycle delivers it.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Fault, FaultServer, Said, resign};
use collector_proto::messages::Bundle;

/// Holds for a collector that misbehaves from the first request on, and for one that does so when the report arrives.
#[track_caller]
fn kept_through(fault: &Fault) -> Said {
    let _ = kept(fault, false);
    kept(fault, true)
}

/// Runs a cycle against a collector that misbehaves, then one against the real one, and asserts that nothing was lost.
#[track_caller]
fn kept(fault: &Fault, knows_the_policy: bool) -> Said {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    let _ = agent.cycle().exits(0);
    std::fs::write(agent.state().join("config.toml"), "request_timeout = \"3s\"\n").unwrap();
    collector.kill();
    let documents = knows_the_policy.then(|| serde_json::to_vec(&agent.documents()).unwrap());
    let (certificate, key) = collector.certificate();
    let server = FaultServer::start(collector.port(), fault.clone(), documents, &certificate, &key);
    // A receipt that does not verify is a forgery, not a fault of the network.
    let forged = knows_the_policy && matches!(fault, Fault::Answer(200, ..));
    let said = agent.cycle().exits(if forged { 4 } else { 5 });
    assert_eq!(agent.unreceipted(), 1, "the report is not kept: {}", said.all());
    match fault {
        Fault::PlainHttp | Fault::WrongAuthority => {
            assert_eq!(server.requests(), 0, "bytes went to a stranger");
        }
        Fault::Answer(..) | Fault::InTurn(_) | Fault::Truncate | Fault::Hang => {
            assert!(server.requests() > 0, "nothing was asked");
        }
    }
    drop(server);
    let status = agent.run(&["status", "--format", "json"]).json();
    assert_eq!(status["ledger"]["pending"], 1, "{status}");
    delivered_later(&mut collector, &agent);
    said
}

/// The real collector comes back; everything in the ledger reaches it, once.
#[track_caller]
fn delivered_later(collector: &mut Collector, agent: &Agent) {
    collector.serve();
    let _ = agent.cycle().exits(0);
    assert_eq!(agent.unreceipted(), 0);
    assert_eq!(collector.stored_payloads(), agent.payloads());
}

#[test]
fn a_collector_that_is_away() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    collector.kill();
    let said = agent.cycle().exits(5);
    assert!(said.err.contains("localhost"), "{}", said.err);
    let _ = agent.cycle().exits(5);
    assert_eq!(agent.unreceipted(), 2);
    delivered_later(&mut collector, &agent);
    assert_eq!(agent.payloads().len(), 3);
}

#[test]
fn a_certificate_of_another_authority() {
    let said = kept_through(&Fault::WrongAuthority);
    assert!(said.err.contains("certificate"), "{}", said.err);
}

#[test]
fn a_server_without_tls() {
    kept_through(&Fault::PlainHttp);
}

#[test]
fn a_server_that_hangs() {
    kept_through(&Fault::Hang);
}

#[test]
fn a_truncated_answer() {
    kept_through(&Fault::Truncate);
}

#[test]
fn status_413() {
    kept_through(&Fault::Answer(413, "", ""));
}

#[test]
fn status_429_with_a_time_to_wait() {
    let said = kept_through(&Fault::Answer(429, "Retry-After: 30\r\n", ""));
    assert!(said.err.contains("30"), "{}", said.err);
}

#[test]
fn status_500() {
    kept_through(&Fault::Answer(500, "", "<html>oops</html>"));
}

#[test]
fn a_receipt_that_nobody_signed() {
    kept_through(&Fault::Answer(
        200,
        "Content-Type: application/vnd.dsse.envelope+json\r\n",
        r#"{"payload":"e30=","payloadType":"application/vnd.candor.receipt.v1+json","signatures":[]}"#,
    ));
}

/// OpenSSL's own server, which offers nothing above TLS 1.2.
#[test]
fn a_server_that_knows_only_tls_1_2() {
    let mut collector = Collector::start();
    let agent = Agent::enrolled(&collector);
    collector.kill();
    let (certificate, key) = collector.certificate();
    let mut server = std::process::Command::new("openssl")
        .args(["s_server", "-tls1_2", "-www", "-accept", &format!("127.0.0.1:{}", collector.port())])
        .arg("-cert")
        .arg(&certificate)
        .arg("-key")
        .arg(&key)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("openssl starts; `cargo xtask test` installs it");
    for _ in 0..500 {
        if std::net::TcpStream::connect(("127.0.0.1", collector.port())).is_ok() {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let said = agent.cycle();
    server.kill().unwrap();
    server.wait().unwrap();
    let said = said.exits(5);
    assert!(said.err.contains("TLS"), "{}", said.err);
    assert_eq!(agent.unreceipted(), 1);
    delivered_later(&mut collector, &agent);
}

#[test]
fn a_plain_http_address_in_the_bundle_is_refused() {
    let collector = Collector::start();
    let agent = Agent::new();
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.json");
    collector.bundle(&bundle);
    let mut signed = serde_json::from_slice(&std::fs::read(&bundle).unwrap()).unwrap();
    resign::<Bundle>(&mut signed, &collector.key("offline/root"), |document| {
        let url = document["collector"]["urls"][0].as_str().unwrap().replace("https://", "http://");
        document["collector"]["urls"][0] = url.into();
    });
    std::fs::write(&bundle, signed.to_string()).unwrap();
    let said = agent.run(&["enrol", "--bundle", &bundle.to_string_lossy()]);
    assert_ne!(said.code, Some(0));
    assert!(said.err.contains("https"), "{}", said.err);
    assert_eq!(collector.json(&["device", "list"])["devices"].as_array().unwrap().len(), 0);
}
