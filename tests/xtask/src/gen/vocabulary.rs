//! The words a declaration may use, with their Rust variants.
//!
//! This repeats the vocabularies of `collector_proto::catalog`, because xtask must build without the table it writes;
//! a word that the crate lacks fails when the generated table is compiled.

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

            /// The Rust variant's name.
            pub(crate) const fn variant(self) -> &'static str {
                match self { $(Self::$variant => stringify!($variant)),+ }
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

/// Terms of the DPV 2.3 personal-data extension that the catalogue uses, without the prefix `pd:`.
pub(crate) const DPV: &[&str] = &[
    "AuthenticationHistory",
    "BrowserFingerprint",
    "BrowserHistory",
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
    "Picture",
    "TelephoneNumber",
    "UID",
    "UserAgent",
    "Username",
    "WorkEnvironment",
];

/// The prefixes of a source that is not a path, each with its meaning.
pub(crate) const SOURCE_PREFIXES: &[(&str, &str)] = &[
    ("api", "an operating system function"),
    ("build", "a constant of this build"),
    ("command", "a program of the operating system, by its path"),
    ("dbus", "a D-Bus service, by its name"),
    ("file", "a Windows path pattern"),
    ("ioreg", "a property of the macOS I/O Registry"),
    ("registry", "a key or value of the Windows registry"),
    ("state", "Candor's own state directory"),
    ("syscall", "a system call"),
    ("sysctl", "a macOS sysctl name"),
    ("wmi", "a property of a WMI class"),
];
