//! From stored rows to package URLs.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod support;

use candor_collector::cli::Cli;
use candor_collector::derive::{Distribution, PACKAGE_URL, Untreated, package_url};
use clap::Parser as _;
use collector_proto::catalog::{DERIVED, Section};
use collector_proto::policy::author::compile;
use collector_proto::policy::{Policy, Versions};
use collector_proto::time::UtcTime;
use serde_json::Value;
use support::{POLICY, START, World, full, os, package, part, row, sections};

type Fields<'a> = &'a [(&'a str, &'a str)];

fn policy(toml: &str) -> Policy {
    compile(toml, "policy.toml", UtcTime::from_unix(START)).map_err(|found| found.to_string()).unwrap().policy
}

fn derived_under(policy: &Policy, os: Fields<'_>, package: Fields<'_>) -> Option<String> {
    let (os, package) = (row(os), row(package));
    let distribution = Distribution::of(&Untreated { row: &os, policy });
    package_url(&Untreated { row: &package, policy }, distribution.as_ref()).map(|url| url.to_string())
}

fn derived(os: Fields<'_>, package: Fields<'_>) -> Option<String> {
    derived_under(&policy(POLICY), os, package)
}

const DEBIAN: Fields<'_> = &[("os.name", "Debian GNU/Linux"), ("os.version", "12")];

fn of_type<'a>(
    kind: &'a str,
    name: &'a str,
    version: &'a str,
    architecture: &'a str,
) -> [(&'a str, &'a str); 4] {
    [
        ("package.type", kind),
        ("package.name", name),
        ("package.version", version),
        ("package.architecture", architecture),
    ]
}

#[test]
fn each_format_has_its_form() {
    let fedora: Fields<'_> = &[("os.name", "Fedora Linux"), ("os.version", "41")];
    let cases: &[(Fields<'_>, _, &str)] = &[
        (
            DEBIAN,
            of_type("deb", "attr", "1:2.4.47-2+b1", "amd64"),
            "pkg:deb/debian/attr@1:2.4.47-2%2Bb1?arch=amd64&distro=debian-12",
        ),
        (
            &[("os.name", "Ubuntu"), ("os.version", "24.04")],
            of_type("deb", "libstdc++6", "14.2.0-4ubuntu2~24.04", "amd64"),
            "pkg:deb/ubuntu/libstdc%2B%2B6@14.2.0-4ubuntu2~24.04?arch=amd64&distro=ubuntu-24.04",
        ),
        (
            fedora,
            of_type("rpm", "bind-libs", "32:9.18.30-1.fc41", "x86_64"),
            "pkg:rpm/fedora/bind-libs@9.18.30-1.fc41?arch=x86_64&distro=fedora-41&epoch=32",
        ),
        (
            fedora,
            of_type("rpm", "ImageMagick", "7.1.1^20240101-1.fc41", "x86_64"),
            "pkg:rpm/fedora/ImageMagick@7.1.1%5E20240101-1.fc41?arch=x86_64&distro=fedora-41",
        ),
        (
            &[("os.name", "Red Hat Enterprise Linux"), ("os.version", "9.4")],
            of_type("rpm", "bash", "5.1.8-9.el9", "x86_64"),
            "pkg:rpm/redhat/bash@5.1.8-9.el9?arch=x86_64&distro=redhat-9.4",
        ),
        (
            &[("os.name", "Alpine Linux"), ("os.version", "3.20.3")],
            of_type("apk", "curl", "8.11.0-r2", "x86_64"),
            "pkg:apk/alpine/curl@8.11.0-r2?arch=x86_64&distro=alpine-3.20.3",
        ),
        (
            &[("os.name", "Arch Linux")],
            of_type("alpm", "containers-common", "1:0.47.4-4", "any"),
            "pkg:alpm/arch/containers-common@1:0.47.4-4?arch=any",
        ),
        (&[], of_type("brew", "postgresql@12", "12.17", "x86_64"), "pkg:brew/postgresql%4012@12.17"),
    ];
    for (os, package, expected) in cases {
        assert_eq!(derived(os, package).as_deref(), Some(*expected));
    }
}

#[test]
fn what_is_not_permitted_is_left_out() {
    let package = of_type("deb", "curl", "7.88.1-10", "amd64");
    assert_eq!(derived(DEBIAN, &package[..2]).as_deref(), Some("pkg:deb/debian/curl?distro=debian-12"));
    assert_eq!(
        derived(DEBIAN, &package[..3]).as_deref(),
        Some("pkg:deb/debian/curl@7.88.1-10?distro=debian-12")
    );
    assert_eq!(derived(&DEBIAN[..1], &package).as_deref(), Some("pkg:deb/debian/curl@7.88.1-10?arch=amd64"));
    assert_eq!(derived(DEBIAN, &package[1..]), None, "without a type");
    assert_eq!(derived(DEBIAN, &[package[0], package[2]]), None, "without a name");
    assert_eq!(derived(&[], &package), None, "without a distribution");
}

#[test]
fn nothing_is_guessed() {
    for kind in ["flatpak", "snap", "appimage", "nix", "ebuild", "slackware", "msi", "msix", "app", "DEB", ""]
    {
        assert_eq!(derived(DEBIAN, &of_type(kind, "x", "1", "amd64")), None, "{kind}");
    }
    let deb = of_type("deb", "curl", "1", "amd64");
    assert_eq!(derived(&[("os.name", "Debian"), ("os.version", "12")], &deb), None, "an unknown name");
    assert_eq!(
        derived(&[("os.name", "Fedora Linux")], &deb),
        None,
        "a format that is not the distribution's"
    );
    assert_eq!(derived(DEBIAN, &of_type("deb", "/", "1", "amd64")), None, "a name without characters");
    let epoch = derived(&[("os.name", "Fedora")], &of_type("rpm", "x", "a:1-2", ""));
    assert_eq!(epoch.as_deref(), Some("pkg:rpm/fedora/x@a:1-2"), "an epoch that is not a number");
}

#[test]
fn a_treated_value_is_not_computed_with() {
    let treated = |fields: &str, treat: &str| {
        let rest = POLICY.replace(&format!("{fields}, "), "");
        policy(&format!("{rest}[[collect]]\nfields = [{fields}]\npurposes = [\"stock\"]\ntreat = {treat}\n"))
    };
    let package = of_type("deb", "curl", "7", "amd64");
    let version = treated("\"package.version\"", "{ generalise = \"major\" }");
    let url = derived_under(&version, DEBIAN, &package);
    assert_eq!(url.as_deref(), Some("pkg:deb/debian/curl?arch=amd64&distro=debian-12"));
    let release = treated("\"os.version\"", "{ generalise = \"major\" }");
    let url = derived_under(&release, DEBIAN, &package);
    assert_eq!(url.as_deref(), Some("pkg:deb/debian/curl@7?arch=amd64"));
    // Cut to what happens to be another distribution's name.
    let name = treated("\"os.name\"", "{ truncate = { chars = 6 } }");
    assert_eq!(derived_under(&name, &[("os.name", "Fedora")], &of_type("rpm", "curl", "7", "")), None);
}

#[test]
fn the_name_is_the_catalogues() {
    assert!(DERIVED.iter().any(|derived| derived.name == PACKAGE_URL));
}

fn device_show(world: &World, device: &str, format: &str) -> String {
    let data = world.dir().path().display().to_string();
    let show = ["candor-collector", "device", "show", device, "--data", &data, "--purpose", "audit"];
    let command = [&show[..], &["--format", format]].concat();
    let mut out = Vec::new();
    Cli::try_parse_from(command).unwrap().run(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The base alone would have it that values are as the device read them which a version that is coming had coarsened.
#[tokio::test]
async fn what_a_coming_version_treats_is_not_computed_with() {
    let world = World::new();
    let device = world.enrol().await;
    let first = world.policy;
    // It widens by a field, so that it waits, and holds already as far as it coarsens the version.
    let coarser = POLICY
        .replace("version = 1\nexpires", "version = 2\nexpires")
        .replace("\"os.version\"", "\"os.type\"")
        + "[[collect]]\nfields = [\"os.version\"]\npurposes = [\"stock\"]\ntreat = { generalise = \"major\" }\n";
    let second = world.publish(&coarser);
    let packages = (Section::Package, full(vec![package("curl", "7.88.1-10")]));
    let mut report = device.report(&world, sections([os(), packages]));
    report.policy = Versions::new(first, vec![second]);
    let answer = world.post(&device.sign(&report)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let shown = device_show(&world, &device.id.to_string(), "text");
    assert!(shown.contains(&format!("{PACKAGE_URL}=pkg:deb/debian/curl@7.88.1-10?arch=amd64\n")), "{shown}");
}

#[tokio::test]
async fn device_show_tells_package_urls_and_the_store_has_none() {
    const URL: &str = "pkg:deb/debian/curl@7.88.1-10%2Bdeb12u8?arch=amd64&distro=debian-12";
    let world = World::new();
    let mut device = world.enrol().await;
    let curl = package("curl", "7.88.1-10+deb12u8");
    let stranger = row(&of_type("flatpak", "org.mozilla.firefox", "132.0", "x86_64"));
    device.deliver(&world, sections([os(), (Section::Package, full(vec![curl, stranger]))])).await;
    let id = device.id.to_string();

    let shown: Value = serde_json::from_str(&device_show(&world, &id, "json")).unwrap();
    let rows = shown["parts"][part(90).to_string()]["sections"]["package"]["rows"].as_array().unwrap();
    let urls: Vec<_> =
        rows.iter().map(|row| (row["package.type"].as_str(), row[PACKAGE_URL].as_str())).collect();
    assert_eq!(urls, [(Some("deb"), Some(URL)), (Some("flatpak"), None)]);
    assert!(shown["parts"][part(30).to_string()]["sections"]["os"]["rows"][0].get(PACKAGE_URL).is_none());
    assert_eq!(device_show(&world, &id, "text").matches(&format!("{PACKAGE_URL}={URL}")).count(), 1);

    assert!(world.is_on_disk(device.id.to_string().as_bytes()), "the collector's files are looked into");
    for derived in [PACKAGE_URL, URL] {
        assert!(!world.is_on_disk(derived.as_bytes()), "the collector's files name a derived value");
    }
}
