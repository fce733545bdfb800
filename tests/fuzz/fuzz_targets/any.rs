//! One binary for every format: `CANDOR_FUZZ=dpkg_status cargo +nightly fuzz run any corpus/dpkg_status`.
#![no_main]

use candor_tests::fuzz::Prepared;
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static TARGET: LazyLock<Prepared> =
    LazyLock::new(|| Prepared::of(&std::env::var("CANDOR_FUZZ").expect("CANDOR_FUZZ names the format")));

fuzz_target!(|input: &[u8]| TARGET.run(input));
