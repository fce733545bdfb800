//! What the text of one field can carry of another, and by which forms that is recognised.
//!
//! xtask compiles this file as it does `terms.rs`: it uses nothing but the other words. What recognises the forms is `policy/carried`.

super::vocabulary! {
    /// Who writes a text, which says what can stand in it.
    TextKind {
        /// This program, or a table that it knows: a word of a list, a code, a number that it drew.
        Word = "word",
        /// Whoever made the device or the program. It is the same on many devices, and may hold a version.
        Version = "version",
        /// Whoever made the device or the program. It is the same on many devices.
        Maker = "maker",
        /// Whoever gave the device or a part of it a number of its own.
        Identifier = "identifier",
        /// Whoever named the computer, and the network that it is in.
        HostName = "host_name",
        /// Whoever made the account.
        Account = "account",
        /// Whoever runs the device or uses it: people write what they like.
        Local = "local",
    }
}

super::vocabulary! {
    /// What is recognised inside a text by how it is written.
    Form {
        /// `00:11:22:33:44:55` and what else is written of it, with a separator.
        HardwareAddress = "hardware_address",
        /// 12 to 23 hexadecimal digits in a row, such as `001122334455`.
        HexRun = "hex_run",
        /// 14 to 23 decimal digits in a row.
        NumberRun = "number_run",
        /// 24 or more hexadecimal digits in a row.
        LongRun = "long_run",
        /// 15 to 22 decimal digits in groups.
        GroupedDigits = "grouped_digits",
        /// `192.0.2.7`, `192-0-2-7`.
        Ipv4 = "ipv4",
        /// `2001:db8::7`, `2001-db8--7`.
        Ipv6 = "ipv6",
        /// `8be4df61-93ca-11d2-aa0d-00e098032b8c`.
        Uuid = "uuid",
        /// `+49 30 901820`.
        Phone = "phone",
        /// `anna@example.org`, with the name before it where it stands in angle brackets; `anna@laptop`.
        Email = "email",
        /// What stands behind the `@` of an account's name, as in `anna@example.org`.
        Realm = "realm",
        /// The name behind `/home/`, `/Users/` or `\Users\`.
        Home = "home",
        /// What stands behind `S/N`, `SN:` or `serial`.
        LabelledSerial = "labelled_serial",
        /// What stands behind the first dot of a computer's name.
        Domain = "domain",
    }
}

/// What stands in the place of what was recognised.
pub const CUT: char = '…';

impl TextKind {
    /// Who writes the text, in plain English.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Word => "this program, or a table that it knows",
            Self::Version => "the maker, with a version in it",
            Self::Maker => "the maker",
            Self::Identifier => "whoever gave the number",
            Self::HostName => "whoever named the computer",
            Self::Account => "whoever made the account",
            Self::Local => "whoever runs or uses the device",
        }
    }
}

impl Form {
    /// Whether it is recognised in texts of the kind. Where not, something else that belongs there is written in the same way.
    pub const fn is_recognised_in(self, kind: TextKind) -> bool {
        match self {
            Self::HardwareAddress | Self::LongRun | Self::Ipv6 | Self::Uuid | Self::Phone | Self::Home => {
                true
            }
            // A serial number is such a run of digits as well.
            Self::HexRun | Self::NumberRun => !matches!(kind, TextKind::Identifier),
            Self::GroupedDigits => !matches!(kind, TextKind::Identifier | TextKind::Version),
            // So is a version of four numbers.
            Self::Ipv4 => !matches!(kind, TextKind::Version),
            Self::LabelledSerial => {
                matches!(kind, TextKind::Maker | TextKind::Version | TextKind::Local | TextKind::HostName)
            }
            Self::Email => !matches!(kind, TextKind::Account),
            Self::Realm => matches!(kind, TextKind::Account),
            Self::Domain => matches!(kind, TextKind::HostName),
        }
    }

    /// The fields whose values have the form. It stays in a text where each of them is sent as read.
    pub const fn fields(self) -> &'static [&'static str] {
        match self {
            Self::HardwareAddress | Self::HexRun => &["host.mac"],
            Self::NumberRun => &["host.mac", "x.device.imei", "x.sim.iccid", "x.sim.imsi"],
            Self::LongRun => &["host.id", "host.ip", "host.mac"],
            Self::GroupedDigits => &["x.device.imei", "x.sim.iccid", "x.sim.imsi"],
            Self::Ipv4 | Self::Ipv6 => &["host.ip"],
            Self::Uuid => &["device.id", "host.id"],
            Self::Phone => &["x.device.phone_number"],
            Self::Email => &["user.email", "user.name"],
            Self::Realm => &["host.domain", "user.email"],
            Self::Home => &["user.name"],
            Self::LabelledSerial => {
                &["device.serial_number", "x.device.asset_tag", "x.display.serial", "x.storage.serial"]
            }
            Self::Domain => &["host.domain"],
        }
    }

    /// How it is written and what stands there instead, in plain English.
    pub const fn words(self) -> &'static str {
        match self {
            Self::HardwareAddress => {
                "six or eight pairs of hexadecimal digits with the same separator (`:`, `-`, `_`, `.` or a blank) between them, groups of four \
                 (`0011.2233.4455`), and groups of one or two with `:`. Dots are not taken for it where a version stands"
            }
            Self::HexRun => {
                "12 to 23 hexadecimal digits in a row, as in `enx001122334455`. In texts of makers 12 or 14 decimal digits that are a date and \
                 time (`202611271412`) are not taken for it, nor in versions what follows a commit's `g` or `git` (`+g1a2b3c4d5e6f`)"
            }
            Self::NumberRun => "14 to 23 decimal digits in a row, but for a date and time in texts of makers",
            Self::LongRun => "24 or more hexadecimal digits in a row",
            Self::GroupedDigits => {
                "15 to 22 decimal digits in groups with single blanks or hyphens between them. Not looked for where a version stands"
            }
            Self::Ipv4 => {
                "four numbers of 0 to 255 with the same separator (`.`, `-` or `_`) between them; in a computer's name also `ip` and eight \
                 hexadecimal digits"
            }
            Self::Ipv6 => {
                "groups of up to four hexadecimal digits between colons, and with hyphens in the place of colons where the first group is \
                 that of a global, unique local or link-local address; 16 and more single hexadecimal digits between dots"
            }
            Self::Uuid => "groups of 8, 4, 4, 4 and 12 hexadecimal digits between hyphens or underscores",
            Self::Phone => {
                "a `+` that does not follow a letter or digit, and 8 to 15 digits with single separators between them"
            }
            Self::Email => {
                "a name, `@`, and a name that begins with a letter; with `<` before it, what stands before that belongs to it"
            }
            Self::Realm => "what stands behind the `@`",
            Self::Home => "the name of a directory in which homes lie, and one more name, which goes",
            Self::LabelledSerial => "the word behind `S/N`, `SN:`, `serial`, `serial no.` or `serial number`",
            Self::Domain => "all that stands behind the first dot",
        }
    }
}

/// Whether values of a field are recognised in the text of another by how they are written, or known where it is read.
pub(crate) fn is_recognised(carried: &str, in_text_of: &str, kind: TextKind) -> bool {
    let forms: &[Form] = match (carried, kind) {
        // A display tells both in the same bytes, so that the one is cut out of the other.
        ("x.display.serial", _) => return in_text_of == "x.display.model",
        ("host.mac", _) => &[Form::HardwareAddress, Form::HexRun],
        ("host.ip", _) => &[Form::Ipv4, Form::Ipv6],
        ("host.id", _) => &[Form::Uuid, Form::LongRun],
        ("host.domain" | "user.email", TextKind::Account) => &[Form::Realm],
        ("host.domain", _) => &[Form::Domain],
        ("user.email", _) => &[Form::Email],
        ("x.device.imei" | "x.sim.iccid" | "x.sim.imsi", _) => &[Form::NumberRun],
        ("x.device.phone_number", _) => &[Form::Phone],
        _ => return false,
    };
    forms.iter().all(|form| form.is_recognised_in(kind))
}
