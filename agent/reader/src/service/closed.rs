//! What stands for a system on which no account asks yet.

use super::Service;
use std::io;

/// Not written yet: nothing of what was asked for can be done.
pub(super) fn serve(service: Service) -> io::Result<()> {
    let Service { whom, state, root, agent, idle } = service;
    drop((whom, state, root, agent, idle));
    Err(io::ErrorKind::Unsupported.into())
}
