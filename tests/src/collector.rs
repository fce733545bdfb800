//! The real collector in a process of its own.

use crate::{Said, binary, repository};
use collector_proto::envelope::{Envelope, SigningKey};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a server may take to listen. Generous: nothing is measured by it.
const START: Duration = Duration::from_mins(1);

/// An initialised collector. Its data disappears with it.
pub struct Collector {
    folder: TempDir,
    server: Option<Child>,
    port: u16,
    /// Where devices reach it, if not at its own port.
    relay: Option<u16>,
}

impl Collector {
    /// A collector with the starter policy `inventory` published, listening.
    ///
    /// # Panics
    /// When it does not come up.
    pub fn start() -> Self {
        let policy = std::fs::read_to_string(repository().join("packaging/policies/inventory.toml"));
        Self::with_policy(&policy.expect("the starter policy"))
    }

    /// A collector with the author's policy published, listening.
    pub fn with_policy(toml: &str) -> Self {
        let mut collector = Self::initialised();
        collector.publish(toml);
        collector.serve();
        collector
    }

    /// A collector that has no policy and does not listen.
    ///
    /// # Panics
    /// When `init` fails.
    pub fn initialised() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let collector = Self { folder, server: None, port: 0, relay: None };
        let _ = collector.run(&["init", &collector.data().to_string_lossy()]).exits(0);
        collector
    }

    /// The data directory.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command; `--data` is not added.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn run(&self, arguments: &[&str]) -> Said {
        let output = Command::new(binary("candor-collector")).args(arguments).stdin(Stdio::null()).output();
        output.expect("candor-collector starts").into()
    }

    /// Signs and publishes an author's policy.
    ///
    /// # Panics
    /// When either fails.
    pub fn publish(&self, toml: &str) {
        self.publish_signed(&self.sign(toml));
    }

    /// Signs an author's policy. Nothing is published.
    ///
    /// # Panics
    /// When it cannot be signed.
    pub fn sign(&self, toml: &str) -> Envelope {
        let data = self.data().to_string_lossy().into_owned();
        let (source, signed) =
            (self.folder.path().join("policy.toml"), self.folder.path().join("policy.json"));
        std::fs::write(&source, toml).expect("the policy can be written");
        let (source, output) = (source.to_string_lossy(), signed.to_string_lossy());
        let _ = self.run(&["policy", "sign", &source, "--data", &data, "--output", &output]).exits(0);
        serde_json::from_slice(&std::fs::read(&signed).expect("a signed policy")).expect("an envelope")
    }

    /// Publishes a signed policy, whatever it widens and how soon.
    ///
    /// # Panics
    /// When it is refused.
    pub fn publish_signed(&self, policy: &Envelope) {
        let data = self.data().to_string_lossy().into_owned();
        let signed = self.folder.path().join("policy.json");
        let _ = std::fs::remove_file(&signed);
        std::fs::write(&signed, policy.to_json()).expect("the policy can be written");
        let _ =
            self.run(&["policy", "publish", &signed.to_string_lossy(), "--data", &data, "--force"]).exits(0);
    }

    /// Starts to listen, on the port of the last time where there was one.
    ///
    /// # Panics
    /// When the server does not come up.
    pub fn serve(&mut self) {
        let ready = self.folder.path().join("ready");
        let _ = std::fs::remove_file(&ready);
        let log = std::fs::File::create(self.folder.path().join("serve.log")).expect("a log file");
        let mut command = Command::new(binary("candor-collector"));
        if self.relay.is_some() {
            command.args(["serve", "--url", &self.url()]);
        } else {
            command.arg("serve");
        }
        let server = command
            .arg("--data")
            .arg(self.data())
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .arg("--ready-file")
            .arg(&ready)
            .env("RUST_LOG", "trace")
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a second handle"))
            .stderr(log)
            .spawn();
        self.server = Some(server.expect("the server starts"));
        let since = Instant::now();
        let address = loop {
            if let Ok(address) = std::fs::read_to_string(&ready)
                && !address.trim().is_empty()
            {
                break address;
            }
            assert!(since.elapsed() < START, "the collector does not listen: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        };
        let port = address.trim().rsplit(':').next().and_then(|port| port.parse().ok());
        self.port = port.expect("an address with a port");
    }

    /// Kills the server at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _ = server.kill();
            let _ = server.wait();
        }
    }

    /// The port it listens or last listened on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The address in bundles.
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.relay.unwrap_or(self.port))
    }

    /// Has devices come to this port instead of its own, once it serves again.
    pub fn stand_behind(&mut self, port: u16) {
        self.relay = Some(port);
    }

    /// What the server wrote to its log.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.path().join("serve.log")).unwrap_or_default()
    }

    /// Makes a bundle with a one-time token.
    ///
    /// # Panics
    /// When that fails.
    pub fn bundle(&self, output: &Path) {
        let data = self.data().to_string_lossy().into_owned();
        let output = output.to_string_lossy();
        let _ = self.run(&["bundle", "--data", &data, "--url", &self.url(), "--output", &output]).exits(0);
    }

    /// Every stored report, in the order of arrival: its head, with the sections of the parts that are there.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub fn reports(&self) -> Vec<serde_json::Value> {
        let parts = self.stored_parts();
        self.stored_payloads().iter().map(|head| crate::report_of(head, &parts)).collect()
    }

    /// The bytes of every stored part that is there, in the order of these.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub fn stored_parts(&self) -> Vec<Vec<u8>> {
        let database =
            rusqlite::Connection::open(self.data().join("collector.db")).expect("the database opens");
        let mut query = database
            .prepare(
                "SELECT payload, key FROM report_part JOIN value_key ON value_key.id = key_id WHERE payload IS NOT NULL",
            )
            .expect("a table of parts");
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("the query runs");
        let mut parts: Vec<_> =
            rows.map(|row| row.expect("a part")).map(|(sealed, key)| opened(sealed, &key)).collect();
        parts.sort();
        parts
    }

    /// The signed bytes of every stored report's head, in the order of arrival.
    ///
    /// # Panics
    /// When the database cannot be read.
    pub fn stored_payloads(&self) -> Vec<Vec<u8>> {
        let database =
            rusqlite::Connection::open(self.data().join("collector.db")).expect("the database opens");
        let mut query =
            database.prepare("SELECT payload FROM report ORDER BY id").expect("a table of reports");
        let rows = query.query_map([], |row| row.get(0)).expect("the query runs");
        rows.map(|row| row.expect("a payload")).collect()
    }

    /// One of the collector's signing keys, such as `offline/policy` or `keys/timestamp`.
    ///
    /// # Panics
    /// When there is no such key.
    pub fn key(&self, name: &str) -> SigningKey {
        let document = std::fs::read(self.data().join(format!("{name}.pk8"))).expect("the key's file");
        SigningKey::from_pkcs8(&document).expect("an Ed25519 key")
    }

    /// Certificate chain and key of the server.
    pub fn certificate(&self) -> (PathBuf, PathBuf) {
        (self.data().join("tls/server.pem"), self.data().join("tls/server.key"))
    }

    /// The certificate authority of the server.
    pub fn authority(&self) -> PathBuf {
        self.data().join("tls/ca.pem")
    }

    /// A list or document of the collector as JSON.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let data = self.data().to_string_lossy().into_owned();
        self.run(&[arguments, &["--data", &data, "--format", "json"]].concat()).exits(0).json()
    }
}

/// What the store sealed under a key.
pub(crate) fn opened(mut sealed: Vec<u8>, key: &[u8; 32]) -> Vec<u8> {
    let key = UnboundKey::new(&AES_256_GCM, key).expect("a key of 32 bytes");
    let nonce = Nonce::assume_unique_for_key([0; 12]);
    let value = LessSafeKey::new(key).open_in_place(nonce, Aad::empty(), &mut sealed);
    let value = value.expect("what was sealed under the key");
    // A zstd frame (RFC 8878 §3.1.1), where that is shorter than what came.
    if value.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
        return zstd::stream::decode_all(&*value).expect("a whole frame");
    }
    value.to_vec()
}

impl Drop for Collector {
    fn drop(&mut self) {
        self.kill();
    }
}
