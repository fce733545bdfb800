//! macOS.

pub(crate) use super::unix::{space, stand_back, stop_signal, user};
