//! Root does not work in the directory of another user, who could lead it astray there. Where reader and agent are two users,
//! what concerns the agent alone is done as the agent.

use super::{Context, Exit, Failure};
use crate::platform::{self, Owner};
use anyhow::Context as _;
use std::ffi::OsString;
use std::process::Command;

/// The agent's user, where this is root and the state is another user's. Where the reader answers for another user, state that
/// belongs to root is refused: the agent could not use it.
pub(super) fn of_state(context: &Context) -> Result<Option<Owner>, Failure> {
    let state = context.paths.state();
    let owner = platform::foreign_owner(state);
    if owner.is_none() && platform::is_privileged() && context.is_served() {
        let message = format!(
            "{} does not belong to the agent's user; `systemd-tmpfiles --create` makes it, and removes nothing",
            state.display()
        );
        return Err(Failure::new(Exit::Failed, anyhow::anyhow!(message)));
    }
    Ok(owner)
}

/// Starts this program over, as it was called, as the user whom the state directory belongs to. Returns where it is this
/// user's own.
pub(super) fn start_over(context: &Context) -> Result<(), Failure> {
    let Some(owner) = of_state(context)? else { return Ok(()) };
    let command = this_program(owner, std::env::args_os().skip(1))?;
    let error = anyhow::Error::new(platform::start_over(command));
    Err(error.context("this program cannot be started as the owner of its state").into())
}

/// This program as the owner, with these arguments.
pub(super) fn this_program(
    owner: Owner,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Command, Failure> {
    let program = std::env::current_exe().context("this program cannot find itself")?;
    let mut command = Command::new(program);
    command.args(arguments);
    Ok(platform::command_of(owner, command))
}
