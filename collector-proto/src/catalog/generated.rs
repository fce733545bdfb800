//! The catalogue's table. Written by `cargo xtask gen` from `collector-proto/catalog/*.toml`; change those.

use super::terms::{
    CcpaCategory as C, LegalBasis as B, Origin, Privilege as P, Sensitivity, Shape, Shows,
    TreatmentKind as T, ValueKind,
};
use super::{Bounds, Derived, Field, FieldId, Never, Source, SourcePlace as S, Sources};

/// A section of the report, in the order they are shown in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
pub enum Section {
    /// `agent`.
    #[serde(rename = "agent")]
    Agent,
    /// `device`.
    #[serde(rename = "device")]
    Device,
    /// `host`.
    #[serde(rename = "host")]
    Host,
    /// `os`.
    #[serde(rename = "os")]
    Os,
    /// `network`.
    #[serde(rename = "network")]
    Network,
    /// `storage`.
    #[serde(rename = "storage")]
    Storage,
    /// `battery`.
    #[serde(rename = "battery")]
    Battery,
    /// `graphics`.
    #[serde(rename = "graphics")]
    Graphics,
    /// `display`.
    #[serde(rename = "display")]
    Display,
    /// `package`.
    #[serde(rename = "package")]
    Package,
    /// `browser`.
    #[serde(rename = "browser")]
    Browser,
    /// `user`.
    #[serde(rename = "user")]
    User,
    /// `session`.
    #[serde(rename = "session")]
    Session,
    /// `security`.
    #[serde(rename = "security")]
    Security,
    /// `wwan`.
    #[serde(rename = "wwan")]
    Wwan,
    /// `location`.
    #[serde(rename = "location")]
    Location,
    /// `custody`.
    #[serde(rename = "custody")]
    Custody,
}

impl Section {
    /// Every section.
    pub const ALL: &[Self] = &[
        Self::Agent,
        Self::Device,
        Self::Host,
        Self::Os,
        Self::Network,
        Self::Storage,
        Self::Battery,
        Self::Graphics,
        Self::Display,
        Self::Package,
        Self::Browser,
        Self::User,
        Self::Session,
        Self::Security,
        Self::Wwan,
        Self::Location,
        Self::Custody,
    ];

    /// The name in reports and policies.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Device => "device",
            Self::Host => "host",
            Self::Os => "os",
            Self::Network => "network",
            Self::Storage => "storage",
            Self::Battery => "battery",
            Self::Graphics => "graphics",
            Self::Display => "display",
            Self::Package => "package",
            Self::Browser => "browser",
            Self::User => "user",
            Self::Session => "session",
            Self::Security => "security",
            Self::Wwan => "wwan",
            Self::Location => "location",
            Self::Custody => "custody",
        }
    }

    /// Whether the section has one row or many.
    pub const fn shape(self) -> Shape {
        match self {
            Self::Agent
            | Self::Device
            | Self::Host
            | Self::Os
            | Self::Session
            | Self::Security
            | Self::Location
            | Self::Custody => Shape::Single,
            Self::Network
            | Self::Storage
            | Self::Battery
            | Self::Graphics
            | Self::Display
            | Self::Package
            | Self::Browser
            | Self::User
            | Self::Wwan => Shape::Table,
        }
    }

    /// Whether rows, or values in them, can be about single accounts of the device. In a report they do not say whose they are.
    pub const fn is_about_accounts(self) -> bool {
        match self {
            Self::Agent
            | Self::Device
            | Self::Host
            | Self::Os
            | Self::Network
            | Self::Storage
            | Self::Battery
            | Self::Graphics
            | Self::Display
            | Self::Security
            | Self::Wwan
            | Self::Location
            | Self::Custody => false,
            Self::Package | Self::Browser | Self::User | Self::Session => true,
        }
    }

    /// The fields that identify a row of a table; empty for a single row.
    pub fn key(self) -> &'static [FieldId] {
        match self {
            Self::Agent
            | Self::Device
            | Self::Host
            | Self::Os
            | Self::Session
            | Self::Security
            | Self::Location
            | Self::Custody => &[],
            Self::Network => &[fields::NETWORK_INTERFACE_NAME],
            Self::Storage => &[fields::X_STORAGE_NAME],
            Self::Battery => &[fields::X_BATTERY_NAME],
            Self::Graphics => &[fields::X_GRAPHICS_SLOT],
            Self::Display => &[fields::X_DISPLAY_CONNECTOR],
            Self::Package => &[
                fields::PACKAGE_TYPE,
                fields::PACKAGE_NAME,
                fields::PACKAGE_ARCHITECTURE,
                fields::PACKAGE_VERSION,
                fields::X_PACKAGE_USER,
            ],
            Self::Browser => &[fields::X_BROWSER_NAME, fields::X_BROWSER_VERSION],
            Self::User => &[fields::USER_NAME],
            Self::Wwan => &[fields::X_DEVICE_IMEI],
        }
    }
}

/// Every field by a name that the compiler checks.
pub mod fields {
    use super::FieldId;

    /// `agent.version`.
    pub const AGENT_VERSION: FieldId = FieldId::at(0);
    /// `device.id`.
    pub const DEVICE_ID: FieldId = FieldId::at(1);
    /// `device.manufacturer`.
    pub const DEVICE_MANUFACTURER: FieldId = FieldId::at(2);
    /// `device.model.identifier`.
    pub const DEVICE_MODEL_IDENTIFIER: FieldId = FieldId::at(3);
    /// `device.serial_number`.
    pub const DEVICE_SERIAL_NUMBER: FieldId = FieldId::at(4);
    /// `geo.country.iso_code`.
    pub const GEO_COUNTRY_ISO_CODE: FieldId = FieldId::at(5);
    /// `geo.location.lat`.
    pub const GEO_LOCATION_LAT: FieldId = FieldId::at(6);
    /// `geo.location.lon`.
    pub const GEO_LOCATION_LON: FieldId = FieldId::at(7);
    /// `host.arch`.
    pub const HOST_ARCH: FieldId = FieldId::at(8);
    /// `host.cpu.model.name`.
    pub const HOST_CPU_MODEL_NAME: FieldId = FieldId::at(9);
    /// `host.domain`.
    pub const HOST_DOMAIN: FieldId = FieldId::at(10);
    /// `host.id`.
    pub const HOST_ID: FieldId = FieldId::at(11);
    /// `host.ip`.
    pub const HOST_IP: FieldId = FieldId::at(12);
    /// `host.mac`.
    pub const HOST_MAC: FieldId = FieldId::at(13);
    /// `host.name`.
    pub const HOST_NAME: FieldId = FieldId::at(14);
    /// `host.os.kernel`.
    pub const HOST_OS_KERNEL: FieldId = FieldId::at(15);
    /// `host.uptime`.
    pub const HOST_UPTIME: FieldId = FieldId::at(16);
    /// `hw.bios_version`.
    pub const HW_BIOS_VERSION: FieldId = FieldId::at(17);
    /// `network.carrier.icc`.
    pub const NETWORK_CARRIER_ICC: FieldId = FieldId::at(18);
    /// `network.carrier.mcc`.
    pub const NETWORK_CARRIER_MCC: FieldId = FieldId::at(19);
    /// `network.carrier.mnc`.
    pub const NETWORK_CARRIER_MNC: FieldId = FieldId::at(20);
    /// `network.carrier.name`.
    pub const NETWORK_CARRIER_NAME: FieldId = FieldId::at(21);
    /// `network.interface.name`.
    pub const NETWORK_INTERFACE_NAME: FieldId = FieldId::at(22);
    /// `os.build_id`.
    pub const OS_BUILD_ID: FieldId = FieldId::at(23);
    /// `os.description`.
    pub const OS_DESCRIPTION: FieldId = FieldId::at(24);
    /// `os.name`.
    pub const OS_NAME: FieldId = FieldId::at(25);
    /// `os.type`.
    pub const OS_TYPE: FieldId = FieldId::at(26);
    /// `os.version`.
    pub const OS_VERSION: FieldId = FieldId::at(27);
    /// `package.architecture`.
    pub const PACKAGE_ARCHITECTURE: FieldId = FieldId::at(28);
    /// `package.install_scope`.
    pub const PACKAGE_INSTALL_SCOPE: FieldId = FieldId::at(29);
    /// `package.installed`.
    pub const PACKAGE_INSTALLED: FieldId = FieldId::at(30);
    /// `package.name`.
    pub const PACKAGE_NAME: FieldId = FieldId::at(31);
    /// `package.type`.
    pub const PACKAGE_TYPE: FieldId = FieldId::at(32);
    /// `package.version`.
    pub const PACKAGE_VERSION: FieldId = FieldId::at(33);
    /// `user.email`.
    pub const USER_EMAIL: FieldId = FieldId::at(34);
    /// `user.full_name`.
    pub const USER_FULL_NAME: FieldId = FieldId::at(35);
    /// `user.hash`.
    pub const USER_HASH: FieldId = FieldId::at(36);
    /// `user.name`.
    pub const USER_NAME: FieldId = FieldId::at(37);
    /// `x.battery.capacity.design`.
    pub const X_BATTERY_CAPACITY_DESIGN: FieldId = FieldId::at(38);
    /// `x.battery.capacity.full`.
    pub const X_BATTERY_CAPACITY_FULL: FieldId = FieldId::at(39);
    /// `x.battery.cycles`.
    pub const X_BATTERY_CYCLES: FieldId = FieldId::at(40);
    /// `x.battery.name`.
    pub const X_BATTERY_NAME: FieldId = FieldId::at(41);
    /// `x.browser.extension`.
    pub const X_BROWSER_EXTENSION: FieldId = FieldId::at(42);
    /// `x.browser.name`.
    pub const X_BROWSER_NAME: FieldId = FieldId::at(43);
    /// `x.browser.version`.
    pub const X_BROWSER_VERSION: FieldId = FieldId::at(44);
    /// `x.custody.at`.
    pub const X_CUSTODY_AT: FieldId = FieldId::at(45);
    /// `x.custody.condition`.
    pub const X_CUSTODY_CONDITION: FieldId = FieldId::at(46);
    /// `x.custody.direction`.
    pub const X_CUSTODY_DIRECTION: FieldId = FieldId::at(47);
    /// `x.device.asset_tag`.
    pub const X_DEVICE_ASSET_TAG: FieldId = FieldId::at(48);
    /// `x.device.imei`.
    pub const X_DEVICE_IMEI: FieldId = FieldId::at(49);
    /// `x.device.phone_number`.
    pub const X_DEVICE_PHONE_NUMBER: FieldId = FieldId::at(50);
    /// `x.display.connector`.
    pub const X_DISPLAY_CONNECTOR: FieldId = FieldId::at(51);
    /// `x.display.manufacturer`.
    pub const X_DISPLAY_MANUFACTURER: FieldId = FieldId::at(52);
    /// `x.display.model`.
    pub const X_DISPLAY_MODEL: FieldId = FieldId::at(53);
    /// `x.display.serial`.
    pub const X_DISPLAY_SERIAL: FieldId = FieldId::at(54);
    /// `x.display.year`.
    pub const X_DISPLAY_YEAR: FieldId = FieldId::at(55);
    /// `x.firmware.date`.
    pub const X_FIRMWARE_DATE: FieldId = FieldId::at(56);
    /// `x.firmware.kind`.
    pub const X_FIRMWARE_KIND: FieldId = FieldId::at(57);
    /// `x.graphics.model`.
    pub const X_GRAPHICS_MODEL: FieldId = FieldId::at(58);
    /// `x.graphics.slot`.
    pub const X_GRAPHICS_SLOT: FieldId = FieldId::at(59);
    /// `x.graphics.vendor`.
    pub const X_GRAPHICS_VENDOR: FieldId = FieldId::at(60);
    /// `x.host.locale`.
    pub const X_HOST_LOCALE: FieldId = FieldId::at(61);
    /// `x.host.timezone`.
    pub const X_HOST_TIMEZONE: FieldId = FieldId::at(62);
    /// `x.hw.memory.size`.
    pub const X_HW_MEMORY_SIZE: FieldId = FieldId::at(63);
    /// `x.network.interface.kind`.
    pub const X_NETWORK_INTERFACE_KIND: FieldId = FieldId::at(64);
    /// `x.network.wifi.ssid`.
    pub const X_NETWORK_WIFI_SSID: FieldId = FieldId::at(65);
    /// `x.os.patches`.
    pub const X_OS_PATCHES: FieldId = FieldId::at(66);
    /// `x.package.user`.
    pub const X_PACKAGE_USER: FieldId = FieldId::at(67);
    /// `x.package.vendor`.
    pub const X_PACKAGE_VENDOR: FieldId = FieldId::at(68);
    /// `x.security.antivirus`.
    pub const X_SECURITY_ANTIVIRUS: FieldId = FieldId::at(69);
    /// `x.security.disk_encrypted`.
    pub const X_SECURITY_DISK_ENCRYPTED: FieldId = FieldId::at(70);
    /// `x.security.firewall`.
    pub const X_SECURITY_FIREWALL: FieldId = FieldId::at(71);
    /// `x.security.secure_boot`.
    pub const X_SECURITY_SECURE_BOOT: FieldId = FieldId::at(72);
    /// `x.security.tpm`.
    pub const X_SECURITY_TPM: FieldId = FieldId::at(73);
    /// `x.session.user`.
    pub const X_SESSION_USER: FieldId = FieldId::at(74);
    /// `x.sim.iccid`.
    pub const X_SIM_ICCID: FieldId = FieldId::at(75);
    /// `x.sim.imsi`.
    pub const X_SIM_IMSI: FieldId = FieldId::at(76);
    /// `x.sim.state`.
    pub const X_SIM_STATE: FieldId = FieldId::at(77);
    /// `x.storage.kind`.
    pub const X_STORAGE_KIND: FieldId = FieldId::at(78);
    /// `x.storage.model`.
    pub const X_STORAGE_MODEL: FieldId = FieldId::at(79);
    /// `x.storage.name`.
    pub const X_STORAGE_NAME: FieldId = FieldId::at(80);
    /// `x.storage.serial`.
    pub const X_STORAGE_SERIAL: FieldId = FieldId::at(81);
    /// `x.storage.size`.
    pub const X_STORAGE_SIZE: FieldId = FieldId::at(82);
    /// `x.user.last_login`.
    pub const X_USER_LAST_LOGIN: FieldId = FieldId::at(83);
    /// `x.wwan.signal`.
    pub const X_WWAN_SIGNAL: FieldId = FieldId::at(84);
}

/// Every declared field, sorted by name.
pub static FIELDS: &[Field] = &[
    Field {
        name: "agent.version",
        section: Section::Agent,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &[],
        ccpa: &[],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: true,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::Build("version")], privilege: P::None },
            windows: Source { touches: &[S::Build("version")], privilege: P::None },
            macos: Source { touches: &[S::Build("version")], privilege: P::None },
        },
        osquery: Some("osquery_info.version"),
        glpi: Some("versionclient"),
    },
    Field {
        name: "device.id",
        section: Section::Device,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: true,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 36, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::State("identity")], privilege: P::None },
            windows: Source { touches: &[S::State("identity")], privilege: P::None },
            macos: Source { touches: &[S::State("identity")], privilege: P::None },
        },
        osquery: None,
        glpi: Some("deviceid"),
    },
    Field {
        name: "device.manufacturer",
        section: Section::Device,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/dmi/id/sys_vendor")], privilege: P::None },
            windows: Source {
                touches: &[S::Wmi("Win32_ComputerSystem.Manufacturer"), S::Smbios("system.manufacturer")],
                privilege: P::None,
            },
            macos: Source { touches: &[S::Build("Apple")], privilege: P::None },
        },
        osquery: Some("system_info.hardware_vendor"),
        glpi: Some("bios.smanufacturer"),
    },
    Field {
        name: "device.model.identifier",
        section: Section::Device,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/dmi/id/product_name")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("Win32_ComputerSystem.Model")], privilege: P::None },
            macos: Source { touches: &[S::Sysctl("hw.model")], privilege: P::None },
        },
        osquery: Some("system_info.hardware_model"),
        glpi: Some("bios.smodel"),
    },
    Field {
        name: "device.serial_number",
        section: Section::Device,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/dmi/id/product_serial")], privilege: P::Root },
            windows: Source { touches: &[S::Wmi("Win32_BIOS.SerialNumber")], privilege: P::None },
            macos: Source {
                touches: &[S::IoRegistry("IOPlatformExpertDevice.IOPlatformSerialNumber")],
                privilege: P::None,
            },
        },
        osquery: Some("system_info.hardware_serial"),
        glpi: Some("bios.ssn"),
    },
    Field {
        name: "geo.country.iso_code",
        section: Section::Location,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["Country"],
        ccpa: &[C::G],
        sensitivity: Sensitivity::High,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 2, max_values: 1, legal_bases: &[B::Consent], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[], privilege: P::None },
            windows: Source { touches: &[], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "geo.location.lat",
        section: Section::Location,
        kind: ValueKind::Decimal,
        many: false,
        origin: Origin::Otel,
        dpv: &["GPSCoordinate"],
        ccpa: &[C::G],
        sensitivity: Sensitivity::High,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[B::Consent], min_step_milli: 100 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Manager",
                        member: "GetClient",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "DesktopId",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "RequestedAccuracyLevel",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "Start",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "Location",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Location",
                        member: "Latitude",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "Stop",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Manager",
                        member: "DeleteClient",
                    },
                ],
                privilege: P::Consent,
            },
            windows: Source { touches: &[S::Api("Geolocator")], privilege: P::Consent },
            macos: Source { touches: &[S::Api("CoreLocation")], privilege: P::Consent },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "geo.location.lon",
        section: Section::Location,
        kind: ValueKind::Decimal,
        many: false,
        origin: Origin::Otel,
        dpv: &["GPSCoordinate"],
        ccpa: &[C::G],
        sensitivity: Sensitivity::High,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[B::Consent], min_step_milli: 100 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Manager",
                        member: "GetClient",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "DesktopId",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "RequestedAccuracyLevel",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "Start",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "Location",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Location",
                        member: "Longitude",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Client",
                        member: "Stop",
                    },
                    S::Bus {
                        service: "org.freedesktop.GeoClue2",
                        interface: "org.freedesktop.GeoClue2.Manager",
                        member: "DeleteClient",
                    },
                ],
                privilege: P::Consent,
            },
            windows: Source { touches: &[S::Api("Geolocator")], privilege: P::Consent },
            macos: Source { touches: &[S::Api("CoreLocation")], privilege: P::Consent },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "host.arch",
        section: Section::Host,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: true,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 32, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::SystemCall("uname")], privilege: P::None },
            windows: Source { touches: &[S::Api("GetNativeSystemInfo")], privilege: P::None },
            macos: Source { touches: &[S::SystemCall("uname")], privilege: P::None },
        },
        osquery: Some("system_info.cpu_type"),
        glpi: Some("operatingsystem.arch"),
    },
    Field {
        name: "host.cpu.model.name",
        section: Section::Host,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/proc/cpuinfo")], privilege: P::None },
            windows: Source {
                touches: &[S::RegistryValue(
                    r"HKLM\HARDWARE\DESCRIPTION\System\CentralProcessor\0\ProcessorNameString",
                )],
                privilege: P::None,
            },
            macos: Source { touches: &[S::Sysctl("machdep.cpu.brand_string")], privilege: P::None },
        },
        osquery: Some("system_info.cpu_brand"),
        glpi: Some("cpus.name"),
    },
    Field {
        name: "host.domain",
        section: Section::Host,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &["WorkEnvironment"],
        ccpa: &[C::I],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 255, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File("/etc/resolv.conf"), S::File("/etc/sssd/sssd.conf")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("NetGetJoinInformation")], privilege: P::None },
            macos: Source { touches: &[S::Command("/usr/sbin/dsconfigad -show")], privilege: P::None },
        },
        osquery: None,
        glpi: Some("hardware.workgroup"),
    },
    Field {
        name: "host.id",
        section: Section::Host,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/etc/machine-id")], privilege: P::None },
            windows: Source {
                touches: &[S::RegistryValue(r"HKLM\SOFTWARE\Microsoft\Cryptography\MachineGuid")],
                privilege: P::None,
            },
            macos: Source {
                touches: &[S::IoRegistry("IOPlatformExpertDevice.IOPlatformUUID")],
                privilege: P::None,
            },
        },
        osquery: Some("system_info.uuid"),
        glpi: Some("hardware.uuid"),
    },
    Field {
        name: "host.ip",
        section: Section::Network,
        kind: ValueKind::Ip,
        many: true,
        origin: Origin::Otel,
        dpv: &["IPAddress"],
        ccpa: &[C::A, C::F],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 67, max_values: 64, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::SystemCall("rtm_getaddr")], privilege: P::None },
            windows: Source { touches: &[S::Api("GetAdaptersAddresses")], privilege: P::None },
            macos: Source { touches: &[S::SystemCall("getifaddrs")], privilege: P::None },
        },
        osquery: Some("interface_addresses.address"),
        glpi: Some("networks.ipaddress"),
    },
    Field {
        name: "host.mac",
        section: Section::Network,
        kind: ValueKind::Mac,
        many: false,
        origin: Origin::Otel,
        dpv: &["MACAddress"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac, T::Generalise],
        bounds: Bounds { max_bytes: 67, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/net/*/address")], privilege: P::None },
            windows: Source { touches: &[S::Api("GetAdaptersAddresses")], privilege: P::None },
            macos: Source { touches: &[S::SystemCall("getifaddrs")], privilege: P::None },
        },
        osquery: Some("interface_details.mac"),
        glpi: Some("networks.mac"),
    },
    Field {
        name: "host.name",
        section: Section::Host,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 255, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::SystemCall("uname"), S::File("/etc/hostname")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("GetComputerNameExW")], privilege: P::None },
            macos: Source { touches: &[S::SystemCall("gethostname")], privilege: P::None },
        },
        osquery: Some("system_info.hostname"),
        glpi: Some("hardware.name"),
    },
    Field {
        name: "host.os.kernel",
        section: Section::Os,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &["DeviceOperatingSystem"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::SystemCall("uname")], privilege: P::None },
            windows: Source {
                touches: &[S::RegistryValue(
                    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\CurrentBuildNumber",
                )],
                privilege: P::None,
            },
            macos: Source { touches: &[S::SystemCall("uname")], privilege: P::None },
        },
        osquery: Some("kernel_info.version"),
        glpi: Some("operatingsystem.kernel_version"),
    },
    Field {
        name: "host.uptime",
        section: Section::Host,
        kind: ValueKind::Integer,
        many: false,
        origin: Origin::Ecs,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: Some(Shows::Presence),
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 17, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::SystemCall("clock_gettime"), S::File("/proc/uptime")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("GetTickCount64")], privilege: P::None },
            macos: Source { touches: &[S::Sysctl("kern.boottime")], privilege: P::None },
        },
        osquery: Some("uptime.total_seconds"),
        glpi: Some("operatingsystem.boot_time"),
    },
    Field {
        name: "hw.bios_version",
        section: Section::Device,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/dmi/id/bios_version")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("Win32_BIOS.SMBIOSBIOSVersion")], privilege: P::None },
            macos: Source {
                touches: &[
                    S::IoRegistry("IODeviceTree:/chosen.system-firmware-version"),
                    S::IoRegistry("IODeviceTree:/rom.version"),
                ],
                privilege: P::None,
            },
        },
        osquery: Some("platform_info.version"),
        glpi: Some("bios.bversion"),
    },
    Field {
        name: "network.carrier.icc",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased", "CommunicationsMetadata"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 2, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem.Modem3gpp",
                        member: "OperatorCode",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("simcards.country"),
    },
    Field {
        name: "network.carrier.mcc",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased", "CommunicationsMetadata"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 3, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem.Modem3gpp",
                        member: "OperatorCode",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("simcards.operator_code"),
    },
    Field {
        name: "network.carrier.mnc",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased", "CommunicationsMetadata"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 3, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem.Modem3gpp",
                        member: "OperatorCode",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("simcards.operator_code"),
    },
    Field {
        name: "network.carrier.name",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased", "CommunicationsMetadata"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem.Modem3gpp",
                        member: "OperatorName",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("simcards.operator_name"),
    },
    Field {
        name: "network.interface.name",
        section: Section::Network,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::Directory("/sys/class/net"), S::SystemCall("rtm_getaddr")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("GetAdaptersAddresses")], privilege: P::None },
            macos: Source { touches: &[S::SystemCall("getifaddrs")], privilege: P::None },
        },
        osquery: Some("interface_details.interface"),
        glpi: Some("networks.description"),
    },
    Field {
        name: "os.build_id",
        section: Section::Os,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceOperatingSystem"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: true,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/etc/os-release"),
                    S::File("/usr/lib/os-release"),
                    S::SystemCall("uname"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[S::RegistryValue(
                    r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\CurrentBuildNumber",
                )],
                privilege: P::None,
            },
            macos: Source {
                touches: &[S::File("/System/Library/CoreServices/SystemVersion.plist")],
                privilege: P::None,
            },
        },
        osquery: Some("os_version.build"),
        glpi: None,
    },
    Field {
        name: "os.description",
        section: Section::Os,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceOperatingSystem"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 256, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File("/etc/os-release"), S::File("/usr/lib/os-release")],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::Wmi("Win32_OperatingSystem.Caption"),
                    S::RegistryValue(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\DisplayVersion"),
                ],
                privilege: P::None,
            },
            macos: Source {
                touches: &[S::File("/System/Library/CoreServices/SystemVersion.plist")],
                privilege: P::None,
            },
        },
        osquery: None,
        glpi: Some("operatingsystem.full_name"),
    },
    Field {
        name: "os.name",
        section: Section::Os,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceOperatingSystem"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: true,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File("/etc/os-release"), S::File("/usr/lib/os-release")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("Win32_OperatingSystem.Caption")], privilege: P::None },
            macos: Source {
                touches: &[S::File("/System/Library/CoreServices/SystemVersion.plist")],
                privilege: P::None,
            },
        },
        osquery: Some("os_version.name"),
        glpi: Some("operatingsystem.name"),
    },
    Field {
        name: "os.type",
        section: Section::Os,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceOperatingSystem"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: true,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::Build("linux")], privilege: P::None },
            windows: Source { touches: &[S::Build("windows")], privilege: P::None },
            macos: Source { touches: &[S::Build("darwin")], privilege: P::None },
        },
        osquery: Some("os_version.platform"),
        glpi: None,
    },
    Field {
        name: "os.version",
        section: Section::Os,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["DeviceOperatingSystem"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: true,
        treatments: &[T::Keep, T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File("/etc/os-release"), S::File("/usr/lib/os-release")],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryValue(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\DisplayVersion"),
                    S::RegistryValue(r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\UBR"),
                ],
                privilege: P::None,
            },
            macos: Source {
                touches: &[S::File("/System/Library/CoreServices/SystemVersion.plist")],
                privilege: P::None,
            },
        },
        osquery: Some("os_version.version"),
        glpi: Some("operatingsystem.version"),
    },
    Field {
        name: "package.architecture",
        section: Section::Package,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &["DeviceApplications"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 32, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore"),
                    S::RegistryTree(r"HKU\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                ],
                privilege: P::Admin,
            },
            macos: Source {
                touches: &[
                    S::File("/Applications/*.app/Contents/Info.plist"),
                    S::Look("/opt/homebrew/Cellar/*/*"),
                    S::Look("/opt/homebrew/Caskroom/*/*"),
                    S::Look("/usr/local/Cellar/*/*"),
                    S::Look("/usr/local/Caskroom/*/*"),
                ],
                privilege: P::None,
            },
        },
        osquery: Some("deb_packages.arch"),
        glpi: Some("softwares.arch"),
    },
    Field {
        name: "package.install_scope",
        section: Section::Package,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &["DeviceApplications"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore"),
                    S::RegistryTree(r"HKU\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                ],
                privilege: P::Admin,
            },
            macos: Source {
                touches: &[
                    S::File("/Applications/*.app/Contents/Info.plist"),
                    S::Look("/opt/homebrew/Cellar/*/*"),
                    S::Look("/opt/homebrew/Caskroom/*/*"),
                    S::Look("/usr/local/Cellar/*/*"),
                    S::Look("/usr/local/Caskroom/*/*"),
                ],
                privilege: P::None,
            },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "package.installed",
        section: Section::Package,
        kind: ValueKind::Timestamp,
        many: false,
        origin: Origin::Ecs,
        dpv: &["DeviceApplications"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 20, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                    S::LookBeneath("/var/lib/dpkg/info"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore"),
                    S::RegistryTree(r"HKU\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                ],
                privilege: P::Admin,
            },
            macos: Source {
                touches: &[
                    S::File("/Applications/*.app/Contents/Info.plist"),
                    S::Look("/opt/homebrew/Cellar/*/*"),
                    S::Look("/opt/homebrew/Caskroom/*/*"),
                    S::Look("/usr/local/Cellar/*/*"),
                    S::Look("/usr/local/Caskroom/*/*"),
                ],
                privilege: P::None,
            },
        },
        osquery: Some("rpm_packages.install_time"),
        glpi: Some("softwares.install_date"),
    },
    Field {
        name: "package.name",
        section: Section::Package,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &["DeviceApplications"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 256, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore"),
                    S::RegistryTree(r"HKU\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                ],
                privilege: P::Admin,
            },
            macos: Source {
                touches: &[
                    S::File("/Applications/*.app/Contents/Info.plist"),
                    S::Look("/opt/homebrew/Cellar/*/*"),
                    S::Look("/opt/homebrew/Caskroom/*/*"),
                    S::Look("/usr/local/Cellar/*/*"),
                    S::Look("/usr/local/Caskroom/*/*"),
                ],
                privilege: P::None,
            },
        },
        osquery: Some("deb_packages.name"),
        glpi: Some("softwares.name"),
    },
    Field {
        name: "package.type",
        section: Section::Package,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &["DeviceApplications"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore"),
                    S::RegistryTree(r"HKU\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                ],
                privilege: P::Admin,
            },
            macos: Source {
                touches: &[
                    S::File("/Applications/*.app/Contents/Info.plist"),
                    S::Look("/opt/homebrew/Cellar/*/*"),
                    S::Look("/opt/homebrew/Caskroom/*/*"),
                    S::Look("/usr/local/Cellar/*/*"),
                    S::Look("/usr/local/Caskroom/*/*"),
                ],
                privilege: P::None,
            },
        },
        osquery: None,
        glpi: Some("softwares.from"),
    },
    Field {
        name: "package.version",
        section: Section::Package,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Ecs,
        dpv: &["DeviceApplications"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore"),
                    S::RegistryTree(r"HKU\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                ],
                privilege: P::Admin,
            },
            macos: Source {
                touches: &[
                    S::File("/Applications/*.app/Contents/Info.plist"),
                    S::Look("/opt/homebrew/Cellar/*/*"),
                    S::Look("/opt/homebrew/Caskroom/*/*"),
                    S::Look("/usr/local/Cellar/*/*"),
                    S::Look("/usr/local/Caskroom/*/*"),
                ],
                privilege: P::None,
            },
        },
        osquery: Some("deb_packages.version"),
        glpi: Some("softwares.version"),
    },
    Field {
        name: "user.email",
        section: Section::User,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["EmailAddressWork"],
        ccpa: &[C::A, C::B],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 254, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[], privilege: P::None },
            windows: Source { touches: &[], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "user.full_name",
        section: Section::User,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["Name"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 256, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File("/etc/passwd"), S::File("/etc/login.defs")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("NetUserEnum")], privilege: P::None },
            macos: Source { touches: &[S::Api("getpwent")], privilege: P::None },
        },
        osquery: Some("users.description"),
        glpi: Some("local_users.name"),
    },
    Field {
        name: "user.hash",
        section: Section::User,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["Username"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File("/etc/passwd"), S::File("/etc/login.defs")],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::Api("NetUserEnum"),
                    S::RegistryValue(
                        r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\*\ProfileImagePath",
                    ),
                ],
                privilege: P::None,
            },
            macos: Source { touches: &[S::Api("getpwent")], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "user.name",
        section: Section::User,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Otel,
        dpv: &["Username"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 256, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File("/etc/passwd"), S::File("/etc/login.defs")],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::Api("NetUserEnum"),
                    S::RegistryValue(
                        r"HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList\*\ProfileImagePath",
                    ),
                ],
                privilege: P::None,
            },
            macos: Source { touches: &[S::Api("getpwent")], privilege: P::None },
        },
        osquery: Some("users.username"),
        glpi: Some("local_users.login"),
    },
    Field {
        name: "x.battery.capacity.design",
        section: Section::Battery,
        kind: ValueKind::Integer,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 17, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/sys/class/power_supply/*/type"),
                    S::File("/sys/class/power_supply/*/scope"),
                    S::File("/sys/class/power_supply/*/energy_full_design"),
                    S::File("/sys/class/power_supply/*/charge_full_design"),
                    S::File("/sys/class/power_supply/*/voltage_min_design"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("BatteryStaticData.DesignedCapacity")], privilege: P::None },
            macos: Source {
                touches: &[S::IoRegistry("AppleSmartBattery.DesignCapacity")],
                privilege: P::None,
            },
        },
        osquery: Some("battery.designed_capacity"),
        glpi: Some("batteries.capacity"),
    },
    Field {
        name: "x.battery.capacity.full",
        section: Section::Battery,
        kind: ValueKind::Integer,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 17, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/sys/class/power_supply/*/type"),
                    S::File("/sys/class/power_supply/*/scope"),
                    S::File("/sys/class/power_supply/*/energy_full"),
                    S::File("/sys/class/power_supply/*/charge_full"),
                    S::File("/sys/class/power_supply/*/voltage_min_design"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[S::Wmi("BatteryFullChargedCapacity.FullChargedCapacity")],
                privilege: P::None,
            },
            macos: Source {
                touches: &[S::IoRegistry("AppleSmartBattery.AppleRawMaxCapacity")],
                privilege: P::None,
            },
        },
        osquery: Some("battery.max_capacity"),
        glpi: Some("batteries.real_capacity"),
    },
    Field {
        name: "x.battery.cycles",
        section: Section::Battery,
        kind: ValueKind::Integer,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 17, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/sys/class/power_supply/*/type"),
                    S::File("/sys/class/power_supply/*/scope"),
                    S::File("/sys/class/power_supply/*/cycle_count"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("BatteryCycleCount.CycleCount")], privilege: P::None },
            macos: Source { touches: &[S::IoRegistry("AppleSmartBattery.CycleCount")], privilege: P::None },
        },
        osquery: Some("battery.cycle_count"),
        glpi: None,
    },
    Field {
        name: "x.battery.name",
        section: Section::Battery,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/sys/class/power_supply/*/type"),
                    S::File("/sys/class/power_supply/*/scope"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("Win32_Battery.DeviceID")], privilege: P::None },
            macos: Source { touches: &[S::IoRegistry("AppleSmartBattery.DeviceName")], privilege: P::None },
        },
        osquery: None,
        glpi: Some("batteries.name"),
    },
    Field {
        name: "x.browser.extension",
        section: Section::Browser,
        kind: ValueKind::Text,
        many: true,
        origin: Origin::Own,
        dpv: &["BrowserFingerprint"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 256, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Tree("/home/*/.config/google-chrome/*/Extensions"),
                    S::Tree("/home/*/.var/app/com.google.Chrome/config/google-chrome/*/Extensions"),
                    S::Tree("/home/*/.config/chromium/*/Extensions"),
                    S::Tree("/home/*/snap/chromium/common/chromium/*/Extensions"),
                    S::Tree("/home/*/.var/app/org.chromium.Chromium/config/chromium/*/Extensions"),
                    S::Tree("/home/*/.config/microsoft-edge/*/Extensions"),
                    S::Tree("/home/*/.var/app/com.microsoft.Edge/config/microsoft-edge/*/Extensions"),
                    S::Tree("/home/*/.config/BraveSoftware/Brave-Browser/*/Extensions"),
                    S::Tree("/home/*/snap/brave/current/.config/BraveSoftware/Brave-Browser/*/Extensions"),
                    S::Tree(
                        "/home/*/.var/app/com.brave.Browser/config/BraveSoftware/Brave-Browser/*/Extensions",
                    ),
                    S::Tree("/home/*/.config/vivaldi/*/Extensions"),
                    S::Tree("/home/*/.var/app/com.vivaldi.Vivaldi/config/vivaldi/*/Extensions"),
                    S::Tree("/home/*/.config/opera/*/Extensions"),
                    S::Tree("/home/*/.config/opera/Extensions"),
                    S::File("/home/*/.mozilla/firefox/*/extensions.json"),
                    S::File("/home/*/.config/mozilla/firefox/*/extensions.json"),
                    S::File("/home/*/snap/firefox/common/.mozilla/firefox/*/extensions.json"),
                    S::File("/home/*/.var/app/org.mozilla.firefox/.mozilla/firefox/*/extensions.json"),
                    S::File("/home/*/.var/app/org.mozilla.firefox/config/mozilla/firefox/*/extensions.json"),
                    S::File("/home/*/.librewolf/*/extensions.json"),
                    S::File("/home/*/.var/app/io.gitlab.librewolf-community/.librewolf/*/extensions.json"),
                ],
                privilege: P::Root,
            },
            windows: Source {
                touches: &[
                    S::WindowsTree(r"%LOCALAPPDATA%\Google\Chrome\User Data\*\Extensions"),
                    S::WindowsFile(r"%APPDATA%\Mozilla\Firefox\Profiles\*\extensions.json"),
                ],
                privilege: P::Admin,
            },
            macos: Source {
                touches: &[
                    S::File(
                        "/Users/*/Library/Application Support/Google/Chrome/*/Extensions/*/*/manifest.json",
                    ),
                    S::File("/Users/*/Library/Application Support/Firefox/Profiles/*/extensions.json"),
                ],
                privilege: P::Consent,
            },
        },
        osquery: Some("chrome_extensions.name"),
        glpi: None,
    },
    Field {
        name: "x.browser.name",
        section: Section::Browser,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UserAgent"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[S::RegistryTree(r"HKLM\SOFTWARE\Clients\StartMenuInternet")],
                privilege: P::None,
            },
            macos: Source {
                touches: &[S::File("/Applications/*.app/Contents/Info.plist")],
                privilege: P::None,
            },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "x.browser.version",
        section: Section::Browser,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UserAgent"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[S::RegistryTree(r"HKLM\SOFTWARE\Clients\StartMenuInternet")],
                privilege: P::None,
            },
            macos: Source {
                touches: &[S::File("/Applications/*.app/Contents/Info.plist")],
                privilege: P::None,
            },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "x.custody.at",
        section: Section::Custody,
        kind: ValueKind::Timestamp,
        many: false,
        origin: Origin::Own,
        dpv: &["WorkEnvironment"],
        ccpa: &[C::I],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 20, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::State("custody")], privilege: P::None },
            windows: Source { touches: &[S::State("custody")], privilege: P::None },
            macos: Source { touches: &[S::State("custody")], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "x.custody.condition",
        section: Section::Custody,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["WorkEnvironment"],
        ccpa: &[C::I],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate],
        bounds: Bounds { max_bytes: 512, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::State("custody")], privilege: P::None },
            windows: Source { touches: &[S::State("custody")], privilege: P::None },
            macos: Source { touches: &[S::State("custody")], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "x.custody.direction",
        section: Section::Custody,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["WorkEnvironment"],
        ccpa: &[C::I],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 8, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::State("custody")], privilege: P::None },
            windows: Source { touches: &[S::State("custody")], privilege: P::None },
            macos: Source { touches: &[S::State("custody")], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "x.device.asset_tag",
        section: Section::Device,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/dmi/id/chassis_asset_tag")], privilege: P::None },
            windows: Source {
                touches: &[S::Wmi("Win32_SystemEnclosure.SMBIOSAssetTag")],
                privilege: P::None,
            },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("bios.assettag"),
    },
    Field {
        name: "x.device.imei",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem.Modem3gpp",
                        member: "Imei",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem",
                        member: "EquipmentIdentifier",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("modems.imei"),
    },
    Field {
        name: "x.device.phone_number",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: true,
        origin: Origin::Own,
        dpv: &["TelephoneNumber"],
        ccpa: &[C::A, C::B],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 8, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem",
                        member: "OwnNumbers",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("simcards.phone_number"),
    },
    Field {
        name: "x.display.connector",
        section: Section::Display,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/drm/*/edid")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("WmiMonitorID.InstanceName")], privilege: P::None },
            macos: Source { touches: &[S::Api("CoreGraphics")], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "x.display.manufacturer",
        section: Section::Display,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 67, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/drm/*/edid")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("WmiMonitorID.ManufacturerName")], privilege: P::None },
            macos: Source { touches: &[S::Api("CoreGraphics")], privilege: P::None },
        },
        osquery: Some("connected_displays.vendor_id"),
        glpi: Some("monitors.manufacturer"),
    },
    Field {
        name: "x.display.model",
        section: Section::Display,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/drm/*/edid")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("WmiMonitorID.UserFriendlyName")], privilege: P::None },
            macos: Source { touches: &[S::Api("CoreGraphics")], privilege: P::None },
        },
        osquery: Some("connected_displays.name"),
        glpi: Some("monitors.caption"),
    },
    Field {
        name: "x.display.serial",
        section: Section::Display,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/drm/*/edid")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("WmiMonitorID.SerialNumberID")], privilege: P::None },
            macos: Source { touches: &[S::Api("CoreGraphics")], privilege: P::None },
        },
        osquery: Some("connected_displays.serial_number"),
        glpi: Some("monitors.serial"),
    },
    Field {
        name: "x.display.year",
        section: Section::Display,
        kind: ValueKind::Integer,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 17, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/drm/*/edid")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("WmiMonitorID.YearOfManufacture")], privilege: P::None },
            macos: Source { touches: &[S::Api("CoreGraphics")], privilege: P::None },
        },
        osquery: Some("connected_displays.manufactured_year"),
        glpi: None,
    },
    Field {
        name: "x.firmware.date",
        section: Section::Device,
        kind: ValueKind::Timestamp,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 20, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/dmi/id/bios_date")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("Win32_BIOS.ReleaseDate")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: Some("platform_info.date"),
        glpi: Some("bios.bdate"),
    },
    Field {
        name: "x.firmware.kind",
        section: Section::Device,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Look("/sys/firmware/efi"),
                    S::Look("/sys/firmware/acpi"),
                    S::Look("/sys/class/dmi/id"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("GetFirmwareType")], privilege: P::None },
            macos: Source { touches: &[S::IoRegistry("IODeviceTree:/efi.firmware-abi")], privilege: P::None },
        },
        osquery: Some("platform_info.firmware_type"),
        glpi: None,
    },
    Field {
        name: "x.graphics.model",
        section: Section::Graphics,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/sys/bus/pci/devices/*/class"),
                    S::File("/sys/bus/pci/devices/*/vendor"),
                    S::File("/sys/bus/pci/devices/*/device"),
                    S::File("/usr/share/misc/pci.ids"),
                    S::File("/usr/share/hwdata/pci.ids"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("Win32_VideoController.Name")], privilege: P::None },
            macos: Source { touches: &[S::IoRegistry("IOPCIDevice.model")], privilege: P::None },
        },
        osquery: Some("video_info.model"),
        glpi: Some("videos.name"),
    },
    Field {
        name: "x.graphics.slot",
        section: Section::Graphics,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/bus/pci/devices/*/class")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("Win32_VideoController.PNPDeviceID")], privilege: P::None },
            macos: Source { touches: &[S::IoRegistry("IOPCIDevice.pcidebug")], privilege: P::None },
        },
        osquery: Some("pci_devices.pci_slot"),
        glpi: Some("videos.pcislot"),
    },
    Field {
        name: "x.graphics.vendor",
        section: Section::Graphics,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/sys/bus/pci/devices/*/class"),
                    S::File("/sys/bus/pci/devices/*/vendor"),
                    S::File("/usr/share/misc/pci.ids"),
                    S::File("/usr/share/hwdata/pci.ids"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[S::Wmi("Win32_VideoController.AdapterCompatibility")],
                privilege: P::None,
            },
            macos: Source { touches: &[S::IoRegistry("IOPCIDevice.vendor-id")], privilege: P::None },
        },
        osquery: Some("video_info.manufacturer"),
        glpi: None,
    },
    Field {
        name: "x.host.locale",
        section: Section::Host,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["Language"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 96, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File("/etc/locale.conf"), S::File("/etc/default/locale")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("GetSystemDefaultLocaleName")], privilege: P::None },
            macos: Source {
                touches: &[S::File("/Library/Preferences/.GlobalPreferences.plist")],
                privilege: P::None,
            },
        },
        osquery: None,
        glpi: Some("hardware.winlang"),
    },
    Field {
        name: "x.host.timezone",
        section: Section::Host,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["Location"],
        ccpa: &[C::G],
        sensitivity: Sensitivity::Low,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::Look("/etc/localtime"), S::File("/etc/timezone")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("GetDynamicTimeZoneInformation")], privilege: P::None },
            macos: Source { touches: &[S::Look("/etc/localtime")], privilege: P::None },
        },
        osquery: Some("time.timezone"),
        glpi: Some("operatingsystem.timezone"),
    },
    Field {
        name: "x.hw.memory.size",
        section: Section::Host,
        kind: ValueKind::Integer,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 17, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::SystemCall("sysinfo"), S::File("/proc/meminfo")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("GlobalMemoryStatusEx")], privilege: P::None },
            macos: Source { touches: &[S::Sysctl("hw.memsize")], privilege: P::None },
        },
        osquery: Some("system_info.physical_memory"),
        glpi: Some("memories.capacity"),
    },
    Field {
        name: "x.network.interface.kind",
        section: Section::Network,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/sys/class/net/*/type"),
                    S::File("/sys/class/net/*/uevent"),
                    S::Look("/sys/class/net/*/device"),
                    S::Look("/sys/class/net/*/wireless"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("GetAdaptersAddresses")], privilege: P::None },
            macos: Source { touches: &[S::SystemCall("getifaddrs")], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
    Field {
        name: "x.network.wifi.ssid",
        section: Section::Network,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["Location"],
        ccpa: &[C::G],
        sensitivity: Sensitivity::High,
        shows: Some(Shows::Place),
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.NetworkManager",
                        interface: "org.freedesktop.NetworkManager",
                        member: "Devices",
                    },
                    S::Bus {
                        service: "org.freedesktop.NetworkManager",
                        interface: "org.freedesktop.NetworkManager.Device",
                        member: "DeviceType",
                    },
                    S::Bus {
                        service: "org.freedesktop.NetworkManager",
                        interface: "org.freedesktop.NetworkManager.Device",
                        member: "Interface",
                    },
                    S::Bus {
                        service: "org.freedesktop.NetworkManager",
                        interface: "org.freedesktop.NetworkManager.Device.Wireless",
                        member: "ActiveAccessPoint",
                    },
                    S::Bus {
                        service: "org.freedesktop.NetworkManager",
                        interface: "org.freedesktop.NetworkManager.AccessPoint",
                        member: "Ssid",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("WlanQueryInterface")], privilege: P::Consent },
            macos: Source { touches: &[S::Api("CoreWLAN")], privilege: P::Consent },
        },
        osquery: Some("wifi_status.ssid"),
        glpi: Some("networks.wifi_ssid"),
    },
    Field {
        name: "x.os.patches",
        section: Section::Os,
        kind: ValueKind::Text,
        many: true,
        origin: Origin::Own,
        dpv: &["DeviceSoftware"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 128, max_values: 1024, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::Look("/sys/kernel/livepatch/*")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("Win32_QuickFixEngineering.HotFixID")], privilege: P::None },
            macos: Source {
                touches: &[S::File("/Library/Receipts/InstallHistory.plist")],
                privilege: P::None,
            },
        },
        osquery: Some("patches.hotfix_id"),
        glpi: None,
    },
    Field {
        name: "x.package.user",
        section: Section::Package,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceApplications", "Username"],
        ccpa: &[C::A, C::F],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 256, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore"),
                    S::RegistryTree(r"HKU\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                ],
                privilege: P::Admin,
            },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("softwares.username"),
    },
    Field {
        name: "x.package.vendor",
        section: Section::Package,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceApplications"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 256, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/var/lib/dpkg/status"),
                    S::File("/var/lib/dpkg/status.d/*"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite"),
                    S::File("/usr/lib/sysimage/rpm/rpmdb.sqlite-wal"),
                    S::File("/usr/lib/sysimage/rpm/Packages.db"),
                    S::File("/usr/lib/sysimage/rpm/Packages"),
                    S::File("/var/lib/rpm/rpmdb.sqlite"),
                    S::File("/var/lib/rpm/rpmdb.sqlite-wal"),
                    S::File("/var/lib/rpm/Packages.db"),
                    S::File("/var/lib/rpm/Packages"),
                    S::File("/lib/apk/db/installed"),
                    S::File("/usr/lib/apk/db/installed"),
                    S::Tree("/var/lib/pacman/local"),
                    S::Tree("/var/db/pkg"),
                    S::Look("/var/lib/pkgtools/packages/*"),
                    S::Look("/var/log/packages/*"),
                    S::Look("/nix/store"),
                    S::File("/nix/var/nix/profiles/default/manifest.json"),
                    S::File("/nix/var/nix/profiles/default/manifest.nix"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.json"),
                    S::File("/nix/var/nix/profiles/per-user/*/profile/manifest.nix"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.json"),
                    S::File("/home/*/.local/state/nix/profiles/profile/manifest.nix"),
                    S::Look("/run/current-system/sw/bin/*"),
                    S::Look("/etc/profiles/per-user/*/bin"),
                    S::Look("/etc/profiles/per-user/*/bin/*"),
                    S::File("/home/linuxbrew/.linuxbrew/Cellar/*/*/INSTALL_RECEIPT.json"),
                    S::File("/var/lib/flatpak/app/*/*/*/active/deploy"),
                    S::File("/var/lib/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/app/*/*/*/active/deploy"),
                    S::File("/home/*/.local/share/flatpak/runtime/*/*/*/active/deploy"),
                    S::File("/snap/*/current/meta/snap.yaml"),
                    S::Look("/snap/*/current"),
                    S::File("/var/lib/snapd/snap/*/current/meta/snap.yaml"),
                    S::Look("/var/lib/snapd/snap/*/current"),
                    S::Look("/opt/*.AppImage"),
                    S::Look("/opt/*.appimage"),
                    S::Look("/usr/local/bin/*.AppImage"),
                    S::Look("/usr/local/bin/*.appimage"),
                    S::File("/usr/share/applications/appimagekit*.desktop"),
                    S::File("/usr/local/share/applications/*.desktop"),
                    S::Look("/home/*/Applications/*.AppImage"),
                    S::Look("/home/*/Applications/*.appimage"),
                    S::Look("/home/*/AppImages/*.AppImage"),
                    S::Look("/home/*/AppImages/*.appimage"),
                    S::Look("/home/*/.local/bin/*.AppImage"),
                    S::Look("/home/*/.local/bin/*.appimage"),
                    S::File("/home/*/.local/share/applications/*.desktop"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"),
                    S::RegistryTree(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Appx\AppxAllUserStore"),
                    S::RegistryTree(r"HKU\*\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"),
                ],
                privilege: P::Admin,
            },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: Some("rpm_packages.vendor"),
        glpi: Some("softwares.publisher"),
    },
    Field {
        name: "x.security.antivirus",
        section: Section::Security,
        kind: ValueKind::Text,
        many: true,
        origin: Origin::Own,
        dpv: &["DeviceSoftware"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 16, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[], privilege: P::None },
            windows: Source { touches: &[S::Wmi("AntiVirusProduct.displayName")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: Some("windows_security_products.name"),
        glpi: Some("antivirus.name"),
    },
    Field {
        name: "x.security.disk_encrypted",
        section: Section::Security,
        kind: ValueKind::Boolean,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceSoftware"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 5, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/proc/self/mountinfo"),
                    S::File("/sys/block/*/dev"),
                    S::File("/sys/block/*/dm/name"),
                    S::File("/sys/block/*/dm/uuid"),
                    S::Look("/sys/block/*/slaves/*"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[S::Wmi("Win32_EncryptableVolume.ProtectionStatus")],
                privilege: P::Admin,
            },
            macos: Source { touches: &[S::Command("/usr/bin/fdesetup status")], privilege: P::None },
        },
        osquery: Some("disk_encryption.encrypted"),
        glpi: None,
    },
    Field {
        name: "x.security.firewall",
        section: Section::Security,
        kind: ValueKind::Boolean,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceSoftware"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 5, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/etc/ufw/ufw.conf"),
                    S::Look("/etc/systemd/system/multi-user.target.wants/firewalld.service"),
                    S::Look("/etc/systemd/system/multi-user.target.wants/nftables.service"),
                    S::Look("/etc/systemd/system/sysinit.target.wants/nftables.service"),
                    S::Look("/etc/systemd/system/multi-user.target.wants/netfilter-persistent.service"),
                    S::Look("/etc/systemd/system/multi-user.target.wants/iptables.service"),
                    S::Look("/etc/systemd/system/sysinit.target.wants/firewall.service"),
                    S::Look("/etc/systemd/system/multi-user.target.wants/firewall.service"),
                    S::Look("/etc/runlevels/default/firewalld"),
                    S::Look("/etc/runlevels/default/nftables"),
                    S::Look("/etc/runlevels/default/iptables"),
                    S::Look("/etc/systemd/system"),
                    S::Look("/etc/runlevels/default"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("FirewallProduct.productState")], privilege: P::None },
            macos: Source {
                touches: &[S::File("/Library/Preferences/com.apple.alf.plist")],
                privilege: P::None,
            },
        },
        osquery: Some("windows_security_center.firewall"),
        glpi: Some("firewalls.status"),
    },
    Field {
        name: "x.security.secure_boot",
        section: Section::Security,
        kind: ValueKind::Boolean,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceSoftware"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 5, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::File(
                    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
                )],
                privilege: P::None,
            },
            windows: Source {
                touches: &[S::RegistryValue(
                    r"HKLM\SYSTEM\CurrentControlSet\Control\SecureBoot\State\UEFISecureBootEnabled",
                )],
                privilege: P::None,
            },
            macos: Source { touches: &[S::Command("/usr/bin/csrutil status")], privilege: P::None },
        },
        osquery: Some("secureboot.secure_boot"),
        glpi: Some("bios.secure_boot"),
    },
    Field {
        name: "x.security.tpm",
        section: Section::Security,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::File("/sys/class/tpm/*/tpm_version_major")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("Win32_Tpm.SpecVersion")], privilege: P::Admin },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: Some("tpm_info.spec_version"),
        glpi: None,
    },
    Field {
        name: "x.session.user",
        section: Section::Session,
        kind: ValueKind::Text,
        many: true,
        origin: Origin::Own,
        dpv: &["AuthenticationHistory"],
        ccpa: &[C::I],
        sensitivity: Sensitivity::High,
        shows: Some(Shows::Presence),
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 256, max_values: 64, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.login1",
                        interface: "org.freedesktop.login1.Manager",
                        member: "ListSessions",
                    },
                    S::Bus {
                        service: "org.freedesktop.login1",
                        interface: "org.freedesktop.login1.Session",
                        member: "Class",
                    },
                    S::Bus {
                        service: "org.freedesktop.login1",
                        interface: "org.freedesktop.login1.Session",
                        member: "State",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("WTSEnumerateSessionsW")], privilege: P::None },
            macos: Source { touches: &[S::Api("getutxent")], privilege: P::None },
        },
        osquery: Some("logged_in_users.user"),
        glpi: Some("users.login"),
    },
    Field {
        name: "x.sim.iccid",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem",
                        member: "Sim",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Sim",
                        member: "SimIdentifier",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("simcards.iccid"),
    },
    Field {
        name: "x.sim.imsi",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem",
                        member: "Sim",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Sim",
                        member: "Imsi",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("simcards.subscriber_id"),
    },
    Field {
        name: "x.sim.state",
        section: Section::Wwan,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::High,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 32, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem",
                        member: "Sim",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem",
                        member: "UnlockRequired",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem",
                        member: "State",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: Some("simcards.state"),
    },
    Field {
        name: "x.storage.kind",
        section: Section::Storage,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 16, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Look("/sys/block/*/device"),
                    S::File("/sys/block/*/queue/rotational"),
                    S::File("/sys/block/*/removable"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("MSFT_PhysicalDisk.MediaType")], privilege: P::None },
            macos: Source {
                touches: &[
                    S::IoRegistry("IOMedia.Removable"),
                    S::IoRegistry("IOBlockStorageDevice.Device Characteristics"),
                ],
                privilege: P::None,
            },
        },
        osquery: Some("block_devices.type"),
        glpi: Some("storages.type"),
    },
    Field {
        name: "x.storage.model",
        section: Section::Storage,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Truncate, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Look("/sys/block/*/device"),
                    S::File("/sys/block/*/device/model"),
                    S::File("/sys/block/*/device/name"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("Win32_DiskDrive.Model")], privilege: P::None },
            macos: Source {
                touches: &[S::IoRegistry("IOBlockStorageDevice.Device Characteristics")],
                privilege: P::None,
            },
        },
        osquery: Some("block_devices.model"),
        glpi: Some("storages.model"),
    },
    Field {
        name: "x.storage.name",
        section: Section::Storage,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 64, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source { touches: &[S::Look("/sys/block/*/device")], privilege: P::None },
            windows: Source { touches: &[S::Wmi("Win32_DiskDrive.DeviceID")], privilege: P::None },
            macos: Source { touches: &[S::IoRegistry("IOMedia.BSD Name")], privilege: P::None },
        },
        osquery: Some("block_devices.name"),
        glpi: Some("storages.name"),
    },
    Field {
        name: "x.storage.serial",
        section: Section::Storage,
        kind: ValueKind::Text,
        many: false,
        origin: Origin::Own,
        dpv: &["UID", "DeviceBased"],
        ccpa: &[C::A],
        sensitivity: Sensitivity::Medium,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Hmac],
        bounds: Bounds { max_bytes: 128, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Look("/sys/block/*/device"),
                    S::File("/sys/block/*/device/serial"),
                    S::File("/sys/block/*/device/vpd_pg80"),
                    S::File("/sys/block/*/serial"),
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("Win32_DiskDrive.SerialNumber")], privilege: P::None },
            macos: Source {
                touches: &[S::IoRegistry("IOBlockStorageDevice.Device Characteristics")],
                privilege: P::None,
            },
        },
        osquery: Some("disk_info.serial"),
        glpi: Some("storages.serialnumber"),
    },
    Field {
        name: "x.storage.size",
        section: Section::Storage,
        kind: ValueKind::Integer,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 17, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[S::Look("/sys/block/*/device"), S::File("/sys/block/*/size")],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Wmi("Win32_DiskDrive.Size")], privilege: P::None },
            macos: Source { touches: &[S::IoRegistry("IOMedia.Size")], privilege: P::None },
        },
        osquery: Some("block_devices.size"),
        glpi: Some("storages.disksize"),
    },
    Field {
        name: "x.user.last_login",
        section: Section::User,
        kind: ValueKind::Timestamp,
        many: false,
        origin: Origin::Own,
        dpv: &["AuthenticationHistory"],
        ccpa: &[C::I],
        sensitivity: Sensitivity::High,
        shows: Some(Shows::Presence),
        minimal: false,
        treatments: &[T::Keep, T::Drop, T::Generalise],
        bounds: Bounds { max_bytes: 20, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::File("/etc/passwd"),
                    S::File("/etc/login.defs"),
                    S::File("/var/lib/wtmpdb/wtmp.db"),
                    S::File("/var/lib/wtmpdb/wtmp.db-wal"),
                    S::File("/var/lib/lastlog/lastlog2.db"),
                    S::File("/var/lib/lastlog/lastlog2.db-wal"),
                    S::File("/var/log/lastlog"),
                ],
                privilege: P::None,
            },
            windows: Source {
                touches: &[S::RegistryValue(
                    r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Authentication\LogonUI\LastLoggedOnUser",
                )],
                privilege: P::None,
            },
            macos: Source { touches: &[S::Command("/usr/bin/last")], privilege: P::None },
        },
        osquery: None,
        glpi: Some("hardware.datelastloggeduser"),
    },
    Field {
        name: "x.wwan.signal",
        section: Section::Wwan,
        kind: ValueKind::Integer,
        many: false,
        origin: Origin::Own,
        dpv: &["DeviceBased", "CommunicationsMetadata"],
        ccpa: &[C::F],
        sensitivity: Sensitivity::Low,
        shows: None,
        minimal: false,
        treatments: &[T::Keep, T::Drop],
        bounds: Bounds { max_bytes: 17, max_values: 1, legal_bases: &[], min_step_milli: 0 },
        sources: Sources {
            linux: Source {
                touches: &[
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.DBus.Introspectable",
                        member: "Introspect",
                    },
                    S::Bus {
                        service: "org.freedesktop.ModemManager1",
                        interface: "org.freedesktop.ModemManager1.Modem",
                        member: "SignalQuality",
                    },
                ],
                privilege: P::None,
            },
            windows: Source { touches: &[S::Api("IMbnInterfaceManager")], privilege: P::None },
            macos: Source { touches: &[], privilege: P::None },
        },
        osquery: None,
        glpi: None,
    },
];

/// What the collector computes.
pub static DERIVED: &[Derived] = &[Derived {
    name: "x.package.purl",
    from: &[
        fields::PACKAGE_TYPE,
        fields::PACKAGE_NAME,
        fields::PACKAGE_VERSION,
        fields::PACKAGE_ARCHITECTURE,
        fields::OS_NAME,
        fields::OS_VERSION,
    ],
    dpv: &["DeviceApplications"],
}];

/// What the agent has no code for, sorted by name.
pub static NEVER: &[Never] = &[
    Never { name: "configuration.contents", dpv: &["DeviceSoftware"] },
    Never { name: "file.contents", dpv: &["DeviceBased"] },
    Never { name: "file.names", dpv: &["DeviceBased"] },
    Never { name: "location.cell_tower", dpv: &["Location"] },
    Never { name: "location.history", dpv: &["TravelHistory"] },
    Never { name: "log.contents", dpv: &["DeviceSoftware"] },
    Never { name: "network.provider", dpv: &["CommunicationsMetadata"] },
    Never { name: "person.birth_date", dpv: &["BirthDate"] },
    Never { name: "person.credentials", dpv: &["Password"] },
    Never { name: "person.image", dpv: &["Picture"] },
    Never { name: "person.payment", dpv: &["PaymentCard"] },
    Never { name: "person.postal_address", dpv: &["PhysicalAddress"] },
    Never { name: "remote.control", dpv: &[] },
    Never { name: "remote.wipe", dpv: &[] },
    Never { name: "screen.capture", dpv: &["Picture"] },
    Never { name: "usage.activity", dpv: &["BrowsingBehaviour", "ServiceConsumptionBehaviour"] },
    Never { name: "web.cookies", dpv: &["UID", "BrowsingBehaviour"] },
    Never { name: "web.requests", dpv: &["BrowserHistory"] },
    Never { name: "work.shift", dpv: &["WorkEnvironment"] },
];
