//! What must not compile: a reading outside its stage.

#[test]
fn a_reading_cannot_be_made_printed_or_serialised_outside_its_stage() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
}
