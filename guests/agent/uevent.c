/* SPDX-License-Identifier: GPL-2.0-only */
#include <linux/netlink.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "guests/agent/agent.h"

int uevent_open(void)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int fd = socket(AF_NETLINK, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
			NETLINK_KOBJECT_UEVENT);

	if (fd >= 0 && bind(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		close(fd);
		fd = -1;
	}
	return fd;
}

bool uevent_wait(int fd, int timeout_ms, bool (*ready)(void *arg), void *arg)
{
	uint64_t end = now_ns() + (uint64_t)timeout_ms * 1000000;
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char event[8192];

	while (!ready(arg)) {
		uint64_t now = now_ns();
		int left = now < end ? (int)((end - now) / 1000000) + 1 : 0;

		if (!left)
			return false;
		/* At most a second: events are lost if the socket overflows. */
		poll(&p, 1, fd < 0 ? 5 : MIN(left, 1000));
		while (fd >= 0 && recv(fd, event, sizeof(event), 0) > 0)
			;
	}
	return true;
}
