//! Questions for the system that are not selectors, each with its reason.

use anyhow::{Result, bail};

/// A question for the system outside of a selector.
pub(super) struct Outside {
    /// Its file, relative to the workspace.
    pub(super) file: String,
    /// Its line.
    pub(super) line: usize,
    /// What it asks.
    pub(super) condition: String,
}

/// Questions that may be asked in a file.
struct Exception {
    file: &'static str,
    conditions: &'static [&'static str],
    /// Why no selector stands there.
    reason: &'static str,
}

/// All of them. What only tests are built of is not listed: it is part of no program.
const EXCEPTIONS: &[Exception] = &[
    Exception {
        file: "agent/src/confine/linux/calls/mod.rs",
        conditions: &["target_env = \"musl\""],
        reason: "which system calls look a name up is a matter of the C library that is linked",
    },
    Exception {
        file: "collector-proto/src/catalog/terms.rs",
        conditions: &["target_os = \"linux\"", "target_os = \"windows\"", "target_os = \"macos\""],
        reason: "`Platform::current` tells a permit at run time which system it is on",
    },
    Exception {
        file: "tests/src/agent.rs",
        conditions: &["unix", "not(unix)"],
        reason: "the end-to-end tests start the reader on another root by way of a shell script",
    },
    Exception {
        file: "tests/xtask/src/foreign/std_source.rs",
        conditions: &["unix", "not(unix)"],
        reason: "Debian's compiler, whose libraries are linked to, is on no other system",
    },
    Exception {
        file: "tests/xtask/src/foreign/toolchain.rs",
        conditions: &["unix"],
        reason: "the stand-in for a C compiler is made executable, which other systems do not know",
    },
    Exception {
        file: "tests/xtask/src/test.rs",
        conditions: &["target_os = \"linux\""],
        reason: "Debian's packages are installed on Linux alone",
    },
];

/// Every question is an exception, and every exception is asked.
pub(super) fn check(outside: &[Outside]) -> Result<()> {
    against(EXCEPTIONS, outside)
}

fn against(exceptions: &[Exception], outside: &[Outside]) -> Result<()> {
    let is = |exception: &Exception, condition: &str, question: &Outside| {
        exception.file == question.file && condition == question.condition
    };
    for question in outside {
        let is_known =
            |exception: &Exception| exception.conditions.iter().any(|c| is(exception, c, question));
        if !exceptions.iter().any(is_known) {
            let Outside { file, line, condition } = question;
            bail!("{file}:{line}: asks for the system outside a selector: {condition}");
        }
    }
    for exception in exceptions {
        for condition in exception.conditions {
            if !outside.iter().any(|question| is(exception, condition, question)) {
                let Exception { file, reason, .. } = exception;
                bail!("{file} no longer asks `{condition}`: remove the exception ({reason})");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(condition: &str) -> Outside {
        Outside { file: "a.rs".to_owned(), line: 3, condition: condition.to_owned() }
    }

    #[test]
    fn only_an_exception_may_ask_and_it_must() {
        let exceptions = &[Exception { file: "a.rs", conditions: &["unix"], reason: "" }];
        against(exceptions, &[outside("unix")]).expect("known");
        let error =
            against(exceptions, &[outside("unix"), outside("windows")]).expect_err("unknown").to_string();
        assert!(error.contains("a.rs:3") && error.contains("windows"), "{error}");
        let error = against(exceptions, &[]).expect_err("stale").to_string();
        assert!(error.contains("no longer asks `unix`"), "{error}");
    }

    #[test]
    fn every_exception_has_its_reason() {
        assert!(EXCEPTIONS.iter().all(|exception| exception.reason.len() > 20));
    }
}
