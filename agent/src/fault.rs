//! Named instants at which a test kills the process: `CANDOR_FAULT=<step>` aborts it there. `CANDOR_FAULT_ERROR=<step>` lets
//! the write of a file fail there instead.
//!
//! Compiled only for tests and with the feature `fault-points`; otherwise nothing happens here.

use std::io;

/// Every step, in the order of one cycle. The crash tests run through all of them and fail for one that is not reached.
pub const STEPS: &[&str] = &[
    "documents:before-write",
    "documents:before-fsync",
    "documents:before-rename",
    "documents:after-rename",
    "documents:after-directory-fsync",
    "dropped:before-write",
    "dropped:before-fsync",
    "dropped:before-rename",
    "dropped:after-rename",
    "dropped:after-directory-fsync",
    "dropped:before-removal",
    "dropped:after-removal",
    "part:before-write",
    "part:before-fsync",
    "part:before-rename",
    "part:after-rename",
    "part:after-directory-fsync",
    "report:before-write",
    "report:before-fsync",
    "report:before-rename",
    "report:after-rename",
    "report:after-directory-fsync",
    "send:before",
    "send:after",
    "refused:before-write",
    "refused:before-fsync",
    "refused:before-rename",
    "refused:after-rename",
    "refused:after-directory-fsync",
    "receipt:before-write",
    "receipt:before-fsync",
    "receipt:before-rename",
    "receipt:after-rename",
    "receipt:after-directory-fsync",
    "baseline:before-write",
    "baseline:before-fsync",
    "baseline:before-rename",
    "baseline:after-rename",
    "baseline:after-directory-fsync",
];

/// Aborts here if the test asked for it.
#[cfg(any(test, feature = "fault-points"))]
pub fn point(what: &str, moment: &str) {
    if is_wanted("CANDOR_FAULT", what, moment) {
        std::process::abort();
    }
}

/// As [`point`], or fails here if the test asked for that.
#[cfg(any(test, feature = "fault-points"))]
pub fn step(what: &str, moment: &str) -> io::Result<()> {
    point(what, moment);
    if is_wanted("CANDOR_FAULT_ERROR", what, moment) {
        return Err(io::Error::other("the test lets this step fail"));
    }
    Ok(())
}

#[cfg(any(test, feature = "fault-points"))]
fn is_wanted(variable: &str, what: &str, moment: &str) -> bool {
    std::env::var(variable).is_ok_and(|wanted| wanted.split_once(':') == Some((what, moment)))
}

/// Empty in a release.
#[cfg(not(any(test, feature = "fault-points")))]
#[inline]
pub fn point(_: &str, _: &str) {}

/// Empty in a release.
#[cfg(not(any(test, feature = "fault-points")))]
#[inline]
pub fn step(_: &str, _: &str) -> io::Result<()> {
    Ok(())
}
