//! A reading has no written form.

fn send(reading: &candor_reader::treat::Reading) -> String {
    serde_json::to_string(reading).unwrap_or_default()
}

fn main() {
    let _ = send;
}
