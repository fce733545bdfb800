//! What the collector keeps of values, looked at in its database and on its disk: each is there until its day, and gone from then on.

use crate::collector::opened;
use anyhow::{Context as _, ensure};
use collector_proto::envelope::Envelope;
use collector_proto::messages::Receipt;
use collector_proto::time::UtcTime;
use rusqlite::Connection;
use serde_json::Value;
use std::fmt;
use std::fs;
use std::path::Path;

/// A part of a report whose values the collector has.
pub(super) struct Kept {
    report: i64,
    part: String,
    until: UtcTime,
    came_at: UtcTime,
    /// What its values are sealed under.
    key: [u8; 32],
    /// What the device is called in it, where that is one of its values.
    named: Option<String>,
}

/// The parts whose values are there, those that go first in front.
pub(super) fn kept(data: &Path) -> anyhow::Result<Vec<Kept>> {
    let database = Connection::open(data.join("collector.db"))?;
    let mut query = database.prepare(
        "SELECT report_id, part, stored_until, received_at, value_key.key, report_part.payload
         FROM report_part JOIN value_key ON value_key.id = report_part.key_id JOIN report ON report.id = report_id
         WHERE report_part.payload IS NOT NULL ORDER BY stored_until",
    )?;
    let rows = query.query_map([], |row| {
        let key: [u8; 32] = row.get(4)?;
        let content: Value = serde_json::from_slice(&opened(row.get(5)?, &key)).unwrap_or_default();
        Ok(Kept {
            report: row.get(0)?,
            part: row.get(1)?,
            until: UtcTime::from_unix(row.get(2)?),
            came_at: UtcTime::from_unix(row.get(3)?),
            key,
            named: content["sections"]["host"]["rows"][0]["host.name"].as_str().map(str::to_owned),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

impl Kept {
    pub(super) fn until(&self) -> UtcTime {
        self.until
    }

    /// That the collector promised this very day, in the receipt that the device holds.
    pub(super) fn is_as_promised(&self, data: &Path) -> anyhow::Result<()> {
        let database = Connection::open(data.join("collector.db"))?;
        let query = "SELECT receipt FROM report WHERE id = ?1";
        let receipt: Vec<u8> = database.query_row(query, [self.report], |row| row.get(0))?;
        let receipt: Envelope = serde_json::from_slice(&receipt)?;
        let receipt: Receipt = serde_json::from_slice(&payload_of(&receipt)?)?;
        let retention = self.part.rsplit('/').next().unwrap_or_default();
        let promised = serde_json::to_value(&receipt.values_until)?[retention].clone();
        ensure!(
            promised == self.until.to_string(),
            "{self} is kept until {}, and its receipt says {promised}",
            self.until
        );
        Ok(())
    }

    pub(super) fn is_there(&self, data: &Path) -> anyhow::Result<bool> {
        Ok(kept(data)?.iter().any(|other| (other.report, &other.part) == (self.report, &self.part)))
    }

    /// That what its values are sealed under is in no file of a folder any more.
    pub(super) fn is_gone_from(&self, folder: &Path) -> anyhow::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_file() {
                let holds_it = fs::read(&path)?.windows(self.key.len()).any(|bytes| bytes == self.key);
                ensure!(!holds_it, "what {self} was sealed under is still in {}", path.display());
            }
        }
        Ok(())
    }
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "what report {} brought on {}", self.report, self.came_at.date())?;
        match &self.named {
            Some(name) => write!(f, ", {name} as the device's name among it,"),
            None => write!(f, " (part {})", self.part),
        }
    }
}

fn payload_of(envelope: &Envelope) -> anyhow::Result<Vec<u8>> {
    use base64::Engine as _;
    let envelope = serde_json::to_value(envelope)?;
    let payload = envelope["payload"].as_str().context("a receipt that is not an envelope")?;
    Ok(base64::engine::general_purpose::STANDARD.decode(payload)?)
}
