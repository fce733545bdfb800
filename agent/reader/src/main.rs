//! `candor-reader`: one request on standard input, one answer on standard output.

use candor_reader::process;
use std::process::ExitCode;

fn main() -> ExitCode {
    candor_durable::leave_no_core();
    process::run(std::env::args_os().skip(1))
}
