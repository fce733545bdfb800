use crate::r#gen::load;
use crate::r#gen::model::Text;
use crate::r#gen::problem::CatalogueProblem;
use std::path::Path;

/// The committed catalogue's files.
fn committed() -> Vec<Text> {
    let root = crate::r#gen::workspace().expect("the workspace");
    load::texts(&root, Path::new(crate::r#gen::CATALOG)).expect("the committed catalogue")
}

/// What is said about the committed catalogue after `from` became `to` once in `file`.
fn problems(file: &str, from: &str, to: &str) -> Vec<String> {
    let mut texts = committed();
    let text = texts.iter_mut().find(|text| text.path.ends_with(file)).expect("the file");
    assert!(text.content.contains(from), "{file} does not contain {from:?}");
    text.content = text.content.replacen(from, to, 1);
    load::from_texts(texts).err().unwrap_or_default().iter().map(CatalogueProblem::to_string).collect()
}

/// The line of the first `needle` in a committed file, from 1.
fn line(file: &str, needle: &str) -> usize {
    let texts = committed();
    let text = texts.iter().find(|text| text.path.ends_with(file)).expect("the file");
    text.content.lines().position(|line| line.contains(needle)).expect("the needle") + 1
}

#[track_caller]
fn refused(file: &str, from: &str, to: &str, at: &str, message: &str) {
    let expected = format!("collector-proto/catalog/{file}:{}: ", line(file, at));
    let found = problems(file, from, to);
    assert!(
        found.iter().any(|problem| problem.starts_with(&expected) && problem.contains(message)),
        "expected {expected}… {message}\nfound {found:#?}"
    );
}

#[test]
fn the_committed_catalogue_is_sound() {
    assert_eq!(problems("os.toml", "os.name", "os.name"), Vec::<String>::new());
}

#[test]
fn forms_are_strict() {
    refused("os.toml", "minimal = true", "secret = 1\nminimal = true", "minimal = true", "`secret`");
    assert!(problems("os.toml", "type = \"text\"", "type = \"txt\"")[0].contains("txt"));
    assert!(problems("os.toml", "sensitivity = \"low\"\n", "")[0].contains("sensitivity"));
    assert!(problems("never.toml", "capability = \"none\"", "capability = \"some\"")[0].contains("some"));
    assert!(problems("package.toml", "by = \"collector\"", "by = \"agent\"")[0].contains("agent"));
}

#[test]
fn names_follow_their_origin() {
    let at = "id = \"os.type\"";
    refused("os.toml", at, "id = \"x.os.type\"", at, "its origin must be `own`");
    refused("os.toml", "origin = \"otel\"", "origin = \"own\"", at, "must start with `x.`");
    refused("os.toml", at, "id = \"os.Type\"", at, "not a dotted name");
    refused("os.toml", at, "id = \"os\"", at, "not a dotted name");
}

#[test]
fn names_are_unique_also_as_messages() {
    let at = "id = \"os.name\"";
    refused("os.toml", at, "id = \"os.type\"", at, "declared twice");
    refused("os.toml", at, "id = \"os.build.id\"", "id = \"os.build_id\"", "share one message");
    refused("never.toml", "\"screen.capture\"", "\"host.ip\"", "name = \"screen.capture\"", "declared twice");
    refused(
        "package.toml",
        "\"x.package.purl\"",
        "\"x.hw.memory.size\"",
        "\"x.package.purl\"",
        "declared twice",
    );
}

#[test]
fn terms_are_known() {
    let at = "id = \"os.type\"";
    refused(
        "os.toml",
        "[\"DeviceOperatingSystem\"]",
        "[\"DeviceOs\"]",
        "DeviceOperatingSystem",
        "`DeviceOs`",
    );
    refused("os.toml", "[\"DeviceOperatingSystem\"]", "[]", at, "has no DPV term");
    refused("os.toml", "ccpa = [\"F\"]", "ccpa = []", at, "both DPV terms and CCPA");
    refused("os.toml", "ccpa = [\"F\"]", "ccpa = [\"F\", \"F\"]", at, "twice");
    refused("never.toml", "[\"Picture\"]", "[]", "screen.capture", "needs a DPV term");
    refused("never.toml", "[\"softpire\"]", "[]", "file.names", "whose policy");
}

#[test]
fn treatments_fit_the_type() {
    let ip = "[\"keep\", \"drop\", \"truncate\", \"hmac\"]\nmax_values = 64";
    let at = "id = \"host.ip\"";
    refused("network.toml", ip, "[\"keep\", \"drop\", \"truncate\"]\nmax_values = 64", at, "must allow");
    refused(
        "network.toml",
        ip,
        "[\"keep\", \"truncate\", \"hmac\"]\nmax_values = 64",
        at,
        "must allow `drop`",
    );
    let mac = "[\"keep\", \"drop\", \"hmac\", \"generalise\"]";
    let at = "id = \"host.mac\"";
    refused("network.toml", mac, "[\"keep\", \"drop\", \"generalise\"]", at, "must allow `hmac`");
    refused("network.toml", mac, "[\"drop\"]", at, "could never be sent");
    let flag = "treatments = [\"keep\", \"drop\"]";
    let at = "id = \"x.security.disk_encrypted\"";
    refused(
        "security.toml",
        flag,
        "treatments = [\"keep\", \"drop\", \"hmac\"]",
        at,
        "cannot be treated with",
    );
}

#[test]
fn coarsenings_fit_the_type_and_stand_where_they_are_allowed() {
    let (days, at) = ("coarse = [\"days\", \"weeks\"]\n", "id = \"host.uptime\"");
    refused("host.toml", days, "", at, "say in `coarse`");
    refused("host.toml", days, "coarse = [\"day\"]\n", at, "cannot be coarsened to `day`: it is integer");
    refused("host.toml", days, "coarse = [\"days\", \"days\"]\n", at, "names a coarsening twice");
    let allowed = "\"generalise\"]\ncoarse = [\"days\"";
    refused("host.toml", allowed, "\"hmac\"]\ncoarse = [\"days\"", at, "does not allow `generalise`");
    assert!(problems("host.toml", days, "coarse = [\"hours\"]\n")[0].contains("hours"));
    let without = format!(", \"generalise\"]\n{days}");
    refused("host.toml", &without, "]\n", at, "shows presence, so a coarse treatment has to exist");
}

#[test]
fn keys_name_one_text_of_the_section() {
    let key = "key = [\"user.name\"]";
    refused("user.toml", key, "key = [\"host.name\"]", key, "not a field of the section");
    refused("user.toml", key, "key = [\"user.hash\"]", key, "cannot be kept");
    refused("user.toml", key, "key = [\"x.user.last_login\"]", key, "not one text");
    refused("user.toml", key, "", "# One row per person", "a table needs a key");
    refused(
        "os.toml",
        "shape = \"single\"",
        "shape = \"single\"\nkey = [\"os.type\"]",
        "# The operating",
        "has no key",
    );
}

#[test]
fn sections_match_their_files_and_count_up() {
    refused("os.toml", "name = \"os\"", "name = \"system\"", "name = \"os\"", "not named as its file");
    refused("custody.toml", "order = 17", "order = 18", "order = 17", "17 is expected");
}

#[test]
fn bounds_hold_what_the_treatments_give() {
    let at = "id = \"os.name\"";
    refused("os.toml", "max_bytes = 128", "max_bytes = 42", at, "at least 43");
    refused("os.toml", "max_bytes = 16\n", "", "id = \"os.type\"", "needs `max_bytes`");
    refused("os.toml", "many = true\n", "", "id = \"x.os.patches\"", "no `max_values`");
    refused("os.toml", "max_values = 1024\n", "", "id = \"x.os.patches\"", "needs `max_values`");
    refused(
        "host.toml",
        "type = \"integer\"",
        "type = \"integer\"\nmax_bytes = 8",
        "x.hw.memory.size",
        "takes no",
    );
}

#[test]
fn sources_are_of_their_system() {
    let at = "linux = { touches = [\"build:linux\"] }";
    for (source, message) in [
        ("etc/os-release", "neither an absolute path"),
        ("/etc/../shadow", "not a plain absolute path"),
        ("/etc//shadow", "not a plain absolute path"),
        ("/**", "not a plain absolute path"),
        ("magic:wand", "unknown kind"),
        ("wmi:Win32_BIOS", "this system does not have"),
        ("syscall:", "names nothing"),
    ] {
        refused("os.toml", "\"build:linux\"", &format!("{source:?}"), at, message);
    }
    let windows = "windows = { touches = [\"build:windows\"] }";
    refused("os.toml", "\"build:windows\"", "\"/etc/passwd\"", windows, "another system");
    let admin = "linux = { touches = [\"build:linux\"], privilege = \"admin\" }";
    refused("os.toml", at, admin, "id = \"os.type\"", "cannot need the privilege");
    refused("user.toml", "no_source = ", "# no_source = ", "id = \"user.email\"", "no source on any system");
}

/// A source that is not what its kind says is refused where it stands.
#[test]
fn sources_have_the_form_of_their_kind() {
    let login = "\"dbus:org.freedesktop.login1/org.freedesktop.login1.Manager.ListSessions\"";
    let serial = "\"ioreg:IOPlatformExpertDevice.IOPlatformSerialNumber\"";
    let guid = r"'registry:HKLM\SOFTWARE\Microsoft\Cryptography\MachineGuid'";
    let firefox = r"'file:%APPDATA%\Mozilla\Firefox\Profiles\*\extensions.json'";
    for (file, source, wrong, message) in [
        ("device.toml", "\"/sys/class/dmi/id/sys_vendor\"", "\"/sys/*c*/x\"", "not a plain absolute path"),
        ("network.toml", "\"/sys/class/net/\"", "\"/sys/class/net//\"", "not a plain absolute path"),
        ("host.toml", "\"stat:/etc/localtime\"", "\"stat:etc/localtime\"", "not a plain absolute path"),
        ("browser.toml", firefox, "'file:Mozilla'", "not a plain Windows path"),
        ("host.toml", guid, "'registry:MachineGuid'", "not a key and value of the registry"),
        ("device.toml", "\"smbios:system.manufacturer\"", "\"smbios:manufacturer\"", "of SMBIOS"),
        ("device.toml", "\"wmi:Win32_BIOS.SerialNumber\"", "\"wmi:Win32_BIOS\"", "of WMI"),
        ("device.toml", serial, "\"ioreg:IOPlatformSerialNumber\"", "of the I/O Registry"),
        ("device.toml", "\"sysctl:hw.model\"", "\"sysctl:model\"", "dotted name of sysctl"),
        ("host.toml", "\"syscall:clock_gettime\"", "\"syscall:Clock\"", "name of a system call"),
        ("host.toml", "\"api:GetTickCount64\"", "\"api:Get Tick\"", "id of an API"),
        ("security.toml", "\"command:/usr/bin/csrutil status\"", "\"command:csrutil\"", "absolute path with"),
        ("session.toml", login, "\"dbus:org.freedesktop.login1\"", "of D-Bus"),
        ("device.toml", "\"state:identity\"", "\"state:../identity\"", "name of a record"),
        ("device.toml", "\"build:Apple\"", "\"build:1\"", "name of a constant"),
    ] {
        refused(file, source, wrong, source, message);
    }
}

#[test]
fn the_minimal_policy_collects_nothing_sensitive() {
    let at = "id = \"user.name\"";
    refused("user.toml", "minimal = false", "minimal = true", at, "high sensitivity");
    let host_id = "sensitivity = \"medium\"\nminimal = false\ntreatments = [\"drop\", \"hmac\"]";
    let wanted = host_id.replace("false", "true");
    refused("host.toml", host_id, &wanted, "id = \"host.id\"", "is bounded");
}

#[test]
fn an_absent_never_list_is_refused() {
    let mut texts = committed();
    texts.retain(|text| !text.path.ends_with("never.toml"));
    assert!(load::from_texts(texts).is_err());
}

/// Every file of the catalogue has the form of the published schema, and the schema refuses what the parser refuses.
#[test]
fn the_catalogue_schema_describes_the_catalogue() {
    let schema = serde_json::from_str(&crate::r#gen::schema::catalogue()).expect("JSON");
    let schema = jsonschema::draft202012::new(&schema).expect("a schema");
    let texts = committed();
    assert!(texts.len() > 10, "only {} files examined", texts.len());
    for text in texts {
        let json: serde_json::Value = toml::from_str(&text.content).expect("TOML");
        let errors: Vec<String> = schema.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", text.path.display());
        for field in json["field"].as_array().into_iter().flatten() {
            for change in ["stray", "id", "dpv", "linux", "treatments"] {
                let mut wrong = json.clone();
                let mut field = field.clone();
                field[change] = serde_json::json!(1);
                wrong["field"] = serde_json::json!([field]);
                assert!(!schema.is_valid(&wrong), "{}: {change}", text.path.display());
            }
        }
    }
}

#[test]
fn groups_of_sources_are_declared_before_they_are_named_and_named_by_somebody() {
    refused("package.toml", "@packages", "@package", "@packages", "is not a group");
    let unused = problems("user.toml", "@accounts", "/etc/passwd");
    // Others name it still; without any of them the group would look as if its sources were read.
    assert!(unused.iter().all(|problem| !problem.contains("named by no field")), "{unused:#?}");
    let empty = "touches = [\"/var/lib/dpkg/status\", \"/var/lib/dpkg/status.d/*\"]";
    let found = problems("sources.toml", empty, "touches = []");
    assert!(found.iter().any(|problem| problem.contains("`dpkg` is empty or declared twice")), "{found:#?}");
    let loops = problems("sources.toml", "\"/var/lib/dpkg/status\"", "\"@packages\"");
    assert!(loops.iter().any(|problem| problem.contains("`@packages` is not a group")), "{loops:#?}");
}

#[test]
fn patterns_have_one_star_a_component_and_two_only_at_the_end() {
    let at = "stat:/var/lib/dpkg/info/**";
    for wrong in ["stat:/var/*lib*/x", "/var/**/x", "stat:relative", "/var//x", "stat:", "/var/../x"] {
        refused("package.toml", at, wrong, at, "has the source");
    }
    for right in ["/var/lib/**", "stat:/a/*/b/c*.d", "/a/*/b"] {
        assert_eq!(problems("package.toml", at, right), Vec::<String>::new(), "{right}");
    }
}

#[test]
fn every_text_says_who_writes_it_and_what_can_stand_in_it() {
    let at = "id = \"host.name\"";
    refused("host.toml", "text = \"host_name\"\n", "", at, "say in `text` who writes it");
    refused("host.toml", "carries = []\n", "", "id = \"host.id\"", "say in `carries`");
    refused(
        "host.toml",
        "carries = [\"device.serial_number\"",
        "carries = [\"device.serial\"",
        "carries = [\"device.serial_number\"",
        "not a field",
    );
    refused(
        "host.toml",
        "carries = [\"device.serial_number\"",
        "carries = [\"host.name\"",
        "carries = [\"device.serial_number\"",
        "carry itself",
    );
    refused(
        "network.toml",
        "type = \"mac\"",
        "type = \"mac\"\ncarries = []",
        "id = \"host.mac\"",
        "is not text",
    );
}
