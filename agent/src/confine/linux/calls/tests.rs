use super::*;

/// The answer of a filter: let through, or an error.
const ALLOW: u32 = 0x7fff_0000;
const REFUSE: u32 = 0x0005_0000 | 1;

/// Where the number, the architecture and the arguments lie in `seccomp_data` (seccomp(2)).
const ARCH_OFFSET: u32 = 4;
const ARGUMENTS: u32 = 16;

/// Runs a filter, as the kernel does, on a call. Only the instructions that seccompiler writes are known.
fn answer(program: &BpfProgram, call: libc::c_long, arguments: [u64; 6]) -> u32 {
    let word = |offset: u32| -> u32 {
        match offset {
            0 => u32::try_from(call).unwrap(),
            ARCH_OFFSET => match std::env::consts::ARCH {
                "x86_64" => 0xc000_003e,
                "aarch64" => 0xc000_00b7,
                other => panic!("{other}"),
            },
            offset => {
                let (index, high) = ((offset - ARGUMENTS) / 8, offset % 8 == 4);
                let value = arguments[index as usize];
                u32::try_from(if high { value >> 32 } else { value & 0xffff_ffff }).unwrap()
            }
        }
    };
    let (mut accumulator, mut at) = (0, 0);
    loop {
        let instruction = &program[at];
        at += 1;
        let jump = |holds: bool| usize::from(if holds { instruction.jt } else { instruction.jf });
        match instruction.code {
            0x20 => accumulator = word(instruction.k),
            0x54 => accumulator &= instruction.k,
            0x05 => at += instruction.k as usize,
            0x15 => at += jump(accumulator == instruction.k),
            0x25 => at += jump(accumulator > instruction.k),
            0x35 => at += jump(accumulator >= instruction.k),
            0x06 => return instruction.k,
            code => panic!("instruction {code:#x}"),
        }
    }
}

fn filter(names: bool, readers: &[u32]) -> BpfProgram {
    let reach = Reach { ports: vec![443], names };
    calls::only(rules(&reach, readers).unwrap()).unwrap()
}

fn arguments<const N: usize>(given: [i32; N]) -> [u64; 6] {
    let mut arguments = [0; 6];
    for (argument, value) in arguments.iter_mut().zip(given) {
        *argument = u64::from(value.cast_unsigned());
    }
    arguments
}

#[test]
fn no_program_no_tracing_no_way_around() {
    let program = filter(true, &[77]);
    for call in [
        libc::SYS_execve,
        libc::SYS_execveat,
        libc::SYS_ptrace,
        libc::SYS_process_vm_readv,
        libc::SYS_process_vm_writev,
        libc::SYS_pidfd_getfd,
        libc::SYS_pidfd_open,
        libc::SYS_mount,
        libc::SYS_unshare,
        libc::SYS_setns,
        libc::SYS_chroot,
        libc::SYS_bpf,
        libc::SYS_io_uring_setup,
        libc::SYS_userfaultfd,
        libc::SYS_perf_event_open,
        libc::SYS_keyctl,
        libc::SYS_init_module,
        libc::SYS_kexec_load,
        libc::SYS_memfd_create,
        libc::SYS_personality,
        libc::SYS_seccomp,
        libc::SYS_setuid,
        libc::SYS_mkdirat,
        libc::SYS_fchmod,
        libc::SYS_fchmodat,
        libc::SYS_fchown,
        libc::SYS_bind,
        libc::SYS_listen,
        libc::SYS_accept4,
    ] {
        assert_eq!(answer(&program, call, [0; 6]), REFUSE, "{call}");
    }
    assert_eq!(answer(&program, libc::SYS_read, [0; 6]), ALLOW);
}

#[test]
fn sockets_are_those_of_the_internet_protocols() {
    let (by_name, by_address) = (filter(true, &[]), filter(false, &[]));
    let asked = |program, given| answer(program, libc::SYS_socket, arguments(given));
    let flags = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;
    for family in [libc::AF_INET, libc::AF_INET6] {
        for protocol in [0, libc::IPPROTO_TCP] {
            assert_eq!(asked(&by_address, [family, libc::SOCK_STREAM | flags, protocol]), ALLOW);
        }
        assert_eq!(asked(&by_name, [family, libc::SOCK_DGRAM | flags, 0]), ALLOW);
        assert_eq!(asked(&by_address, [family, libc::SOCK_DGRAM | flags, 0]), REFUSE);
        assert_eq!(asked(&by_name, [family, libc::SOCK_RAW, 0]), REFUSE);
        assert_eq!(asked(&by_name, [family, libc::SOCK_STREAM, libc::IPPROTO_MPTCP]), REFUSE);
        assert_eq!(asked(&by_name, [family, libc::SOCK_STREAM, libc::IPPROTO_SCTP]), REFUSE);
    }
    for family in [libc::AF_UNIX, libc::AF_NETLINK, libc::AF_PACKET, libc::AF_VSOCK, libc::AF_ALG] {
        assert_eq!(asked(&by_name, [family, libc::SOCK_STREAM, 0]), REFUSE, "{family}");
        assert_eq!(asked(&by_name, [family, libc::SOCK_DGRAM, 0]), REFUSE, "{family}");
    }
    let pair = |kind| answer(&by_name, libc::SYS_socketpair, arguments([libc::AF_UNIX, kind, 0]));
    assert_eq!(pair(libc::SOCK_STREAM | flags), ALLOW);
    assert_eq!(pair(libc::SOCK_DGRAM), REFUSE);
    assert_eq!(pair(libc::SOCK_SEQPACKET), REFUSE);
    for (call, flags) in [(libc::SYS_sendto, 3), (libc::SYS_sendmsg, 2), (libc::SYS_sendmmsg, 3)] {
        let mut given = [0; 6];
        given[flags] = u64::from(libc::MSG_NOSIGNAL.cast_unsigned());
        assert_eq!(answer(&by_name, call, given), ALLOW);
        given[flags] |= u64::from(libc::MSG_FASTOPEN.cast_unsigned());
        assert_eq!(answer(&by_name, call, given), REFUSE);
    }
}

#[test]
fn memory_is_not_writable_and_executable() {
    let (by_name, by_address) = (filter(true, &[]), filter(false, &[]));
    let map =
        |program, protection, flags| answer(program, libc::SYS_mmap, arguments([0, 4096, protection, flags]));
    let (read, write, run) = (libc::PROT_READ, libc::PROT_WRITE, libc::PROT_EXEC);
    let (file, memory) = (libc::MAP_PRIVATE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    for program in [&by_name, &by_address] {
        assert_eq!(map(program, read | write, memory), ALLOW);
        assert_eq!(map(program, read | write | run, memory), REFUSE);
        assert_eq!(map(program, read | write | run, file), REFUSE);
        assert_eq!(map(program, read | run, memory), REFUSE);
        let protect = |protection| answer(program, libc::SYS_mprotect, arguments([0, 4096, protection]));
        assert_eq!(protect(read | write), ALLOW);
        assert_eq!(protect(read | run), REFUSE);
        assert_eq!(answer(program, libc::SYS_pkey_mprotect, [0; 6]), REFUSE);
        assert_eq!(answer(program, libc::SYS_shmat, [0; 6]), REFUSE);
    }
    assert_eq!(map(&by_name, read | run, file), ALLOW);
    assert_eq!(map(&by_address, read | run, file), REFUSE);
}

#[test]
fn threads_start_and_processes_do_not() {
    let program = filter(true, &[]);
    let clone = |flags| answer(&program, libc::SYS_clone, arguments([flags]));
    assert_eq!(clone(libc::CLONE_VM | libc::CLONE_THREAD | libc::CLONE_SIGHAND), ALLOW);
    assert_eq!(clone(libc::SIGCHLD), REFUSE);
    assert_eq!(clone(libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD), REFUSE);
    let absent = calls::all_but(libc::SYS_clone3).unwrap();
    assert_eq!(answer(&absent, libc::SYS_clone3, [0; 6]), 0x0005_0000 | libc::ENOSYS.unsigned_abs());
    assert_eq!(answer(&absent, libc::SYS_read, [0; 6]), ALLOW);
}

#[test]
fn signals_end_the_readers_and_nobody_else() {
    let program = filter(true, &[77, 78]);
    let kill = |id, signal| answer(&program, libc::SYS_kill, arguments([id, signal]));
    assert_eq!(kill(77, libc::SIGKILL), ALLOW);
    assert_eq!(kill(78, libc::SIGKILL), ALLOW);
    assert_eq!(kill(77, libc::SIGTERM), REFUSE);
    assert_eq!(kill(79, libc::SIGKILL), REFUSE);
    assert_eq!(kill(-1, libc::SIGKILL), REFUSE);
    assert_eq!(answer(&filter(true, &[]), libc::SYS_kill, arguments([77, libc::SIGKILL])), REFUSE);
    let own = i32::try_from(std::process::id()).unwrap();
    let abort = |process| answer(&program, libc::SYS_tgkill, arguments([process, own, libc::SIGABRT]));
    assert_eq!(abort(own), ALLOW);
    assert_eq!(abort(1), REFUSE);
}

#[test]
fn limits_and_descriptors_are_looked_at() {
    let program = filter(true, &[]);
    let limit = |given| answer(&program, libc::SYS_prlimit64, given);
    assert_eq!(limit([0, 7, 0, 0x7fff_0000_1000, 0, 0]), ALLOW);
    assert_eq!(limit([0, 7, 0x7fff_0000_0000, 0, 0, 0]), REFUSE);
    assert_eq!(limit([1, 7, 0, 0x7fff_0000_1000, 0, 0]), REFUSE);
    let fcntl = |command| answer(&program, libc::SYS_fcntl, arguments([3, command]));
    assert_eq!(fcntl(libc::F_GETFD), ALLOW);
    for command in [libc::F_SETOWN, libc::F_SETPIPE_SZ, libc::F_ADD_SEALS, libc::F_NOTIFY, libc::F_SETLEASE] {
        assert_eq!(fcntl(command), REFUSE, "{command}");
    }
    let option = |level, option| answer(&program, libc::SYS_setsockopt, arguments([3, level, option]));
    assert_eq!(option(libc::IPPROTO_TCP, libc::TCP_NODELAY), ALLOW);
    for refused in [libc::SO_ATTACH_FILTER, libc::SO_ATTACH_BPF, libc::SO_BINDTODEVICE] {
        assert_eq!(option(libc::SOL_SOCKET, refused), REFUSE, "{refused}");
    }
}
