//! `init`: makes a collector.

use super::output::{Format, Output};
use crate::init::{InitOptions, init};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// Arguments of `init`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector init /srv/candor --host collector.example
  candor-collector init ./data                      # on this machine only: localhost, 127.0.0.1, ::1")]
pub(crate) struct Args {
    /// The collector's directory; must be absent or empty
    directory: PathBuf,
    /// Host name or address for the server's certificate [default: localhost, 127.0.0.1, ::1]
    #[arg(long = "host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Where `serve` listens [default: 127.0.0.1:8443]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Address that devices use, where it is not https://<host>:<port>
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<String>,
    /// How the result is printed
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let options = InitOptions { hosts: args.hosts.clone(), listen: args.listen, urls: args.urls.clone() };
    let made = init(args.directory.clone(), options, super::now(), super::system_random().as_ref())?;
    if args.format == Format::Json {
        out.json(&made)?;
        return Ok(ExitCode::SUCCESS);
    }
    writeln!(out, "Collector {} in {}", made.collector, made.directory.display())?;
    writeln!(out, "  hosts in the certificate   {}", made.hosts.join(", "))?;
    writeln!(out, "  certificate authority      {}", made.ca_sha256)?;
    writeln!(out, "  root of trust, version 1   {}", made.root_sha256)?;
    writeln!(out)?;
    writeln!(
        out,
        "Move these keys to a machine without a network, and keep a copy. Whoever has them decides what devices"
    )?;
    writeln!(
        out,
        "collect, and can find values from their hashes; the running collector does not need them:"
    )?;
    for key in &made.offline_keys {
        writeln!(out, "  {}", key.display())?;
    }
    Ok(ExitCode::SUCCESS)
}
