//! The process's edges: arguments, one request from standard input, one answer to standard output.
//!
//! Exit code 0: answered, refusals included, or nothing was asked. 1: the process could not be set up, the state is open to
//! others, or the answer could not be written. 2: the request or the arguments are not understood. Messages on standard
//! error never repeat what was sent.

use crate::caller::{self, Caller};
use crate::host::{
    self, ACCOUNT_HELPER, ACCOUNTS, AccountId, BUS_HELPER, Host, LedgerService, Peer, Unreadable,
};
use crate::request::Reader;
use crate::sandbox::{self, Confinement};
use crate::service::{self, Service, Whom};
use crate::state::{State, StateError};
use crate::treat::Treated;
use collector_proto::disclosure::{Answer, NotAQuestion, Question};
use collector_proto::limits::MAX_READER_REQUEST_BYTES;
use collector_proto::text::chain;
use collector_proto::time::UtcTime;
use std::ffi::OsString;
use std::io::{self, BufWriter, Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// Where the state is when no `--state` is given.
const DEFAULT_STATE: &str = "/var/lib/candor-reader";

/// Where the agent's user answers for its ledger when no `--ledger` is given.
const DEFAULT_LEDGER: &str = "/run/candor/ledger.sock";

/// How long that may take: to verify a full ledger takes some seconds, and candor waits a minute.
const LEDGER_ANSWERS_WITHIN: Duration = Duration::from_secs(40);

/// Size of the output buffer: as much as a pipe takes at once (pipe(7)).
const OUTPUT_BUFFER_BYTES: usize = 64 * 1024;

const HELP: &str = "\
candor-reader: reads from this machine what a signed policy permits, and nothing else

Reads one request (JSON) from standard input, writes one answer (JSON) to standard output.
It has no network code. As a service it runs as root without capabilities behind sockets, and has each question answered
by a reader of its own; elsewhere `candor` starts it for each question.

Usage: candor-reader [--state DIR] [--root DIR] [--agent USER] [--account UID] [--ledger SOCKET]
       candor-reader --service | --people [--state DIR] [--root DIR] [--agent USER] [--idle SECONDS]

  --state DIR   the reader's own state: trust, floor, keys  [default: /var/lib/candor-reader]
  --root DIR    read another system's tree instead of this machine  [default: /]
  --agent USER  the user, by name or number, that talks to the collector: across a socket it may ask for what a
                report holds, and for nothing else
  --ledger SOCKET  where that user answers for its ledger  [default: /run/candor/ledger.sock]
  --account UID the account that asks, where whoever started this answers for it; across a socket the kernel says it
  --service     standard input is a listening socket at which the agent asks: have each question answered by a reader
                of its own, within limits, until nobody asks
  --people      the same for a socket at which every account may ask
  --idle SECONDS how long nobody has to ask until it ends  [default: 5, with --people 60]
  --help        this text
  --version     the version

Examples:
  echo '{\"op\":\"status\",\"documents\":{\"roots\":[]},\"contract\":1}' | candor-reader --state /tmp/candor/reader
  candor-reader --root /mnt/image < request.json > answer.json
  candor-reader --service --agent candor  with a listening socket as standard input
  candor-reader --people --agent candor   the same

Exit codes: 0 answered (also when it refuses), or nothing was asked, 1 no answer could be given or written,
2 the request or the arguments are not understood
";

/// Runs the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match try_run(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let hint = if failure.exit_code() == 2 { "; see --help" } else { "" };
            // Nobody is left to tell when standard error is closed.
            let _ = writeln!(io::stderr(), "candor-reader: {}{hint}", chain(&failure));
            ExitCode::from(failure.exit_code())
        }
    }
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("what the caller left open cannot be closed")]
    Inherited(#[source] io::Error),
    #[error("the bus cannot be asked for another reader")]
    Bus(#[source] io::Error),
    #[error("nothing can be read as an account for another reader")]
    AsAccount(#[source] io::Error),
    #[error("the arguments are not understood")]
    Arguments(#[from] lexopt::Error),
    #[error("`{0}` needs a path")]
    Path(&'static str),
    #[error("`--root` is not a directory")]
    Root,
    #[error("there is no user as `--agent` names one")]
    Agent,
    #[error("`--account` needs the number of an account")]
    Account,
    #[error("nobody can be answered at this socket")]
    Service(#[source] io::Error),
    #[error("the users of this machine cannot be looked up")]
    Users(#[source] Unreadable),
    #[error("the reader does not look at anything")]
    State(#[source] StateError),
    #[error("the request on standard input cannot be read")]
    Input(#[source] io::Error),
    #[error("the request on standard input has more than {MAX_READER_REQUEST_BYTES} bytes")]
    TooLong,
    #[error("the request on standard input is not understood")]
    Request(#[source] NotAQuestion),
    #[error("the answer could not be written")]
    Output(#[source] io::Error),
}

impl Failure {
    const fn exit_code(&self) -> u8 {
        match self {
            Self::Inherited(_)
            | Self::Bus(_)
            | Self::AsAccount(_)
            | Self::State(_)
            | Self::Output(_)
            | Self::Service(_) => 1,
            Self::Arguments(_)
            | Self::Path(_)
            | Self::Root
            | Self::Agent
            | Self::Account
            | Self::Users(_)
            | Self::Input(_)
            | Self::TooLong
            | Self::Request(_) => 2,
        }
    }
}

fn try_run(arguments: impl IntoIterator<Item = OsString>) -> Result<(), Failure> {
    host::close_inherited().map_err(Failure::Inherited)?;
    let options = match Invocation::parse(arguments)? {
        Invocation::Print(text) => return print(text.as_bytes()).map_err(Failure::Output),
        Invocation::AskBus { bus } => {
            return host::serve_bus(bus.as_deref(), |sources| sandbox::confine_helper(&[], sources))
                .map_err(Failure::Bus);
        }
        Invocation::Serve(service) => return service::serve(service).map_err(Failure::Service),
        Invocation::LaunchForAccounts => return host::launch().map_err(Failure::AsAccount),
        Invocation::ReadAsAccount => {
            return host::serve_account(sandbox::confine_helper).map_err(Failure::AsAccount);
        }
        Invocation::Answer(options) => options,
    };
    let state = State::at(&options.state);
    state.examine().map_err(Failure::State)?;
    let agent = options.agent.as_deref().map(agent).transpose()?;
    let peer = match (host::standard_input_peer(), options.account) {
        (Peer::Parent, Some(account)) => Peer::Account(account),
        (peer, _) => peer,
    };
    let caller = Caller::of(&peer, agent.as_ref());
    let (asked_by, viewer) = (caller.asked_by(&peer), caller.viewer(&peer));
    let split = caller::split(agent.as_ref());
    // Whoever had a reader wait may end without a question.
    let Some(question) = read_question(io::stdin().lock())? else { return Ok(()) };
    let host = Host::at(&options.root).with_helpers();
    let random = ring::rand::SystemRandom::new();
    let now = UtcTime::from_system(std::time::SystemTime::now());
    let confinement = Confinement::Kernel;
    let ledger = LedgerService { socket: options.ledger, agent, within: LEDGER_ANSWERS_WITHIN };
    let reader = Reader {
        host: &host,
        state: &state,
        ledger: &ledger,
        now,
        running: host::running(),
        random: &random,
        caller,
        asked_by,
        viewer,
        split,
        confinement,
    };
    let answer = reader.answer(question);
    write_answer(io::stdout().lock(), &answer).map_err(Failure::Output)
}

enum Invocation {
    Print(String),
    /// Of a reader's helper; nobody else has a use for it.
    AskBus {
        bus: Option<PathBuf>,
    },
    /// Behind a listening socket.
    Serve(Service),
    /// Of the service that starts such helpers.
    LaunchForAccounts,
    /// Of a reader's helper that a launcher starts.
    ReadAsAccount,
    Answer(Options),
}

struct Options {
    state: PathBuf,
    root: PathBuf,
    agent: Option<String>,
    account: Option<AccountId>,
    ledger: PathBuf,
}

impl Invocation {
    fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, Failure> {
        use lexopt::Arg::{Long, Short};
        use lexopt::ValueExt as _;
        let mut arguments = arguments.into_iter().peekable();
        if arguments.next_if(|first| first == BUS_HELPER).is_some() {
            let bus = arguments.next().map(PathBuf::from);
            return match arguments.next() {
                Some(more) => Err(lexopt::Arg::Value(more).unexpected().into()),
                None => Ok(Self::AskBus { bus }),
            };
        }
        if arguments.next_if(|first| first == ACCOUNTS).is_some() {
            return Ok(Self::LaunchForAccounts);
        }
        if arguments.next_if(|first| first == ACCOUNT_HELPER).is_some() {
            return Ok(Self::ReadAsAccount);
        }
        let (state, root) = (PathBuf::from(DEFAULT_STATE), PathBuf::from("/"));
        let mut options =
            Options { state, root, agent: None, account: None, ledger: PathBuf::from(DEFAULT_LEDGER) };
        let (mut whom, mut idle) = (None, None);
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("state") => options.state = place("--state", &mut parser)?,
                Long("root") => options.root = place("--root", &mut parser)?,
                Long("ledger") => options.ledger = place("--ledger", &mut parser)?,
                Long("agent") => options.agent = Some(parser.value()?.string()?),
                Long("account") => {
                    let account = parser.value()?.string()?.parse();
                    options.account = Some(account.map_err(|_| Failure::Account)?);
                }
                Long("service") => whom = Some(Whom::Agent),
                Long("people") => whom = Some(Whom::People),
                Long("idle") => idle = Some(Duration::from_secs(parser.value()?.parse()?)),
                Long("help") | Short('h') => return Ok(Self::Print(HELP.to_owned())),
                Long("version") => {
                    return Ok(Self::Print(format!("candor-reader {}\n", env!("CARGO_PKG_VERSION"))));
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if !options.root.is_dir() {
            return Err(Failure::Root);
        }
        if let Some(whom) = whom {
            let Options { state, root, agent, account: _, ledger: _ } = options;
            let idle = idle.unwrap_or(whom.idle());
            return Ok(Self::Serve(Service { whom, state, root, agent, idle }));
        }
        Ok(Self::Answer(options))
    }
}

/// The account that is given by its name or number.
fn agent(name: &str) -> Result<AccountId, Failure> {
    match name.parse() {
        Ok(account) => Ok(account),
        Err(_) => host::account_named(name).map_err(Failure::Users)?.ok_or(Failure::Agent),
    }
}

/// The path that is given with an argument.
fn place(name: &'static str, parser: &mut lexopt::Parser) -> Result<PathBuf, Failure> {
    let value = parser.value()?;
    if value.is_empty() { Err(Failure::Path(name)) } else { Ok(value.into()) }
}

/// The question, or none where nothing was asked.
fn read_question(input: impl Read) -> Result<Option<Question>, Failure> {
    let mut bytes = Vec::new();
    let bound = MAX_READER_REQUEST_BYTES as u64 + 1;
    input.take(bound).read_to_end(&mut bytes).map_err(Failure::Input)?;
    if bytes.len() > MAX_READER_REQUEST_BYTES {
        return Err(Failure::TooLong);
    }
    if bytes.is_empty() {
        return Ok(None);
    }
    Question::read(&bytes).map(Some).map_err(Failure::Request)
}

fn write_answer(output: impl Write, answer: &Answer<Treated>) -> io::Result<()> {
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

    #[test]
    fn a_malformed_request_is_not_repeated() {
        let secret = br#"{"op":"trust","tenant_key":"SECRET","SECRET":"SECRET"}"#;
        let failure = read_question(&secret[..]).unwrap_err();
        assert_eq!(failure.exit_code(), 2);
        assert!(!failure.to_string().contains("SECRET"), "{failure}");
        let endless = io::repeat(b' ');
        assert!(read_question(endless).unwrap_err().to_string().contains("more than"));
    }
}
