//! Files that are no text, taken apart: bytes in, facts out. Nothing here touches the machine.

pub(crate) mod deploy;
pub(crate) mod edid;
pub(crate) mod lastlog;
