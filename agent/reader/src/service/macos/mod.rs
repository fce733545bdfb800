//! macOS.

pub(super) use super::closed::serve;
