//! Drives, batteries, adapters, displays, protections and accounts in trees that are odd, broken or hostile.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod support;

use candor_reader::host::Host;
use collector_proto::catalog::{FieldId, Section, fields};
use collector_proto::disclosure::DisclosureMessage;
use collector_proto::disclosure::request::ReadDraft;
use collector_proto::messages::Absence;
use collector_proto::policy::{Generalisation, Treatment};
use collector_proto::value::Value;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use support::{Bench, rule};

/// A tree in the making.
struct Tree(tempfile::TempDir);

impl Tree {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        path
    }

    fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    fn directory(&self, name: &str) {
        fs::create_dir_all(self.path(name)).unwrap();
    }

    fn fifo(&self, name: &str) {
        assert!(std::process::Command::new("mkfifo").arg(self.path(name)).status().unwrap().success());
    }

    /// What is disclosed of it under a policy for every field.
    fn disclosed(&self) -> DisclosureMessage {
        let mut bench = Bench::on("debian-12");
        bench.host = Host::at(self.0.path());
        support::disclosure(bench.ask(ReadDraft { policy: support::full_policy() }))
    }
}

/// The values of some fields of a section's rows, as text, in the order of the first.
fn table(found: &DisclosureMessage, section: Section, fields: &[FieldId]) -> Vec<Vec<String>> {
    let text = |value: Option<&Value>| match value {
        None => "-".to_owned(),
        Some(Value::Text(text)) => text.clone(),
        Some(Value::Integer(number)) => number.to_string(),
        Some(Value::Boolean(value)) => value.to_string(),
        Some(Value::List(texts)) => texts.join(","),
    };
    let sections = found.sections();
    let rows = sections.get(&section).into_iter().flatten();
    let mut rows: Vec<Vec<String>> =
        rows.map(|row| fields.iter().map(|field| text(row.value(*field))).collect()).collect();
    rows.sort();
    rows
}

#[test]
fn every_kind_of_drive_is_told_and_what_is_no_drive_is_left_out() {
    let tree = Tree::new();
    let drive = |name: &str, size: &str, removable: &str, rotational: &str| {
        let block = format!("sys/block/{name}");
        tree.directory(&format!("{block}/device"));
        tree.put(&format!("{block}/size"), size);
        tree.put(&format!("{block}/removable"), removable);
        tree.put(&format!("{block}/queue/rotational"), rotational);
    };
    drive("vda", "2048\n", "0\n", "1\n");
    tree.put("sys/block/vda/serial", "vol-17");
    drive("sda", "0\n", "0\n", "0\n");
    tree.put("sys/block/sda/device/vpd_pg80", b"\0\x80\0\x04ABC1");
    drive("sdb", "18446744073709551615\n", "2\n", "1\n");
    tree.put("sys/block/sdb/device/vpd_pg80", b"\0\x80\xff\xffA");
    drive("sdc", "-8\n", "1\n", "1\n");
    tree.put("sys/block/sdc/device/vpd_pg80", b"\0\x80\0\x0c000000000000");
    drive("sr0", "2097151\n", "1\n", "1\n");
    drive("mmcblk0", "60000\n", "0\n", "0\n");
    tree.put("sys/block/mmcblk0/device/name", "SD32G\n");
    tree.put("sys/block/mmcblk0/device/serial", "0x5a1173c2\n");
    for part in ["mmcblk0boot0", "nvme0c0n1"] {
        drive(part, "1\n", "0\n", "0\n");
    }
    for made in ["loop0", "dm-0", "md127", "zram0", "ram1"] {
        tree.put(&format!("sys/block/{made}/size"), "99\n");
    }
    let found = tree.disclosed();
    let of_drive = [
        fields::X_STORAGE_NAME,
        fields::X_STORAGE_KIND,
        fields::X_STORAGE_SIZE,
        fields::X_STORAGE_SERIAL,
        fields::X_STORAGE_MODEL,
    ];
    assert_eq!(
        table(&found, Section::Storage, &of_drive),
        [
            ["mmcblk0", "mmc", "30720000", "0x5a1173c2", "SD32G"],
            ["sda", "ssd", "-", "ABC1", "-"],
            ["sdb", "-", "-", "-", "-"],
            ["sdc", "removable", "-", "-", "-"],
            ["sr0", "optical", "-", "-", "-"],
            ["vda", "-", "1048576", "vol-17", "-"],
        ]
    );
}

#[test]
fn drives_that_cannot_be_asked_are_there_without_their_answers() {
    let tree = Tree::new();
    tree.directory("sys/block/sda/device");
    tree.fifo("sys/block/sda/size");
    tree.directory("sys/block/sda/device/model");
    symlink("serial", tree.path("sys/block/sda/device/serial")).unwrap();
    tree.put("sys/block/sda/removable", vec![b'0'; 100_000]);
    let found = tree.disclosed();
    assert_eq!(table(&found, Section::Storage, &[fields::X_STORAGE_NAME]), [["sda"]]);
    for (field, reason) in [
        (fields::X_STORAGE_SIZE, Absence::Malformed),
        (fields::X_STORAGE_MODEL, Absence::Malformed),
        (fields::X_STORAGE_SERIAL, Absence::Malformed),
        (fields::X_STORAGE_KIND, Absence::TooLarge),
    ] {
        assert_eq!(found.absent().get(&field), Some(&reason), "{field}");
    }
}

#[test]
fn batteries_are_the_machines_and_charge_is_turned_into_energy() {
    let tree = Tree::new();
    let supply = |name: &str, attributes: &[(&str, &str)]| {
        for (attribute, text) in attributes {
            tree.put(&format!("sys/class/power_supply/{name}/{attribute}"), format!("{text}\n"));
        }
    };
    let charge =
        [("charge_full_design", "4910000"), ("charge_full", "4000000"), ("voltage_min_design", "11610000")];
    supply("BAT0", &[[("type", "Battery"), ("cycle_count", "0")].as_slice(), &charge].concat());
    supply(
        "BAT1",
        &[("type", "Battery"), ("scope", "System"), ("energy_full", "-1"), ("cycle_count", "many")],
    );
    let most = "9223372036854775807";
    supply(
        "BAT2",
        &[
            ("type", "Battery"),
            ("charge_full", most),
            ("voltage_min_design", most),
            ("energy_full_design", most),
        ],
    );
    supply("pen", &[("type", "Battery"), ("scope", "Device"), ("energy_full", "5000")]);
    supply("AC", &[("type", "Mains")]);
    supply("ups", &[("type", "UPS"), ("energy_full", "5000000")]);
    tree.fifo("sys/class/power_supply/odd/type");
    let of_battery = [
        fields::X_BATTERY_NAME,
        fields::X_BATTERY_CAPACITY_DESIGN,
        fields::X_BATTERY_CAPACITY_FULL,
        fields::X_BATTERY_CYCLES,
    ];
    assert_eq!(
        table(&tree.disclosed(), Section::Battery, &of_battery),
        [["BAT0", "57005", "46440", "-"], ["BAT1", "-", "-", "-"], ["BAT2", "-", "-", "-"]]
    );
}

#[test]
fn adapters_have_names_where_a_list_knows_them_and_numbers_elsewhere() {
    let tree = Tree::new();
    let slot = |slot: &str, class: &str, vendor: &str, device: &str| {
        let device_at = format!("sys/bus/pci/devices/{slot}");
        tree.put(&format!("{device_at}/class"), class);
        tree.put(&format!("{device_at}/vendor"), vendor);
        tree.put(&format!("{device_at}/device"), device);
    };
    slot("0000:00:02.0", "0x030000\n", "0x8086\n", "0x9A49\n");
    slot("0000:01:00.0", "0x030200\n", "0x10de\n", "0x1eb8\n");
    slot("0000:02:00.0", "0x038000\n", "0x1002\n", "junk\n");
    slot("0000:03:00.0", "0x020000\n", "0x8086\n", "0x15f3\n");
    let of_adapter = [fields::X_GRAPHICS_SLOT, fields::X_GRAPHICS_VENDOR, fields::X_GRAPHICS_MODEL];
    let rows = || table(&tree.disclosed(), Section::Graphics, &of_adapter);
    let numbers =
        [["0000:00:02.0", "8086", "9a49"], ["0000:01:00.0", "10de", "1eb8"], ["0000:02:00.0", "1002", "-"]];
    assert_eq!(rows(), numbers);
    // A list that is not one, and one that waits for a writer, say nothing.
    tree.put("usr/share/hwdata/pci.ids", b"\xff\xfe\n8086\n\t\n\t9a49\n8\n\0\0\0\0  x\n");
    assert_eq!(rows(), numbers);
    tree.fifo("usr/share/misc/pci.ids");
    assert_eq!(rows(), numbers);
    fs::remove_file(tree.path("usr/share/misc/pci.ids")).unwrap();
    tree.put(
        "usr/share/hwdata/pci.ids",
        "# list\n10de  NVIDIA Corporation\n\t9a49  Not this\n\t1eb8  TU104GL [Tesla T4]\n\t\t10de 12a2  Board\n\
         8086  Intel Corporation\n\t1eb8  Not this\n\nC 03  Display controller\n8086  Too late\n\t9a49  Too late\n",
    );
    assert_eq!(
        rows(),
        [
            ["0000:00:02.0", "Intel Corporation", "9a49"],
            ["0000:01:00.0", "NVIDIA Corporation", "TU104GL [Tesla T4]"],
            ["0000:02:00.0", "1002", "-"]
        ]
    );
}

#[test]
fn a_display_that_answers_nonsense_is_connected_all_the_same() {
    let tree = Tree::new();
    tree.put("sys/class/drm/card0-HDMI-A-1/edid", "");
    tree.put("sys/class/drm/card0-DP-1/edid", [0xff; 256]);
    tree.put("sys/class/drm/card0-DP-2/edid", vec![0; 40_000]);
    tree.directory("sys/class/drm/card0-DP-3");
    tree.fifo("sys/class/drm/card0-DP-4/edid");
    tree.put("sys/class/drm/version", "drm 1.1.0\n");
    let found = tree.disclosed();
    assert_eq!(
        table(&found, Section::Display, &[fields::X_DISPLAY_CONNECTOR, fields::X_DISPLAY_MODEL]),
        [["card0-DP-1", "-"], ["card0-DP-2", "-"], ["card0-DP-4", "-"]]
    );
    assert_eq!(found.absent().get(&fields::X_DISPLAY_MODEL), Some(&Absence::Malformed));
}

/// How many displays there are is a trace of a place as well.
#[test]
fn displays_of_which_only_the_existence_is_sent_are_one() {
    let disclosed = |rules: &[(FieldId, Treatment)]| {
        let policy = support::policy(rules.iter().map(|(field, treat)| rule(*field, *treat)).collect());
        support::disclosure(Bench::on("debian-12").ask(ReadDraft { policy }))
    };
    let [connector, model] = [fields::X_DISPLAY_CONNECTOR, fields::X_DISPLAY_MODEL];
    let existence = Treatment::Generalise(Generalisation::Existence);
    let rows =
        |rules: &[(FieldId, Treatment)]| table(&disclosed(rules), Section::Display, &[connector, model]);
    let read = rows(&[(connector, Treatment::Keep), (model, Treatment::Keep)]);
    assert!(read.len() > 1, "{read:?}");
    assert_eq!(rows(&[(connector, existence)]), [["any", "-"]]);
    assert_eq!(rows(&[(connector, existence), (model, existence)]).last().unwrap(), &["any", "any"]);
    let models: BTreeSet<_> = read.iter().map(|row| &row[1]).collect();
    assert_eq!(rows(&[(connector, existence), (model, Treatment::Keep)]).len(), models.len());
}

#[test]
fn protections_are_on_off_or_unknown() {
    let said = |tree: &Tree, field: FieldId| {
        let found = tree.disclosed();
        let sections = found.sections();
        let row = sections.get(&Section::Security).and_then(|rows| rows.first());
        let value = row.and_then(|row| row.value(field)).cloned();
        value.ok_or_else(|| *found.absent().get(&field).unwrap())
    };
    let variable = "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
    for (bytes, expected) in [
        (b"\x06\0\0\0\x01".as_slice(), Ok(Value::Boolean(true))),
        (b"\x06\0\0\0\0", Ok(Value::Boolean(false))),
        (b"\x06\0\0\0\x02", Err(Absence::Malformed)),
        (b"\x01", Err(Absence::Malformed)),
        (b"", Err(Absence::Malformed)),
    ] {
        let tree = Tree::new();
        tree.put(variable, bytes);
        assert_eq!(said(&tree, fields::X_SECURITY_SECURE_BOOT), expected, "{bytes:?}");
    }
    let unavailable = || Err(Absence::Unavailable);
    let text = |text: &str| Ok(Value::Text(text.to_owned()));
    let tree = Tree::new();
    assert_eq!(said(&tree, fields::X_SECURITY_SECURE_BOOT), unavailable());
    assert_eq!(said(&tree, fields::X_SECURITY_TPM), unavailable());
    assert_eq!(said(&tree, fields::X_SECURITY_FIREWALL), unavailable());
    tree.directory("sys/class/tpm");
    assert_eq!(said(&tree, fields::X_SECURITY_TPM), text("none"));
    tree.directory("sys/class/tpm/tpm0");
    assert_eq!(said(&tree, fields::X_SECURITY_TPM), text("present"));
    for (major, expected) in [("1\n", text("1.2")), ("2\n", text("2.0")), ("9\n", Err(Absence::Malformed))] {
        tree.put("sys/class/tpm/tpm0/tpm_version_major", major);
        assert_eq!(said(&tree, fields::X_SECURITY_TPM), expected);
    }
    tree.directory("etc/systemd/system/multi-user.target.wants");
    assert_eq!(said(&tree, fields::X_SECURITY_FIREWALL), Ok(Value::Boolean(false)));
    // A link that leads nowhere is what a removed program leaves behind.
    let link = tree.path("etc/systemd/system/multi-user.target.wants/firewalld.service");
    symlink("/usr/lib/systemd/system/firewalld.service", link).unwrap();
    assert_eq!(said(&tree, fields::X_SECURITY_FIREWALL), Ok(Value::Boolean(false)));
    tree.put("usr/lib/systemd/system/firewalld.service", "[Unit]\n");
    assert_eq!(said(&tree, fields::X_SECURITY_FIREWALL), Ok(Value::Boolean(true)));
    let tree = Tree::new();
    for (text, expected) in [("ENABLED=no\n", false), ("#ENABLED=yes\n", false), ("ENABLED=\"Yes\"\n", true)]
    {
        tree.directory("etc/systemd/system");
        tree.put("etc/ufw/ufw.conf", text);
        assert_eq!(said(&tree, fields::X_SECURITY_FIREWALL), Ok(Value::Boolean(expected)), "{text}");
    }
}

#[test]
fn accounts_are_listed_though_their_logins_are_not() {
    let tree = Tree::new();
    tree.put("etc/passwd", "root:x:0:0::/root:/bin/sh\nanna:x:1000:1000:Anna,,,:/:/bin/sh\n");
    tree.fifo("etc/login.defs");
    tree.put("var/log/lastlog", [1; 17]);
    let found = tree.disclosed();
    assert_eq!(
        table(&found, Section::User, &[fields::USER_NAME, fields::USER_FULL_NAME]),
        [["anna", "Anna"]]
    );
    assert_eq!(found.absent().get(&fields::X_USER_LAST_LOGIN), Some(&Absence::Malformed));
    fs::remove_file(tree.path("etc/passwd")).unwrap();
    tree.fifo("etc/passwd");
    assert_eq!(tree.disclosed().absent().get(&fields::USER_NAME), Some(&Absence::Malformed));
}

#[test]
fn logins_are_unknown_where_one_of_their_databases_cannot_be_read() {
    let of_debian = |path: &str| fs::read(support::roots().join("debian-13").join(path)).unwrap();
    let (wtmp, last) = ("var/lib/wtmpdb/wtmp.db", "var/lib/lastlog/lastlog2.db");
    let tree = Tree::new();
    tree.put("etc/passwd", of_debian("etc/passwd"));
    let said = || {
        let found = tree.disclosed();
        let times = table(&found, Section::User, &[fields::USER_NAME, fields::X_USER_LAST_LOGIN]);
        (
            times.into_iter().map(|row| row[1].clone()).collect::<Vec<_>>(),
            found.absent().get(&fields::X_USER_LAST_LOGIN).copied(),
        )
    };
    let nothing = |reason| (vec!["-".to_owned(); 3], Some(reason));
    assert_eq!(said(), nothing(Absence::Unavailable));
    tree.put(wtmp, of_debian(wtmp));
    assert_eq!(said().0, ["2026-11-20T07:31:00Z", "-", "-"]);
    tree.put(last, of_debian(last));
    assert_eq!(said().0, ["2026-11-20T07:31:00Z", "2026-11-06T21:20:00Z", "-"]);
    tree.put(last, b"SQLite format 3\0 and then junk");
    assert_eq!(said(), nothing(Absence::Malformed));
    tree.put(last, &of_debian(last)[..6000]);
    assert_eq!(said(), nothing(Absence::Malformed));
    // Nobody has logged in yet.
    tree.put(last, "");
    assert_eq!(said().0, ["2026-11-20T07:31:00Z", "-", "-"]);
    // A log that is there and cannot be read may hold the newest login.
    tree.fifo("var/lib/wtmpdb/wtmp.db-wal");
    assert_eq!(said(), nothing(Absence::Malformed));
}

#[test]
fn live_patches_are_listed() {
    let tree = Tree::new();
    assert_eq!(tree.disclosed().absent().get(&fields::X_OS_PATCHES), Some(&Absence::Unavailable));
    tree.directory("sys/kernel/livepatch/kpatch_5_14_0_1");
    tree.directory("sys/kernel/livepatch/lkp_Ubuntu_6_8_0");
    let found = tree.disclosed();
    assert_eq!(table(&found, Section::Os, &[fields::X_OS_PATCHES]), [["kpatch_5_14_0_1,lkp_Ubuntu_6_8_0"]]);
}
