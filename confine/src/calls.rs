//! seccomp (seccomp(2)): the named system calls are let through and every other one fails. A call of another architecture, as of
//! 32-bit programs, ends the process.

use seccompiler::{
    BackendError, SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Op, SeccompFilter, TargetArch,
};
use std::collections::BTreeMap;

pub use seccompiler::{BpfProgram, SeccompCondition as Condition, SeccompRule as Rule};

/// System calls with the conditions under which they are allowed, of which one has to hold; none means always.
pub type Rules = BTreeMap<libc::c_long, Vec<Rule>>;

/// What was made, or why it cannot be.
pub type Made<T> = Result<T, BackendError>;

/// Puts the filters in force for the calling thread and those that it starts from here on. Says whether they are.
pub fn confine(filters: Made<Vec<BpfProgram>>) -> bool {
    let filters = filters.map_err(seccompiler::Error::from);
    let applied =
        filters.and_then(|filters| filters.iter().try_for_each(|filter| seccompiler::apply_filter(filter)));
    applied.inspect_err(|error| tracing::warn!(%error, "seccomp could not be applied")).is_ok()
}

/// Lets the named calls through; every other one fails with EPERM.
pub fn only(rules: Rules) -> Made<BpfProgram> {
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    SeccompFilter::new(rules, refuse, SeccompAction::Allow, architecture()?)?.try_into()
}

/// Lets everything through but one call, which fails as if the kernel did not have it.
pub fn all_but(call: libc::c_long) -> Made<BpfProgram> {
    let missing = SeccompAction::Errno(libc::ENOSYS.unsigned_abs());
    let rules = Rules::from([(call, Vec::new())]);
    SeccompFilter::new(rules, SeccompAction::Allow, missing, architecture()?)?.try_into()
}

/// The calls without a condition.
pub fn always<'a>(calls: impl IntoIterator<Item = &'a libc::c_long>) -> Rules {
    calls.into_iter().map(|call| (*call, Vec::new())).collect()
}

/// The argument has one of these values.
pub fn any(argument: u8, values: &[i32]) -> Made<Vec<Rule>> {
    values.iter().map(|value| all([is(argument, *value)?])).collect()
}

/// All of the conditions hold.
pub fn all<const N: usize>(conditions: [Condition; N]) -> Made<Rule> {
    Rule::new(conditions.into())
}

/// The argument has none of these bits.
pub fn without(argument: u8, bits: i32) -> Made<Rule> {
    all([has(argument, bits, 0)?])
}

/// The argument has this value.
pub fn is(argument: u8, value: i32) -> Made<Condition> {
    number(argument, value.unsigned_abs())
}

/// The same for a number without a sign.
pub fn number(argument: u8, value: u32) -> Made<Condition> {
    Condition::new(argument, Length::Dword, Op::Eq, u64::from(value))
}

/// The argument is a null pointer.
pub fn null(argument: u8) -> Made<Condition> {
    Condition::new(argument, Length::Qword, Op::Eq, 0)
}

/// The bits of the mask have this value.
pub fn has(argument: u8, mask: i32, value: i32) -> Made<Condition> {
    let (mask, value) = (u64::from(mask.unsigned_abs()), u64::from(value.unsigned_abs()));
    Condition::new(argument, Length::Dword, Op::MaskedEq(mask), value)
}

fn architecture() -> Made<TargetArch> {
    TargetArch::try_from(std::env::consts::ARCH)
}
