use super::*;
use crate::probe::system::package::tests::Tree;
use collector_proto::catalog::FieldSet;

const STORE: &str = "nix/store/j8ig6zr57cj22pfmj35qlc91yikvymyg";
const JSON: &str = r#"{"version":3,"elements":{"jq":{"active":true,"attrPath":"legacyPackages.x86_64-linux.jq",
    "storePaths":["/nix/store/81227hgy693y38ha4nfxx7j6a09sg7l5-jq-1.7.1"]}}}"#;
const NIX: &str =
    r#"[ { meta = { }; name = "hello-2.12.1"; system = "x86_64-linux"; type = "derivation"; } ]"#;

/// A profile as Nix makes it: a link to a generation, which is a link to the store.
fn profile(tree: &Tree, at: &str, manifest: &str, text: &str) {
    let name = at.rsplit('/').next().unwrap();
    tree.link(at, &format!("{name}-7-link"));
    let stored = format!("{STORE}-{}", at.replace('/', "_"));
    tree.link(&format!("{at}-7-link"), &format!("/{stored}"));
    tree.write(&format!("{stored}/{manifest}"), text.as_bytes());
}

fn program(tree: &Tree, at: &str, package: &str) {
    tree.link(at, &format!("/{STORE}-{package}/bin/{}", at.rsplit('/').next().unwrap()));
}

#[test]
fn the_default_profile_is_the_machines() {
    let tree = Tree::of(&[]);
    profile(&tree, "nix/var/nix/profiles/default", "manifest.json", JSON);
    assert_eq!(tree.read(of_machine).unwrap(), ["nix jq 1.7.1 x86_64-linux global - - -"]);
    assert_eq!(tree.read_homes(of_users), (vec![], None));

    let tree = Tree::of(&[]);
    profile(&tree, "nix/var/nix/profiles/default", "manifest.nix", NIX);
    assert_eq!(tree.read(of_machine).unwrap(), ["nix hello 2.12.1 x86_64-linux global - - -"]);
}

#[test]
fn programs_of_a_nixos_machine_tell_its_packages() {
    let tree = Tree::of(&[]);
    tree.link("run/current-system", &format!("/{STORE}-nixos-system-x-25.11"));
    tree.link(&format!("{STORE}-nixos-system-x-25.11/sw"), &format!("/{STORE}-system-path"));
    let bin = format!("{STORE}-system-path/bin");
    for (name, package) in [
        ("ls", "coreutils-full-9.8"),
        ("cat", "coreutils-full-9.8"),
        ("openssl", "openssl-3.6.0-bin"),
        ("nixos-rebuild", "nixos-rebuild"),
    ] {
        program(&tree, &format!("{bin}/{name}"), package);
    }
    tree.write(&format!("{bin}/plain"), b"");
    tree.link(&format!("{bin}/elsewhere"), "/usr/bin/env");
    tree.link(&format!("{bin}/circle"), "circle");
    let expected = [
        "nix coreutils-full 9.8 - global - - -",
        "nix nixos-rebuild - - global - - -",
        "nix openssl 3.6.0 - global - - -",
    ];
    assert_eq!(tree.read(of_machine).unwrap(), expected);
}

#[test]
fn profiles_of_persons_are_theirs() {
    let tree = Tree::of(&[("home/ben/", b"")]);
    profile(&tree, "nix/var/nix/profiles/per-user/root/profile", "manifest.nix", NIX);
    profile(&tree, "home/anna/.local/state/nix/profiles/profile", "manifest.json", JSON);
    // Of one package, of several, and of the same one again.
    tree.link("etc/profiles/per-user/carl/bin", &format!("/{STORE}-ripgrep-15.1.0/bin"));
    program(&tree, "etc/profiles/per-user/anna/bin/fd", "fd-10.3.0");
    program(&tree, "etc/profiles/per-user/anna/bin/fdx", "fd-10.3.0");
    let expected = [
        "nix fd 10.3.0 - user anna - -",
        "nix jq 1.7.1 x86_64-linux user anna - -",
        "nix ripgrep 15.1.0 - user carl - -",
        "nix hello 2.12.1 x86_64-linux user root - -",
    ];
    assert_eq!(tree.read_homes(of_users), (expected.map(str::to_owned).to_vec(), None));
    assert_eq!(tree.read(of_machine), Err(Absence::Unavailable));
}

#[test]
fn without_nix_no_home_is_looked_into() {
    let tree = Tree::of(&[("home/anna/.local/state/nix/profiles/profile/manifest.json", JSON.as_bytes())]);
    let host = Host::at(&tree.at(""));
    assert!(of_users(&host, &Wanted::of(&FieldSet::default())).items.is_empty());
    assert_eq!(
        host.touched().into_iter().collect::<Vec<_>>(),
        [collector_proto::catalog::SourcePlace::Look("/nix/store")]
    );
}

#[test]
fn one_bad_profile_spoils_the_list_of_its_person_alone() {
    let tree = Tree::of(&[]);
    profile(&tree, "nix/var/nix/profiles/default", "manifest.json", JSON);
    profile(&tree, "home/anna/.local/state/nix/profiles/profile", "manifest.json", "{");
    profile(&tree, "home/ben/.local/state/nix/profiles/profile", "manifest.json", JSON);
    let ben = "nix jq 1.7.1 x86_64-linux user ben - -".to_owned();
    assert_eq!(tree.read_homes(of_users), (vec![ben], Some(Absence::Malformed)));
    assert_eq!(tree.read(of_machine).unwrap().len(), 1);
}

#[test]
fn odd_files_and_damage_are_answered() {
    let manifest = "nix/var/nix/profiles/default/manifest.json";
    let tree = Tree::of(&[]);
    tree.link(manifest, "manifest.json");
    assert_eq!(tree.read(of_machine), Err(Absence::Malformed));
    let tree = Tree::of(&[(manifest, JSON.as_bytes())]);
    tree.survives_damage_to(manifest, of_machine);
    let manifest = "nix/var/nix/profiles/default/manifest.nix";
    let tree = Tree::of(&[(manifest, NIX.as_bytes())]);
    tree.survives_damage_to(manifest, of_machine);
    tree.write(manifest, &vec![b' '; 9 * 1024 * 1024]);
    assert_eq!(tree.read(of_machine), Err(Absence::TooLarge));
}
