#include "attack.h"

static void attack(void) {
  struct rlimit none = {0, 0};
  attempt("limit another process", syscall(SYS_prlimit64, getppid(), RLIMIT_CORE, &none, NULL));
  attempt("limit itself", syscall(SYS_prlimit64, 0, RLIMIT_CORE, &none, NULL));
  attempt("signal another process", syscall(SYS_tgkill, getppid(), getppid(), 0));
  attempt("signal another process by kill", syscall(SYS_kill, getppid(), 0));

  attempt("handle a request to end", syscall(SYS_rt_sigaction, SIGTERM, NULL, NULL, 8));

  attempt("be signalled for another process", fcntl(0, F_SETOWN, getppid()));
  attempt("choose the signal", fcntl(0, F_SETSIG, SIGKILL));
  attempt("lease", fcntl(0, F_SETLEASE, F_RDLCK));
  attempt("watch a directory", fcntl(0, F_NOTIFY, DN_CREATE | DN_MULTISHOT));
  attempt("lock", fcntl(0, F_SETLK, &(struct flock){.l_type = F_RDLCK}));
  attempt("fill memory with a pipe", fcntl(1, F_SETPIPE_SZ, 1 << 20));
  attempt("duplicate", fcntl(0, F_DUPFD, 100));

  char byte;
  attempt("inherited", read(7, &byte, 1));
  attempt("inherited far up", read(70, &byte, 1));

  size_t size = 4096;
  int anonymous = MAP_PRIVATE | MAP_ANONYMOUS;
  void *page = mmap(NULL, size, PROT_READ | PROT_WRITE, anonymous, -1, 0);
  attempt("memory to write", page == MAP_FAILED ? -1 : 0);
  attempt("memory to run", (long)mmap(NULL, size, PROT_READ | PROT_EXEC, anonymous, -1, 0));
  attempt("memory to write and run", (long)mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC, anonymous, -1, 0));
  attempt("written memory to run", mprotect(page, size, PROT_READ | PROT_EXEC));
  attempt("written memory to run by key", syscall(SYS_pkey_mprotect, page, size, PROT_READ | PROT_EXEC, -1));
  attempt("memory in a file", syscall(SYS_memfd_create, "x", 0));
  attempt("code that may be written", mprotect((void *)((unsigned long)attack & ~(size - 1)), size, PROT_READ | PROT_WRITE | PROT_EXEC));

  attempt("write to a file", syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_WRONLY));
  attempt("make a file", syscall(SYS_openat, AT_FDCWD, "/tmp/x", O_RDONLY | O_CREAT, 0600));
  attempt("open another way", syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", NULL, 0));
  attempt("name the machine", syscall(SYS_uname, said + 4096));
  attempt("name the process", syscall(SYS_prctl, 15 /* PR_SET_NAME */, "x"));

  /* Calls of later kernels have the same number everywhere, and a C library may not know them. */
  static const struct { const char *name; long call; } newer[] = {
    {"pidfd_send_signal", 424}, {"io_uring_setup", 425}, {"io_uring_enter", 426}, {"io_uring_register", 427}, {"open_tree", 428},
    {"move_mount", 429}, {"fsopen", 430}, {"fsmount", 432}, {"pidfd_open", 434}, {"clone3", 435}, {"pidfd_getfd", 438},
    {"process_madvise", 440}, {"mount_setattr", 442}, {"quotactl_fd", 443}, {"landlock_create_ruleset", 444}, {"landlock_restrict_self", 446},
    {"memfd_secret", 447}, {"process_mrelease", 448}, {"futex_waitv", 449}, {"cachestat", 451}, {"fchmodat2", 452}, {"map_shadow_stack", 453},
    {"statmount", 457}, {"listmount", 458}, {"lsm_get_self_attr", 459},
  };
  for (size_t i = 0; i < sizeof newer / sizeof *newer; i++) attempt(newer[i].name, syscall(newer[i].call, 0, 0, 0, 0, 0, 0));
  attempt("run a program from a file", syscall(SYS_execveat, 0, "", NULL, NULL, AT_EMPTY_PATH));
  attempt("run a program", syscall(SYS_execve, "/bin/true", NULL, NULL));
  attempt("faults of its own", syscall(SYS_userfaultfd, 0));
  attempt("a program in the kernel", syscall(SYS_bpf, 0, NULL, 0));
  attempt("counters", syscall(SYS_perf_event_open, NULL, 0, -1, -1, 0));
  attempt("keys", syscall(SYS_keyctl, 0, -3, 0, 0, 0));
  attempt("a key", syscall(SYS_add_key, "user", "x", "", 0, -3));
  attempt("a key on request", syscall(SYS_request_key, "user", "x", NULL, -3));
  attempt("a process", syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL));
  attempt("a process in a name space", syscall(SYS_clone, 0x10000000 /* CLONE_NEWUSER */ | SIGCHLD, NULL, NULL, NULL, NULL));
  attempt("a name space", syscall(SYS_unshare, 0x10000000 /* CLONE_NEWUSER */));
  attempt("another's name space", syscall(SYS_setns, 0, 0));
  attempt("another personality", syscall(SYS_personality, 0xffffffff));
  for (long option = 0; option < 80; option++)
    if (syscall(SYS_prctl, option, 0, 0, 0, 0) != -1 || errno != EPERM) attempt("an option of the process", 0);
  attempt("another filter", syscall(SYS_seccomp, 1, 0, NULL));
  attempt("trace", syscall(SYS_ptrace, 16 /* PTRACE_ATTACH */, getppid(), 0, 0));
  attempt("another's memory", syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
  attempt("write to another's memory", syscall(SYS_process_vm_writev, getppid(), NULL, 0, NULL, 0, 0));
  attempt("compare processes", syscall(SYS_kcmp, getpid(), getppid(), 0, 0, 0));
  attempt("pages in another order", syscall(SYS_remap_file_pages, page, size, PROT_EXEC, 0, 0));
  attempt("shared memory", syscall(SYS_shmget, 0, size, 01600));
  attempt("watch files", syscall(SYS_fanotify_init, 0, 0));
  attempt("watch a file", syscall(SYS_inotify_init1, 0));
  attempt("another root", syscall(SYS_chroot, "/"));
  attempt("mount", syscall(SYS_mount, "none", "/", NULL, 0, NULL));
  attempt("the kernel's log", syscall(SYS_syslog, 10, NULL, 0));
}
