use super::*;
use std::collections::BTreeSet;

/// Name, sensitivity and default of every field, as reviewed: a change of either is a change of the product's promise.
const REVIEWED: &[(&str, Sensitivity, bool)] = {
    use Sensitivity::{High as H, Low as L, Medium as M};
    &[
        ("agent.version", L, true),
        ("device.id", M, true),
        ("device.manufacturer", L, false),
        ("device.model.identifier", L, false),
        ("device.serial_number", M, false),
        ("geo.country.iso_code", H, false),
        ("geo.location.lat", H, false),
        ("geo.location.lon", H, false),
        ("host.arch", L, true),
        ("host.cpu.model.name", L, false),
        ("host.domain", M, false),
        ("host.id", M, false),
        ("host.ip", M, false),
        ("host.mac", M, false),
        ("host.name", M, false),
        ("host.os.kernel", L, false),
        ("host.uptime", L, false),
        ("hw.bios_version", L, false),
        ("network.carrier.icc", M, false),
        ("network.carrier.mcc", M, false),
        ("network.carrier.mnc", M, false),
        ("network.carrier.name", M, false),
        ("network.interface.name", L, false),
        ("os.build_id", L, true),
        ("os.description", L, false),
        ("os.name", L, true),
        ("os.type", L, true),
        ("os.version", L, true),
        ("package.architecture", M, false),
        ("package.install_scope", M, false),
        ("package.installed", M, false),
        ("package.name", M, false),
        ("package.type", M, false),
        ("package.version", M, false),
        ("user.email", H, false),
        ("user.full_name", H, false),
        ("user.hash", M, false),
        ("user.name", H, false),
        ("x.battery.capacity.design", L, false),
        ("x.battery.capacity.full", L, false),
        ("x.battery.cycles", L, false),
        ("x.battery.name", L, false),
        ("x.browser.extension", H, false),
        ("x.browser.name", L, false),
        ("x.browser.version", L, false),
        ("x.custody.at", H, false),
        ("x.custody.condition", H, false),
        ("x.custody.direction", H, false),
        ("x.device.asset_tag", M, false),
        ("x.device.imei", H, false),
        ("x.device.phone_number", H, false),
        ("x.display.connector", L, false),
        ("x.display.manufacturer", L, false),
        ("x.display.model", L, false),
        ("x.display.serial", M, false),
        ("x.display.year", L, false),
        ("x.firmware.date", L, false),
        ("x.firmware.kind", L, false),
        ("x.graphics.model", L, false),
        ("x.graphics.slot", L, false),
        ("x.graphics.vendor", L, false),
        ("x.host.locale", L, false),
        ("x.host.timezone", L, false),
        ("x.hw.memory.size", L, false),
        ("x.network.interface.kind", L, false),
        ("x.network.wifi.ssid", H, false),
        ("x.os.patches", L, false),
        ("x.package.user", H, false),
        ("x.package.vendor", M, false),
        ("x.security.antivirus", L, false),
        ("x.security.disk_encrypted", L, false),
        ("x.security.firewall", L, false),
        ("x.security.secure_boot", L, false),
        ("x.security.tpm", L, false),
        ("x.session.user", H, false),
        ("x.sim.iccid", H, false),
        ("x.sim.imsi", H, false),
        ("x.sim.state", H, false),
        ("x.storage.kind", L, false),
        ("x.storage.model", L, false),
        ("x.storage.name", L, false),
        ("x.storage.serial", M, false),
        ("x.storage.size", L, false),
        ("x.user.last_login", H, false),
        ("x.wwan.signal", L, false),
    ]
};

fn declared() -> impl Iterator<Item = &'static Field> {
    FieldId::all().map(FieldId::field)
}

#[test]
fn the_table_is_what_was_reviewed() {
    let table: Vec<_> = declared().map(|field| (field.name, field.sensitivity, field.minimal)).collect();
    assert_eq!(table, REVIEWED);
}

#[test]
fn names_are_sorted_unique_and_found() {
    assert!(generated::FIELDS.is_sorted_by(|a, b| a.name < b.name));
    for id in FieldId::all() {
        assert_eq!(FieldId::parse(id.name()), Some(id));
        assert_eq!(generated::FIELDS[id.index()].name, id.name());
    }
    assert_eq!(FieldId::parse("host.i"), None);
    assert_eq!(FieldId::parse(""), None);
    assert_eq!(fields::HOST_IP.name(), "host.ip");
    assert_eq!(fields::X_WWAN_SIGNAL.name(), "x.wwan.signal");
}

#[test]
fn own_names_and_no_others_start_with_x() {
    for field in declared() {
        assert_eq!(field.name.starts_with("x."), field.origin == Origin::Own, "{}", field.name);
    }
}

#[test]
fn every_section_has_fields_and_a_key_where_it_is_a_table() {
    for section in Section::ALL.iter().copied() {
        assert_eq!(Section::parse(section.name()), Some(section));
        assert!(section.fields().next().is_some(), "{}", section.name());
        assert_eq!(section.shape() == Shape::Table, !section.key().is_empty(), "{}", section.name());
        for id in section.key() {
            assert_eq!(id.section(), section);
            // Rows are distinguished by the key's text, so each part must be one text that can travel.
            let field = id.field();
            assert!(
                field.allows(TreatmentKind::Keep) && field.kind == ValueKind::Text && !field.many,
                "{id}"
            );
        }
    }
    assert_eq!(
        Section::Package.key(),
        [
            fields::PACKAGE_TYPE,
            fields::PACKAGE_NAME,
            fields::PACKAGE_ARCHITECTURE,
            fields::PACKAGE_VERSION,
            fields::X_PACKAGE_USER
        ]
    );
}

#[test]
fn location_is_bounded_whatever_a_policy_says() {
    let location: Vec<_> = Section::Location.fields().map(FieldId::field).collect();
    assert_eq!(location.len(), 3);
    for field in location {
        assert_eq!(field.bounds.legal_bases, [LegalBasis::Consent], "{}", field.name);
        assert!(!field.minimal);
    }
    for id in [fields::GEO_LOCATION_LAT, fields::GEO_LOCATION_LON] {
        assert_eq!(id.field().treatments, [TreatmentKind::Drop, TreatmentKind::Generalise]);
        assert_eq!(id.field().coarse, [Generalisation::TenthDegree, Generalisation::Degree], "{id}");
    }
}

#[test]
fn ids_that_must_stay_on_the_device_are_never_kept() {
    for id in [fields::HOST_ID, fields::USER_HASH] {
        assert_eq!(id.field().treatments, [TreatmentKind::Drop, TreatmentKind::Hmac], "{id}");
    }
    assert!(
        FieldId::parse("x.package.purl").is_none(),
        "the collector derives it; an agent must not name it"
    );
    assert_eq!(DERIVED.iter().map(|derived| derived.name).collect::<Vec<_>>(), ["x.package.purl"]);
}

#[test]
fn what_shows_presence_or_place_can_be_coarsened() {
    let shows: Vec<_> = declared().filter(|field| field.shows.is_some()).collect();
    assert_eq!(shows.len(), 17);
    for field in shows {
        assert!(field.allows(TreatmentKind::Generalise) && !field.coarse.is_empty(), "{}", field.name);
    }
}

#[test]
fn coarsenings_are_those_of_the_type_the_finest_first() {
    for field in declared() {
        assert_eq!(field.coarse.is_empty(), !field.allows(TreatmentKind::Generalise), "{}", field.name);
        for (index, level) in field.coarse.iter().enumerate() {
            assert!(level.applies_to(field.kind), "{} {level}", field.name);
            let coarser = |finer: &Generalisation| level.tells_no_more_than(*finer);
            let so_far = &field.coarse[..index];
            assert!(so_far.iter().all(coarser), "{}", field.name);
        }
    }
}

#[test]
fn every_country_is_on_one_continent() {
    let codes: Vec<_> = Continent::ALL.iter().flat_map(|continent| continent.countries()).collect();
    assert_eq!(codes.len(), 249, "ISO 3166-1 assigns 249 codes");
    assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), codes.len(), "a code is there twice");
    for continent in Continent::ALL {
        assert!(continent.countries().is_sorted(), "{continent}");
        assert!(continent.countries().all(|code| Continent::of_country(code) == Some(*continent)));
    }
}

#[test]
fn addresses_can_always_be_pseudonymised() {
    let mut examined = 0;
    for field in declared().filter(|field| matches!(field.kind, ValueKind::Ip | ValueKind::Mac)) {
        assert!(field.allows(TreatmentKind::Hmac), "{}", field.name);
        examined += 1;
    }
    assert_eq!(examined, 2);
}

#[test]
fn every_field_can_be_dropped_and_bounds_hold_a_keyed_hash() {
    for field in declared() {
        assert!(field.allows(TreatmentKind::Drop), "{}", field.name);
        assert!(field.treatments.len() > 1, "{} can never be sent", field.name);
        assert_eq!(field.many, field.bounds.max_values > 1, "{}", field.name);
        if field.allows(TreatmentKind::Hmac) {
            let longest = "hmac-sha256:".len() + 8 + ":".len() + 22;
            assert!(field.bounds.max_bytes as usize >= longest, "{}", field.name);
        }
    }
}

#[test]
fn only_the_agents_own_version_says_nothing_about_anyone() {
    let without: Vec<_> = declared().filter(|field| field.dpv.is_empty()).map(|field| field.name).collect();
    assert_eq!(without, ["agent.version"]);
    for field in declared() {
        assert_eq!(field.ccpa.is_empty(), field.dpv.is_empty(), "{}", field.name);
    }
}

#[test]
fn linux_sources_are_paths_or_kinds_that_linux_has() {
    let mut paths = 0;
    for field in declared() {
        for place in field.source(Platform::Linux).touches {
            let is_of_linux = matches!(
                place,
                SourcePlace::SystemCall(_)
                    | SourcePlace::Bus { .. }
                    | SourcePlace::Build(_)
                    | SourcePlace::State(_)
            );
            assert!(place.path().is_some() || is_of_linux, "{}: {place}", field.name);
            paths += usize::from(place.path().is_some());
        }
    }
    assert!(paths > 20, "only {paths} paths examined");
}

#[test]
fn fields_without_a_source_are_the_known_ones() {
    let none = |platform| -> Vec<_> {
        declared().filter(|field| field.source(platform).touches.is_empty()).map(|field| field.name).collect()
    };
    assert_eq!(none(Platform::Linux), ["geo.country.iso_code", "user.email", "x.security.antivirus"]);
    assert_eq!(none(Platform::Windows), ["geo.country.iso_code", "user.email"]);
    assert_eq!(none(Platform::Unsupported).len(), generated::FIELDS.len());
}

#[test]
fn root_is_needed_only_for_the_serial_number_and_browser_profiles() {
    let root: Vec<_> = declared()
        .filter(|field| field.source(Platform::Linux).privilege == Privilege::Root)
        .map(|field| field.name)
        .collect();
    assert_eq!(root, ["device.serial_number", "x.browser.extension"]);
}

#[test]
fn what_has_no_code_is_no_field() {
    assert!(NEVER.is_sorted_by(|a, b| a.name < b.name));
    let names: BTreeSet<_> = NEVER.iter().map(|never| never.name).collect();
    for expected in [
        "configuration.contents",
        "file.contents",
        "file.names",
        "location.cell_tower",
        "location.history",
        "log.contents",
        "network.provider",
        "person.birth_date",
        "person.credentials",
        "person.image",
        "person.payment",
        "person.postal_address",
        "remote.control",
        "remote.wipe",
        "screen.capture",
        "usage.activity",
        "web.cookies",
        "web.requests",
        "work.shift",
    ] {
        assert!(names.contains(expected), "{expected} left the never list");
    }
    for never in NEVER {
        assert!(FieldId::parse(never.name).is_none(), "{} is both promised and collected", never.name);
    }
}

#[test]
fn message_ids_are_distinct() {
    let ids: BTreeSet<_> = FieldId::all().map(|field| Wording::Field.message_id(field.name())).collect();
    assert_eq!(ids.len(), generated::FIELDS.len());
    assert_eq!(Wording::Field.message_id("hw.bios_version"), "field-hw-bios-version");
    assert_eq!(Wording::Purpose.message_id("EnforceSecurity"), "purpose-EnforceSecurity");
}

#[test]
fn rights_follow_the_legal_basis() {
    use LegalBasis::{Consent, Contract, LegalObligation, LegitimateInterest, PublicTask, VitalInterest};
    let bases_of = |right: Right| -> Vec<_> {
        LegalBasis::ALL.iter().copied().filter(|basis| right.applies_under(*basis)).collect()
    };
    assert_eq!(bases_of(Right::Objection), [PublicTask, LegitimateInterest]);
    assert_eq!(bases_of(Right::Portability), [Consent, Contract]);
    assert_eq!(bases_of(Right::Withdrawal), [Consent]);
    assert_eq!(
        bases_of(Right::Erasure),
        [Consent, Contract, LegalObligation, VitalInterest, PublicTask, LegitimateInterest]
    );
}

#[test]
fn names_survive_json_and_strangers_do_not() {
    assert_eq!(serde_json::to_string(&fields::HOST_MAC).unwrap(), "\"host.mac\"");
    assert_eq!(serde_json::from_str::<FieldId>("\"host.mac\"").unwrap(), fields::HOST_MAC);
    let error = serde_json::from_str::<FieldId>("\"my.secret\"").unwrap_err().to_string();
    assert!(!error.contains("my.secret"), "{error}");
    assert_eq!(serde_json::to_string(&Section::Os).unwrap(), "\"os\"");
    assert!(serde_json::from_str::<Section>("\"oss\"").is_err());
}
