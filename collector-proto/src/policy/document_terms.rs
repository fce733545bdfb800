//! DPV 2.3 purpose terms (`https://w3id.org/dpv#`) that a policy may name.

/// Purposes that the notice has words for, sorted.
pub const PURPOSES: &[&str] = &[
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

/// Purposes that exist in DPV but that Candor is not for; naming one is an error that says so.
pub const REFUSED_PURPOSES: &[&str] = &[
    "Marketing",
    "PersonnelBehaviourMonitoring",
    "PersonnelMonitoring",
    "PersonnelPerformanceMonitoring",
    "SellDataToThirdParties",
];

/// Whether the term is a purpose that a policy may name.
pub fn is_purpose(term: &str) -> bool {
    PURPOSES.binary_search(&term).is_ok()
}

/// Languages that the notice is written in (ISO 639-1), sorted; a purpose may have a text in each of them.
pub const LANGUAGES: &[&str] = &["de", "en", "es", "fr", "nl", "pt"];

/// Safeguards under which data may go to a third country (Art. 44 to 49 GDPR) and that the notice has words for,
/// sorted: `adequacy`, a decision of Art. 45, which the EU-US Data Privacy Framework rests on too; `bcr`, binding
/// corporate rules (Art. 47); `derogation`, Art. 49; `scc`, standard contractual clauses (Art. 46(2)(c) and (d)).
pub const TRANSFER_MECHANISMS: &[&str] = &["adequacy", "bcr", "derogation", "scc"];

/// Countries of the European Economic Area, ISO 3166-1 alpha-2, sorted: data moves among them without a transfer in the
/// sense of Art. 44 GDPR.
pub const EEA: &[&str] = &[
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT",
    "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// Whether a place, a country or a part of one such as `DE-BE`, is in the European Economic Area.
pub fn is_in_eea(place: &str) -> bool {
    EEA.binary_search(&place.split('-').next().unwrap_or(place)).is_ok()
}
