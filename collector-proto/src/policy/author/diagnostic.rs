//! What is wrong with an author's file, and where: one line a finding, all findings at once.
//!
//! ```text
//! policy.toml:31:10: error[unknown_field]: collect[2].fields[0]: no field matches `host.adress`; did you mean `host.arch`?
//! ```

use serde::Serialize;
use std::fmt;

crate::catalog::vocabulary! {
    /// Whether a finding stops the policy from being signed.
    Severity {
        /// The file is not a policy until this is fixed.
        Error = "error",
        /// The file is a policy; a privacy officer would ask about this.
        Warning = "warning",
    }
}

crate::catalog::vocabulary! {
    /// Stable names of findings, for scripts and documentation.
    Code {
        /// Not TOML.
        Syntax = "syntax",
        /// A key or table is defined twice.
        DuplicateKey = "duplicate_key",
        /// A key that the format does not have.
        UnknownKey = "unknown_key",
        /// A key that the format needs is not there.
        MissingKey = "missing_key",
        /// Two keys of which only one may be given.
        ExclusiveKeys = "exclusive_keys",
        /// A value of another type than the key takes.
        WrongType = "wrong_type",
        /// A value that the key does not take.
        BadValue = "bad_value",
        /// The format version is not one that this program reads.
        UnknownFormat = "unknown_format",
        /// A field name or pattern that matches no field of the catalogue.
        UnknownField = "unknown_field",
        /// Something that Candor has no code for.
        NeverCollected = "never_collected",
        /// A purpose that is not declared.
        UnknownPurpose = "unknown_purpose",
        /// A recipient that is not declared.
        UnknownRecipient = "unknown_recipient",
        /// The same recipient id twice.
        DuplicateRecipient = "duplicate_recipient",
        /// No DPV purpose term of that name.
        UnknownTerm = "unknown_term",
        /// A DPV purpose that Candor is not for.
        RefusedPurpose = "refused_purpose",
        /// No treatment of that name.
        UnknownTreatment = "unknown_treatment",
        /// The field does not take the treatment.
        TreatmentNotAllowed = "treatment_not_allowed",
        /// Two blocks say different things about one field.
        Conflict = "conflict",
        /// No legal basis of that name.
        UnknownBasis = "unknown_basis",
        /// The catalogue does not allow the field under the purpose's legal basis.
        BasisNotAllowed = "basis_not_allowed",
        /// Consent that cannot be refused.
        ConsentRequired = "consent_required",
        /// A purpose of consent beside another one for the same field.
        ConsentBeside = "consent_beside_another_purpose",
        /// No country of that code.
        UnknownCountry = "unknown_country",
        /// The notice is not written in the language.
        UnknownLanguage = "unknown_language",
        /// A filter that cannot be applied.
        BadFilter = "bad_filter",
        /// A filter's pattern that no value of its field can match.
        NeverMatches = "never_matches",
        /// A filter's pattern with brackets, which stand for themselves.
        LiteralBracket = "literal_bracket",
        /// A text that promises what nobody can keep.
        AbsoluteClaim = "absolute_claim",
        /// A date that has passed.
        DatePassed = "date_passed",
        /// More is wrong with the file than is told at once.
        TooManyFindings = "too_many_findings",
        /// The signed document would be larger than devices accept.
        TooLarge = "too_large",
        /// The shared check refuses the compiled document.
        NotAcceptable = "not_acceptable",
        /// A purpose under which nothing is collected.
        UnusedPurpose = "unused_purpose",
        /// A recipient that no purpose names.
        UnusedRecipient = "unused_recipient",
        /// A transfer to a country in which no recipient is.
        UnusedTransfer = "unused_transfer",
        /// A recipient in a third country for which no transfer is declared.
        TransferMissing = "transfer_missing",
        /// An identifier that is sent as read although a treatment exists.
        PlainIdentifier = "plain_identifier",
        /// IPv6 addresses that may carry a MAC address that is otherwise not sent.
        MacInIpv6 = "mac_in_ipv6",
        /// A field of high sensitivity under legitimate interest.
        SensitiveInterest = "sensitive_interest",
        /// A field that shows presence or place, and is not coarsened.
        PresenceOrPlace = "presence_or_place",
        /// A text in which values can stand that are not collected.
        ShowsOther = "shows_other",
        /// Rows about accounts under another basis than consent.
        AccountsWithoutConsent = "accounts_without_consent",
        /// A field that only rows about accounts have, and a rule that does not cover them.
        AccountsNotNamed = "accounts_not_named",
        /// No data protection officer is named.
        NoOfficer = "no_data_protection_officer",
        /// The policy collects nothing.
        CollectsNothing = "collects_nothing",
        /// No system has a source for the field.
        NoSource = "no_source",
    }
}

/// One finding in an author's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The file as the caller named it.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Error or warning.
    pub severity: Severity,
    /// Stable name of the finding.
    pub code: Code,
    /// Path of the key, such as `collect[2].treat.truncate.v4` (indices from 0); empty for the file as a whole.
    pub key: String,
    /// What is wrong and what to do.
    pub message: String,
    /// The nearest known name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suggestion: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { file, line, column, severity, code, key, message, suggestion } = self;
        write!(f, "{file}:{line}:{column}: {severity}[{code}]: ")?;
        if !key.is_empty() {
            write!(f, "{key}: ")?;
        }
        f.write_str(message)?;
        match suggestion {
            Some(name) => write!(f, "; did you mean `{name}`?"),
            None => Ok(()),
        }
    }
}

/// Everything that was found in a file that is not a policy: at least one error, and the warnings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Diagnostics(pub(super) Vec<Diagnostic>);

impl Diagnostics {
    /// The findings in the order of the file.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// Number of errors.
    pub fn errors(&self) -> usize {
        self.0.iter().filter(|found| found.severity == Severity::Error).count()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, found) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{found}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}
