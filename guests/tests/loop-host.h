/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The case loop as the guest runs it, in a child that reaps its descendants. The test
 * plays the host, on a socket in place of the virtio port.
 */
#ifndef GUESTS_TESTS_LOOP_HOST_H
#define GUESTS_TESTS_LOOP_HOST_H

#include "guests/agent/case.h"

#define DIED 99 /* the loop's process did not exit by itself */

struct host {
	int fd;
	pid_t agent;
	uint16_t seq;
	struct frame_decoder in;
};

/* For cmocka: sets *@state to a struct host, whose agent runs @ops and @hooks. */
int host_set_up(void **state, const struct agent_ops *ops, const struct case_hooks *hooks);
int host_tear_down(void **state);

/* How the loop ended: enum loop_end, or DIED. */
int host_agent_end(struct host *h);

void host_send_raw(struct host *h, const void *data, size_t len);
void host_send_frame(struct host *h, uint16_t type, const struct buf *payload);
void host_send_empty(struct host *h, uint16_t type);
/* Sends a case whose name is its text. */
void host_send_case(struct host *h, const char *text, uint64_t limit_ms);

/* False if the agent closed the link. The frame is valid until the next call. */
bool host_next_frame(struct host *h, struct frame *f);
/* These fail the test if the expected frame does not come. */
void host_need_frame(struct host *h, uint16_t type, struct frame *f);
void host_need_end(struct host *h, uint64_t status, bool dirty);
uint64_t frame_number(const struct frame *f, uint16_t tag);
bool frame_says(const struct frame *f, uint16_t tag, const char *text);

#endif
