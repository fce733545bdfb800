//! The reader's socket is the agent's alone.

use super::{Examination, Finding};
use crate::platform;
use std::fs;
use std::io;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let context = examination.context;
    let Some(socket) = context.reader_socket() else {
        return Finding::Skipped("candor starts the reader itself, with its own rights");
    };
    let looked = fs::symlink_metadata(&socket).and_then(|at| Ok((at, fs::metadata(context.paths.state())?)));
    let (at, state) = match looked {
        Ok(both) => both,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Finding::Bad(format!(
                "there is no {}: systemctl enable --now candor-reader.socket",
                socket.display()
            ));
        }
        Err(error) => return Finding::Bad(format!("{}: {error}", socket.display())),
    };
    if !platform::is_same_owner(&at, &state) {
        return Finding::Bad(format!(
            "{} does not belong to the user of the state directory: SocketUser= in candor-reader.socket",
            socket.display()
        ));
    }
    match platform::shared_beyond_owner(&at) {
        Some(mode) => Finding::Bad(format!(
            "{} has mode {mode}, so that others can ask in the agent's place: SocketMode=0600 in candor-reader.socket",
            socket.display()
        )),
        None => Finding::Good(format!("{} is the agent's alone", socket.display())),
    }
}
