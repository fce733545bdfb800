//! The committed fuzz corpus, read on every system: a format makes no system call, so what once broke one is tried again
//! wherever the reader is built. Files come whole, cut off and with bytes changed. Anything but a panic or a hang is well.
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

use candor_reader::format::{
    Line, accounts, apk, appimage, assignments, brew, deploy, desktop_entry, dpkg, edid, efi, lastlog,
    logins, mountinfo, nix, pacman, pci_ids, portage, resolv_conf, rpm, rtnetlink, scsi, slackware, smbios,
    snap, sqlite, sssd_conf,
};
use std::path::Path;

/// A folder of the corpus, and what reads its files.
type Format = (&'static str, fn(&[u8]));

const FORMATS: &[Format] = &[
    ("os_release", |input| {
        assignments::value_of(&text(input), "NAME");
    }),
    ("locale_conf", |input| {
        assignments::value_of(&text(input), "LANG");
    }),
    ("dpkg_status", |input| dpkg_status(input, dpkg::Unstated::Malformed)),
    ("dpkg_status_d", |input| dpkg_status(input, dpkg::Unstated::Installed)),
    ("rpm_sqlite", |input| {
        let _ = rpm::packages(rpm::Database::Sqlite { main: &input.to_vec(), wal: None });
    }),
    ("rpm_ndb", |input| {
        let _ = rpm::packages(rpm::Database::Ndb(&input.to_vec()));
    }),
    ("rpm_bdb", |input| {
        let _ = rpm::packages(rpm::Database::Bdb(&input.to_vec()));
    }),
    ("apk", |input| {
        let mut reader = apk::Parser::default();
        let _ = Line::all(input).try_for_each(|line| reader.take(line).map(drop));
        let _ = reader.finish();
    }),
    ("pacman", |input| {
        let mut reader = pacman::Parser::default();
        let _ = Line::all(input).try_for_each(|line| reader.take(line));
        let _ = reader.finish();
        pacman::split(&text(input));
    }),
    ("portage", |input| {
        let _ = portage::architecture(input);
        portage::split(&text(input));
        slackware::Package::of(&text(input));
    }),
    ("nix_json", |input| {
        let _ = nix::manifest::of_json(input);
    }),
    ("nix_expression", |input| {
        let _ = nix::manifest::of_nix(input);
        nix::name::split(&text(input));
    }),
    ("brew", |input| {
        let _ = brew::InstallReceipt::parse(input);
    }),
    ("flatpak", |input| {
        let _ = deploy::Deployment::parse(input);
    }),
    ("snap", |input| {
        let _ = snap::Yaml::parse(input);
    }),
    ("desktop_entry", |input| {
        desktop_entry::DesktopEntry::parse(&text(input));
        appimage::NameParts::of(&text(input));
    }),
    ("resolv_conf", |input| {
        resolv_conf::searched(&text(input));
    }),
    ("sssd_conf", |input| {
        sssd_conf::directory(&text(input));
    }),
    ("dmi", |input| {
        smbios::day(&text(input));
    }),
    ("edid", |input| {
        let _ = edid::Edid::parse(input);
    }),
    ("efi_variable", |input| {
        let _ = efi::boolean(input);
    }),
    ("passwd", |input| {
        Line::all(input).for_each(|line| drop(accounts::Account::of_line(line)));
    }),
    ("login_defs", |input| {
        accounts::of_persons(&text(input));
    }),
    ("wtmpdb", |input| logins(input, &logins::WTMPDB)),
    ("lastlog2", |input| logins(input, &logins::LASTLOG2)),
    ("lastlog", |input| {
        let layout = lastlog::RecordLayout::of_length(input.len() as u64);
        layout.zip(input.first_chunk()).and_then(|(layout, start)| layout.time(*start));
    }),
    ("vpd_pg80", |input| {
        scsi::serial_number(input);
    }),
    ("mountinfo", |input| {
        let text = text(input);
        for mount in text.lines().filter_map(mountinfo::Mount::parse) {
            let _ = mount.file_system();
        }
    }),
    ("rtnetlink", |input| {
        let _ = rtnetlink::Reader::default().take(input);
    }),
    ("pci_ids", |input| {
        let mut names = pci_ids::PciNames::default();
        names.vendors.insert("8086".to_owned(), String::new());
        names.models.insert(("8086".to_owned(), "9a49".to_owned()), String::new());
        let mut reader = pci_ids::Lookup::of(&mut names);
        Line::all(input).take_while(|line| reader.take(*line)).for_each(drop);
    }),
];

fn text(input: &[u8]) -> String {
    String::from_utf8_lossy(input).into_owned()
}

fn dpkg_status(input: &[u8], unstated: dpkg::Unstated) {
    let mut reader = dpkg::Parser::new(unstated);
    let _ = Line::all(input).try_for_each(|line| reader.take(line).map(drop));
    let _ = reader.finish();
}

fn logins(input: &[u8], table: &logins::LoginTable) {
    let input = input.to_vec();
    let _ = sqlite::Database::open(&input, None)
        .and_then(|database| table.newest(&database, ["alice"].into_iter()).map(drop));
}

#[test]
fn every_input_of_the_corpus_is_read_on_every_system() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus");
    for (folder, read) in FORMATS {
        let mut inputs = 0;
        for entry in std::fs::read_dir(corpus.join(folder)).unwrap() {
            let input = std::fs::read(entry.unwrap().path()).unwrap();
            read(&input);
            for part in 0..20 {
                let at = input.len() * part / 20;
                read(&input[..at]);
                let mut changed = input.clone();
                if let Some(byte) = changed.get_mut(at) {
                    *byte ^= 0x81;
                }
                read(&changed);
            }
            inputs += 1;
        }
        assert!(inputs >= 1, "the corpus of {folder} is empty");
    }
}
