//! What must be impossible: storing what was not verified and admitted.

#[test]
fn no_stage_can_be_skipped() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
}
