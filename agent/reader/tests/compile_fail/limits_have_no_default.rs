//! Limits that nobody looked up are not limits.
use candor_reader::state::Limits;

fn assume() -> Limits {
    Limits::default()
}

fn main() {
    let _ = assume;
}
