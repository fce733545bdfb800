//! seccomp (seccomp(2)): the system calls of a cycle, and no others.
//!
//! Whatever is not named fails with EPERM: starting programs, tracing, mounting, loading, io_uring (which would go around a
//! filter of sockets). A call of another architecture, as of 32-bit programs, ends the process. The lists were taken from
//! cycles under strace: delivered, unreachable, through a proxy, by name, over IPv6, after a crash.

use candor_confine::calls::{self, BpfProgram, Made, Rule, Rules, all, always, any, has, is, null, number};
use candor_uplink::Reach;

/// Confines the thread to a cycle. Says whether the filters are in force.
pub(super) fn confine(reach: &Reach, readers: &[u32]) -> bool {
    applied(rules(reach, readers))
}

/// Confines the thread to reading files and answering through a socket that listens already. Says the same.
pub(super) fn confine_to_reading() -> bool {
    applied(reading())
}

fn applied(rules: Made<Rules>) -> bool {
    calls::confine(rules.and_then(filters))
}

/// The flags of `clone3` lie in memory, where no filter sees whether a thread or a process is started. A C library that is
/// told that there is no such call uses `clone`.
fn filters(rules: Rules) -> Made<Vec<BpfProgram>> {
    Ok(vec![calls::all_but(libc::SYS_clone3)?, calls::only(rules)?])
}

/// One thread that makes no socket, connects to nothing and publishes nothing.
fn reading() -> Made<Rules> {
    let calls = ALWAYS.iter().chain(ARCHITECTURE).chain(&[libc::SYS_accept4]);
    let mut rules = always(calls);
    for call in PUBLISHING.iter().chain(ARCHITECTURE_PUBLISHING).chain(&[libc::SYS_connect]) {
        rules.remove(call);
    }
    rules.insert(libc::SYS_setsockopt, options(TIMES)?);
    rules.insert(libc::SYS_getsockopt, options(&[(libc::SOL_SOCKET, libc::SO_PEERCRED)])?);
    rules.insert(libc::SYS_sendto, vec![all([has(3, libc::MSG_FASTOPEN, 0)?])?]);
    rules.insert(libc::SYS_ioctl, any(1, &[FIONBIO, FIONREAD])?);
    rules.insert(libc::SYS_fcntl, any(1, &DESCRIPTORS)?);
    rules.insert(libc::SYS_mmap, vec![all([has(2, libc::PROT_EXEC, 0)?])?]);
    rules.insert(libc::SYS_mprotect, vec![all([has(2, libc::PROT_EXEC, 0)?])?]);
    rules.insert(libc::SYS_tgkill, vec![all([number(0, std::process::id())?])?]);
    Ok(rules)
}

fn rules(reach: &Reach, readers: &[u32]) -> Made<Rules> {
    let mut rules = always(ALWAYS.iter().chain(ARCHITECTURE));
    rules.insert(libc::SYS_socket, sockets(reach)?);
    // Tokio wakes itself through one. A pair of datagram sockets could be connected to somebody else.
    let pair = [is(0, libc::AF_UNIX)?, has(1, SOCKET_TYPE, libc::SOCK_STREAM)?];
    rules.insert(libc::SYS_socketpair, vec![all(pair)?]);
    if reach.names && cfg!(target_env = "musl") {
        // musl binds the socket that it asks name servers with. TCP's ports are Landlock's.
        rules.insert(libc::SYS_bind, Vec::new());
    }
    rules.insert(libc::SYS_setsockopt, options(SET)?);
    rules.insert(libc::SYS_getsockopt, options(&[(libc::SOL_SOCKET, libc::SO_ERROR)])?);
    // With MSG_FASTOPEN sending connects, without the check of the port that `connect` gets.
    for (call, flags) in [(libc::SYS_sendto, 3), (libc::SYS_sendmsg, 2), (libc::SYS_sendmmsg, 3)] {
        rules.insert(call, vec![all([has(flags, libc::MSG_FASTOPEN, 0)?])?]);
    }
    rules.insert(libc::SYS_ioctl, any(1, &[FIONBIO, FIONREAD])?);
    rules.insert(libc::SYS_fcntl, any(1, &DESCRIPTORS)?);
    rules.insert(libc::SYS_mmap, mappings(reach)?);
    rules.insert(libc::SYS_mprotect, vec![all([has(2, libc::PROT_EXEC, 0)?])?]);
    // How a file of state is made for its owner alone, whatever the umask is.
    rules.insert(libc::SYS_fchmod, any(1, &[0o600])?);
    // Threads, no processes.
    rules.insert(libc::SYS_clone, vec![all([has(0, libc::CLONE_THREAD, libc::CLONE_THREAD)?])?]);
    rules.insert(libc::SYS_clone3, Vec::new());
    rules.insert(libc::SYS_prctl, any(0, &[libc::PR_SET_NAME, libc::PR_SET_VMA])?);
    // Limits are looked at, those of this process alone.
    let own = [is(0, 0)?, null(2)?];
    rules.insert(libc::SYS_prlimit64, vec![all(own)?]);
    rules.insert(libc::SYS_tgkill, vec![all([number(0, std::process::id())?])?]);
    let mut ends = Vec::new();
    for reader in readers {
        ends.push(all([number(0, *reader)?, is(1, libc::SIGKILL)?])?);
    }
    if !ends.is_empty() {
        rules.insert(libc::SYS_kill, ends);
    }
    Ok(rules)
}

/// TCP, and UDP where names are looked up. The protocol is named as well: Landlock's ports are TCP's, and MPTCP, SMC and SCTP
/// would go past them. Local sockets could be connected to any daemon of the machine, netlink tells addresses and
/// neighbours: the C library does without both.
fn sockets(reach: &Reach) -> Made<Vec<Rule>> {
    let mut kinds = vec![(libc::SOCK_STREAM, libc::IPPROTO_TCP)];
    if reach.names {
        kinds.push((libc::SOCK_DGRAM, libc::IPPROTO_UDP));
    }
    let mut rules = Vec::new();
    for family in [libc::AF_INET, libc::AF_INET6] {
        for (kind, protocol) in &kinds {
            for protocol in [0, *protocol] {
                rules.push(all([is(0, family)?, has(1, SOCKET_TYPE, *kind)?, is(2, protocol)?])?);
            }
        }
    }
    Ok(rules)
}

/// Nothing is writable and executable, and what was written does not become so. Where names are looked up, files may be
/// mapped to be run, for a C library that loads a part of itself for that.
fn mappings(reach: &Reach) -> Made<Vec<Rule>> {
    let mut rules = vec![all([has(2, libc::PROT_EXEC, 0)?])?];
    if reach.names {
        rules.push(all([has(2, libc::PROT_WRITE, 0)?, has(3, libc::MAP_ANONYMOUS, 0)?])?);
    }
    Ok(rules)
}

fn options(named: &[(i32, i32)]) -> Made<Vec<Rule>> {
    named.iter().map(|(level, option)| all([is(1, *level)?, is(2, *option)?])).collect()
}

/// What of a socket's type is its type; the rest are SOCK_CLOEXEC and SOCK_NONBLOCK (linux/net.h).
const SOCKET_TYPE: i32 = 0xf;

/// Makes a descriptor wait or not, says how much can be read from it (asm-generic/ioctls.h). Not taken from libc, where
/// their type differs.
const FIONBIO: i32 = 0x5421;
const FIONREAD: i32 = 0x541b;

/// Set by reqwest, and by the C library on the socket that it asks name servers with.
const SET: &[(i32, i32)] = &[
    (libc::SOL_SOCKET, libc::SO_KEEPALIVE),
    (libc::IPPROTO_TCP, libc::TCP_NODELAY),
    (libc::IPPROTO_TCP, libc::TCP_KEEPIDLE),
    (libc::IPPROTO_TCP, libc::TCP_KEEPINTVL),
    (libc::IPPROTO_TCP, libc::TCP_KEEPCNT),
    (libc::IPPROTO_TCP, libc::TCP_USER_TIMEOUT),
    (libc::IPPROTO_IP, libc::IP_RECVERR),
    (libc::IPPROTO_IPV6, libc::IPV6_RECVERR),
    (libc::IPPROTO_IPV6, libc::IPV6_V6ONLY),
];

/// What is done with descriptors that are there.
const DESCRIPTORS: [i32; 5] =
    [libc::F_GETFD, libc::F_SETFD, libc::F_GETFL, libc::F_SETFL, libc::F_DUPFD_CLOEXEC];

/// How long a read and a write may wait.
const TIMES: &[(i32, i32)] = &[(libc::SOL_SOCKET, libc::SO_RCVTIMEO), (libc::SOL_SOCKET, libc::SO_SNDTIMEO)];

/// What of [`ALWAYS`] makes, renames and removes files, or makes them durable.
const PUBLISHING: &[libc::c_long] = &[
    libc::SYS_linkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_unlinkat,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
];

/// Files, sockets that exist, waiting, memory, threads, time, ending.
const ALWAYS: &[libc::c_long] = &[
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_pread64,
    libc::SYS_write,
    libc::SYS_writev,
    libc::SYS_lseek,
    libc::SYS_close,
    libc::SYS_openat,
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_getdents64,
    // Every link on the way to the state is looked at.
    libc::SYS_readlinkat,
    libc::SYS_getcwd,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_flock,
    libc::SYS_linkat,
    libc::SYS_renameat,
    libc::SYS_renameat2,
    libc::SYS_unlinkat,
    libc::SYS_connect,
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_shutdown,
    libc::SYS_ppoll,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    libc::SYS_epoll_pwait2,
    libc::SYS_eventfd2,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_sigaltstack,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_restart_syscall,
    libc::SYS_getrandom,
    libc::SYS_getpid,
    libc::SYS_gettid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_uname,
    libc::SYS_wait4,
    libc::SYS_waitid,
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
    libc::SYS_poll,
    libc::SYS_epoll_wait,
    libc::SYS_link,
    libc::SYS_rename,
    libc::SYS_unlink,
    libc::SYS_time,
];
#[cfg(not(target_arch = "x86_64"))]
const ARCHITECTURE: &[libc::c_long] = &[];

/// What of these publishes.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE_PUBLISHING: &[libc::c_long] = &[libc::SYS_link, libc::SYS_rename, libc::SYS_unlink];
#[cfg(not(target_arch = "x86_64"))]
const ARCHITECTURE_PUBLISHING: &[libc::c_long] = &[];

#[cfg(test)]
mod tests;
