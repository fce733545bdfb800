#include <sys/stat.h>
#include "attack.h"

/* Finds out what is there, without opening anything. */
static void attack(void) {
  static char state[1024];
  attempt("stat", syscall(SYS_newfstatat, AT_FDCWD, "/root", state, 0));
  attempt("stat of what is open, with a path", syscall(SYS_newfstatat, 0, "/root", state, AT_EMPTY_PATH));
  attempt("statx", syscall(SYS_statx, AT_FDCWD, "/root", 0, STATX_BASIC_STATS, state));
  attempt("readlink", syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", state, sizeof state));
  attempt("access", syscall(SYS_faccessat, AT_FDCWD, "/root", F_OK));
  attempt("access with flags", syscall(SYS_faccessat2, AT_FDCWD, "/root", F_OK, 0));
  attempt("open to name", syscall(SYS_openat, AT_FDCWD, "/root", O_PATH));
  attempt("current directory", syscall(SYS_getcwd, state, sizeof state));
  attempt("file system", syscall(SYS_statfs, "/root", state));
  attempt("attributes", syscall(SYS_getxattr, "/root", "user.x", state, sizeof state));
  attempt("a handle", syscall(SYS_name_to_handle_at, AT_FDCWD, "/root", state, state, 0));
#ifdef SYS_stat
  attempt("old stat", syscall(SYS_stat, "/root", state));
  attempt("old lstat", syscall(SYS_lstat, "/root", state));
  attempt("old readlink", syscall(SYS_readlink, "/proc/self/exe", state, sizeof state));
  attempt("old access", syscall(SYS_access, "/root", F_OK));
#endif
}
