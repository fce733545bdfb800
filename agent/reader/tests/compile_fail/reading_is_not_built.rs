//! Only the probes make a reading.

fn main() {
    let _ = candor_reader::treat::Reading { sections: Default::default(), absent: Default::default() };
}
