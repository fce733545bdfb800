//! Under which ids the locales (`collector-proto/locales/*.ftl`) hold the words for a term.
//!
//! An id is the group, a hyphen, and the term with hyphens for dots and underscores: `field-host-ip`,
//! `basis-legitimate-interest`, `purpose-EnforceSecurity`. The generator refuses two names that would share an id.
//! Every message has a value, its title, and an attribute `description`.

super::vocabulary! {
    /// What a message of the locales is about.
    Wording {
        /// A section.
        Section = "section",
        /// A field.
        Field = "field",
        /// A value that the collector computes.
        Derived = "derived",
        /// A DPV purpose.
        Purpose = "purpose",
        /// A legal basis.
        Basis = "basis",
        /// A right of the data subject.
        Right = "right",
        /// A treatment: `keep`, `drop`, `truncate_ip` (arguments `v4`, `v6`), `truncate_text` (argument `chars`),
        /// `hmac_device`, `hmac_tenant`, and `generalise_…` with the coarsening's name.
        Treatment = "treatment",
        /// Why a value is missing.
        Absence = "absence",
        /// A source beside which a section has others.
        Source = "source",
        /// Whether a field can be refused.
        Necessity = "necessity",
        /// How much harm a value can do.
        Sensitivity = "sensitivity",
        /// What reading needs.
        Privilege = "privilege",
        /// A CCPA category, by its letter.
        Ccpa = "ccpa",
        /// Something the agent has no code for.
        Never = "never",
    }
}

impl Wording {
    /// The id of the message for a term of this group.
    pub fn message_id(self, term: &str) -> String {
        message_id(self.name(), term)
    }
}

/// The id of the message for a term of any group, also of those that only the notice has.
pub fn message_id(group: &str, term: &str) -> String {
    format!("{group}-{}", message_part(term))
}

/// A term as a part of a message's id.
pub fn message_part(term: &str) -> String {
    term.replace(['.', '_'], "-")
}
