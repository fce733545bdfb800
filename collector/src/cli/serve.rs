//! `serve`: answers devices.

use super::Data;
use super::output::Output;
use crate::admin::examination::offline_key_warnings;
use crate::collector::Collector;
use crate::data_dir::{Config, authority_of, write_given};
use crate::pki;
use crate::platform;
use crate::retention::SWEEP_EVERY;
use crate::server;
use crate::store::{StoreError, StoreOptions, Swept};
use anyhow::{Context as _, bail};
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Arguments of `serve`.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  candor-collector serve --data /srv/candor --listen 0.0.0.0:8443
  candor-collector serve --data ./data --listen 127.0.0.1:0 --ready-file ./ready
  RUST_LOG=debug candor-collector serve --data ./data

Stops on SIGINT or SIGTERM after the requests in progress have ended.")]
pub(crate) struct Args {
    #[command(flatten)]
    data: Data,
    /// Address and port; port 0 takes a free one [default: `listen` in collector.toml]
    #[arg(long, value_name = "ADDR")]
    listen: Option<SocketAddr>,
    /// Address that devices use, where it is neither https://<host>:<port> nor in collector.toml
    #[arg(long = "url", value_name = "URL")]
    urls: Vec<String>,
    /// Where reports are kept: `sqlite`, the database in the collector's directory
    #[arg(long, value_name = "STORE", default_value = "sqlite", value_parser = ["sqlite"])]
    store: String,
    /// File that gets the bound address once the server listens
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
    /// Most mebibytes that the database may take; beyond it reports are refused, not lost
    #[arg(long, value_name = "MIB")]
    max_database: Option<u32>,
}

/// Pages of SQLite in a mebibyte.
const PAGES_PER_MIB: u32 = 256;

pub(super) fn run(args: &Args, out: &mut Output<'_>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("the runtime cannot be started")?;
    let dir = args.data.dir();
    let mut config = Config::read(&dir.config())?;
    config.urls.extend(args.urls.iter().cloned());
    if let Some(wrong) = args.urls.iter().find(|url| authority_of(url).is_none()) {
        bail!("{wrong} is not an address of the form https://host:port");
    }
    let tls = pki::server_config(&dir)?;
    let listen = args.listen.unwrap_or(config.listen);
    let listener = TcpListener::bind(listen).with_context(|| format!("cannot listen on {listen}"))?;
    let address = listener.local_addr().context("the listening socket has no address")?;
    let max_pages = args.max_database.map(|mib| mib.saturating_mul(PAGES_PER_MIB));
    let options = StoreOptions { max_pages, ..StoreOptions::default() };
    let authorities = config.authorities(address.port());
    let collector =
        Arc::new(Collector::open(&dir, authorities, options, super::system_clock(), super::system_random())?);
    runtime.block_on(async {
        // The handlers are in place before anybody is told that the server is ready.
        let stop = platform::stop_signal()?;
        // Nothing is answered from what should be gone.
        say_swept(collector.sweep().await.map(Some));
        tell_journal(&collector).await;
        if !collector.has_journal() {
            tracing::warn!("no journal is set: a restore would undo what happened since its backup, such as a revocation. Set `path` under [journal] in collector.toml, on another host");
        }
        if collector.is_held().await? {
            tracing::warn!("restored without the journal: nobody is answered until `candor-collector restore --accept-loss` was run");
        }
        writeln!(out, "Collector {} listens on https://{address}", collector.id())?;
        out.flush()?;
        if let Some(path) = &args.ready_file {
            write_given(path, address.to_string().as_bytes())
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        for warning in offline_key_warnings(&dir) {
            tracing::warn!("{warning}");
        }
        warn_of_endings(&collector).await;
        let sweeping = tokio::spawn(sweep_hourly(Arc::clone(&collector)));
        let served = server::serve(collector, listener, tls, stop).await.context("the server failed");
        sweeping.abort();
        served
    })?;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// Says what ends soon, as often as there is something to sweep.
async fn warn_of_endings(collector: &Collector) {
    for ending in collector.endings().await {
        tracing::warn!("{ending}");
    }
}

async fn sweep_hourly(collector: Arc<Collector>) {
    loop {
        tokio::time::sleep(SWEEP_EVERY).await;
        warn_of_endings(&collector).await;
        say_swept(collector.sweep_in_turn().await);
        tell_journal(&collector).await;
    }
}

/// What could not be told when it happened was confirmed to nobody, and is told as soon as it can be.
async fn tell_journal(collector: &Collector) {
    if let Err(error) = collector.store().tell_journal().await {
        let cause = std::error::Error::source(&error);
        tracing::error!(%error, cause, "the journal cannot be told; enrolments and revocations are not confirmed");
    }
}

/// A sweep that fails is tried again with the next one; the server goes on.
fn say_swept(swept: Result<Option<Swept>, StoreError>) {
    match swept {
        Ok(None) => {}
        Ok(Some(swept)) if swept.is_empty() => {}
        Ok(Some(swept)) => tracing::info!(
            parts = swept.parts.len(),
            sections = swept.sections.len(),
            heads = swept.heads.len(),
            devices = swept.devices.len(),
            "deleted what was past its retention"
        ),
        Err(error) => tracing::error!(%error, "what is past its retention could not be deleted"),
    }
}
