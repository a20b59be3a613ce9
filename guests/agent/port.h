/* SPDX-License-Identifier: GPL-2.0-only */
/* The virtio-serial port to the host. */
#ifndef AGENT_PORT_H
#define AGENT_PORT_H

#include <stdbool.h>

#define PORT_NAME "org.daxrig.agent.0"

/* Waits for the port to appear and opens it, O_NONBLOCK. The fd, or -1 (logged). */
int port_open(void);

/* Waits, for ever, until the host has the other end open; false: it cannot wait. */
bool port_wait_host(int fd);

/* Throws away what a host that is gone sent last. */
void port_discard(int fd);

#endif
