#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/ioctl.h>
#include <net/if.h>
#include "attack.h"

/* Asks for all of one kind over whatever descriptor takes it. */
static long ask(int kind) {
  struct {
    struct nlmsghdr header;
    struct rtgenmsg content;
  } request = {{sizeof request, kind, NLM_F_REQUEST | NLM_F_DUMP, 1, 0}, {AF_UNSPEC}};
  for (int descriptor = STDERR_FILENO + 1; descriptor < 1024; descriptor++) {
    if (syscall(SYS_write, descriptor, &request, sizeof request) != -1 || errno != EBADF) return 0;
  }
  return -1;
}

static void attack(void) {
  attempt("interfaces, neighbours, routes", syscall(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
  attempt("other processes' sockets", syscall(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_SOCK_DIAG));
  attempt("wireless networks", syscall(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_GENERIC));
  attempt("the kernel's events", syscall(SYS_socket, AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT));
  attempt("frames", syscall(SYS_socket, AF_PACKET, SOCK_RAW, 0));
  attempt("a socket for ioctl", syscall(SYS_socket, AF_INET, SOCK_DGRAM, 0));
  attempt("two sockets", syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, (int[2]){0, 0}));

  struct ifreq interface = {.ifr_name = "lo"};
  attempt("a hardware address", syscall(SYS_ioctl, 0, SIOCGIFHWADDR, &interface));
  attempt("links over what is open", ask(RTM_GETLINK));
  attempt("neighbours over what is open", ask(RTM_GETNEIGH));
  attempt("routes over what is open", ask(RTM_GETROUTE));

  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  struct sockaddr *address = (struct sockaddr *)&kernel;
  struct msghdr message = {.msg_name = &kernel, .msg_namelen = sizeof kernel};
  attempt("bind", syscall(SYS_bind, 0, address, sizeof kernel));
  attempt("connect", syscall(SYS_connect, 0, address, sizeof kernel));
  attempt("send", syscall(SYS_sendto, 0, "", 0, 0, address, sizeof kernel));
  attempt("send a message", syscall(SYS_sendmsg, 0, &message, 0));
  attempt("receive a message", syscall(SYS_recvmsg, 0, &message, 0));
}
