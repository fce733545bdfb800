//! What a backup of a large store costs the devices that report meanwhile: signed reports of real agents over TLS to a real server.
//!
//! A relay between them measures how long the server takes to answer: of each connection the longest time between what the device sent last
//! and the first byte that comes back. That is the report's, which is answered once it is durable. The agent's own time is not in it.

use super::figures::Figures;
use super::setup::{Bench, Running, inventory};
use crate::run::{output, workspace_root};
use anyhow::{Context as _, ensure};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Devices that report.
const DEVICES: usize = 50;

/// How often it is measured with a backup, and as often without.
const TURNS: usize = 2;

/// Measures with a store of that many MiB.
pub(super) fn measure(bench: &Bench<'_>, mib: u32, figures: &mut Figures) -> anyhow::Result<()> {
    let fleet = Fleet::new(bench, mib)?;
    for device in &fleet.devices {
        fleet.report(device)?;
    }
    let (mut within, mut without) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        let mut backup = fleet.backup(turn)?;
        let since = Instant::now();
        within.extend(fleet.answers_while(|| Ok(backup.try_wait()?.is_none()))?);
        ensure!(backup.wait()?.success(), "the backup failed");
        let took = since.elapsed();
        println!("  (a backup of {mib} MiB took {:.1} s)", took.as_secs_f64());
        without.extend(fleet.answers_while(|| Ok(since.elapsed() < 2 * took))?);
    }
    println!(
        "  (answers to {} reports during backups and {} without; median {:.2} and {:.2} ms; none failed)",
        within.len(),
        without.len(),
        at(&mut within, 50),
        at(&mut without, 50)
    );
    let name = format!("p99 of intake while {mib} MiB are backed up");
    figures.millis(&name, &[at(&mut within, 99)], 2.0 * at(&mut without, 99));
    Ok(())
}

/// The value below which that many of a hundred lie.
fn at(values: &mut [f64], of_hundred: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() * of_hundred / 100).copied().unwrap_or(f64::NAN)
}

struct Fleet<'a> {
    bench: &'a Bench<'a>,
    _server: Running,
    data: PathBuf,
    devices: Vec<PathBuf>,
    reader: PathBuf,
    waited_ms: Arc<Mutex<Vec<f64>>>,
}

impl<'a> Fleet<'a> {
    fn new(bench: &'a Bench<'a>, mib: u32) -> anyhow::Result<Self> {
        let relay = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let url = format!("https://localhost:{}", relay.local_addr()?.port());
        let folder = bench.folder().join("backup");
        let data = folder.join("data");
        bench.collector(&inventory(), &data, Some(&url))?;
        fill(&data, mib)?;
        let (server, address) = bench.served(&data)?;
        let waited_ms = Arc::default();
        serve_relay(relay, address, Arc::clone(&waited_ms));
        let bundles = folder.join("bundle.json");
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let count = DEVICES.to_string();
        let arguments =
            ["bundle", "--data", &text(&data), "--url", &url, "--count", &count, "--output", &text(&bundles)];
        bench.collector_command(&arguments)?;
        let mut devices = Vec::new();
        for number in 1..=DEVICES {
            let state = folder.join(format!("device-{number:02}"));
            let bundle = folder.join(format!("bundle-{number:02}.json"));
            output(bench.agent(&state).args(["enrol", "--bundle", &text(&bundle)]))?;
            devices.push(state);
        }
        let reader = bench.reader_of(&bench.root_with_packages(1000)?)?;
        Ok(Self { bench, _server: server, data, devices, reader, waited_ms })
    }

    fn backup(&self, turn: usize) -> anyhow::Result<std::process::Child> {
        let file = self.data.with_file_name(format!("backup-{turn}"));
        let mut command = self.bench.command("candor-collector");
        command.arg("backup").arg("--data").arg(&self.data).arg("--output").arg(file);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().context("the backup does not start")
    }

    /// Has one device after another report for as long as this says; gives how long the server took to answer each.
    fn answers_while(&self, mut goes_on: impl FnMut() -> anyhow::Result<bool>) -> anyhow::Result<Vec<f64>> {
        self.take();
        for device in self.devices.iter().cycle() {
            if !goes_on()? {
                break;
            }
            self.report(device)?;
        }
        Ok(self.take())
    }

    fn report(&self, device: &Path) -> anyhow::Result<()> {
        // Each cycle reads, however short ago the last one was.
        let _ = std::fs::remove_file(device.join("reader/last_reading.json"));
        let mut cycle = self.bench.agent(device);
        output(cycle.env("CANDOR_READER", &self.reader).args(["run", "--once"])).map(drop)
    }

    fn take(&self) -> Vec<f64> {
        std::mem::take(&mut *self.waited_ms.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Fills the store with parts of reports, up to that many MiB.
fn fill(data: &Path, mib: u32) -> anyhow::Result<()> {
    let mut command = Command::new(env!("CARGO"));
    command.args(["run", "--release", "--quiet", "--locked", "--package", "candor-collector"]);
    command.args(["--example", "fill_store", "--"]).arg(data).arg(mib.to_string());
    output(command.current_dir(workspace_root())).map(drop)
}

/// Carries connections to the server, for as long as this process lives.
fn serve_relay(relay: TcpListener, server: SocketAddr, waited_ms: Arc<Mutex<Vec<f64>>>) {
    std::thread::spawn(move || {
        for device in relay.incoming().flatten() {
            let waited_ms = Arc::clone(&waited_ms);
            std::thread::spawn(move || {
                if let Ok(most) = carry(&device, server) {
                    waited_ms.lock().unwrap_or_else(PoisonError::into_inner).push(most);
                }
            });
        }
    });
}

/// Carries one connection both ways until the device is done; gives the longest time that it waited for the server, in milliseconds.
fn carry(device: &TcpStream, server: SocketAddr) -> std::io::Result<f64> {
    let server = TcpStream::connect(server)?;
    device.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let asked = Mutex::new(None::<Instant>);
    let note =
        |instant| std::mem::replace(&mut *asked.lock().unwrap_or_else(PoisonError::into_inner), instant);
    let mut most = Duration::ZERO;
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let _ = copied(device, &server, || _ = note(Some(Instant::now())));
            let _ = server.shutdown(Shutdown::Write);
        });
        let answered = || most = most.max(note(None).map_or(Duration::ZERO, |asked| asked.elapsed()));
        let carried = copied(&server, device, answered);
        let _ = device.shutdown(Shutdown::Both);
        carried
    })?;
    Ok(most.as_secs_f64() * 1000.0)
}

fn copied(mut from: impl Read, mut to: impl Write, mut came: impl FnMut()) -> std::io::Result<()> {
    let mut piece = vec![0; 64 * 1024];
    loop {
        let length = from.read(&mut piece)?;
        if length == 0 {
            return Ok(());
        }
        came();
        to.write_all(&piece[..length])?;
    }
}
