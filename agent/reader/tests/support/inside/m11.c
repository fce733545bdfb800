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
}
