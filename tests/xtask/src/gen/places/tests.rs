use super::{WrittenPlace, parse};
use crate::r#gen::vocabulary::{KindOfSource, SOURCE_KINDS};
use crate::r#gen::{CATALOG, load, workspace};
use collector_proto::catalog::SourcePlace;
use std::collections::BTreeMap;
use std::path::Path;

fn is(system: &str, word: &'static str, variant: &'static str, text: &str) {
    assert_eq!(parse(system, word), Ok(WrittenPlace { variant, text }), "{word}");
}

fn refused(system: &str, words: &[&str], message: &str) {
    for word in words {
        let mistake = parse(system, word).expect_err(word);
        assert!(mistake.contains(message), "{word}: {mistake}");
    }
}

#[test]
fn paths_say_what_is_opened() {
    is("linux", "/etc/hostname", "File", "/etc/hostname");
    is("linux", "/sys/class/net/*/address", "File", "/sys/class/net/*/address");
    is("linux", "/sys/class/net/", "Directory", "/sys/class/net");
    is("linux", "/home/*/.config/**", "Tree", "/home/*/.config");
    is("linux", "stat:/etc/localtime", "Look", "/etc/localtime");
    is("macos", "stat:/opt/*.app", "Look", "/opt/*.app");
    is("linux", "stat:/var/lib/dpkg/info/**", "LookBeneath", "/var/lib/dpkg/info");
    let wrong = [
        "/",
        "/**",
        "//etc",
        "/etc//x",
        "/etc/../x",
        "/etc/./x",
        "/etc/x//",
        "/a/*b*",
        "/a/**/b",
        "stat:etc",
        "stat:/",
        "stat:/etc/",
    ];
    refused("linux", &wrong, "not a plain absolute path");
    refused("linux", &["etc/passwd", "passwd", ""], "neither an absolute path");
    refused("windows", &["/etc/passwd"], "another system");
}

#[test]
fn places_of_windows_say_their_key_or_class() {
    let extensions = r"file:%APPDATA%\Mozilla\*\extensions.json";
    is("windows", extensions, "WindowsFile", r"%APPDATA%\Mozilla\*\extensions.json");
    is("windows", r"file:C:\Users\*\x", "WindowsFile", r"C:\Users\*\x");
    is("windows", r"file:%PROGRAMDATA%\a b\**", "WindowsTree", r"%PROGRAMDATA%\a b");
    let wrong = [
        r"file:\x",
        r"file:x",
        r"file:%app%\x",
        r"file:%%\x",
        r"file:c:\x",
        r"file:C:\",
        r"file:C:\a\..\b",
        r"file:C:\a/b",
        r"file:C:\a\**\b",
        r"file:C:\a:stream",
    ];
    refused("windows", &wrong, "not a plain Windows path");
    is("windows", r"registry:HKLM\SOFTWARE\a b\Value", "RegistryValue", r"HKLM\SOFTWARE\a b\Value");
    is("windows", r"registry:HKU\*\Software\x\**", "RegistryTree", r"HKU\*\Software\x");
    let wrong = [
        r"registry:HKLM",
        r"registry:HKLM\value",
        r"registry:HKLM\**",
        r"registry:HKXX\a\b",
        r"registry:HKLM\a\\b",
        r"registry:HKLM\a\",
        r"registry:HKLM/a/b",
        r"registry:HKLM\a\*b*",
    ];
    refused("windows", &wrong, "not a key and value");
    is("windows", "wmi:Win32_BIOS.SerialNumber", "Wmi", "Win32_BIOS.SerialNumber");
    refused("windows", &["wmi:Win32_BIOS", "wmi:Win32_BIOS.", "wmi:.x", "wmi:a.b.c", "wmi:a b.c"], "of WMI");
    is("windows", "smbios:system.manufacturer", "Smbios", "system.manufacturer");
    refused("windows", &["smbios:system", "smbios:toaster.name", "smbios:system.Name"], "of SMBIOS");
    is("windows", "api:GetTickCount64", "Api", "GetTickCount64");
    refused("windows", &["api:Get Tick", "api:64", "api:kernel32.dll", "api:Get_Tick"], "id of an API");
}

#[test]
fn places_of_other_systems_say_their_property_or_name() {
    let serial = "ioreg:IOPlatformExpertDevice.IOPlatformSerialNumber";
    is("macos", serial, "IoRegistry", "IOPlatformExpertDevice.IOPlatformSerialNumber");
    is("macos", "ioreg:IOMedia.BSD Name", "IoRegistry", "IOMedia.BSD Name");
    is("macos", "ioreg:IODeviceTree:/efi.firmware-abi", "IoRegistry", "IODeviceTree:/efi.firmware-abi");
    let wrong = ["ioreg:IOMedia", "ioreg:IOMedia.", "ioreg:IODeviceTree:/.x", "ioreg:a/b.c", "ioreg:a.b  c"];
    refused("macos", &wrong, "of the I/O Registry");
    is("macos", "sysctl:machdep.cpu.brand_string", "Sysctl", "machdep.cpu.brand_string");
    refused("macos", &["sysctl:hw", "sysctl:hw.", "sysctl:HW.model", "sysctl:hw..model"], "of sysctl");
    is("macos", "command:/usr/bin/fdesetup status", "Command", "/usr/bin/fdesetup status");
    let wrong =
        ["command:fdesetup", "command:/usr/*/x", "command:/bin/sh  -c", "command:/bin/sh -c;", "command:/"];
    refused("macos", &wrong, "absolute path with arguments");
    is("linux", "syscall:clock_gettime", "SystemCall", "clock_gettime");
    refused("linux", &["syscall:Uname", "syscall:u-name", "syscall:u name"], "system call");
    let state = "org.freedesktop.login1/org.freedesktop.login1.Session.State";
    is("linux", "dbus:org.freedesktop.login1/org.freedesktop.login1.Session.State", "Bus", state);
    refused(
        "linux",
        &[
            "dbus:org.freedesktop.login1",
            "dbus:login1/org.x.Y.Z",
            "dbus:org.x/Y.Z",
            "dbus:org..x/org.x.Y",
            "dbus:org.x/org.x",
            "dbus:org.1x/org.x.Y",
            "dbus:org.x/org.x-y.Z",
            "dbus:org.x/org.x.Y/Z",
            "dbus::1.2/org.x.Y",
        ],
        "of D-Bus",
    );
    is("linux", "state:identity", "State", "identity");
    refused("linux", &["state:../x", "state:Identity"], "name of a record");
    is("macos", "build:Apple", "Build", "Apple");
    refused("linux", &["build:a b", "build:1"], "name of a constant");
}

#[test]
fn a_kind_belongs_to_its_systems() {
    refused("linux", &["magic:wand"], "unknown kind");
    refused("linux", &["syscall:", "state:", "stat:"], "names nothing");
    for (system, words) in [
        ("linux", &["wmi:A.B", r"registry:HKLM\a\b", "ioreg:A.b", "api:X", "sysctl:hw.model"][..]),
        ("windows", &["dbus:org.x", "syscall:uname", "stat:/etc", "command:/bin/x", "sysctl:hw.model"]),
        ("macos", &["dbus:org.x", "wmi:A.B", "smbios:system.uuid", r"file:C:\x"]),
    ] {
        refused(system, words, "does not have");
    }
}

/// Every source of the committed catalogue is of one kind, and the generated table writes it as the catalogue does.
#[test]
fn the_generated_table_holds_every_source_of_the_catalogue() {
    let root = workspace().expect("the workspace");
    let catalogue = load::load(&root, Path::new(CATALOG)).expect("the committed catalogue");
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, field) in catalogue.fields() {
        let declared = collector_proto::catalog::FieldId::parse(field.name()).expect("generated").field();
        let generated = [declared.sources.linux, declared.sources.windows, declared.sources.macos];
        for ((system, source), generated) in field.sources().into_iter().zip(generated) {
            let words: Vec<&str> = source.touches.iter().map(|touch| touch.get_ref().as_str()).collect();
            let written: Vec<String> = generated.touches.iter().map(ToString::to_string).collect();
            assert_eq!(written, words, "{} on {system}", field.name());
            for (word, place) in words.into_iter().zip(generated.touches) {
                let parsed = parse(system, word).expect(word);
                let debug = format!("{place:?}");
                let variant = debug.split(['(', ' ']).next();
                assert_eq!(variant, Some(parsed.variant), "{word}");
                *kinds.entry(parsed.variant).or_default() += 1;
            }
        }
    }
    assert!(kinds.len() >= 18 && kinds["File"] > 100, "{kinds:?}");
}

/// The typed place writes the prefix that the grammar reads, for every kind that has one.
#[test]
fn a_typed_place_is_written_with_the_prefix_of_its_kind() {
    for kind in SOURCE_KINDS {
        let place = match kind.kind {
            KindOfSource::Look => SourcePlace::Look("/etc/localtime"),
            KindOfSource::WindowsFile => SourcePlace::WindowsFile(r"C:\a\b"),
            KindOfSource::Registry => SourcePlace::RegistryValue(r"HKLM\a\b"),
            KindOfSource::Smbios => SourcePlace::Smbios("system.manufacturer"),
            KindOfSource::Wmi => SourcePlace::Wmi("Win32_BIOS.SerialNumber"),
            KindOfSource::IoRegistry => SourcePlace::IoRegistry("IOPlatformExpertDevice.IOPlatformUUID"),
            KindOfSource::Sysctl => SourcePlace::Sysctl("hw.memsize"),
            KindOfSource::SystemCall => SourcePlace::SystemCall("uname"),
            KindOfSource::Api => SourcePlace::Api("GetFirmwareType"),
            KindOfSource::Command => SourcePlace::Command("/usr/bin/fdesetup status"),
            KindOfSource::Bus => SourcePlace::Bus { service: "a.b", interface: "a.b.C", member: "D" },
            KindOfSource::State => SourcePlace::State("identity"),
            KindOfSource::Build => SourcePlace::Build("linux"),
        };
        let word = place.to_string();
        assert_eq!(word.split_once(':').map(|(prefix, _)| prefix), Some(kind.prefix), "{word}");
        assert!(kind.systems.iter().all(|system| parse(system, &word).is_ok()), "{word}");
    }
}
