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
