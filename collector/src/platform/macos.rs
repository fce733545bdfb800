//! macOS.

pub(crate) use super::unix::{stand_back, stop_signal, user};
