//! What must not compile: a reading outside its stage, limits that the state does not keep, rows that were not treated.
//!
//! A new case is a new file `tests/compile_fail/<case>.rs`; `TRYBUILD=overwrite` writes its `.stderr`.

#[test]
fn the_readers_stages_cannot_be_entered_from_the_side() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
}
