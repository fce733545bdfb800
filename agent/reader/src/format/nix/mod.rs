//! What Nix writes: the manifests of profiles, and the names of what it stores.

pub mod manifest;
pub mod name;
