//! seccomp (seccomp(2)): the system calls that reading files and answering needs, and no others.
//!
//! Whatever is not named fails with EPERM: starting programs, tracing, mounting, loading, io_uring (which would go around
//! a filter of sockets), and sockets of every family that the permit does not need. A call of another architecture, as of
//! 32-bit programs, ends the process.

use seccompiler::{
    SeccompAction, SeccompCmpArgLen as Length, SeccompCmpOp as Op, SeccompCondition as Condition,
    SeccompFilter, SeccompRule, TargetArch,
};
use std::collections::BTreeMap;

/// Confines the thread. Says whether the filter is in force.
pub(super) fn confine(netlink: bool, bus: bool) -> bool {
    match restrict(netlink, bus) {
        Ok(()) => true,
        Err(error) => {
            tracing::warn!(%error, "seccomp could not be applied");
            false
        }
    }
}

fn restrict(netlink: bool, bus: bool) -> Result<(), seccompiler::Error> {
    let arch = TargetArch::try_from(std::env::consts::ARCH)?;
    let refuse = SeccompAction::Errno(libc::EPERM.unsigned_abs());
    let rules = rules(netlink, bus)?;
    let filter = SeccompFilter::new(rules, refuse, SeccompAction::Allow, arch)?;
    let program: seccompiler::BpfProgram = filter.try_into()?;
    seccompiler::apply_filter(&program)
}

/// System calls with the conditions under which they are allowed; none means always.
type Rules = BTreeMap<libc::c_long, Vec<SeccompRule>>;

fn rules(netlink: bool, bus: bool) -> Result<Rules, seccompiler::BackendError> {
    let mut rules: Rules = ALWAYS.iter().chain(ARCHITECTURE).map(|call| (*call, Vec::new())).collect();
    let argument_is =
        |number, value| SeccompRule::new(vec![Condition::new(number, Length::Dword, Op::Eq, value)?]);
    let first_is = |value: i32| argument_is(0, u64::from(value.unsigned_abs()));
    rules.insert(libc::SYS_prctl, vec![first_is(libc::PR_SET_NAME)?, first_is(libc::PR_SET_VMA)?]);
    let mut families = Vec::new();
    if netlink {
        families.push(first_is(libc::AF_NETLINK)?);
    }
    if bus {
        families.push(first_is(libc::AF_UNIX)?);
    }
    if !families.is_empty() {
        rules.insert(libc::SYS_socket, families);
        // How the standard library makes a socket wait.
        rules.insert(libc::SYS_ioctl, vec![argument_is(1, FIONBIO)?]);
        rules.extend(SOCKETS.iter().map(|call| (*call, Vec::new())));
    }
    Ok(rules)
}

/// Makes a descriptor wait or not (ioctl_tty(2), asm-generic/ioctls.h). Not taken from libc, where its type differs.
const FIONBIO: u64 = 0x5421;

/// Opening, looking, reading, answering; memory; time; ending.
const ALWAYS: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_preadv,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_close_range,
    libc::SYS_openat,
    libc::SYS_openat2,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_fstatfs,
    libc::SYS_statfs,
    libc::SYS_faccessat,
    libc::SYS_faccessat2,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_fadvise64,
    libc::SYS_fcntl,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_ppoll,
    libc::SYS_mmap,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_mprotect,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_rseq,
    libc::SYS_membarrier,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_tgkill,
    libc::SYS_restart_syscall,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_uname,
    libc::SYS_sysinfo,
    libc::SYS_prlimit64,
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_exit,
    libc::SYS_exit_group,
];

/// Older forms of the same that only some architectures have.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: &[libc::c_long] = &[
    libc::SYS_open,
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_access,
    libc::SYS_readlink,
    libc::SYS_getdents,
    libc::SYS_dup2,
    libc::SYS_poll,
    libc::SYS_time,
    libc::SYS_arch_prctl,
];
#[cfg(not(target_arch = "x86_64"))]
const ARCHITECTURE: &[libc::c_long] = &[];

/// What a socket that could be made is used by.
const SOCKETS: &[libc::c_long] = &[
    libc::SYS_bind,
    libc::SYS_connect,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_sendto,
    libc::SYS_sendmsg,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_shutdown,
];
