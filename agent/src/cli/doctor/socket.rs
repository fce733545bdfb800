//! The reader's socket is the agent's alone, and the one that people ask at is root's and everybody's to ask at.

use super::{Examination, Finding};
use crate::platform;
use std::fs;
use std::io;

pub(super) fn of_agent(examination: &Examination<'_>) -> Finding {
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

pub(super) fn of_people(examination: &Examination<'_>) -> Finding {
    let context = examination.context;
    let Some(socket) = context.machines_people_socket() else {
        return Finding::Skipped("reader and agent are one user here, and no other account asks");
    };
    let shown = socket.display();
    let at = match fs::symlink_metadata(&socket) {
        Ok(at) => at,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Finding::Bad(format!(
                "there is no {shown}, so that no account can see what is collected: systemctl enable --now candor-people.socket"
            ));
        }
        Err(error) => return Finding::Bad(format!("{shown}: {error}")),
    };
    if !platform::is_roots(&at) {
        return Finding::Bad(format!(
            "{shown} does not belong to root, so that somebody else may answer there: SocketUser= in candor-people.socket"
        ));
    }
    if !platform::is_everybodys_to_ask(&at) {
        return Finding::Bad(format!(
            "not every account may ask at {shown}: SocketMode=0666 in candor-people.socket"
        ));
    }
    Finding::Good(format!("every account may ask at {shown}"))
}
