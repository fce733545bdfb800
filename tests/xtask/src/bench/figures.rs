//! The table of figures: name, measured, bound, ratio.

use super::process::Measured;
use super::setup::Idle;
use std::path::Path;

#[derive(Default)]
pub(super) struct Figures {
    rows: Vec<Row>,
}

struct Row {
    name: String,
    measured: f64,
    bound: f64,
    unit: &'static str,
    raw: String,
}

/// Bytes of one MiB.
const MIB: f64 = 1024.0 * 1024.0;

impl Figures {
    pub(super) fn size(&mut self, name: &str, file: &Path, bound_mib: u32) -> anyhow::Result<()> {
        let bytes = std::fs::metadata(file)?.len();
        self.add(name, as_f64(bytes) / MIB, f64::from(bound_mib), "MiB", format!("{bytes} bytes"));
        Ok(())
    }

    pub(super) fn wall(&mut self, name: &str, measured: &Measured, bound_ms: f64) {
        self.millis(name, &measured.wall_ms, bound_ms);
    }

    /// Milliseconds of which the median counts.
    pub(super) fn millis(&mut self, name: &str, measured: &[f64], bound_ms: f64) {
        self.add(name, median(measured), bound_ms, "ms", spread(measured, "ms"));
    }

    pub(super) fn memory(&mut self, name: &str, measured: &Measured, bound_mib: f64) {
        let raw = spread(&measured.peak_mib, "MiB");
        let most = measured.peak_mib.iter().copied().fold(0.0, f64::max);
        self.add(name, most, bound_mib, "MiB", raw);
    }

    /// Wall time and memory beside a peer's in the same run: at most these parts of its medians.
    pub(super) fn beside(&mut self, name: &str, own: &Measured, peer: &Measured, parts: (f64, f64)) {
        let (wall, peer_wall) = (median(&own.wall_ms), median(&peer.wall_ms));
        let raw = format!("{}; peer {}", spread(&own.wall_ms, "ms"), spread(&peer.wall_ms, "ms"));
        self.add(&format!("{name}, wall"), wall, peer_wall / parts.0, "ms", raw);
        let (memory, peer_memory) = (median(&own.peak_mib), median(&peer.peak_mib));
        let raw = format!("{}; peer {}", spread(&own.peak_mib, "MiB"), spread(&peer.peak_mib, "MiB"));
        self.add(&format!("{name}, memory"), memory, peer_memory / parts.1, "MiB", raw);
    }

    pub(super) fn bytes(&mut self, name: &str, bytes: u64, bound: u64) {
        self.add(name, as_f64(bytes) / 1024.0, as_f64(bound) / 1024.0, "KiB", format!("{bytes} bytes"));
    }

    pub(super) fn idle(&mut self, idle: &Idle, bound_mib: f64, seconds: u64) {
        let raw = format!("VmRSS {} KiB", idle.resident_kib);
        self.add("idle `candor run`, resident", as_f64(idle.resident_kib) / 1024.0, bound_mib, "MiB", raw);
        let raw = format!("{} voluntary context switches in {seconds} s", idle.wake_ups);
        self.add("idle `candor run`, wake-ups", as_f64(idle.wake_ups), 0.0, "", raw);
    }

    fn add(&mut self, name: &str, measured: f64, bound: f64, unit: &'static str, raw: String) {
        self.rows.push(Row { name: name.to_owned(), measured, bound, unit, raw });
    }

    /// Prints the table; fails under `strict` when a bound is missed, and always when there is nothing to print.
    pub(super) fn print(&self, strict: bool) -> anyhow::Result<()> {
        anyhow::ensure!(!self.rows.is_empty(), "nothing was measured");
        println!("\n{:<48} {:>10} {:>10} {:>6}  raw", "figure", "measured", "bound", "ratio");
        let mut missed = 0;
        for row in &self.rows {
            let ratio =
                if row.bound > 0.0 { format!("{:.2}", row.measured / row.bound) } else { "–".to_owned() };
            let verdict = if row.measured <= row.bound { "" } else { "  MISSED" };
            missed += usize::from(!verdict.is_empty());
            println!(
                "{:<48} {:>10} {:>10} {ratio:>6}  {}{verdict}",
                row.name,
                format!("{:.2} {}", row.measured, row.unit),
                format!("{:.*} {}", usize::from(row.bound.fract() != 0.0) * 2, row.bound, row.unit),
                row.raw
            );
        }
        println!("{} figures, {missed} missed", self.rows.len());
        anyhow::ensure!(!strict || missed == 0, "{missed} figures missed");
        Ok(())
    }
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

fn spread(values: &[f64], unit: &str) -> String {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(0.0, f64::max);
    format!("min {least:.2}, median {:.2}, max {most:.2} {unit} of {}", median(values), values.len())
}

#[expect(clippy::cast_precision_loss, reason = "sizes far below 2^52")]
fn as_f64(number: u64) -> f64 {
    number as f64
}
