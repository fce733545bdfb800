//! seccomp (seccomp(2)): the system calls that reading files and answering needs, and no others.
//!
//! Whatever is not named fails with EPERM: starting programs, tracing, mounting, loading, io_uring (which would go around
//! a filter of sockets), and all that is done with sockets alone: what needs one is connected before. A call that reading needs in one
//! form alone is allowed in that form: memory never becomes executable, nothing is opened for writing, and a descriptor
//! is asked for its flags but not told whom to signal. A call of another architecture, as of 32-bit programs, ends the
//! process.

use candor_confine::calls::{self, Made, Rules, all, always, any, is, without};

/// What a permit needs beyond reading files.
#[derive(Debug, Clone, Copy)]
pub(super) struct Needs {
    /// Looking at paths without opening what is there.
    pub(super) looks: bool,
    /// The machine's name and kernel: `uname(2)`.
    pub(super) uname: bool,
    /// Waiting for answers over connections that are open: from helpers, or from the system bus.
    pub(super) waits: bool,
}

/// Confines the thread. Says whether the filter is in force.
pub(super) fn confine(needs: Needs) -> bool {
    calls::confine(rules(needs).and_then(calls::only).map(|filter| vec![filter]))
}

fn rules(needs: Needs) -> Made<Rules> {
    let mut rules = always(ALWAYS);
    // What is opened to be named alone can be asked for its state, and Landlock does not see it.
    let refused = if needs.looks { WRITING } else { WRITING | libc::O_PATH };
    for (call, argument) in [(libc::SYS_openat, 2)].iter().chain(OLDER_OPEN) {
        rules.insert(*call, vec![without(*argument, refused)?]);
    }
    if needs.looks {
        rules.extend(always(LOOKING.iter().chain(OLDER_LOOKING)));
    }
    for call in [libc::SYS_mmap, libc::SYS_mprotect] {
        rules.insert(call, vec![without(2, libc::PROT_EXEC)?]);
    }
    rules.insert(libc::SYS_fcntl, any(1, &[libc::F_GETFD, libc::F_SETFD, libc::F_GETFL])?);
    // How a process ends itself: abort(3).
    let own = libc::pid_t::try_from(std::process::id()).unwrap_or_default();
    rules.insert(libc::SYS_tgkill, vec![all([is(0, own)?])?]);
    // How a fault ends the process: the handler for it is taken away, and it happens again.
    rules.insert(libc::SYS_rt_sigaction, any(0, &[libc::SIGSEGV, libc::SIGBUS, libc::SIGABRT])?);
    if needs.uname {
        rules.insert(libc::SYS_uname, Vec::new());
    }
    if needs.waits {
        rules.extend([libc::SYS_ppoll, libc::SYS_clock_nanosleep].map(|call| (call, Vec::new())));
    }
    Ok(rules)
}

/// Flags of `open(2)` that read nothing. Landlock refuses most of them too, where the kernel has it.
const WRITING: i32 = libc::O_ACCMODE | libc::O_CREAT | libc::O_TRUNC | libc::O_APPEND;

/// Reading, answering; memory; time; ending.
const ALWAYS: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_fstat,
    libc::SYS_getdents64,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    // A thread that ends gives back the stack on which it would have handled a signal.
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_clock_gettime,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Looking at paths. Which they are no filter can see, so that whoever may look at one may look at all.
const LOOKING: &[libc::c_long] = &[
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_readlinkat,
    // realpath(3): whether what `..` leaves is a directory, and where a `--root` is that is not absolute.
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_getcwd,
];

/// Older forms of the same that only some architectures have.
#[cfg(target_arch = "x86_64")]
const OLDER_LOOKING: &[libc::c_long] = &[libc::SYS_stat, libc::SYS_lstat, libc::SYS_readlink];
#[cfg(not(target_arch = "x86_64"))]
const OLDER_LOOKING: &[libc::c_long] = &[];

/// Older forms of opening, with the argument in which the flags stand.
#[cfg(target_arch = "x86_64")]
const OLDER_OPEN: &[(libc::c_long, u8)] = &[(libc::SYS_open, 1)];
#[cfg(not(target_arch = "x86_64"))]
const OLDER_OPEN: &[(libc::c_long, u8)] = &[];
