//! `cargo xtask demo`: the main job, end to end, with the real binaries and this machine's real data.
//!
//! Everything lives in one new directory: a collector with its own certificate authority on loopback, and the state of
//! one agent. Each step prints the command that a person would type and what it said.

use crate::run::{Binaries, output, workspace_root};
use anyhow::{Context as _, bail, ensure};
use base64::Engine as _;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long the collector may take to listen; ten times what a slow machine needs.
const START: Duration = Duration::from_secs(30);

/// Lines of one block of output that are shown.
const LONGEST_BLOCK: usize = 16;

/// Shows the main job from signed policy to receipt and notice, on this machine's real data.
#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  cargo xtask demo\n  cargo xtask demo --keep            leaves the collector running\n  \
    cargo xtask demo --policy my.toml  collects what your own policy permits\n  \
    cargo xtask demo --scene years     five simulated years of one collector and its devices (Linux; about a minute and a half)"
)]
pub(crate) struct Options {
    /// What is shown.
    #[arg(long, value_enum, default_value_t = Scene::Report)]
    scene: Scene,
    /// Leaves the collector running and says how to stop it; of the years, leaves the files that they made.
    #[arg(long)]
    keep: bool,
    /// Author's policy file to sign and publish.
    #[arg(long, default_value = "packaging/policies/inventory.toml")]
    policy: PathBuf,
}

/// What can be shown.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Scene {
    /// From the signed policy to receipt and notice, with this machine's real data.
    Report,
    /// Five simulated years: keys, roots, certificates and authorities are renewed, policies change, the collector is restored,
    /// moved and lost. Ends with 1 at the first claim that does not hold.
    Years,
}

pub(crate) fn run(options: &Options) -> anyhow::Result<()> {
    println!("Building candor, candor-reader and candor-collector …");
    let binaries = Binaries::build("dev")?;
    match options.scene {
        Scene::Report => show_report(binaries, options),
        Scene::Years => show_years(&binaries, options.keep),
    }
}

/// The scene belongs to the end-to-end tests, which hold it; here it is played with programs without fault points.
fn show_years(binaries: &Binaries, keep: bool) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("candor-years-").tempdir()?;
    let played = ["run", "--quiet", "--locked", "--package", "candor-tests", "--bin", "years", "--"];
    let played = Command::new(env!("CARGO"))
        .args(played)
        .arg(folder.path())
        .current_dir(workspace_root())
        .env("CANDOR_BINARIES", binaries.folder())
        .status()
        .context("cannot start cargo")?;
    if keep || !played.success() {
        let folder = folder.keep();
        println!("Everything is in {0}; remove it with: rm -r {0}", folder.display());
    }
    ensure!(played.success(), "a claim of the scene does not hold, see above");
    Ok(())
}

fn show_report(binaries: Binaries, options: &Options) -> anyhow::Result<()> {
    let folder = tempfile::Builder::new().prefix("candor-demo-").tempdir()?.keep();
    let demo = Demo { binaries, folder };
    let collector = demo.set_up_collector(&options.policy)?;
    demo.enrol(&collector.url)?;
    let first = demo.cycle("The first report holds everything that the policy permits.")?;
    let second = demo.cycle("Nothing has changed since, so the second one holds digests only.")?;
    demo.show(&first, &second)?;
    demo.look_further(collector, options.keep);
    Ok(())
}

struct Demo {
    binaries: Binaries,
    folder: PathBuf,
}

/// The running collector. Stopped when dropped.
struct Server {
    process: Child,
    url: String,
    keep: bool,
}

impl Drop for Server {
    fn drop(&mut self) {
        if !self.keep {
            let _ = self.process.kill();
            let _ = self.process.wait();
        }
    }
}

impl Demo {
    fn path(&self, name: &str) -> String {
        self.folder.join(name).to_string_lossy().into_owned()
    }

    fn set_up_collector(&self, policy: &Path) -> anyhow::Result<Server> {
        let data = self.path("collector");
        let policy = workspace_root().join(policy).to_string_lossy().into_owned();
        let signed = self.path("policy.json");
        self.step(
            "Initialise a collector: database, certificate authority, keys",
            "candor-collector",
            &["init", &data],
        )?;
        self.step("Check the policy", "candor-collector", &["policy", "check", &policy])?;
        let sign = ["policy", "sign", &policy, "--data", &data, "--output", &signed];
        self.step("Sign it with the offline policy key", "candor-collector", &sign)?;
        self.step("Publish it", "candor-collector", &["policy", "publish", &signed, "--data", &data])?;
        self.serve(&data)
    }

    fn serve(&self, data: &str) -> anyhow::Result<Server> {
        let ready = self.folder.join("ready");
        let ready_text = ready.to_string_lossy().into_owned();
        let arguments = ["serve", "--data", data, "--listen", "127.0.0.1:0", "--ready-file", &ready_text];
        heading("Start it (TLS 1.3 on loopback)");
        self.echo("candor-collector", &arguments);
        let log = std::fs::File::create(self.folder.join("collector.log"))?;
        let process = self
            .binaries
            .command("candor-collector")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot start the collector")?;
        let mut server = Server { process, url: String::new(), keep: false };
        let since = Instant::now();
        loop {
            if let Ok(address) = std::fs::read_to_string(&ready)
                && let Some((_, port)) = address.trim().rsplit_once(':')
            {
                server.url = format!("https://localhost:{port}");
                println!("  listening on {}", server.url);
                return Ok(server);
            }
            if let Some(status) = server.process.try_wait()? {
                bail!("the collector ended ({status}); see {}", self.path("collector.log"));
            }
            ensure!(
                since.elapsed() < START,
                "the collector does not listen; see {}",
                self.path("collector.log")
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn enrol(&self, url: &str) -> anyhow::Result<()> {
        let (data, bundle) = (self.path("collector"), self.path("bundle.json"));
        let make = ["bundle", "--data", &data, "--url", url, "--output", &bundle];
        self.step("Make a one-time enrolment bundle", "candor-collector", &make)?;
        self.step("Enrol this machine", "candor", &["enrol", "--bundle", &bundle])?;
        Ok(())
    }

    /// Runs one cycle; returns what it says of the report that the collector confirmed.
    fn cycle(&self, what: &str) -> anyhow::Result<Value> {
        heading("One cycle: read → treat → record → seal → ship → receipt");
        println!("  {what}");
        self.echo("candor", &["run", "--once"]);
        let said = self.quiet("candor", &["run", "--once", "--format", "json"])?;
        let said: Value = serde_json::from_str(&said).context("`candor run --once` gave no JSON")?;
        let receipted = said["receipted"].as_array().and_then(|reports| reports.last()).cloned();
        let receipted = receipted.context("the collector confirmed no report")?;
        println!("  report {} was sent and receipted", receipted["entry"]);
        Ok(receipted)
    }

    fn show(&self, first: &Value, second: &Value) -> anyhow::Result<()> {
        let number = first["entry"].to_string();
        self.step(
            "What was sent, as the person at this machine can read it",
            "candor",
            &["sent", "show", &number],
        )?;
        heading("The collector's receipt, as it was signed");
        println!("{}", indent(&self.receipt(first)?));
        heading("On the wire");
        for (name, report) in [("first report", first), ("unchanged report", second)] {
            let (wire, json) = (&report["wire_bytes"], &report["json_bytes"]);
            println!("  {name:<17} {wire:>7} bytes, {json} bytes of readable JSON");
        }
        let notice = self.path("notice.html");
        let arguments = ["notice", "--format", "html", "--output", &notice];
        self.step(
            "The notice: what is collected, why, for how long, with this device's values",
            "candor",
            &arguments,
        )?;
        ensure!(Path::new(&notice).exists(), "no notice was written");
        println!("  file://{notice}");
        Ok(())
    }

    /// The signed bytes of a report's receipt, laid out for reading.
    fn receipt(&self, report: &Value) -> anyhow::Result<String> {
        let entry = report["entry"].as_u64().context("a report without a number")?;
        let file = self.folder.join(format!("agent/ledger/{entry:010}.receipt"));
        let envelope: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
        let payload = envelope["payload"].as_str().context("the receipt is not an envelope")?;
        let payload = base64::engine::general_purpose::STANDARD.decode(payload)?;
        let receipt: Value = serde_json::from_slice(&payload)?;
        Ok(serde_json::to_string_pretty(&receipt)?)
    }

    fn look_further(&self, mut server: Server, keep: bool) {
        heading("Look further");
        let bin = self.binaries.path("candor");
        let collector = self.binaries.path("candor-collector");
        println!("  export CANDOR_STATE={}", self.path("agent"));
        for (verb, what) in [
            ("preview", "what would be sent now; sends nothing, stores no value"),
            ("notice", "the same notice as text"),
            ("sent list", "every report, with its receipt"),
            ("sent verify", "checks every entry, signature and receipt"),
            ("status", "policy, freshness, what waits"),
            ("doctor", "checks this installation"),
        ] {
            println!("  {} {verb:<12} # {what}", bin.display());
        }
        println!("  {} device list --data {}", collector.display(), self.path("collector"));
        println!("  {} report list --data {}", collector.display(), self.path("collector"));
        println!();
        server.keep = keep;
        if keep {
            println!("The collector goes on at {}. Stop it with: kill {}", server.url, server.process.id());
        }
        println!("Everything is in {0}; remove it with: rm -r {0}", self.folder.display());
    }

    /// A headed step whose output is shown.
    fn step(&self, title: &str, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        heading(title);
        self.shown(program, arguments)
    }

    fn shown(&self, program: &str, arguments: &[&str]) -> anyhow::Result<()> {
        self.echo(program, arguments);
        let said = self.quiet(program, arguments)?;
        if !said.trim().is_empty() {
            println!("{}", indent(&shortened(said.trim_end())));
        }
        Ok(())
    }

    fn quiet(&self, program: &str, arguments: &[&str]) -> anyhow::Result<String> {
        let mut command: Command = self.binaries.command(program);
        output(command.args(arguments).env("CANDOR_STATE", self.folder.join("agent")).stdin(Stdio::null()))
    }

    fn echo(&self, program: &str, arguments: &[&str]) {
        let shortened: Vec<_> =
            arguments.iter().map(|a| a.replace(&*self.folder.to_string_lossy(), "$DEMO")).collect();
        println!("  $ {program} {}", shortened.join(" "));
    }
}

/// The text with long blocks cut: a machine has hundreds of packages, and the demo is to be read in one go.
fn shortened(text: &str) -> String {
    let mut kept = Vec::new();
    for block in text.split("\n\n") {
        let lines: Vec<&str> = block.lines().collect();
        if lines.len() > LONGEST_BLOCK {
            kept.push(lines[..LONGEST_BLOCK].join("\n"));
            let more = lines.len() - LONGEST_BLOCK;
            kept.push(format!("    … {more} more lines; the command above shows them all"));
        } else {
            kept.push(block.to_owned());
        }
    }
    kept.join("\n\n")
}

fn heading(title: &str) {
    println!("\n── {title}");
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
