//! Linux.

pub(crate) use super::unix::{stop_signal, user};
