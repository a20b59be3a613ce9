/* SPDX-License-Identifier: GPL-2.0-only */
/* soft-RoCE: rxe0 on a dummy interface with an IPv4 address. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <netlink/route/addr.h>
#include <netlink/route/link.h>
#include <rdma/rdma_netlink.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "guests/agent/agent.h"
#include "guests/agent/parse.h"

#define NETDEV "dummy0"
#define RXE "rxe0"
#define ADDRESS "192.0.2.1/24"
#define ADDRESS_HOST 0xc0000201u
#define PORT "/sys/class/infiniband/" RXE "/ports/1"
#define GID_MAX 256u
#define GID_MS 5000

static int fail(struct rdma_result *r, const char *what, const char *why)
{
	snprintf(r->why, sizeof(r->why), "%s: %s", what, why);
	return -1;
}

static struct nl_sock *open_netlink(int protocol)
{
	struct nl_sock *sk = nl_socket_alloc();

	if (sk && nl_connect(sk, protocol)) {
		nl_socket_free(sk);
		sk = NULL;
	}
	return sk;
}

/* Sets link @name up, with @mtu unless 0; with @create makes it, of type "dummy". 0 or -NLE_*. */
static int link_up(struct nl_sock *sk, const char *name, bool create, unsigned int mtu)
{
	struct rtnl_link *want = rtnl_link_alloc(), *old;
	int ret = -NLE_NOMEM;

	if (!want)
		return ret;
	rtnl_link_set_name(want, name);
	rtnl_link_set_flags(want, IFF_UP);
	if (mtu)
		rtnl_link_set_mtu(want, mtu);
	if (create) {
		rtnl_link_set_type(want, "dummy");
		ret = rtnl_link_add(sk, want, NLM_F_CREATE);
	} else {
		ret = rtnl_link_get_kernel(sk, 0, name, &old);
		if (!ret) {
			ret = rtnl_link_change(sk, old, want, 0);
			rtnl_link_put(old);
		}
	}
	rtnl_link_put(want);
	return ret;
}

static int add_address(struct nl_sock *sk)
{
	struct rtnl_addr *addr = rtnl_addr_alloc();
	struct nl_addr *local;
	int ret = addr ? nl_addr_parse(ADDRESS, AF_INET, &local) : -NLE_NOMEM;

	if (!ret) {
		rtnl_addr_set_ifindex(addr, (int)if_nametoindex(NETDEV));
		ret = rtnl_addr_set_local(addr, local);
		nl_addr_put(local);
		if (!ret)
			ret = rtnl_addr_add(sk, addr, 0);
		if (ret == -NLE_EXIST)
			ret = 0;
	}
	if (addr)
		rtnl_addr_put(addr);
	return ret;
}

static int setup_netdev(struct rdma_result *r)
{
	struct nl_sock *sk = open_netlink(NETLINK_ROUTE);
	int ret;

	if (!sk)
		return fail(r, "rtnetlink", "cannot connect");
	link_up(sk, "lo", false, 0);
	ret = link_up(sk, NETDEV, !if_nametoindex(NETDEV), AGENT_MTU);
	if (!ret)
		ret = add_address(sk);
	nl_socket_free(sk);
	return ret ? fail(r, NETDEV, nl_geterror(ret)) : 0;
}

static int add_rxe(struct rdma_result *r)
{
	struct nl_sock *sk = open_netlink(NETLINK_RDMA);
	struct nl_msg *msg;
	int ret = -NLE_NOMEM;

	if (!sk)
		return fail(r, "RDMA netlink", "this kernel does not support it");
	msg = nlmsg_alloc_simple(RDMA_NL_GET_TYPE(RDMA_NL_NLDEV, RDMA_NLDEV_CMD_NEWLINK),
				 NLM_F_REQUEST | NLM_F_ACK);
	if (msg && !nla_put_string(msg, RDMA_NLDEV_ATTR_DEV_NAME, RXE) &&
	    !nla_put_string(msg, RDMA_NLDEV_ATTR_LINK_TYPE, "rxe") &&
	    !nla_put_string(msg, RDMA_NLDEV_ATTR_NDEV_NAME, NETDEV))
		ret = nl_send_sync(sk, take_ptr(msg));
	nlmsg_free(msg);
	nl_socket_free(sk);
	return ret ? fail(r, "cannot add a link of type rxe", nl_geterror(ret)) : 0;
}

/* Yields "" if the file cannot be read: the kernel returns EINVAL for an empty entry's type. */
static void read_gid(const char *dir, unsigned int i, char *out, size_t size)
{
	char path[128];
	ssize_t n = -1;
	int fd;

	snprintf(path, sizeof(path), PORT "/%s/%u", dir, i);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, out, size - 1);
		close(fd);
	}
	out[MAX(n, 0)] = '\0';
}

static bool find_gid(void *arg)
{
	struct rdma_result *r = arg;
	char text[64];

	for (unsigned int i = 0; i < GID_MAX; i++) {
		read_gid("gids", i, text, sizeof(text));
		if (!text[0])
			return false;
		if (!gid_is_ipv4(text, ADDRESS_HOST))
			continue;
		read_gid("gid_attrs/types", i, text, sizeof(text));
		if (gid_type_is_v2(text)) {
			r->gid_index = i;
			return path_exists("/dev/infiniband/uverbs0");
		}
	}
	return false;
}

void rdma_setup(struct rdma_result *out)
{
	*out = (struct rdma_result){ 0 };
	/* First the address, so that the new device finds it when it fills its GIDs. */
	if (setup_netdev(out) || add_rxe(out))
		return;
	/* Polled: there is no uevent for a GID. */
	if (!uevent_wait(-1, GID_MS, find_gid, out)) {
		fail(out, RXE, "no RoCE v2 GID with an IPv4 address appeared");
		return;
	}
	snprintf(out->dev, sizeof(out->dev), "%s", RXE);
}

bool rdma_ready(void)
{
	return path_exists("/sys/module/rdma_rxe/initstate") &&
	       path_exists("/sys/module/ib_uverbs/initstate") && if_nametoindex(NETDEV);
}
