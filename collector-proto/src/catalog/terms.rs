//! The closed vocabularies that field declarations, policies and reports are written in.
//!
//! Each vocabulary is declared once with its spelling; the spelling is the TOML, JSON and command-line form. xtask, which
//! writes the catalogue's table and so cannot depend on this crate, compiles this very file: it uses nothing but serde.

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$variant_meta])* #[serde(rename = $text)] $variant),+
        }

        impl $name {
            /// Every term, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The term as it is written in files and messages.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Looks a written term up.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
pub(crate) use vocabulary;

vocabulary! {
    /// Type of one value on the wire. There are no floats: I-JSON numbers lose them (RFC 7493 §2.2).
    ValueKind {
        /// UTF-8 text.
        Text = "text",
        /// Whole number of magnitude below 2^53.
        Integer = "integer",
        /// `true` or `false`.
        Boolean = "boolean",
        /// IP address in RFC 5952 form, with a `/prefix` after truncation.
        Ip = "ip",
        /// EUI-48 or EUI-64, upper case, hyphenated (OpenTelemetry `host.mac`).
        Mac = "mac",
        /// RFC 3339 in UTC.
        Timestamp = "timestamp",
        /// Decimal number as text, such as `52.5`.
        Decimal = "decimal",
    }
}

vocabulary! {
    /// What documents that a device refused are an attack on, or look like one.
    Attack {
        /// Something older than what was accepted before.
        Rollback = "rollback",
        /// Something past its date, as if there were nothing newer.
        Freeze = "freeze",
        /// Documents that do not belong together, or of which one was left out.
        MixAndMatch = "mix_and_match",
        /// Something so far ahead that nothing honest would come after it.
        FastForward = "fast_forward",
        /// More than anybody may give.
        EndlessData = "endless_data",
        /// Another document under a number that was given out before.
        OtherContent = "equal_version_other_content",
        /// Something that nobody signed who may.
        Forged = "forged",
    }
}

vocabulary! {
    /// Which of the documents that a collector gives.
    DocumentKind {
        /// A root of trust.
        Root = "root",
        /// A policy.
        Policy = "policy",
        /// The timestamp.
        Timestamp = "timestamp",
        /// What moves the device to another group.
        Placement = "placement",
        /// All of them together.
        All = "documents",
    }
}

vocabulary! {
    /// How many rows a section has.
    Shape {
        /// At most one.
        Single = "single",
        /// Any number, distinguished by [`Section::key`](super::Section::key).
        Table = "table",
    }
}

vocabulary! {
    /// Who named a field.
    Origin {
        /// OpenTelemetry semantic conventions v1.44.0.
        Otel = "otel",
        /// Elastic Common Schema 9.5.
        Ecs = "ecs",
        /// Candor; the name starts with `x.`.
        Own = "own",
    }
}

vocabulary! {
    /// How much harm a value can do to a person.
    Sensitivity {
        /// Says something about the device's kind only.
        Low = "low",
        /// Identifies the device or says what is on it.
        Medium = "medium",
        /// Identifies or describes a person.
        High = "high",
    }
}

vocabulary! {
    /// What values of a field, one after the other, show about a person beyond what each of them says.
    Shows {
        /// When somebody was at the device.
        Presence = "presence",
        /// Where the device was, and so whoever carried it.
        Place = "place",
    }
}

vocabulary! {
    /// What a process needs to read a source.
    Privilege {
        /// Nothing.
        None = "none",
        /// The root user (a root-owned 0400 file; no capability).
        Root = "root",
        /// A Windows administrator.
        Admin = "admin",
        /// The operating system's own consent of the person (location services).
        Consent = "consent",
    }
}

vocabulary! {
    /// The named treatments. No other transformation exists.
    TreatmentKind {
        /// Sent as read.
        Keep = "keep",
        /// Not read at all, whatever other rule names the field.
        Drop = "drop",
        /// Cut to a network prefix or to a number of characters.
        Truncate = "truncate",
        /// Keyed hash, HMAC-SHA-256 truncated to 128 bits.
        Hmac = "hmac",
        /// Replaced by a coarser value.
        Generalise = "generalise",
    }
}

vocabulary! {
    /// Whose key a keyed hash uses. `device`: local and random, answers only whether a value changed. `tenant`: shared
    /// by the organisation's devices, so equal values can be linked across them.
    KeyScope {
        /// This device's own key, which never leaves it.
        Device = "device",
        /// The organisation's key from the enrolment bundle.
        Tenant = "tenant",
    }
}

vocabulary! {
    /// Whether a field can be refused.
    Necessity {
        /// The purpose cannot be met without it.
        Required = "required",
        /// The person may switch it off.
        Optional = "optional",
    }
}

vocabulary! {
    /// Operating systems that can have a source for a field.
    Platform {
        /// Linux.
        Linux = "linux",
        /// Windows.
        Windows = "windows",
        /// macOS.
        Macos = "macos",
        /// Anything else: nothing has a source, everything compiles.
        Unsupported = "unsupported",
    }
}

vocabulary! {
    /// Legal bases of Art. 6(1) GDPR.
    LegalBasis {
        /// Art. 6(1)(a).
        Consent = "consent",
        /// Art. 6(1)(b).
        Contract = "contract",
        /// Art. 6(1)(c).
        LegalObligation = "legal_obligation",
        /// Art. 6(1)(d).
        VitalInterest = "vital_interest",
        /// Art. 6(1)(e).
        PublicTask = "public_task",
        /// Art. 6(1)(f).
        LegitimateInterest = "legitimate_interest",
    }
}

vocabulary! {
    /// Rights of the data subject in the GDPR.
    Right {
        /// Art. 15.
        Access = "access",
        /// Art. 16.
        Rectification = "rectification",
        /// Art. 17.
        Erasure = "erasure",
        /// Art. 18.
        Restriction = "restriction",
        /// Art. 19.
        Notification = "notification",
        /// Art. 20.
        Portability = "portability",
        /// Art. 21.
        Objection = "objection",
        /// Art. 22.
        AutomatedDecisions = "automated_decisions",
        /// Art. 7(3).
        Withdrawal = "withdrawal",
    }
}

vocabulary! {
    /// Categories of personal information, Cal. Civ. Code §1798.140(v)(1), by their letter.
    CcpaCategory {
        /// Identifiers.
        A = "A",
        /// Customer records.
        B = "B",
        /// Protected classes.
        C = "C",
        /// Commercial information.
        D = "D",
        /// Biometric information.
        E = "E",
        /// Internet or other network activity.
        F = "F",
        /// Geolocation.
        G = "G",
        /// Audio, electronic, visual.
        H = "H",
        /// Professional or employment.
        I = "I",
        /// Education.
        J = "J",
        /// Inferences.
        K = "K",
        /// Sensitive personal information.
        L = "L",
    }
}

vocabulary! {
    /// What a recipient is to the controller (Art. 4(7) to (10), 28(2) GDPR).
    RecipientRole {
        /// A part of the controller, or a joint one.
        Controller = "controller",
        /// Processes on the controller's behalf.
        Processor = "processor",
        /// Processes on behalf of a processor.
        SubProcessor = "sub_processor",
        /// Decides for itself what it uses the values for.
        ThirdParty = "third_party",
    }
}

vocabulary! {
    /// Why a field that the policy names has no value.
    Absence {
        /// This machine lacks the source or the source has no usable value, or a person did not consent: which of them it is,
        /// nobody but the people at the device is told.
        Unavailable = "unavailable",
        /// This program cannot read the field on this operating system.
        Unsupported = "unsupported",
        /// The device's ceiling excludes it.
        Ceiling = "ceiling",
        /// The operating system refused access.
        DeniedByOs = "denied_by_os",
        /// The source is larger than the reader's bound.
        TooLarge = "too_large",
        /// The source cannot be understood.
        Malformed = "malformed",
        /// A filter needs a field that may not be read.
        Filter = "filter",
    }
}

vocabulary! {
    /// A source beside which a section has others. The vocabulary is closed, so that nothing but these words travels in it.
    SourceName {
        /// dpkg's status file, or the directory that stands for it in images without dpkg.
        Dpkg = "dpkg",
        /// The rpm database.
        Rpm = "rpm",
        /// apk's database.
        Apk = "apk",
        /// pacman's local database.
        Pacman = "pacman",
        /// Portage's database.
        Portage = "portage",
        /// The package list of Slackware's pkgtools.
        Slackware = "slackware",
        /// Nix profiles of the machine.
        Nix = "nix",
        /// Nix profiles of persons.
        NixUser = "nix_user",
        /// Homebrew's cellar.
        Brew = "brew",
        /// flatpak's installation of the machine.
        Flatpak = "flatpak",
        /// flatpak's installations of persons.
        FlatpakUser = "flatpak_user",
        /// snap packages.
        Snap = "snap",
        /// AppImages of the machine.
        AppImage = "appimage",
        /// AppImages of persons.
        AppImageUser = "appimage_user",
        /// Profiles of Chromium and its relatives.
        Chromium = "chromium",
        /// Profiles of Firefox and its relatives.
        Firefox = "firefox",
    }
}

vocabulary! {
    /// What `package.type` says: the format of a package, by the word of package URLs where they know the format.
    PackageFormat {
        /// dpkg's packages.
        Deb = "deb",
        /// RPM packages.
        Rpm = "rpm",
        /// pacman's packages.
        Alpm = "alpm",
        /// Alpine Linux's packages.
        Apk = "apk",
        /// Portage's packages.
        Ebuild = "ebuild",
        /// Packages of Slackware's pkgtools.
        Slackware = "slackware",
        /// Packages of Nix profiles.
        Nix = "nix",
        /// Homebrew's formulas.
        Brew = "brew",
        /// flatpak's applications and runtimes.
        Flatpak = "flatpak",
        /// snaps.
        Snap = "snap",
        /// AppImages.
        AppImage = "appimage",
        /// Windows Installer's packages.
        Msi = "msi",
        /// MSIX packages.
        Msix = "msix",
        /// macOS' application bundles.
        App = "app",
    }
}

vocabulary! {
    /// How far the operating system enforces the permit. In rising order.
    #[derive(Default)]
    SandboxLevel {
        /// Nothing but the program's own code keeps it to the permit.
        #[default]
        None = "none",
        /// A part of the protections is in force.
        Partial = "partial",
        /// The kernel refuses every file, socket and program that the permit does not need.
        Full = "full",
    }
}

impl Shows {
    /// What values of the field show one after the other, in plain English.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Presence => "when somebody was at the device",
            Self::Place => "where the device was",
        }
    }
}

impl LegalBasis {
    /// The article's letter.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Consent => "Art. 6(1)(a) GDPR",
            Self::Contract => "Art. 6(1)(b) GDPR",
            Self::LegalObligation => "Art. 6(1)(c) GDPR",
            Self::VitalInterest => "Art. 6(1)(d) GDPR",
            Self::PublicTask => "Art. 6(1)(e) GDPR",
            Self::LegitimateInterest => "Art. 6(1)(f) GDPR",
        }
    }
}

impl Right {
    /// The article.
    pub const fn article(self) -> &'static str {
        match self {
            Self::Access => "Art. 15 GDPR",
            Self::Rectification => "Art. 16 GDPR",
            Self::Erasure => "Art. 17 GDPR",
            Self::Restriction => "Art. 18 GDPR",
            Self::Notification => "Art. 19 GDPR",
            Self::Portability => "Art. 20 GDPR",
            Self::Objection => "Art. 21 GDPR",
            Self::AutomatedDecisions => "Art. 22 GDPR",
            Self::Withdrawal => "Art. 7(3) GDPR",
        }
    }

    /// Whether a person has the right over data that is processed on the basis: objection goes with a public task or a
    /// legitimate interest (Art. 21(1)), portability with consent or a contract (Art. 20(1)), withdrawal with consent.
    pub const fn applies_under(self, basis: LegalBasis) -> bool {
        match self {
            Self::Access
            | Self::Rectification
            | Self::Erasure
            | Self::Restriction
            | Self::Notification
            | Self::AutomatedDecisions => true,
            Self::Portability => matches!(basis, LegalBasis::Consent | LegalBasis::Contract),
            Self::Objection => matches!(basis, LegalBasis::PublicTask | LegalBasis::LegitimateInterest),
            Self::Withdrawal => matches!(basis, LegalBasis::Consent),
        }
    }
}

impl Platform {
    /// The system this build runs on.
    pub const fn current() -> Self {
        if cfg!(target_os = "linux") {
            Self::Linux
        } else if cfg!(target_os = "windows") {
            Self::Windows
        } else if cfg!(target_os = "macos") {
            Self::Macos
        } else {
            Self::Unsupported
        }
    }
}
