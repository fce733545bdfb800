//! Commands that end, whatever they are given.

use crate::Said;
use std::io::Read;
use std::process::{Command, Output, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// A command that has not ended by then hangs.
const HANGS: Duration = Duration::from_mins(1);

/// Runs a command to its end, and fails where it hangs.
///
/// # Panics
/// When it hangs, or cannot be started.
#[track_caller]
pub fn ends(mut command: Command) -> Said {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    // What it says is taken meanwhile: a pipe that is full would hold up a command that says much.
    let out = taken(child.stdout.take().expect("its standard output"));
    let err = taken(child.stderr.take().expect("its standard error"));
    let since = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if since.elapsed() > HANGS {
            let _ = child.kill();
            panic!("{command:?} hangs");
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let bytes = |from: JoinHandle<Vec<u8>>| from.join().expect("what it says can be read");
    Output { status, stdout: bytes(out), stderr: bytes(err) }.into()
}

/// Reads to the end beside whoever waits.
fn taken(mut from: impl Read + Send + 'static) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).expect("a pipe can be read");
        bytes
    })
}
