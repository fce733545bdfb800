//! The words a declaration may use. `Debug` prints a word's Rust variant in `collector_proto::catalog`.
//!
//! This repeats that crate's vocabularies, because xtask must build without the table it writes; a word that the crate
//! lacks fails when the generated table is compiled.

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
    /// Whether a section has one row or many.
    Shape { Single = "single", Table = "table" }
}

words! {
    /// Type of one value.
    Kind {
        Text = "text",
        Integer = "integer",
        Boolean = "boolean",
        Ip = "ip",
        Mac = "mac",
        Timestamp = "timestamp",
        Decimal = "decimal",
    }
}

words! {
    /// Who named a field.
    Origin { Otel = "otel", Ecs = "ecs", Own = "own" }
}

words! {
    /// How much harm a value can do.
    Sensitivity { Low = "low", Medium = "medium", High = "high" }
}

words! {
    /// What a process needs to read a source.
    Privilege { None = "none", Root = "root", Admin = "admin", Consent = "consent" }
}

words! {
    /// The named treatments.
    Treatment {
        Keep = "keep",
        Drop = "drop",
        Truncate = "truncate",
        Hmac = "hmac",
        Generalise = "generalise",
    }
}

words! {
    /// Legal bases of Art. 6(1) GDPR.
    LegalBasis {
        Consent = "consent",
        Contract = "contract",
        LegalObligation = "legal_obligation",
        VitalInterest = "vital_interest",
        PublicTask = "public_task",
        LegitimateInterest = "legitimate_interest",
    }
}

words! {
    /// Categories of Cal. Civ. Code §1798.140(v)(1).
    Ccpa {
        A = "A", B = "B", C = "C", D = "D", E = "E", F = "F",
        G = "G", H = "H", I = "I", J = "J", K = "K", L = "L",
    }
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
    SourceKind { prefix: "dbus", kind: KindOfSource::Bus, meaning: "a D-Bus service", systems: &["linux"] },
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

/// DPV purposes that a policy may name, sorted; `collector_proto::policy::document_terms::PURPOSES`.
pub(crate) const PURPOSES: &[&str] = &[
    "EnforceAccessControl",
    "EnforceSecurity",
    "FraudPreventionAndDetection",
    "FulfilmentOfContractualObligation",
    "InternalResourceOptimisation",
    "LegalCompliance",
    "ProtectionOfIPR",
    "RepairImpairments",
    "RightsFulfilment",
    "ServiceMonitoring",
    "ServiceUsageAnalytics",
    "TechnicalServiceProvision",
];

/// Whose key a keyed hash uses; `collector_proto::policy::KeyScope`.
pub(crate) const KEY_SCOPES: &[&str] = &["device", "tenant"];

/// What a value can be coarsened to; `collector_proto::policy::Generalisation`.
pub(crate) const GENERALISATIONS: &[&str] =
    &["oui", "major", "major_minor", "day", "month", "tenth_degree", "degree"];

/// Whether a field can be refused; `collector_proto::policy::Necessity`.
pub(crate) const NECESSITIES: &[&str] = &["required", "optional"];

/// How far the operating system enforces the permit; `collector_proto::disclosure::SandboxLevel`.
pub(crate) const SANDBOX_LEVELS: &[&str] = &["none", "partial", "full"];

/// Languages of the notice; `collector_proto::policy::document_terms::LANGUAGES`.
pub(crate) const LANGUAGES: &[&str] = &["de", "en", "es", "fr", "nl", "pt"];

/// Safeguards of a transfer; `collector_proto::policy::document_terms::TRANSFER_MECHANISMS`.
pub(crate) const TRANSFER_MECHANISMS: &[&str] = &["adequacy", "bcr", "derogation", "scc"];
