//! Windows.

pub(super) use super::closed::serve;
