//! The state directory exists, is writable, and is nobody else's.

use super::{Examination, Finding};
use crate::platform;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let state = examination.context.paths.state();
    let metadata = match std::fs::metadata(state) {
        Ok(metadata) if metadata.is_dir() => metadata,
        Ok(_) => return Finding::Bad(format!("{} is not a directory", state.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Finding::Doubtful(format!(
                "{} does not exist yet; `candor enrol` makes it",
                state.display()
            ));
        }
        Err(error) => return Finding::Bad(format!("{}: {error}", state.display())),
    };
    // A file of its own name: the agent may be at work beside us.
    let probe = state.join(format!(".doctor-{}", std::process::id()));
    if let Err(error) = std::fs::write(&probe, b"").and_then(|()| std::fs::remove_file(&probe)) {
        return Finding::Bad(format!("{} is not writable: {error}", state.display()));
    }
    match platform::shared_beyond_owner(&metadata) {
        Some(mode) => Finding::Doubtful(format!(
            "{} has mode {mode}; others can see into it: chmod 700",
            state.display()
        )),
        None => Finding::Good(format!("{} is writable and its owner's alone", state.display())),
    }
}
