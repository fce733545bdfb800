//! Reports as they come in: what is stored and receipted, and what is refused with nothing stored.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use axum::http::StatusCode;
use candor_collector::collector::Load;
use candor_collector::reverify::reverify;
use collector_proto::catalog::{Attack, DocumentKind, Section};
use collector_proto::digest::Digest;
use collector_proto::envelope::{DSSE_SIGNATURE, SigningKey};
use collector_proto::messages::{
    DailyReading, ProblemKind, RefusedDocument, SectionBody, StandingParts, media,
};
use collector_proto::policy::PolicyRef;
use collector_proto::time::UtcTime;
use collector_proto::value::{Row, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use support::{
    Answer, Device, Draft, SALT, World, digest_of, field, full, hashed, os, package, part, row, sections,
};

fn packages(rows: &[(&str, &str)]) -> (Section, SectionBody) {
    (Section::Package, full(rows.iter().map(|(name, version)| package(name, version)).collect()))
}

#[tokio::test]
async fn a_report_is_stored_byte_for_byte_and_receipted() {
    let world = World::new();
    let mut device = world.enrol().await;
    let sealed = device.seal(&device.report(&world, sections([os(), packages(&[("curl", "7.88.1")])])));
    let receipt = world.post(&sealed).await.receipt(&world);
    assert_eq!(receipt.report_sha256, sealed.digest());
    assert_eq!(
        (receipt.device_id, receipt.stream.as_str(), receipt.seq),
        (device.id, device.stream.as_str(), 1)
    );
    assert_eq!(receipt.received_at, world.now().to_minute());
    // Packages serve `security`, kept for 90 days, longer than the 30 of `stock`.
    let dates = [30, 90].map(|days| (part(days).retention, receipt.received_at.plus_seconds(days * 86_400)));
    assert_eq!(receipt.values_until, BTreeMap::from(dates));
    assert_eq!(receipt.records_until, receipt.received_at.plus_seconds(400 * 86_400));
    assert_eq!(receipt.policy_version_current, 1);
    assert_eq!(receipt.collector, world.collector.id());
    assert_eq!(receipt.gap_from, None);
    let stored = world.store().report(1).await.unwrap().unwrap();
    assert_eq!(stored.payload, sealed.payload());
    let parts: Vec<_> = stored.parts.into_iter().map(|part| part.payload.unwrap()).collect();
    assert_eq!(parts, sealed.parts);
    let outcome = reverify(world.store()).await.unwrap();
    assert_eq!((outcome.reports, outcome.devices, outcome.sections), (1, 1, 2));
    assert_eq!(outcome.faults, []);
}

#[tokio::test]
async fn the_same_report_gets_the_same_receipt() {
    let world = World::new();
    let mut device = world.enrol().await;
    let sealed = device.seal(&device.report(&world, sections([os()])));
    let first = world.post(&sealed).await;
    world.pass(7200);
    // Whatever happened since: a newer report, other rows, a newer policy.
    device.deliver(&world, sections([packages(&[("curl", "8")])])).await;
    world.publish(&hashed(2));
    let again = world.post(&sealed).await;
    assert_eq!(again.status, StatusCode::OK);
    assert_eq!(again.body, first.body);
    assert_eq!(world.stored(), 2);
}

#[tokio::test]
async fn another_report_of_the_same_number_is_an_equivocation() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let mut clone = device.report(&world, sections([packages(&[("curl", "7")])]));
    (clone.seq, clone.prev) = (1, None);
    let answer = world.post(&device.sign(&clone)).await;
    assert_eq!(answer.kind(), ProblemKind::Equivocation);
    assert_eq!(world.events(), ["equivocation"]);
    assert_eq!(world.stored(), 1);
    // The cure: another stream.
    let mut healed = Device { stream: "aa".repeat(16), seq: 0, prev: None, ..device };
    assert_eq!(healed.deliver(&world, sections([os()])).await.seq, 1);
}

#[tokio::test]
async fn a_report_that_does_not_follow_the_stored_one_is_refused() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let mut report = device.report(&world, sections([os()]));
    report.prev = Some(Digest::of(b"another history"));
    let answer = world.post(&device.sign(&report)).await;
    assert_eq!(answer.kind(), ProblemKind::Equivocation);
    assert_eq!(world.events(), ["broken_chain"]);
    assert_eq!(world.stored(), 1);
}

#[tokio::test]
async fn a_gap_is_taken_and_named_and_can_be_filled() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([packages(&[("curl", "1")])])).await;
    let second = device.seal(&device.report(&world, sections([packages(&[("curl", "2")])])));
    let _third = device.seal(&device.report(&world, sections([packages(&[("curl", "3")])])));
    let fourth = device.deliver(&world, sections([packages(&[("curl", "4")])])).await;
    assert_eq!(fourth.gap_from, Some(2));
    let late = world.post(&second).await.receipt(&world);
    assert_eq!((late.seq, late.gap_from), (2, None));
    // The late report does not turn the current rows back.
    let held = world.store().sections(device.id).await.unwrap();
    assert_eq!(held[0].rows.rows, [package("curl", "4")]);
    // A late report that the stored successor does not follow is another history.
    let mut forged = device.report(&world, sections([packages(&[("curl", "0")])]));
    (forged.seq, forged.prev) = (3, Some(second.digest()));
    assert_eq!(world.post(&device.sign(&forged)).await.kind(), ProblemKind::Equivocation);
    assert_eq!(world.faults(), []);
}

#[tokio::test]
async fn differences_build_on_stored_rows_and_unchanged_sections_keep_them() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os(), packages(&[("a", "1"), ("b", "1"), ("c", "1")])])).await;
    let mut before = vec![package("a", "1"), package("b", "1"), package("c", "1")];
    let mut after = vec![package("a", "1"), package("b", "2"), package("d", "1")];
    let (base, digest) = (digest_of(&mut before), digest_of(&mut after));
    let difference = SectionBody::Difference {
        salt: SALT,
        digest,
        base,
        upsert: vec![package("b", "2"), package("d", "1")],
        remove: vec!["deb:b:amd64:1".to_owned(), "deb:c:amd64:1".to_owned()],
    };
    let unchanged = SectionBody::Unchanged { digest: os().1.digest() };
    let held = sections([(Section::Os, unchanged.clone()), (Section::Package, difference.clone())]);
    device.deliver(&world, held).await;
    let rows = world.store().sections(device.id).await.unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].rows.rows, after);
    // The same difference again builds on rows that are not there any more.
    let report = device.report(&world, sections([(Section::Os, unchanged), (Section::Package, difference)]));
    let answer = world.post(&device.sign(&report)).await;
    assert_eq!(answer.kind(), ProblemKind::Resync);
    assert_eq!(answer.problem().parts, BTreeSet::from([part(90).to_string()]));
    assert_eq!(world.stored(), 2);
    assert!(world.events().is_empty());
}

#[tokio::test]
async fn wrong_differences_and_digests_are_refused() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([packages(&[("a", "1"), ("b", "1")])])).await;
    let mut before = vec![package("a", "1"), package("b", "1")];
    let base = digest_of(&mut before);
    let after = |mut rows: Vec<Row>| digest_of(&mut rows);
    let difference = |digest, upsert, remove: &[&str]| SectionBody::Difference {
        salt: SALT,
        digest,
        base,
        upsert,
        remove: remove.iter().map(|key| (*key).to_owned()).collect(),
    };
    let kept = after(vec![package("a", "1")]);
    let bodies = [
        ("a digest that is not of the rows", difference(Digest::of(b"x"), vec![], &["deb:b:amd64:1"])),
        ("removes a row that is not there", difference(kept, vec![], &["deb:z:amd64:1"])),
        ("removes twice", difference(kept, vec![], &["deb:b:amd64:1", "deb:b:amd64:1"])),
        ("unsorted", difference(base, vec![package("b", "1"), package("a", "1")], &[])),
        ("the same key twice", difference(base, vec![package("a", "1"), package("a", "1")], &[])),
        ("removes and puts back", difference(base, vec![package("b", "1")], &["deb:b:amd64:1"])),
        ("no key", difference(base, vec![row(&[("package.install_scope", "global")])], &[])),
    ];
    for (why, body) in bodies {
        let report = device.report(&world, sections([(Section::Package, body)]));
        let answer = world.post(&device.sign(&report)).await;
        assert_eq!(answer.kind(), ProblemKind::Invalid, "{why}");
    }
    assert_eq!(world.stored(), 1);
}

/// Changes the next report of a device.
type Change<'a> = &'a dyn Fn(&mut Draft);

async fn refusal(world: &World, device: &Device, change: Change<'_>) -> ProblemKind {
    let mut report = device.report(world, sections([os()]));
    change(&mut report);
    let answer = world.post(&device.sign(&report)).await;
    assert_ne!(answer.status, StatusCode::OK);
    answer.kind()
}

#[tokio::test]
async fn over_collection_is_refused_and_nothing_is_stored() {
    let world = World::new();
    let hashed = world.publish(&hashed(2));
    let device = world.enrol().await;
    let one = |values: &[(&str, &str)]| full(vec![row(values)]);
    let raw_mac = one(&[("host.mac", "00-11-22-33-44-55")]);
    let changes: [(&str, Change<'_>); 9] = [
        ("a field without a rule", &|r| r.insert(Section::Os, one(&[("os.type", "linux")]))),
        ("a section without a rule", &|r| {
            r.insert(Section::User, SectionBody::Unchanged { digest: Digest::of(b"[]") });
        }),
        ("an absent field without a rule", &|r| {
            r.absent.extend([(field("user.name").into(), support::UNAVAILABLE)]);
        }),
        ("a raw value under a keyed hash", &|r| {
            r.policy = hashed.into();
            r.insert(Section::Network, raw_mac.clone());
        }),
        ("a key field that the version lacks", &|r| {
            r.policy = hashed.into();
            r.insert(Section::Network, one(&[("network.interface.name", "eth0")]));
        }),
        ("a name that spells a denied address", &|r| {
            r.insert(Section::Network, one(&[("network.interface.name", "wg-192-0-2-7")]));
        }),
        ("a version that spells a denied hardware address", &|r| {
            r.insert(Section::Os, one(&[("os.version", "12 00:11:22:33:44:55")]));
            r.policy = hashed.into();
        }),
        ("a text that holds a denied e-mail address", &|r| {
            r.insert(Section::Os, one(&[("os.name", "Debian of anna@example.org")]));
        }),
        ("a value of another type", &|r| {
            let mut row = Row::new();
            row.insert(field("os.version"), Value::Integer(12));
            r.insert(Section::Os, full(vec![row]));
        }),
    ];
    for (why, change) in changes {
        assert_eq!(refusal(&world, &device, change).await, ProblemKind::OverCollection, "{why}");
    }
    assert_eq!(world.stored(), 0);
    assert_eq!(world.events(), ["over_collection"]);
    assert_eq!(world.security_events()[0].count, 9);
    let everything = std::fs::read(world.dir().database()).unwrap();
    let log = std::fs::read(world.dir().database().with_extension("db-wal")).unwrap_or_default();
    for file in [everything, log] {
        assert!(!file.windows(17).any(|bytes| bytes == b"00-11-22-33-44-55"), "a refused value is on disk");
    }
}

#[tokio::test]
async fn rows_of_a_wider_policy_cannot_be_kept_by_reference() {
    let mut world = World::new();
    let mut device = world.enrol().await;
    let network = full(vec![row(&[("network.interface.name", "eth0")])]);
    device.deliver(&world, sections([(Section::Network, network.clone())])).await;
    world.policy = world.publish(&hashed(2));
    let unchanged = SectionBody::Unchanged { digest: network.digest() };
    let report = device.report(&world, sections([(Section::Network, unchanged)]));
    let answer = world.post(&device.sign(&report)).await;
    assert_eq!(answer.kind(), ProblemKind::OverCollection);
    // A report without the section clears it.
    device.deliver(&world, sections([os()])).await;
    let held = world.store().sections(device.id).await.unwrap();
    assert!(held.iter().all(|held| held.section == Section::Os));
}

#[tokio::test]
async fn reports_for_others_are_refused() {
    let world = World::new();
    let device = world.enrol().await;
    let version_2 = PolicyRef { version: 2, ..world.policy };
    let foreign = PolicyRef::new(1, Digest::of(b"never issued"));
    let other_group = world.publish(&support::POLICY.replace("[policy]", "[policy]\ngroup = \"servers\""));
    let cases: [(ProblemKind, Change<'_>); 4] = [
        (ProblemKind::WrongAudience, &|r| r.aud = "another".to_owned()),
        (ProblemKind::UnknownPolicy, &|r| r.policy = foreign.into()),
        (ProblemKind::UnknownPolicy, &|r| r.policy = version_2.into()),
        (ProblemKind::UnknownPolicy, &|r| r.policy = other_group.into()),
    ];
    for (kind, change) in cases {
        assert_eq!(refusal(&world, &device, change).await, kind);
    }
    assert_eq!(world.events(), ["wrong_audience", "unknown_policy"]);
    assert_eq!(world.stored(), 0);
}

#[tokio::test]
async fn the_head_of_a_report_is_checked() {
    let world = World::new();
    let device = world.enrol().await;
    let second = |r: &mut Draft, seq| (r.seq, r.prev) = (seq, Some(Digest::of(b"")));
    let cases: [(&str, Change<'_>); 9] = [
        ("number 0", &|r| r.seq = 0),
        ("number 2^53", &|r| second(r, 1 << 53)),
        ("number 2^63", &|r| second(r, 1 << 63)),
        ("the last number", &|r| second(r, u64::MAX)),
        ("a first report with a predecessor", &|r| r.prev = Some(Digest::of(b""))),
        ("a second one without", &|r| r.seq = 2),
        ("a stream in capitals", &|r| r.stream = "0F".repeat(16)),
        ("a stream that is text", &|r| r.stream = "../../etc".to_owned()),
        ("a time with seconds", &|r| r.created = r.created.plus_seconds(1)),
    ];
    for (why, change) in cases {
        assert_eq!(refusal(&world, &device, change).await, ProblemKind::Invalid, "{why}");
    }
    assert_eq!(world.stored(), 0);
}

#[tokio::test]
async fn attack_low_no_report_names_a_time_that_cannot_be() {
    const DAY: u64 = 86_400;
    let world = World::new();
    let mut device = world.enrol().await;
    let now = world.now().to_minute();
    let ago = |days: i64| UtcTime::from_unix(now.unix() - days * 86_400).to_minute();
    let (past, century) = (UtcTime::from_unix(0), now.plus_seconds(100 * 365 * DAY));
    let refused = |first: UtcTime, last: UtcTime| RefusedDocument {
        attack: Attack::Rollback,
        document: DocumentKind::Policy,
        offered: None,
        held: None,
        first: first.to_day(),
        last: last.to_day(),
    };
    let cases: [(&str, Change<'_>); 8] = [
        ("of 1970", &|r| r.created = past),
        ("of longer ago than anything waits", &|r| r.created = ago(32)),
        ("of the next century", &|r| r.created = century),
        ("of the day after tomorrow", &|r| r.created = now.plus_seconds(2 * DAY)),
        ("a reading of 1970", &|r| r.daily = Some(DailyReading::Kept(past))),
        ("a reading to come", &|r| r.daily = Some(DailyReading::Read(century))),
        ("a refusal to come", &|r| r.refused = vec![refused(now, century)]),
        ("a refusal that ended before it began", &|r| r.refused = vec![refused(now, ago(2))]),
    ];
    for (why, change) in cases {
        let mut draft = device.report(&world, sections([os()]));
        change(&mut draft);
        let answer = world.post(&device.sign(&draft)).await;
        assert_eq!(answer.kind(), ProblemKind::Invalid, "{why}");
        assert!(answer.text().contains("a time that the report names"), "{why}: {}", answer.text());
    }
    assert_eq!(world.stored(), 0);
    assert_eq!(world.events(), ["invalid_report"]);
    // What waited for a month, and a clock that is off by hours, are honest; and what was refused years ago is told when it can be.
    for created in [ago(30), now.plus_seconds(DAY / 2)] {
        let mut draft = device.report(&world, sections([os()]));
        draft.created = created;
        draft.refused = vec![refused(ago(3 * 365), now)];
        let _ = world.post(&device.seal(&draft)).await.receipt(&world);
    }
}

#[tokio::test]
async fn signed_bytes_that_are_not_a_report_are_refused() {
    let world = World::new();
    let device = world.enrol().await;
    let draft = device.report(&world, sections([os()]));
    let good = String::from_utf8(serde_json::to_vec(&draft.finished()).unwrap()).unwrap();
    let name = part(30).to_string();
    let broken = [
        ("a doubled name", good.replace("\"seq\":1", "\"seq\":1,\"seq\":1")),
        ("an unknown name", good.replace("\"seq\":1", "\"seq\":1,\"fridge\":1")),
        ("a part that nobody can name", good.replace(&name, "fridge")),
        ("another format", good.replace("\"v\":1", "\"v\":2")),
        ("truncated", good[..good.len() - 1].to_owned()),
        ("not JSON", "report".to_owned()),
        ("deep nesting", "[".repeat(100_000)),
    ];
    for (why, payload) in broken {
        assert_ne!(payload, good, "{why}");
        let answer = world.post_payload(payload.as_bytes(), &device.key).await;
        assert_eq!(answer.kind(), ProblemKind::Invalid, "{why}");
        assert!(!answer.text().contains("fridge"), "{why}: content is echoed");
    }
    assert_eq!(world.stored(), 0);
    assert_eq!(world.events(), ["invalid_report"]);
}

#[tokio::test]
async fn parts_that_cannot_be_read_are_refused() {
    let world = World::new();
    let device = world.enrol().await;
    let draft = device.report(&world, sections([os()]));
    let good = String::from_utf8(draft.bytes()[&part(30)].clone()).unwrap();
    let broken = [
        (
            "a doubled field",
            good.replace("\"os.version\":\"12\"", "\"os.version\":\"12\",\"os.version\":\"12\""),
        ),
        ("a float", good.replace("\"os.version\":\"12\"", "\"os.version\":12.5")),
        ("an integer beyond 2^53", good.replace("\"os.version\":\"12\"", "\"os.version\":9007199254740993")),
        ("an unknown field", good.replace("os.version", "os.colour")),
        ("an unknown section", good.replace("{\"os\":", "{\"fridge\":")),
        ("another format", good.replace("\"v\":1", "\"v\":2")),
        ("another name than the head's", good.replace(&part(30).to_string(), &part(29).to_string())),
        ("truncated", good[..good.len() - 1].to_owned()),
        ("deep nesting", "[".repeat(100_000)),
    ];
    for (why, bytes) in broken {
        assert_ne!(bytes, good, "{why}");
        let answer = post_part(&world, &device, bytes.as_bytes()).await;
        assert_eq!(answer.kind(), ProblemKind::Invalid, "{why}");
        let quotes = ["colour", "fridge"].iter().any(|word| answer.text().contains(word));
        assert!(!quotes, "{why}: content is echoed");
    }
    // Unsorted rows, empty ones and several of what there is one of parse, and are still refused.
    let two = |a: &str, b: &str| vec![package(a, "1"), package(b, "1")];
    let several = full(vec![row(&[("os.name", "a")]), row(&[("os.name", "b")])]);
    for (section, body) in [
        (Section::Package, SectionBody::Full { salt: SALT, rows: two("b", "a") }),
        (Section::Package, SectionBody::Full { salt: SALT, rows: vec![Row::new()] }),
        (Section::Os, several),
    ] {
        let report = device.report(&world, sections([(section, body)]));
        assert_eq!(world.post(&device.sign(&report)).await.kind(), ProblemKind::Invalid);
    }
    assert_eq!(world.stored(), 0);
}

/// Posts these bytes as the one part of a report, which names them.
async fn post_part(world: &World, device: &Device, bytes: &[u8]) -> Answer {
    let mut head = device.report(world, sections([os()])).finished();
    head.parts.insert(part(30), Digest::of(bytes));
    head.standing = StandingParts(head.parts.clone()).digest();
    world.post_texts(&serde_json::to_vec(&head).unwrap(), &[bytes], &device.key).await
}

#[tokio::test]
async fn a_part_that_the_head_does_not_name_is_refused() {
    let world = World::new();
    let device = world.enrol().await;
    let draft = device.report(&world, sections([os(), packages(&[("curl", "1")])]));
    let head = serde_json::to_vec(&draft.finished()).unwrap();
    let parts: Vec<_> = draft.bytes().into_values().collect();
    let (thirty, ninety) = (parts[0].as_slice(), parts[1].as_slice());
    let changed = String::from_utf8(thirty.to_vec()).unwrap().replace("\"12\"", "\"13\"");
    for (why, texts) in [
        ("changed", vec![changed.as_bytes(), ninety]),
        ("twice", vec![thirty, thirty]),
        ("in another order", vec![ninety, thirty]),
        ("empty", vec![thirty, b""]),
    ] {
        let answer = world.post_texts(&head, &texts, &device.key).await;
        assert_eq!(answer.kind(), ProblemKind::Invalid, "{why}");
    }
    assert_eq!(world.stored(), 0);
    assert_eq!(world.post_texts(&head, &[thirty, ninety], &device.key).await.status, StatusCode::OK);
}

#[tokio::test]
async fn attack_h3_nothing_between_tokens_is_no_report() {
    let world = World::new();
    let device = world.enrol().await;
    let draft = device.report(&world, sections([os()]));
    let padded = |text: &[u8]| [&text[..1], " ".repeat(8_000_000).as_bytes(), &text[1..]].concat();
    let head = serde_json::to_vec(&draft.finished()).unwrap();
    let answer = world.post_texts(&padded(&head), &[&draft.bytes()[&part(30)]], &device.key).await;
    assert_eq!(answer.kind(), ProblemKind::Invalid);
    let answer = post_part(&world, &device, &padded(&draft.bytes()[&part(30)])).await;
    assert_eq!(answer.kind(), ProblemKind::Invalid);
    assert!(answer.problem().detail.unwrap().contains("white space"), "{}", answer.text());
    assert_eq!((world.stored(), world.events().len()), (0, 1));
    assert_eq!(world.security_events()[0].count, 2);
}

#[tokio::test]
async fn a_small_body_of_countless_rows_is_refused() {
    let world = World::new();
    let device = world.enrol().await;
    let draft = device.report(&world, sections([os()]));
    let written = String::from_utf8(draft.bytes()[&part(30)].clone()).unwrap();
    let (before, rest) = written.split_once("\"rows\":[").unwrap();
    let (_, after) = rest.split_once(']').unwrap();
    let rows = vec![r#"{"os.version":1}"#; 450_000].join(",");
    let answer = post_part(&world, &device, format!("{before}\"rows\":[{rows}]{after}").as_bytes()).await;
    assert_eq!(answer.kind(), ProblemKind::Invalid);
    assert!(answer.problem().detail.unwrap().contains("cannot be read"), "{}", answer.text());
    assert_eq!(world.stored(), 0);
}

#[tokio::test]
async fn type_coding_and_size_are_bounded() {
    let world = World::new();
    let mut device = world.enrol().await;
    let sealed = device.seal(&device.report(&world, sections([os()])));
    let signature = sealed.signature().to_string();
    let body = zstd::stream::encode_all(sealed.body().as_slice(), 3).unwrap();
    let (kind, coding) = (("content-type", media::REPORT), ("content-encoding", "zstd"));
    let signed = (DSSE_SIGNATURE, signature.as_str());
    for headers in [
        vec![("content-type", "application/json"), coding, signed],
        vec![coding, signed],
        vec![kind, signed],
        vec![kind, ("content-encoding", "gzip"), signed],
        vec![kind, ("content-encoding", "zstd, gzip"), signed],
    ] {
        assert_eq!(
            world.post_raw(&headers, body.clone()).await.kind(),
            ProblemKind::MediaType,
            "{headers:?}"
        );
    }
    let headers = [kind, coding, signed];
    let twice = [kind, coding, signed, signed];
    assert_eq!(world.post_raw(&twice, body.clone()).await.kind(), ProblemKind::Malformed);
    assert_eq!(world.post_raw(&headers, vec![0; 2 * 1024 * 1024 + 1]).await.kind(), ProblemKind::TooLarge);
    let announced = [kind, coding, signed, ("content-length", "99999999")];
    assert_eq!(world.post_raw(&announced, body.clone()).await.kind(), ProblemKind::TooLarge);
    let bomb = zstd::stream::encode_all(&vec![b' '; 64 << 20][..], 3).unwrap();
    assert!(bomb.len() < 100_000);
    assert_eq!(world.post_raw(&headers, bomb).await.kind(), ProblemKind::TooLarge);
    assert_eq!(
        world.post_raw(&headers, body[..body.len() - 1].to_vec()).await.kind(),
        ProblemKind::Malformed
    );
    assert_eq!(world.stored(), 0);
    assert_eq!(world.post_raw(&headers, body).await.status, StatusCode::OK);
}

#[tokio::test]
async fn signatures_are_checked_before_anything_is_believed() {
    let world = World::new();
    let (mut device, other) = (world.enrol().await, world.enrol().await);
    let sealed = device.seal(&device.report(&world, sections([os()])));
    let body = zstd::stream::encode_all(sealed.body().as_slice(), 3).unwrap();
    let (kind, coding) = (("content-type", media::REPORT), ("content-encoding", "zstd"));
    assert_eq!(world.post_raw(&[kind, coding], body.clone()).await.kind(), ProblemKind::Malformed);
    let unreadable = [kind, coding, (DSSE_SIGNATURE, "keyid=x")];
    assert_eq!(world.post_raw(&unreadable, body.clone()).await.kind(), ProblemKind::Malformed);
    // Another document type is another signature.
    let of_type =
        device.key.sign_payload("application/vnd.candor.consent.v1+json", sealed.payload()).to_string();
    let headers = [kind, coding, (DSSE_SIGNATURE, of_type.as_str())];
    assert_eq!(world.post_raw(&headers, body).await.kind(), ProblemKind::BadSignature);
    // A stranger's key.
    let stranger = SigningKey::generate(world.random.as_ref()).unwrap().0;
    assert_eq!(world.post_payload(sealed.payload(), &stranger).await.kind(), ProblemKind::BadSignature);
    assert!(world.events().is_empty(), "strangers cannot write events");
    // The key of another device.
    assert_eq!(world.post_payload(sealed.payload(), &other.key).await.kind(), ProblemKind::BadSignature);
    assert_eq!(world.events(), ["foreign_key"]);
    assert_eq!(world.stored(), 0);
}

#[tokio::test]
async fn a_revoked_device_is_told_so() {
    let world = World::new();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    assert!(world.store().revoke_device(device.id, world.now()).await.unwrap());
    let sealed = device.seal(&device.report(&world, sections([os()])));
    let answer = world.post(&sealed).await;
    assert_eq!(answer.kind(), ProblemKind::Revoked);
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(world.stored(), 1);
    // Whose key a header names is no proof of who sent it; the device's signed questions are.
    assert!(world.events().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bounds_hold_for_senders_that_hang_up() {
    let world = World::new();
    let mut device = world.enrol().await;
    let sealed = device.seal(&device.report(&world, sections([os()])));
    // Somebody else writes, so that the report waits for the store.
    let other = world.database();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let until = async |done: fn(Load) -> bool| {
        while !done(world.collector.load()) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        answer = world.post(&sealed) => panic!("answered with {}", answer.status),
        () = until(|load| load.waiting_kib.taken > 0) => {}
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(world.collector.load().waiting_kib.taken > 0, "the report is still held, whoever sent it");
    other.execute_batch("COMMIT").unwrap();
    until(|load| load.checks.taken + load.waiting_kib.taken == 0).await;
    assert_eq!(world.stored(), 1);
}

#[tokio::test]
async fn a_device_that_used_up_its_day_is_told_to_come_back() {
    let mut world = World::new();
    let config = world.dir().path().join("collector.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, format!("{text}\n[device_quota]\nreports_per_day = 1\n")).unwrap();
    world.restart();
    let mut device = world.enrol().await;
    device.deliver(&world, sections([os()])).await;
    let report = device.report(&world, sections([packages(&[("curl", "1")])]));
    let sealed = device.sign(&report);
    let answer = world.post(&sealed).await;
    assert_eq!((answer.status, answer.kind()), (StatusCode::TOO_MANY_REQUESTS, ProblemKind::Busy));
    assert_eq!(answer.headers["retry-after"], "3600");
    assert!(answer.problem().detail.unwrap().contains("as much stored today as it may"));
    assert_eq!((world.stored(), world.events()), (1, vec!["over_quota".to_owned()]));
    world.pass(86_400);
    assert_eq!(world.post(&sealed).await.status, StatusCode::OK);
}
