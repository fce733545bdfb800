//! Only the treatments take a reading apart.

fn look(reading: candor_reader::treat::Reading) {
    let _ = reading.into_parts();
}

fn main() {
    let _ = look;
}
