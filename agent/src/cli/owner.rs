//! Root does not work in the directory of another user, who could lead it astray there. Where reader and agent are two users,
//! what concerns the agent alone is done as the agent.

use super::{Context, Exit, Failure};
use crate::platform::{self, Owner};
use anyhow::Context as _;
use std::ffi::{OsStr, OsString};
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

/// What of root's environment another user is given: how to talk to the person, how to reach the network, and this program's own settings. The rest is
/// nobody's but root's, such as the passwords that scripts hand on in it.
const HANDED_ON: &[&str] = &["PATH", "LANG", "LANGUAGE", "TERM", "COLUMNS", "TZ", "RUST_LOG"];
const HANDED_ON_WITH: [&str; 2] = ["LC_", "CANDOR_"];

fn is_handed_on(name: &OsStr) -> bool {
    let Some(name) = name.to_str() else { return false };
    let is_proxy = || name.to_ascii_uppercase().ends_with("_PROXY");
    HANDED_ON.contains(&name) || HANDED_ON_WITH.iter().any(|start| name.starts_with(start)) || is_proxy()
}

/// This program as the owner, with these arguments.
pub(super) fn this_program(
    owner: Owner,
    arguments: impl IntoIterator<Item = OsString>,
) -> Result<Command, Failure> {
    let program = std::env::current_exe().context("this program cannot find itself")?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(std::env::vars_os().filter(|(name, _)| is_handed_on(name)));
    Ok(platform::command_of(owner, command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attack_h4_roots_environment_is_not_the_agents() {
        let handed_on = ["PATH", "LC_ALL", "TZ", "https_proxy", "NO_PROXY", "RUST_LOG", "CANDOR_STATE"];
        assert!(handed_on.iter().all(|name| is_handed_on(OsStr::new(name))));
        let roots = [
            "AWS_SECRET_ACCESS_KEY",
            "HOME",
            "LD_PRELOAD",
            "GLIBC_TUNABLES",
            "SSH_AUTH_SOCK",
            "XPATH",
            "PATH_",
        ];
        assert!(!roots.iter().any(|name| is_handed_on(OsStr::new(name))));
    }
}
