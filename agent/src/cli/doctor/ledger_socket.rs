//! The socket of the ledger's service is the reader's alone, which is root's.

use super::{Examination, Finding};
use crate::platform;
use std::fs;
use std::io;

pub(super) fn check(examination: &Examination<'_>) -> Finding {
    let socket = match platform::ledger_socket() {
        Some(socket) if examination.context.is_served() => socket,
        _ => return Finding::Skipped("nobody but this user looks at its ledger"),
    };
    let at = match fs::symlink_metadata(&socket) {
        Ok(at) => at,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Finding::Doubtful(format!(
                "there is no {}, so that nobody is shown what was sent: systemctl enable --now candor-ledger.socket",
                socket.display()
            ));
        }
        Err(error) => return Finding::Bad(format!("{}: {error}", socket.display())),
    };
    if !platform::is_roots(&at) {
        return Finding::Bad(format!(
            "{} does not belong to root: SocketUser= in candor-ledger.socket",
            socket.display()
        ));
    }
    match platform::shared_beyond_owner(&at) {
        Some(mode) => Finding::Bad(format!(
            "{} has mode {mode}, so that others are shown what the reader leaves out: SocketMode=0600 in candor-ledger.socket",
            socket.display()
        )),
        None => Finding::Good(format!("{} is the reader's alone", socket.display())),
    }
}
