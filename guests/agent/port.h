/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtio-serial port to the host. */
#ifndef AGENT_PORT_H
#define AGENT_PORT_H

#include <stdbool.h>

#define PORT_NAME "org.daxrig.agent.0"

/* Waits for the port to appear and opens it, O_NONBLOCK. Returns the fd, or -1 (logged). */
int port_open(void);

/* Waits without a limit until the host has opened the other end; false: poll failed. */
bool port_wait_host(int fd);

/* Discards data from a host that has gone. */
void port_discard(int fd);

#endif
