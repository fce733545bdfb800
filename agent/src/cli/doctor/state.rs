//! The state directory exists, is writable, and is nobody else's.

use super::{Examination, Finding};
use crate::platform;
use candor_durable::{Directory, Role};

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
    if platform::foreign_owner(state).is_some() {
        return Finding::Good(format!("{} is the agent's user's, who alone writes there", state.display()));
    }
    // A file of its own name: the agent may be at work beside us.
    let probe = format!(".doctor-{}", std::process::id());
    let written = Directory::open(state, Role::State)
        .and_then(|directory| directory.create(&probe, b"").and_then(|()| directory.remove(&probe)));
    if let Err(error) = written {
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
