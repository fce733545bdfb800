//! The named treatments with their parameters: `"keep"`, `{"truncate":{"v4":24,"v6":48}}`,
//! `{"truncate":{"chars":8}}`, `{"hmac":"tenant"}`, `{"generalise":"oui"}`.
//!
//! `drop` exists for authors only: a dropped field has no rule in the signed document, so removing anything from a
//! signed policy can only narrow it.

use crate::catalog::{Field, Generalisation, KeyScope, TreatmentKind, ValueKind};
use serde::{Deserialize, Serialize};

/// What happens to a permitted value before it is disclosed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", try_from = "Written", into = "Written")]
pub enum Treatment {
    /// Sent as read.
    Keep,
    /// IP addresses cut to a network prefix of that many bits.
    TruncateIp {
        /// Bits kept of an IPv4 address, 0 to 32.
        v4: u8,
        /// Bits kept of an IPv6 address, 0 to 128.
        v6: u8,
    },
    /// Text cut to that many characters.
    TruncateText {
        /// Characters kept, at least 1.
        chars: u16,
    },
    /// HMAC-SHA-256 over the field's name and its canonical value, truncated to 128 bits.
    Hmac(KeyScope),
    /// Replaced by a coarser value.
    Generalise(Generalisation),
}

impl Treatment {
    /// The treatment's name without parameters.
    pub const fn kind(self) -> TreatmentKind {
        match self {
            Self::Keep => TreatmentKind::Keep,
            Self::TruncateIp { .. } | Self::TruncateText { .. } => TreatmentKind::Truncate,
            Self::Hmac(_) => TreatmentKind::Hmac,
            Self::Generalise(_) => TreatmentKind::Generalise,
        }
    }

    /// What becomes of a value, in plain English: `as read`, `cut to 8 characters`.
    pub fn words(self) -> String {
        match self {
            Self::Keep => "as read".to_owned(),
            Self::TruncateIp { v4, v6 } => {
                format!("cut to the network ({v4} bits of IPv4, {v6} of IPv6)")
            }
            Self::TruncateText { chars } => format!("cut to {chars} characters"),
            Self::Hmac(KeyScope::Tenant) => "as a keyed hash that is comparable across devices".to_owned(),
            Self::Hmac(KeyScope::Device) => {
                "as a keyed hash that is comparable on one device only".to_owned()
            }
            Self::Generalise(level) => format!("coarsened to {}", level.words()),
        }
    }

    /// The coarse treatments that a policy could choose instead, the finest first. None for a value that is coarsened already or
    /// that shows neither presence nor place.
    pub fn coarser_for(self, field: &Field) -> Vec<Self> {
        let is_coarse = self.kind() == TreatmentKind::Generalise;
        let levels = if field.shows.is_some() && !is_coarse { field.coarse } else { &[] };
        levels.iter().copied().map(Self::Generalise).collect()
    }

    /// Why the field cannot be treated so, or `None` when it can. The sentence completes "… is not allowed: ".
    pub fn unfit_for(self, field: &Field) -> Option<&'static str> {
        if !field.allows(self.kind()) {
            return Some("the catalogue does not allow this treatment for the field");
        }
        match self {
            Self::TruncateIp { v4, v6 } => {
                if field.kind != ValueKind::Ip {
                    Some("only IP addresses are truncated to v4 and v6 prefixes")
                } else if v4 > 32 || v6 > 128 {
                    Some("a prefix has at most 32 bits (v4) or 128 bits (v6)")
                } else {
                    None
                }
            }
            Self::TruncateText { chars } => {
                if field.kind != ValueKind::Text {
                    Some("only text is truncated to a number of characters")
                } else if chars == 0 {
                    Some("at least one character must remain; to send nothing, use \"drop\"")
                } else {
                    None
                }
            }
            Self::Generalise(level) => {
                if field.coarse.contains(&level) {
                    None
                } else {
                    Some("the catalogue does not allow this coarsening for the field")
                }
            }
            Self::Keep | Self::Hmac(_) => None,
        }
    }
}

/// The written form, checked on the way in.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Written {
    Keep,
    Truncate(WrittenTruncate),
    Hmac(KeyScope),
    Generalise(Generalisation),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTruncate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    v4: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    v6: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chars: Option<u16>,
}

impl TryFrom<Written> for Treatment {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written::Keep => Ok(Self::Keep),
            Written::Hmac(scope) => Ok(Self::Hmac(scope)),
            Written::Generalise(level) => Ok(Self::Generalise(level)),
            Written::Truncate(WrittenTruncate { v4: Some(v4), v6: Some(v6), chars: None }) => {
                Ok(Self::TruncateIp { v4, v6 })
            }
            Written::Truncate(WrittenTruncate { v4: None, v6: None, chars: Some(chars) }) => {
                Ok(Self::TruncateText { chars })
            }
            Written::Truncate(_) => Err("truncate takes either v4 and v6, or chars"),
        }
    }
}

impl From<Treatment> for Written {
    fn from(treatment: Treatment) -> Self {
        match treatment {
            Treatment::Keep => Self::Keep,
            Treatment::Hmac(scope) => Self::Hmac(scope),
            Treatment::Generalise(level) => Self::Generalise(level),
            Treatment::TruncateIp { v4, v6 } => {
                Self::Truncate(WrittenTruncate { v4: Some(v4), v6: Some(v6), chars: None })
            }
            Treatment::TruncateText { chars } => {
                Self::Truncate(WrittenTruncate { v4: None, v6: None, chars: Some(chars) })
            }
        }
    }
}
