//! One binary for every format: `CANDOR_FUZZ=dpkg_status` chooses it (README.md says how it is built and run).
#![no_main]

use candor_tests::fuzz::Prepared;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static TARGET: LazyLock<Prepared> =
    LazyLock::new(|| Prepared::of(&std::env::var("CANDOR_FUZZ").expect("CANDOR_FUZZ names the format")));

fuzz_target!(|input: &[u8]| {
    TARGET.run(input);
});
