/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef AGENT_NAMES_H
#define AGENT_NAMES_H

#include "guests/agent/link.h"

/*
 * Sends the lines of /proc/kallsyms that name functions, as evidence NAMES_EVIDENCE. Blocks until
 * the host has read them. False: it did not send all.
 */
bool names_send(struct link *l);

#endif
