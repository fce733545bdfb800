//! Only the treatments take a reading apart.

fn look(reading: candor_reader::probe::Reading) {
    let _ = reading.into_parts();
}

fn main() {
    let _ = look;
}
