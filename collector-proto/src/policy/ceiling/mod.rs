//! The ceiling: what may ever be collected on one device, whatever a policy says. Root of the device sets it, the reader keeps it.
//!
//! ```text
//! /etc/candor/ceiling.toml ──author──► CeilingTerms ──`candor ceiling set`──► ceiling.json of the reader ──► Permit
//! ```
//!
//! It only ever narrows a permit. Nothing here reads or writes a file.

mod change;
mod never;
mod quiet;

pub use change::CeilingChange;
pub use never::{BadNeverAccount, NeverAccount};
pub use quiet::{BadQuietHours, QuietHours, QuietTime, Zone};

use super::Rule;
use super::Treatment;
use super::diff::reveals_no_more;
use crate::catalog::{FieldId, FieldSet};
use crate::time::{Span, UtcTime};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most that may ever be collected on a device. Written as its terms, or `null` where none is set.
///
/// There is no default: whoever says that no ceiling is set has looked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Option<CeilingTerms>", into = "Option<CeilingTerms>")]
pub enum Ceiling {
    /// No ceiling is set: the policy alone decides.
    Unset,
    /// This and no more.
    Set(CeilingTerms),
}

/// What a ceiling says. Every member is always written: a missing one would be read as none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CeilingTerms {
    /// The fields that may be collected, and how at most. No other is.
    #[serde(deserialize_with = "crate::json::unique_map")]
    pub allow: BTreeMap<FieldId, Allowance>,
    /// When nothing is read for a report and nothing is sent.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub quiet_hours: Option<QuietHours>,
    /// Accounts about which nothing is read, and into whose homes nobody looks.
    pub never: BTreeSet<NeverAccount>,
}

/// How one field may be collected at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// The treatment that reveals most.
    pub treat: Treatment,
    /// How long a value may live at most; `None` where that is the policy's to say.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub retention: Option<Span>,
    /// Whether rows about accounts may be read.
    pub accounts: bool,
}

impl Allowance {
    /// Whatever the policy says of the field.
    pub const ANYTHING: Self = Self { treat: Treatment::Keep, retention: None, accounts: true };

    /// Whether the other lets through all that this one does.
    fn is_within(self, other: Self) -> bool {
        let lives_no_longer =
            other.retention.is_none_or(|most| self.retention.is_some_and(|span| span <= most));
        (self.treat == other.treat || reveals_no_more(self.treat, other.treat))
            && lives_no_longer
            && (other.accounts || !self.accounts)
    }

    /// Whether it leaves room for the rule: for its treatment, and for rows about accounts where its section has no others.
    fn admits(&self, rule: &Rule) -> bool {
        let section = rule.field.section();
        let about_accounts_alone = section.is_about_accounts() && !section.takes_accounts();
        reveals_no_more(rule.treat, self.treat) && (self.accounts || !about_accounts_alone)
    }
}

impl Ceiling {
    /// How the rule's field may be collected at most; `None` where the ceiling leaves no room for the rule.
    pub(super) fn allowance(&self, rule: &Rule) -> Option<Allowance> {
        match self {
            Self::Unset => Some(Allowance::ANYTHING),
            Self::Set(terms) => terms.allow.get(&rule.field).copied().filter(|allowed| allowed.admits(rule)),
        }
    }

    /// Whether the other leaves as much room for each of these fields as this one does, and names no account that this one does not.
    pub fn is_within(&self, other: &Self, fields: &FieldSet) -> bool {
        let names_no_other = other.never().all(|account| self.never().any(|known| known == account));
        names_no_other
            && fields.iter().all(|field| match (self.allowed(field), other.allowed(field)) {
                (None, _) => true,
                (Some(_), None) => false,
                (Some(less), Some(more)) => less.is_within(more),
            })
    }

    /// How a field may be collected at most, whatever the rule for it.
    fn allowed(&self, field: FieldId) -> Option<Allowance> {
        self.terms().map_or(Some(Allowance::ANYTHING), |terms| terms.allow.get(&field).copied())
    }

    /// What it says, if one is set.
    pub const fn terms(&self) -> Option<&CeilingTerms> {
        match self {
            Self::Unset => None,
            Self::Set(terms) => Some(terms),
        }
    }

    /// Until when nothing is read for a report and nothing is sent; `None` outside of quiet hours.
    pub fn quiet_until(&self, now: UtcTime) -> Option<UtcTime> {
        self.terms()?.quiet_hours.as_ref()?.until(now)
    }

    /// The accounts about which nothing is read.
    pub fn never(&self) -> impl Iterator<Item = &NeverAccount> {
        self.terms().into_iter().flat_map(|terms| &terms.never)
    }

    /// The same with those alone of the accounts about which nothing is read that whoever is told may know of.
    #[must_use]
    pub fn told_of(mut self, may_know: impl Fn(&NeverAccount) -> bool) -> Self {
        if let Self::Set(terms) = &mut self {
            terms.never.retain(may_know);
        }
        self
    }
}

impl CeilingTerms {
    /// These fields as any policy has them, and no others.
    pub fn only(fields: &FieldSet) -> Self {
        let allow = fields.iter().map(|field| (field, Allowance::ANYTHING)).collect();
        Self { allow, quiet_hours: None, never: BTreeSet::new() }
    }

    /// The fields that may be collected.
    pub fn fields(&self) -> FieldSet {
        self.allow.keys().copied().collect()
    }
}

impl From<Option<CeilingTerms>> for Ceiling {
    fn from(written: Option<CeilingTerms>) -> Self {
        written.map_or(Self::Unset, Self::Set)
    }
}

impl From<Ceiling> for Option<CeilingTerms> {
    fn from(ceiling: Ceiling) -> Self {
        match ceiling {
            Ceiling::Unset => None,
            Ceiling::Set(terms) => Some(terms),
        }
    }
}

#[cfg(test)]
mod tests;
