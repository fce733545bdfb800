//! The author's TOML form of a policy.
