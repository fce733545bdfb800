//! What must be impossible: skipping a stage between what the reader disclosed and what is sent.

#[test]
fn no_stage_can_be_skipped() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/compile_fail/*.rs");
}
