//! What was not treated is not answered.
use candor_reader::treat::Treated;
use collector_proto::disclosure::TreatedRows;

fn pass(rows: TreatedRows) -> Treated {
    Treated(rows)
}

fn main() {
    let _ = pass;
}
