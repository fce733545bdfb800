//! Two contracts next to each other, with the real binaries: a later collector serves this agent, this collector serves a
//! later agent, and where the two are too far apart each says what has to be upgraded.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails where it stands")]

use candor_tests::{Agent, Collector, Message, OnAnswer, OnRequest, Relay, Said, resign};
use collector_proto::contract::{CONTRACT, CONTRACT_HEADER, Contract};
use collector_proto::envelope::{Envelope, SigningKey};
use collector_proto::http_signature::{self, Nonce, RequestParts};
use collector_proto::messages::{
    Bundle, DeviceRecord, EnrolmentRequest, Head, ProblemKind, Receipt, media, path,
};
use collector_proto::policy::PolicyDocument;
use collector_proto::policy::trust::TimestampDocument;
use collector_proto::time::UtcTime;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The contract after this one.
fn next() -> Contract {
    CONTRACT.newest_peer()
}

/// The contract after the next, which nothing here works with.
fn after_next() -> Contract {
    next().newest_peer()
}

/// What a later release writes that this one does not know.
fn add_members(document: &mut Value) {
    document["later"] = json!({ "deep": [{ "er": null }] });
}

/// The same, and it has to be understood.
fn add_required_members(document: &mut Value) {
    add_members(document);
    document["requires"] = json!(["later"]);
}

/// A collector whose policy holds members that this program does not know.
fn collector() -> Collector {
    let inventory =
        std::fs::read_to_string(candor_tests::repository().join("packaging/policies/inventory.toml"))
            .unwrap();
    let mut collector = Collector::initialised();
    let mut policy = serde_json::to_value(collector.sign(&inventory)).unwrap();
    resign::<PolicyDocument>(&mut policy, &collector.key("offline/policy"), |policy| {
        add_members(policy);
        add_members(&mut policy["rules"][0]);
    });
    collector.publish_signed(&serde_json::from_value(policy).unwrap());
    collector.serve();
    collector
}

/// The changes that make a collector's answers those of the next contract: the number, and members in every message and in
/// every document that is signed on line.
fn as_later_collector(collector: &Collector) -> Box<OnAnswer> {
    let (receipt, timestamp) = (collector.key("keys/receipt"), collector.key("keys/timestamp"));
    Box::new(move |path, answer| {
        answer.set(CONTRACT_HEADER, Some(&next().to_string()));
        let good = answer.is_good();
        answer.edit(|body| {
            match path {
                path::ENROL if good => {
                    resign::<DeviceRecord>(&mut body["device"], &receipt, add_members);
                    resign::<TimestampDocument>(&mut body["documents"]["timestamp"], &timestamp, add_members);
                    add_members(&mut body["documents"]);
                }
                path::POLICY if good => {
                    resign::<TimestampDocument>(&mut body["timestamp"], &timestamp, add_members);
                }
                path::REPORTS if good => resign::<Receipt>(body, &receipt, add_members),
                path::HEAD if good => resign::<Head>(body, &receipt, add_members),
                _ => {}
            }
            add_members(body);
        });
    })
}

fn passed_on() -> Box<OnRequest> {
    Box::new(|_| None)
}

fn unchanged() -> Box<OnAnswer> {
    Box::new(|_, _| ())
}

/// Enrols a device with a bundle that holds members which this program does not know.
fn enrolled(collector: &Collector) -> Agent {
    let agent = Agent::new();
    let _ = enrol(&agent, collector).exits(0);
    agent
}

fn enrol(agent: &Agent, collector: &Collector) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let bundle = folder.path().join("bundle.json");
    collector.bundle(&bundle);
    let mut signed: Value = serde_json::from_slice(&std::fs::read(&bundle).unwrap()).unwrap();
    resign::<Bundle>(&mut signed, &collector.key("offline/root"), |document| {
        add_members(document);
        add_members(&mut document["collector"]);
        add_members(&mut document["enrolment"]);
    });
    std::fs::write(&bundle, signed.to_string()).unwrap();
    agent.run(&["enrol", "--bundle", &bundle.to_string_lossy()])
}

/// Everything that was recorded was stored, byte for byte, and verifies.
#[track_caller]
fn delivered(agent: &Agent, collector: &Collector, reports: usize) {
    assert_eq!(agent.payloads().len(), reports);
    assert_eq!(agent.unreceipted(), 0);
    assert_eq!(collector.stored_payloads(), agent.payloads());
    assert_eq!(collector.stored_parts(), agent.parts());
    let _ = agent.run(&["sent", "verify", "--online"]).exits(0);
}

/// Every request carried this number.
#[track_caller]
fn announced(relay: &Relay, contract: Contract) {
    let requests = relay.requests();
    assert!(!requests.is_empty());
    for request in requests {
        assert_eq!(
            request.header(CONTRACT_HEADER),
            Some(&*contract.to_string()),
            "{} of another contract",
            request.path()
        );
    }
}

#[test]
fn a_later_collector_serves_this_agent() {
    let mut collector = collector();
    let later = as_later_collector(&collector);
    let relay = Relay::before(&mut collector, passed_on(), later);
    let agent = enrolled(&collector);
    for _ in 0..2 {
        let _ = agent.cycle().exits(0);
    }
    delivered(&agent, &collector, 2);
    announced(&relay, CONTRACT);
    // What the device keeps is what the later collector signed, members and all.
    let receipt: Envelope =
        serde_json::from_slice(&std::fs::read(agent.ledger().join("0000000002.receipt")).unwrap()).unwrap();
    let receipt: Value = serde_json::from_slice(&receipt.unverified_payload().unwrap()).unwrap();
    assert!(receipt["later"].is_object(), "{receipt}");
    let status = agent.run(&["status", "--format", "json"]).exits(0).json();
    assert_eq!(status["contract"], json!({ "own": 1, "collector": 2 }), "{status}");
    assert!(status["refused"].is_null(), "{status}");
    let _ = agent.run(&["doctor"]).exits(0);
}

#[test]
fn what_a_later_collector_requires_is_refused_and_nothing_is_lost() {
    let mut collector = collector();
    let receipts = collector.key("keys/receipt");
    let timestamps = collector.key("keys/timestamp");
    let what = std::sync::Arc::new(std::sync::Mutex::new(""));
    let asked = std::sync::Arc::clone(&what);
    let on_answer: Box<OnAnswer> = Box::new(move |path, answer| {
        answer.set(CONTRACT_HEADER, Some(&next().to_string()));
        match *asked.lock().unwrap() {
            "receipt" if path == path::REPORTS => {
                answer.edit(|body| resign::<Receipt>(body, &receipts, add_required_members));
            }
            "timestamp" if path == path::POLICY => answer.edit(|body| {
                resign::<TimestampDocument>(&mut body["timestamp"], &timestamps, add_required_members);
            }),
            "answer" if path == path::POLICY => answer.edit(add_required_members),
            "problem" if path == path::POLICY => {
                let body = serde_json::to_vec(&ProblemKind::NotUnderstood.problem(None)).unwrap();
                *answer = Message::answer(ProblemKind::NotUnderstood.status(), body);
                answer.set("content-type", Some(media::PROBLEM));
                answer.set(CONTRACT_HEADER, Some(&next().to_string()));
            }
            _ => {}
        }
    });
    let _relay = Relay::before(&mut collector, passed_on(), on_answer);
    let agent = enrolled(&collector);
    let _ = agent.cycle().exits(0);

    *what.lock().unwrap() = "receipt";
    let said = agent.cycle().exits(1);
    assert!(said.err.contains("needs a newer Candor"), "{}", said.err);
    assert_eq!((agent.payloads().len(), agent.unreceipted()), (2, 1));

    *what.lock().unwrap() = "";
    let _ = agent.cycle().exits(0);
    delivered(&agent, &collector, 3);

    for (document, reports) in ["problem", "answer", "timestamp"].into_iter().zip(3..) {
        *what.lock().unwrap() = document;
        let said = agent.cycle().exits(3);
        assert!(said.err.contains("needs a newer Candor"), "{document}: {}", said.err);
        // The device knows it without the collector as well.
        collector.kill();
        let said = agent.cycle().exits(3);
        assert!(said.err.contains("needs a newer Candor"), "{document}: {}", said.err);
        let status = agent.run(&["status", "--format", "json"]).exits(0).json();
        assert_eq!(status["refused"]["code"], "not_understood", "{document}: {status}");
        let doctor = agent.run(&["doctor", "--offline"]).exits(1);
        assert!(doctor.out.contains("needs a newer Candor"), "{document}: {}", doctor.out);
        assert_eq!(agent.payloads().len(), reports, "{document}: something was recorded");
        collector.serve();
        // Documents that it understands end it.
        *what.lock().unwrap() = "";
        let _ = agent.cycle().exits(0);
        delivered(&agent, &collector, reports + 1);
    }
}

/// Answers as a collector that takes nothing older than the next contract.
fn takes_next_and_above() -> Box<OnRequest> {
    Box::new(|_| {
        let detail = format!("contract {CONTRACT} is too old; this collector takes {} or newer", next());
        let problem = ProblemKind::Contract.problem(format!("{detail}; upgrade the agent"));
        let body = serde_json::to_vec(&problem).unwrap();
        let mut answer = Message::answer(ProblemKind::Contract.status(), body);
        answer.set("content-type", Some(media::PROBLEM));
        answer.set(CONTRACT_HEADER, Some(&after_next().to_string()));
        Some(answer)
    })
}

#[test]
fn a_collector_that_speaks_only_a_later_contract_is_named_and_the_report_is_kept() {
    let mut collector = collector();
    let agent = enrolled(&collector);
    let _ = agent.cycle().exits(0);
    // The collector is upgraded twice while the agent stays.
    let own_port = collector.port();
    let relay = Relay::before(&mut collector, takes_next_and_above(), unchanged());
    point(&agent, own_port, relay.port());
    let said = agent.cycle().exits(5);
    assert!(said.err.contains("upgrade the agent"), "{}", said.err);
    assert_eq!(agent.unreceipted(), 1);
    let status = agent.run(&["status"]).exits(0);
    assert!(status.out.contains("this program has to be upgraded"), "{}", status.out);
    let doctor = agent.run(&["doctor"]).exits(1);
    assert!(doctor.out.contains("upgrade the agent"), "{}", doctor.all());
    let stranger = Agent::new();
    let refused = enrol(&stranger, &collector);
    assert_ne!(refused.code, Some(0));
    assert!(refused.err.contains("upgrade the agent"), "{}", refused.err);
}

#[test]
fn a_collector_whose_good_answers_are_of_too_late_a_contract_is_named_and_the_report_is_kept() {
    let mut collector = collector();
    let agent = enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let mut before = collector.port();
    for (number, told) in
        [(Some(after_next()), "this program has to be upgraded"), (None, "does not say what it understands")]
    {
        let number = number.map(|number| number.to_string());
        let on_answer: Box<OnAnswer> =
            Box::new(move |_, answer| answer.set(CONTRACT_HEADER, number.as_deref()));
        let relay = Relay::before(&mut collector, passed_on(), on_answer);
        point(&agent, before, relay.port());
        before = relay.port();
        let waiting = agent.unreceipted();
        let said = agent.cycle().exits(5);
        assert!(said.err.contains(told), "{}", said.err);
        assert_eq!(agent.unreceipted(), waiting + 1);
    }
}

/// Has an enrolled device look for its collector at another port.
fn point(agent: &Agent, from: u16, to: u16) {
    let path = agent.state().join("enrolment.json");
    let text = std::fs::read_to_string(&path).unwrap();
    let moved = text.replace(&format!("https://localhost:{from}"), &format!("https://localhost:{to}"));
    assert_ne!(moved, text, "the device knows no collector at {from}");
    std::fs::write(path, moved).unwrap();
}

/// The changes that make this agent's requests those of another contract: the number, signed where the request is, and
/// members in the enrolment.
fn as_agent_of(contract: Contract, state: PathBuf) -> Box<OnRequest> {
    Box::new(move |request| {
        request.set(CONTRACT_HEADER, Some(&contract.to_string()));
        match request.path() {
            path::ENROL => {
                let key = device_key(&state);
                request.edit(|envelope| {
                    resign::<EnrolmentRequest>(envelope, &key, |document| {
                        add_members(document);
                        document["contract"] = json!(contract);
                    });
                    add_members(envelope);
                });
            }
            path @ (path::POLICY | path::HEAD) => {
                let (method, path) = ("GET", path.to_owned());
                let authority = request.header("host").unwrap().to_owned();
                let query = request.query().map(str::to_owned);
                let query = query.as_deref();
                let parts = RequestParts { method, authority: &authority, path: &path, query, contract };
                // The answer may repeat it.
                let input = request.header("signature-input").unwrap();
                let nonce = input.split("nonce=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                let nonce = Nonce::parse(nonce).unwrap();
                let now = UtcTime::from_system(SystemTime::now());
                let signed = http_signature::sign(parts, None, &device_key(&state), now, &nonce).unwrap();
                for (name, value) in signed.iter() {
                    request.set(name, Some(value));
                }
            }
            _ => {}
        }
        None
    })
}

fn device_key(state: &Path) -> SigningKey {
    SigningKey::from_pkcs8(&std::fs::read(state.join("device.key")).unwrap()).unwrap()
}

#[test]
fn this_collector_serves_a_later_agent() {
    let mut collector = collector();
    let agent = Agent::new();
    let later = as_agent_of(next(), agent.state());
    let on_answer: Box<OnAnswer> = Box::new(|path, answer| {
        assert_eq!(answer.header(CONTRACT_HEADER), Some(&*CONTRACT.to_string()), "{path}");
    });
    let _relay = Relay::before(&mut collector, later, on_answer);
    let _ = enrol(&agent, &collector).exits(0);
    let contract = |collector: &Collector| {
        let devices = collector.json(&["device", "list"])["devices"].clone();
        devices[0]["contract"].as_u64().unwrap()
    };
    assert_eq!(contract(&collector), 2, "the enrolment says it");
    for _ in 0..2 {
        let _ = agent.cycle().exits(0);
    }
    delivered(&agent, &collector, 2);
    assert_eq!(contract(&collector), 2);
}

#[test]
fn an_agent_that_is_upgraded_is_known_by_its_next_signed_request() {
    let mut collector = collector();
    let agent = enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let contract = |collector: &Collector| {
        collector.json(&["device", "list"])["devices"][0]["contract"].as_u64().unwrap()
    };
    assert_eq!(contract(&collector), 1);
    let own_port = collector.port();
    let relay = Relay::before(&mut collector, as_agent_of(next(), agent.state()), unchanged());
    point(&agent, own_port, relay.port());
    let _ = agent.cycle().exits(0);
    assert_eq!(contract(&collector), 2);
    delivered(&agent, &collector, 2);
}

#[test]
fn an_agent_of_too_late_a_contract_or_of_none_is_told_so() {
    let mut collector = collector();
    let agent = enrolled(&collector);
    let _ = agent.cycle().exits(0);
    let mut before = collector.port();
    let none: Box<OnRequest> = Box::new(|request| {
        request.set(CONTRACT_HEADER, None);
        None
    });
    for (waiting, (on_request, told)) in [
        (as_agent_of(after_next(), agent.state()), "upgrade the collector"),
        (none, "the header Candor-Contract is missing"),
    ]
    .into_iter()
    .enumerate()
    {
        let relay = Relay::before(&mut collector, on_request, unchanged());
        point(&agent, before, relay.port());
        before = relay.port();
        let said = agent.cycle().exits(5);
        assert!(said.err.contains(told), "{}", said.err);
        assert_eq!(agent.unreceipted(), waiting + 1);
        assert_eq!(collector.stored_payloads().len(), 1);
    }
}
