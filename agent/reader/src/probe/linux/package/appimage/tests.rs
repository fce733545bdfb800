use super::*;
use crate::probe::system::package::tests::Tree;

const ENTRY: &str = "home/anna/.local/share/applications/krita.desktop";
const KRITA: &str = "home/anna/Applications/Krita-5.2.6-x86_64.AppImage";

fn of(entry: &str) -> Vec<String> {
    let (rows, failure) = Tree::of(&[(ENTRY, entry.as_bytes())]).read_homes(of_users);
    assert_eq!(failure, None);
    rows
}

#[test]
fn files_of_the_usual_folders_are_packages_by_their_names() {
    let tree = Tree::of(&[
        ("opt/Nextcloud-3.14.1-x86_64.AppImage", b""),
        ("opt/nextcloud/Other-1.AppImage", b""),
        ("usr/local/bin/nvim.appimage", b""),
        (KRITA, b""),
        ("home/anna/.local/bin/tool", b""),
        ("home/anna/Downloads/Private-1.AppImage", b""),
        ("home/anna/Documents/Secret-1.AppImage", b""),
    ]);
    let machine = ["appimage Nextcloud 3.14.1 x86_64 global - - -", "appimage nvim - - global - - -"];
    assert_eq!(tree.read(of_machine).unwrap(), machine);
    let anna = vec!["appimage Krita 5.2.6 x86_64 user anna - -".to_owned()];
    assert_eq!(tree.read_homes(of_users), (anna, None));
    assert_eq!(Tree::of(&[]).read(of_machine), Err(Absence::Unavailable));
    assert_eq!(Tree::of(&[]).read_homes(of_users), (vec![], None));
}

#[test]
fn the_desktop_entry_tells_more_than_the_file_name() {
    let entry = "[Desktop Entry]\nName=Krita Desktop\nExec=/home/anna/Applications/Krita-5.2.6-x86_64.AppImage %F\n\
                 X-AppImage-Version=5.2.6-build3\n";
    let tree = Tree::of(&[(KRITA, b""), (ENTRY, entry.as_bytes())]);
    let row = "appimage Krita Desktop 5.2.6-build3 x86_64 user anna - -";
    assert_eq!(tree.read_homes(of_users), (vec![row.to_owned()], None));
    std::fs::remove_file(tree.at(KRITA)).unwrap();
    assert_eq!(tree.read_homes(of_users), (vec![], None), "the file is gone");
}

#[test]
fn an_entry_counts_whose_file_is_elsewhere() {
    let row = |text: &str| vec![format!("appimage {text} user anna - -")];
    for (entry, expected) in [
        ("[Desktop Entry]\nName=A\nExec=/srv/A-1.AppImage\n", row("A 1 -")),
        ("[Desktop Entry]\nName=A\nExec=env X=1 \"/srv/my apps/A.AppImage\" %u\n", row("A - -")),
        ("[Desktop Entry]\nName = A\nTryExec = /srv/A.appimage\nExec=a\n", row("A - -")),
        (
            "[Desktop Entry]\nX-AppImage-Name=B\nName=A\nExec=/srv/A.AppImage\nX-AppImage-Arch=arm64\n",
            row("B - arm64"),
        ),
        ("[Desktop Entry]\nExec=/srv/A-1.AppImage\n[Desktop Action x]\nName=Remove\n", row("A 1 -")),
        ("[Other]\nExec=/srv/A-1.AppImage\n", vec![]),
        ("Exec=/srv/A-1.AppImage\n", vec![]),
        ("[Desktop Entry]\nName=A\nExec=/usr/bin/a\nX-AppImage-Version=1\n", vec![]),
        ("[Desktop Entry]\nName=A\nExec=\"/srv/A.AppImage\n", vec![]),
        ("", vec![]),
    ] {
        assert_eq!(of(entry), expected, "{entry}");
    }
}

#[test]
fn what_is_no_desktop_entry_is_passed_over() {
    let fifo = "home/anna/.local/share/applications/fifo.desktop";
    let tree = Tree::of(&[
        (KRITA, b""),
        (ENTRY, b"\xff\xfe\0"),
        ("home/anna/.local/share/applications/large.desktop", &vec![b'x'; 1024 * 1024]),
        ("home/anna/.local/share/applications/folder.desktop/", b""),
    ]);
    assert!(std::process::Command::new("mkfifo").arg(tree.at(fifo)).status().unwrap().success());
    tree.link("home/anna/.local/share/applications/loop.desktop", "loop.desktop");
    let (rows, failure) = tree.read_homes(of_users);
    assert_eq!((rows.len(), failure), (1, None));
}
