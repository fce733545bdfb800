//! What a test tries in the place of a step: one attempt on each line, `<verb> <object>`, and what came of each on standard
//! error. Compiled with the feature `fault-points` alone.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::{UnixDatagram, UnixStream};
use std::process::Command;

/// Tries each and says `done` or `refused`.
pub(in crate::confine) fn taken_over(attempts: &str) {
    for attempt in attempts.lines() {
        let (verb, object) = attempt.split_once(' ').unwrap_or((attempt, ""));
        let told = match attempted(verb, object) {
            Ok(()) => "done".to_owned(),
            Err(error) => format!("refused ({error})"),
        };
        // Nobody can be told that standard error is gone.
        let _ = writeln!(io::stderr(), "taken over: {attempt}: {told}");
    }
}

fn attempted(verb: &str, object: &str) -> io::Result<()> {
    match verb {
        "read" => File::open(object).map(drop),
        "list" => std::fs::read_dir(object).map(drop),
        "write" => OpenOptions::new().write(true).create(true).truncate(true).open(object).map(drop),
        "remove" => std::fs::remove_file(object),
        // A file of the cache, which a step may write, under another name.
        "rename" => {
            let (from, to) = object.split_once(' ').ok_or(io::ErrorKind::InvalidInput)?;
            std::fs::write(from, "{}").and_then(|()| std::fs::rename(from, to))
        }
        "connect" => TcpStream::connect(object).map(drop),
        "listen" => TcpListener::bind(object).map(drop),
        "send" => UdpSocket::bind("127.0.0.1:0").and_then(|socket| socket.send_to(b"x", object)).map(drop),
        "local" => UnixStream::connect(object).map(drop),
        "datagram" => UnixDatagram::unbound().map(drop),
        "start" => Command::new(object).status().map(drop),
        "trace" => Ok(nix::sys::ptrace::attach(process(object)?)?),
        "signal" => Ok(nix::sys::signal::kill(process(object)?, nix::sys::signal::Signal::SIGCONT)?),
        _ => Err(io::ErrorKind::InvalidInput.into()),
    }
}

fn process(object: &str) -> io::Result<nix::unistd::Pid> {
    object.parse().map(nix::unistd::Pid::from_raw).map_err(|_| io::ErrorKind::InvalidInput.into())
}
