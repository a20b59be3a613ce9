/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/agent/port.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "guests/agent/agent.h"

#define PORTS "/sys/class/virtio-ports"
#define PORT_MS 30000

struct port_wait {
	char dev[64];
};

static bool find_port(void *arg)
{
	struct port_wait *w = arg;
	char path[PATH_MAX], name[64];
	struct dirent *e;
	DIR *d = opendir(PORTS);

	w->dev[0] = '\0';
	while (d && !w->dev[0] && (e = readdir(d))) {
		ssize_t n;
		int fd;

		snprintf(path, sizeof(path), PORTS "/%s/name", e->d_name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			continue;
		n = read(fd, name, sizeof(name) - 1);
		close(fd);
		name[MAX(n, 0)] = '\0';
		name[strcspn(name, "\n")] = '\0';
		if (strcmp(name, PORT_NAME) == 0)
			snprintf(w->dev, sizeof(w->dev), "/dev/%.50s", e->d_name);
	}
	if (d)
		closedir(d);
	return w->dev[0] && access(w->dev, F_OK) == 0;
}

int port_open(void)
{
	struct port_wait w;
	int events = uevent_open(), fd = -1;

	if (uevent_wait(events, PORT_MS, find_port, &w)) {
		fd = open(w.dev, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			agent_log("cannot open %s: %s", w.dev, strerror(errno));
	} else {
		agent_log("no virtio-serial port is named " PORT_NAME);
	}
	if (events >= 0)
		close(events);
	return fd;
}

static bool host_there(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLOUT };

	return poll(&p, 1, 0) >= 0 && !(p.revents & POLLHUP);
}

bool port_wait_host(int fd)
{
	/* Edge-triggered: a port without a host reports POLLHUP all the time. */
	struct epoll_event ev = { .events = EPOLLIN | EPOLLOUT | EPOLLET }, out;
	int ep = epoll_create1(EPOLL_CLOEXEC);
	bool can = ep >= 0 && epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev) == 0;

	while (can && !host_there(fd))
		can = epoll_wait(ep, &out, 1, -1) >= 0 || errno == EINTR;
	if (!can)
		agent_log("cannot wait for the host: %s", strerror(errno));
	if (ep >= 0)
		close(ep);
	return can;
}

void port_discard(int fd)
{
	char chunk[4096];

	while (read(fd, chunk, sizeof(chunk)) > 0)
		;
}
