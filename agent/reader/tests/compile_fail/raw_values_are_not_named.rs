//! Raw values have no name outside the program.

fn look(row: candor_reader::treat::reading::RawRow) {
    let _ = row;
}

fn main() {
    let _ = look;
}
