//! `candor-reader`: one request on standard input, one answer on standard output.

use candor_reader::protocol;
use std::process::ExitCode;

fn main() -> ExitCode {
    protocol::run(std::env::args_os().skip(1))
}
