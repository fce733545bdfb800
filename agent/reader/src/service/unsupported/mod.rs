//! Any other operating system.

pub(super) use super::closed::serve;
