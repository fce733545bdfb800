//! Only the probes make a reading.

fn main() {
    let _ = candor_reader::probe::Reading { sections: Default::default(), absent: Default::default() };
}
