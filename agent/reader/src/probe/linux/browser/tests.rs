use super::*;
use collector_proto::messages::Absence;
use std::path::PathBuf;

struct Tree(tempfile::TempDir);

impl Tree {
    fn of(files: &[(&str, &str)]) -> Self {
        let tree = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            tree.write(path, text);
        }
        tree
    }

    fn write(&self, path: &str, text: &str) {
        let at = self.at(path);
        std::fs::create_dir_all(at.parent().unwrap()).unwrap();
        std::fs::write(at, text).unwrap();
    }

    fn at(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn fifo(&self, path: &str) {
        std::fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(self.at(path)).status().unwrap().success());
    }

    fn read(&self, source: fn(&Host) -> Across<Extension>) -> (Vec<String>, Option<Absence>) {
        let across = source(&Host::at(self.0.path()));
        let texts = across.items.into_iter().map(|(_, found)| format!("{}: {}", found.browser, found.text));
        (texts.collect(), across.failure)
    }
}

const UBLOCK: &str = "home/anna/.config/chromium/Default/Extensions/ddkjiahejlhfcafbddmgiahcphecmpfh";
const LIST: &str = "home/anna/.mozilla/firefox/x.default/extensions.json";

fn firefox(list: &str) -> (Vec<String>, Option<Absence>) {
    Tree::of(&[(LIST, list)]).read(of_firefox)
}

#[test]
fn the_highest_version_of_an_extension_is_in_use() {
    let tree = Tree::of(&[
        (&format!("{UBLOCK}/1.9.0_0/manifest.json"), r#"{"name": "uBlock", "version": "1.9.0"}"#),
        (&format!("{UBLOCK}/1.10.0_0/manifest.json"), r#"{"name": "uBlock", "version": "1.10.0"}"#),
        (&format!("{UBLOCK}/1.10.0_1/manifest.json"), r#"{"name": "uBlock", "version": "1.10.0"}"#),
        ("home/anna/.config/chromium/Default/Extensions/Temp/x/manifest.json", "junk"),
        ("home/anna/.config/chromium/Local State", "{}"),
        (
            "home/anna/.config/opera/Extensions/aapbdbdomjkkjkaonfhkkikfgjllcleb/1_0/manifest.json",
            r#"{"name": "Old", "version": "1"}"#,
        ),
    ]);
    let expected = ["Chromium: uBlock 1.10.0", "Opera: Old 1"];
    assert_eq!(tree.read(of_chromium), (expected.map(str::to_owned).to_vec(), None));
    assert_eq!(Tree::of(&[]).read(of_chromium), (vec![], None));
}

#[test]
fn a_name_in_another_file_is_looked_up_or_the_id_stands_for_it() {
    let id = "ddkjiahejlhfcafbddmgiahcphecmpfh";
    let manifest =
        |locale: &str| format!(r#"{{"name": "__MSG_Name__", "version": "1", "default_locale": "{locale}"}}"#);
    for (locale, messages, expected) in [
        ("en", r#"{"name": {"message": "uBlock"}}"#, "uBlock 1"),
        ("en", r#"{"other": {"message": "uBlock"}}"#, &format!("{id} 1")),
        ("en", r#"{"name": {"message": " \u0007 "}}"#, &format!("{id} 1")),
        ("de", r#"{"name": {"message": "uBlock"}}"#, &format!("{id} 1")),
        ("../../..", r#"{"name": {"message": "uBlock"}}"#, &format!("{id} 1")),
        ("", r#"{"name": {"message": "uBlock"}}"#, &format!("{id} 1")),
    ] {
        let tree = Tree::of(&[
            (&format!("{UBLOCK}/1_0/manifest.json"), &manifest(locale)),
            (&format!("{UBLOCK}/1_0/_locales/en/messages.json"), messages),
        ]);
        let expected = vec![format!("Chromium: {expected}")];
        assert_eq!(tree.read(of_chromium), (expected, None), "{locale} {messages}");
    }
}

#[test]
fn themes_apps_and_what_firefox_brings_along_are_left_out() {
    for member in [r#""theme": {}"#, r#""app": {"launch": {}}"#] {
        let manifest = format!(r#"{{"name": "x", "version": "1", {member}}}"#);
        let tree = Tree::of(&[(&format!("{UBLOCK}/1_0/manifest.json"), &manifest)]);
        assert_eq!(tree.read(of_chromium), (vec![], None), "{member}");
    }
    let (found, failure) = firefox(
        r#"{"addons": [
        {"id": "a", "version": "1", "type": "extension", "location": "app-profile", "defaultLocale": {"name": "A"}},
        {"id": "b", "version": "1", "type": "extension", "location": "app-system-share", "active": false},
        {"id": "c", "version": null, "type": "extension", "defaultLocale": null},
        {"id": "d", "version": "1", "type": "extension", "location": "app-builtin-addons"},
        {"id": "e", "version": "1", "type": "extension", "location": "app-system-defaults"},
        {"id": "f", "version": "1", "type": "theme", "location": "app-profile"},
        {"id": "g", "version": "1", "type": "locale", "location": "app-profile"},
        {"id": "h", "version": "1", "type": "dictionary", "location": "app-profile"},
        {"id": "i"}]}"#,
    );
    assert_eq!(
        (found, failure),
        (["Firefox: A 1", "Firefox: b 1", "Firefox: c"].map(str::to_owned).to_vec(), None)
    );
}

#[test]
fn one_home_does_not_decide_over_the_others() {
    let deep = "[".repeat(100_000);
    let id = UBLOCK.rsplit('/').next().unwrap();
    let junk =
        ["", "\u{0}", "[]", "{}", "{\"addons\": 1}", r#"{"addons": [{"id": 5}]}"#, r#"{"addons": ["#, &deep];
    for text in junk {
        let tree = Tree::of(&[
            (LIST, text),
            (&LIST.replace("anna", "ben"), r#"{"addons": [{"id": "b", "type": "extension"}]}"#),
            (&format!("{UBLOCK}/1_0/manifest.json"), text),
            (&format!("{UBLOCK}/1_0/manifest.json").replace("anna", "ben"), r#"{"name": "b"}"#),
        ]);
        let malformed = Some(Absence::Malformed);
        assert_eq!(tree.read(of_firefox), (vec!["Firefox: b".to_owned()], malformed), "{text}");
        // Its directory says which extension it is, and which version; the other one's manifest names it.
        let told = vec![format!("Chromium: {id} 1"), "Chromium: b".to_owned()];
        assert_eq!(tree.read(of_chromium), (told, None), "{text}");
    }
}

#[test]
fn odd_files_neither_wait_nor_loop() {
    let tree = Tree::of(&[("home/anna/.mozilla/firefox/profiles.ini", "")]);
    assert_eq!(tree.read(of_firefox), (vec![], None));
    tree.fifo(LIST);
    tree.fifo(&format!("{UBLOCK}/1_0/manifest.json"));
    assert_eq!(tree.read(of_firefox).1, Some(Absence::Malformed));
    assert_eq!(tree.read(of_chromium).1, Some(Absence::Malformed));
    let tree = Tree::of(&[]);
    std::fs::create_dir_all(tree.at("home/anna/.config/chromium/Default")).unwrap();
    std::os::unix::fs::symlink("Extensions", tree.at("home/anna/.config/chromium/Default/Extensions"))
        .unwrap();
    std::os::unix::fs::symlink("chromium", tree.at("home/anna/.config/vivaldi")).unwrap();
    assert_eq!(tree.read(of_chromium), (vec![], None));
    let large = format!("{{\"addons\": []}}{}", " ".repeat(8 * 1024 * 1024));
    assert_eq!(firefox(&large), (vec![], Some(Absence::TooLarge)));
}
