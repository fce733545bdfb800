//! The process's edges: arguments, one request from standard input, one answer to standard output.
//!
//! Exit code 0: answered, refusals included. 1: the answer could not be written. 2: the request or the arguments are
//! not understood. Messages on standard error never repeat what was sent.

use crate::disclose::{Caller, Reader};
use crate::host::{self, Host, Peer};
use crate::sandbox::Confinement;
use crate::state::State;
use collector_proto::disclosure::{Answer, Request};
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use collector_proto::time::UtcTime;
use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

/// Where the state is when no `--state` is given.
const DEFAULT_STATE: &str = "/var/lib/candor/reader";

/// Size of the output buffer: as much as a pipe takes at once (pipe(7)).
const OUTPUT_BUFFER_BYTES: usize = 64 * 1024;

const HELP: &str = "\
candor-reader: reads from this machine what a signed policy permits, and nothing else

Reads one request (JSON) from standard input, writes one answer (JSON) to standard output.
It has no network code. `candor` starts it; under systemd it is started per connection.

Usage: candor-reader [--state DIR] [--root DIR]

  --state DIR   the reader's own state: trust, floor, keys  [default: /var/lib/candor/reader]
  --root DIR    read another system's tree instead of this machine  [default: /]
  --help        this text
  --version     the version

Examples:
  echo '{\"op\":\"status\",\"documents\":{}}' | candor-reader --state /tmp/candor/reader
  candor-reader --root /mnt/image < request.json > answer.json

Exit codes: 0 answered (also when it refuses), 1 the answer could not be written,
2 the request or the arguments are not understood
";

/// Runs the process.
pub fn run(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    match try_run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "candor-reader: {failure}");
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("{0}; see --help")]
    Usage(String),
    #[error("the request on standard input {0}; see --help")]
    Request(String),
    #[error("the answer could not be written: {}", .0.kind())]
    Output(io::Error),
}

impl Failure {
    const fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) | Self::Request(_) => 2,
            Self::Output(_) => 1,
        }
    }
}

fn try_run(arguments: impl Iterator<Item = OsString>) -> Result<(), Failure> {
    let options = match Options::parse(arguments)? {
        Invocation::Print(text) => return print(text.as_bytes()).map_err(Failure::Output),
        Invocation::Answer(options) => options,
    };
    let caller = caller(&host::standard_input_peer());
    let request = read_request(io::stdin().lock())?;
    let host = Host::at(&options.root);
    let state = State::at(&options.state);
    let random = ring::rand::SystemRandom::new();
    let now = UtcTime::from_system(std::time::SystemTime::now());
    let confinement = Confinement::Kernel;
    let reader = Reader { host: &host, state: &state, now, random: &random, caller, confinement };
    let answer = reader.answer(request);
    write_answer(io::stdout().lock(), &answer).map_err(Failure::Output)
}

enum Invocation {
    Print(String),
    Answer(Options),
}

struct Options {
    state: PathBuf,
    root: PathBuf,
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = OsString>) -> Result<Invocation, Failure> {
        let mut options = Self { state: PathBuf::from(DEFAULT_STATE), root: PathBuf::from("/") };
        while let Some(argument) = arguments.next() {
            let argument = argument.to_string_lossy().into_owned();
            let (name, inline) = match argument.split_once('=') {
                Some((name, value)) => (name, Some(OsString::from(value))),
                None => (argument.as_str(), None),
            };
            let slot = match name {
                "--state" => &mut options.state,
                "--root" => &mut options.root,
                "--help" | "-h" => return Ok(Invocation::Print(HELP.to_owned())),
                "--version" => {
                    return Ok(Invocation::Print(format!("candor-reader {}\n", env!("CARGO_PKG_VERSION"))));
                }
                _ => return Err(Failure::Usage(format!("unknown argument `{name}`"))),
            };
            let value = inline.or_else(|| arguments.next()).filter(|value| !value.is_empty());
            *slot = value.ok_or_else(|| Failure::Usage(format!("`{name}` needs a directory")))?.into();
        }
        if !options.root.is_dir() {
            return Err(Failure::Usage("`--root` is not a directory".to_owned()));
        }
        Ok(Invocation::Answer(options))
    }
}

/// Who starts the reader with pipes has its rights already; across a socket the kernel says who it is.
fn caller(peer: &Peer) -> Caller {
    match peer {
        Peer::Parent => Caller::Equal,
        Peer::Account(account) if account.is_all_powerful() => Caller::Equal,
        Peer::Account(account) if host::own_account().as_ref() == Some(account) => Caller::Equal,
        Peer::Account(_) | Peer::Unknown => Caller::Other,
    }
}

fn read_request(input: impl Read) -> Result<Request, Failure> {
    let mut bytes = Vec::new();
    let bound = MAX_READER_REQUEST_BYTES as u64 + 1;
    input
        .take(bound)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::Request(format!("cannot be read: {}", e.kind())))?;
    if bytes.len() > MAX_READER_REQUEST_BYTES {
        return Err(Failure::Request(format!("has more than {MAX_READER_REQUEST_BYTES} bytes")));
    }
    // The parser's own message could repeat a part of the request.
    serde_json::from_slice(&bytes).map_err(|error| {
        Failure::Request(format!("is not understood at line {}, column {}", error.line(), error.column()))
    })
}

fn write_answer(output: impl Write, answer: &Answer) -> io::Result<()> {
    let mut output = BufWriter::with_capacity(OUTPUT_BUFFER_BYTES, output);
    serde_json::to_writer(&mut output, answer)?;
    output.write_all(b"\n")?;
    output.flush()
}

fn print(text: &[u8]) -> io::Result<()> {
    let mut output = io::stdout().lock();
    output.write_all(text)?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::AccountId;

    #[test]
    fn strangers_across_a_socket_are_told_apart() {
        assert_eq!(caller(&Peer::Parent), Caller::Equal);
        assert_eq!(caller(&Peer::Account(AccountId::Uid(0))), Caller::Equal);
        if let Some(own) = host::own_account() {
            assert_eq!(caller(&Peer::Account(own)), Caller::Equal);
        }
        assert_eq!(caller(&Peer::Account(AccountId::Uid(54_321))), Caller::Other);
        assert_eq!(caller(&Peer::Unknown), Caller::Other);
    }

    #[test]
    fn a_malformed_request_is_not_repeated() {
        let secret = br#"{"op":"trust","tenant_key":"SECRET","SECRET":"SECRET"}"#;
        let failure = read_request(&secret[..]).unwrap_err();
        assert_eq!(failure.exit_code(), 2);
        assert!(!failure.to_string().contains("SECRET"), "{failure}");
        let endless = io::repeat(b' ');
        assert!(read_request(endless).unwrap_err().to_string().contains("more than"));
    }
}
