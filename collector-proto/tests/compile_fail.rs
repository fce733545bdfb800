//! What must not compile: each state of the data is built by the stage before it and by nobody else.
//!
//! A new case is a new file `tests/compile_fail/<case>.rs`; `TRYBUILD=overwrite` writes its `.stderr`.

#[test]
fn the_chain_of_types_cannot_be_entered_from_the_side() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
