#include "attack.h"

/* Connects to a local service, such as one that starts containers for root. */
static void attack(void) {
  struct sockaddr_un service = {.sun_family = AF_UNIX};
  strncpy(service.sun_path, getenv("ATTACK_SERVICE"), sizeof service.sun_path - 1);
  struct sockaddr *address = (struct sockaddr *)&service;
  int flag = 0;
  char byte;
  struct iovec bytes = {&byte, 1};
  char control[CMSG_SPACE(sizeof(int))];
  struct msghdr message = {.msg_iov = &bytes, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};

  int stream = syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
  attempt("a local socket", stream);
  attempt("a local socket for datagrams", syscall(SYS_socket, AF_UNIX, SOCK_DGRAM, 0));
  attempt("a socket for TCP", syscall(SYS_socket, AF_INET, SOCK_STREAM, 0));
  attempt("two sockets", syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, (int[2]){0, 0}));
  attempt("connect", syscall(SYS_connect, stream, address, sizeof service));
  for (int descriptor = 0; descriptor < 16; descriptor++)
    if (syscall(SYS_connect, descriptor, address, sizeof service) != -1 || errno != EPERM) attempt("connect what is open", 0);
  attempt("bind", syscall(SYS_bind, 0, address, sizeof service));
  attempt("listen", syscall(SYS_listen, 0, 1));
  attempt("accept", syscall(SYS_accept4, 0, NULL, NULL, 0));
  attempt("send to", syscall(SYS_sendto, 0, "", 0, 0, address, sizeof service));
  attempt("pass a descriptor", syscall(SYS_sendmsg, 0, &message, 0));
  attempt("be passed a descriptor", syscall(SYS_recvmsg, 0, &message, 0));
  attempt("set an option", syscall(SYS_setsockopt, 0, SOL_SOCKET, SO_PASSCRED, &flag, sizeof flag));
  attempt("take another's descriptor", syscall(SYS_pidfd_open, getppid(), 0));
}
