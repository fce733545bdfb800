//! The constructor belongs to the probes.

fn main() {
    let _ = candor_reader::probe::Reading::new(Default::default(), Default::default());
}
