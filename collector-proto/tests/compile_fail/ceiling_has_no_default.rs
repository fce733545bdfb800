//! Whoever says that no ceiling is set has looked.
use collector_proto::policy::Ceiling;

fn assume() -> Ceiling {
    Ceiling::default()
}

fn main() {
    let _ = assume;
}
