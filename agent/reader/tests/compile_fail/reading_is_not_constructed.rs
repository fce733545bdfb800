//! The constructor belongs to the probes.

fn main() {
    let _ = candor_reader::treat::Reading::new((Default::default(), Default::default(), Default::default()));
}
