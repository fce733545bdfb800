//! The words that a declaration may use. `Debug` prints a word's Rust variant in `collector_proto::catalog`.
//!
//! xtask must build without the table that it writes, so it cannot depend on that crate. It compiles the crate's own files
//! of words instead, which use nothing but serde; only what no other program knows is declared here.

#[path = "../../../../collector-proto/src/catalog/carried.rs"]
#[expect(dead_code, unreachable_pub, reason = "written for collector-proto, which uses all of it")]
mod carried;
#[path = "../../../../collector-proto/src/catalog/coarse.rs"]
#[expect(dead_code, unreachable_pub, reason = "written for collector-proto, which uses all of it")]
mod coarse;
#[path = "../../../../collector-proto/src/policy/document_terms.rs"]
#[expect(dead_code, unreachable_pub, reason = "written for collector-proto, which uses all of it")]
mod document_terms;
#[path = "../../../../collector-proto/src/catalog/terms.rs"]
#[expect(dead_code, unreachable_pub, reason = "written for collector-proto, which uses all of it")]
mod terms;
#[path = "../../../../collector-proto/src/catalog/wording.rs"]
#[expect(dead_code, unreachable_pub, reason = "written for collector-proto, which uses all of it")]
mod wording;

pub(crate) use carried::{CUT, Form, TextKind, is_recognised};
pub(crate) use coarse::{Continent, EXISTS, Generalisation, TimeZoneArea};
pub(crate) use document_terms::{LANGUAGES, PURPOSES, TRANSFER_MECHANISMS};
use terms::vocabulary;
pub(crate) use terms::{
    Absence, Attack, CcpaCategory as Ccpa, DocumentKind, KeyScope, LegalBasis, Necessity, Origin, Privilege,
    RecipientRole, SandboxLevel, Sensitivity, Shape, Shows, SourceName, TreatmentKind as Treatment,
    ValueKind as Kind,
};
pub(crate) use wording::{Wording, message_part};

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
        pub(crate) enum $name { $(#[serde(rename = $text)] $variant),+ }

        impl $name {
            /// Every word, in the order of declaration.
            pub(crate) const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word as it is written in the catalogue.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

words! {
    /// Who derives a value.
    By { Collector = "collector" }
}

words! {
    /// What the agent can do about an item of the never list: nothing.
    Capability { None = "none" }
}

words! {
    /// Whether an item of the never list is data that others collect or something that others do to a device.
    NeverKind { Data = "data", Action = "action" }
}

words! {
    /// Whose published privacy policy discloses an item of the never list.
    Discloser {
        Pulseway = "pulseway",
        Kaseya = "kaseya",
        Connectwise = "connectwise",
        Esm = "esm",
        Softpire = "softpire",
    }
}

impl Discloser {
    /// The product's name and the year of the policy, where it gives one.
    pub(crate) const fn title(self) -> &'static str {
        match self {
            Self::Pulseway => "Pulseway 2023",
            Self::Kaseya => "Kaseya 2016",
            Self::Connectwise => "ConnectWise 2018",
            Self::Esm => "ESM Software",
            Self::Softpire => "Softpire",
        }
    }
}

/// Terms of the DPV 2.3 personal-data extension that the catalogue uses, without the prefix `pd:`, sorted.
pub(crate) const DPV: &[&str] = &[
    "AuthenticationHistory",
    "BirthDate",
    "BrowserFingerprint",
    "BrowserHistory",
    "BrowsingBehaviour",
    "CommunicationsMetadata",
    "Country",
    "DeviceApplications",
    "DeviceBased",
    "DeviceOperatingSystem",
    "DeviceSoftware",
    "EmailAddressWork",
    "GPSCoordinate",
    "IPAddress",
    "Language",
    "Location",
    "MACAddress",
    "Name",
    "Password",
    "PaymentCard",
    "PhysicalAddress",
    "Picture",
    "ServiceConsumptionBehaviour",
    "TelephoneNumber",
    "TravelHistory",
    "UID",
    "UserAgent",
    "Username",
    "WorkEnvironment",
];

/// A kind of source that is not a plain path.
pub(crate) struct SourceKind {
    /// What stands before the colon.
    pub(crate) prefix: &'static str,
    /// Which grammar holds behind the colon.
    pub(crate) kind: KindOfSource,
    /// What stands there.
    pub(crate) meaning: &'static str,
    /// The operating systems that have it.
    pub(crate) systems: &'static [&'static str],
}

/// The kinds by their grammar ([`super::places`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KindOfSource {
    Api,
    Build,
    Command,
    Bus,
    WindowsFile,
    IoRegistry,
    Registry,
    Smbios,
    State,
    Look,
    SystemCall,
    Sysctl,
    Wmi,
}

/// Every kind of source beside the contents of files and directories.
pub(crate) const SOURCE_KINDS: &[SourceKind] = &[
    SourceKind {
        prefix: "api",
        kind: KindOfSource::Api,
        meaning: "an operating system function",
        systems: &["windows", "macos"],
    },
    SourceKind {
        prefix: "build",
        kind: KindOfSource::Build,
        meaning: "a constant of this build",
        systems: &["linux", "windows", "macos"],
    },
    SourceKind {
        prefix: "command",
        kind: KindOfSource::Command,
        meaning: "a program of the operating system",
        systems: &["macos"],
    },
    SourceKind {
        prefix: "dbus",
        kind: KindOfSource::Bus,
        meaning: "a property or a method of a D-Bus service, `service/interface.member`",
        systems: &["linux"],
    },
    SourceKind {
        prefix: "file",
        kind: KindOfSource::WindowsFile,
        meaning: "a Windows path pattern",
        systems: &["windows"],
    },
    SourceKind {
        prefix: "ioreg",
        kind: KindOfSource::IoRegistry,
        meaning: "a property of an entry of the I/O Registry",
        systems: &["macos"],
    },
    SourceKind {
        prefix: "registry",
        kind: KindOfSource::Registry,
        meaning: "a value of the registry, or with `\\**` a key and everything beneath it",
        systems: &["windows"],
    },
    SourceKind {
        prefix: "smbios",
        kind: KindOfSource::Smbios,
        meaning: "a member of an SMBIOS structure",
        systems: &["windows"],
    },
    SourceKind {
        prefix: "state",
        kind: KindOfSource::State,
        meaning: "a record in Candor's own state directory",
        systems: &["linux", "windows", "macos"],
    },
    SourceKind {
        prefix: "stat",
        kind: KindOfSource::Look,
        meaning: "whether the path is there, where it points or when it was changed; it is not opened",
        systems: &["linux", "macos"],
    },
    SourceKind {
        prefix: "syscall",
        kind: KindOfSource::SystemCall,
        meaning: "a system call",
        systems: &["linux", "macos"],
    },
    SourceKind {
        prefix: "sysctl",
        kind: KindOfSource::Sysctl,
        meaning: "a sysctl name",
        systems: &["macos"],
    },
    SourceKind {
        prefix: "wmi",
        kind: KindOfSource::Wmi,
        meaning: "a property of a WMI class",
        systems: &["windows"],
    },
];
