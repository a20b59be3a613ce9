/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All forks of a template start as the same guest. This sends each one its identity, after
 * its hello and before its first case, and does not wait for the answer.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "guest/private.h"

static uint64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

struct err *guest_welcome(struct guest *g)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;
	uint8_t entropy[ENTROPY_BYTES];

	if (getrandom(entropy, sizeof(entropy), 0) != (ssize_t)sizeof(entropy))
		return err_errno(errno, "cannot get random numbers for the guest");
	g->who.number = g->setup->number;
	msg_put_u64(&msg, TAG_NUMBER, g->setup->number);
	msg_put(&msg, TAG_ENTROPY, entropy, sizeof(entropy));
	msg_put_u64(&msg, TAG_TIME_NS, clock_ns());
	return link_send(&g->link, MSG_WELCOME, &msg);
}

bool guest_take_who(struct guest *g, const struct frame *f)
{
	struct msg_reader r;
	struct msg_field field;

	if (f->type != MSG_GUEST)
		return false;
	msg_reader_init(&r, f->payload, f->len);
	while (msg_next(&r, &field)) {
		if (field.tag == TAG_TIME_NS) {
			g->who.clock_ms = (int64_t)(msg_u64(&field) - clock_ns()) / 1000000;
		} else if (field.tag == TAG_HOST) {
			_cleanup_free_ char *name = msg_str(&field, sizeof(g->who.host) - 1);

			strcpy(g->who.host, name);
		} else if (field.tag == TAG_RANDOM && field.len == RANDOM_BYTES) {
			for (size_t i = 0; i < RANDOM_BYTES; i++)
				snprintf(g->who.random + 2 * i, 3, "%02x", field.data[i]);
		}
	}
	return true;
}
