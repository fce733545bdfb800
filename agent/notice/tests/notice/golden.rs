//! One fixed policy and disclosure in all renderings, compared with `golden/notice.{txt,html,json}` byte for byte.
//!
//! `CANDOR_BLESS=1 cargo test -p candor-notice golden` rewrites them; the difference is then a reviewer's to judge.

use crate::fixture::{Case, confirmed, document, now, rule, setting, value, words};
use candor_notice::table::{Layout, TableContent, table};
use candor_notice::{Audience, Notice, Outcome, Record, Recorded, Rendering, Setting};
use collector_proto::disclosure::{AskedBy, Operation, Reading};
use collector_proto::messages::Absence;
use collector_proto::policy::{Filter, KeyScope, Necessity, PolicyDocument, Signed, Treatment};
use collector_proto::time::UtcTime;
use std::collections::BTreeMap;
use std::path::Path;

fn policy() -> PolicyDocument {
    let mut scoped = rule("user.name", Treatment::Keep, &["security"]);
    let filter = Filter { include: Vec::new(), exclude: vec!["root".into(), "*svc*".into()] };
    scoped.filters = BTreeMap::from([(scoped.field, filter)]);
    let mut optional = rule("x.host.timezone", Treatment::Keep, &["extras"]);
    optional.necessity = Necessity::Optional;
    let mut of_accounts = rule("package.name", Treatment::Keep, &["duty"]);
    of_accounts.accounts = true;
    document(vec![
        rule("os.name", Treatment::Keep, &["security", "duty"]),
        rule("os.version", Treatment::Keep, &["security"]),
        rule("device.serial_number", Treatment::Hmac(KeyScope::Device), &["duty"]),
        rule("host.ip", Treatment::TruncateIp { v4: 24, v6: 48 }, &["security"]),
        rule("host.mac", Treatment::Hmac(KeyScope::Tenant), &["security"]),
        rule("network.interface.name", Treatment::Keep, &["security"]),
        rule("host.uptime", Treatment::Keep, &["security"]),
        rule("network.carrier.icc", Treatment::Keep, &["security"]),
        of_accounts,
        rule("package.version", Treatment::Keep, &["security"]),
        optional,
        scoped,
    ])
}

fn case() -> Case<Signed> {
    Case::signed(&policy(), |field, treatment| match field.name() {
        "device.serial_number" => Err(Absence::Unavailable),
        _ => Ok(value(field, treatment)),
    })
}

/// A reading some hours ago, and the report that it went into.
fn reading(
    operation: Operation,
    asked_by: AskedBy,
    (hours, entry): (i64, Option<u64>),
    outcome: Outcome,
) -> Recorded {
    let at = UtcTime::from_unix(now().unix() - hours * 3_600);
    let fields = policy().rules.iter().filter_map(|rule| rule.field.field()).collect();
    let sources =
        ["/etc/hostname", "/etc/os-release", "/etc/passwd", "/sys/class/net", "/var/lib/dpkg/status"];
    let sources = Some(sources.map(str::to_owned).to_vec());
    Recorded { reading: Reading { at, asked_by, operation, policy: None, fields, sources, entry }, outcome }
}

fn compare(name: &str, rendered: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("CANDOR_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, rendered).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for (number, (is, was)) in rendered.lines().zip(golden.lines()).enumerate() {
        assert_eq!(is, was, "{} differs in line {}", path.display(), number + 1);
    }
    assert_eq!(rendered.len(), golden.len(), "{} differs in length", path.display());
}

#[test]
fn renderings_are_as_reviewed() {
    let (words, case) = (words(), case());
    let record = Record::Kept(vec![
        reading(Operation::Disclose, AskedBy::Agent, (7, Some(41)), Outcome::Confirmed),
        reading(Operation::Disclose, AskedBy::Agent, (1, Some(42)), Outcome::Confirmed),
        reading(Operation::Preview, AskedBy::OtherAccount, (2, None), Outcome::Stayed),
        reading(Operation::Preview, AskedBy::Account("1000".to_owned()), (0, None), Outcome::Stayed),
    ]);
    let audience = Audience::Account("1000".to_owned());
    let confirmed = Some(confirmed(&["90d", "30d"]));
    let setting = Setting { record, audience, confirmed, ..setting(&words) };
    let notice = Notice::in_force(&case.facts(), &setting).unwrap();
    compare("notice.txt", &notice.render(Rendering::Text { width: 80 }, &words).unwrap());
    compare("notice.html", &notice.render(Rendering::Page, &words).unwrap());
    compare("notice.json", &notice.render(Rendering::Json, &words).unwrap());
}

#[test]
fn tables_are_as_reviewed() {
    let (words, case) = (words(), case());
    let treatment = |field| case.permit.grant(field).map(|grant| grant.treatment);
    for (name, width) in [("table.txt", 80), ("table-narrow.txt", 32)] {
        let content = TableContent::from(&case.disclosure);
        let text = table(&content, &words, Layout { width, rows: None }, &treatment).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= width), "{name} is wider than {width}");
        compare(name, &text);
    }
}
