/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A forked guest has the clock, the random numbers and the name of its template until the
 * host's welcome replaces them.
 *
 * rxe keeps the GUID, the GIDs and the addresses of the template. Measured under TCG, on
 * 6.1 and 7.2: a new MAC takes 17 to 25 ms, changes one GID and leaves the GUID, which
 * only a new rxe device changes, in another 65 to 125 ms; all of the above takes 5 ms. No
 * two guests share a network, so that the equal addresses do no harm.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/random.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "guests/agent/agent.h"

#define NS 1000000000ull

static void set_clock(uint64_t ns)
{
	struct timespec ts = { .tv_sec = (time_t)(ns / NS), .tv_nsec = (long)(ns % NS) };

	if (clock_settime(CLOCK_REALTIME, &ts))
		agent_log("cannot set the clock: %s", strerror(errno));
}

/* Adds entropy and reseeds at once: else the kernel would use its old key for minutes. */
static void stir(const struct msg_field *f)
{
	struct {
		struct rand_pool_info info;
		uint8_t bytes[ENTROPY_BYTES];
	} pool = { .info = { .entropy_count = 8 * ENTROPY_BYTES, .buf_size = ENTROPY_BYTES } };
	int fd;

	if (f->len != ENTROPY_BYTES) {
		agent_log("the host sent %zu bytes of entropy, not %u", f->len, ENTROPY_BYTES);
		return;
	}
	memcpy(pool.bytes, f->data, ENTROPY_BYTES);
	fd = open("/dev/urandom", O_RDWR | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, RNDADDENTROPY, &pool) || ioctl(fd, RNDRESEEDCRNG))
		agent_log("cannot reseed the random numbers: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void set_name(uint64_t number)
{
	char name[64];
	int n = snprintf(name, sizeof(name), "daxrig-%" PRIu64, number);

	if (sethostname(name, (size_t)n))
		agent_log("cannot set the host name: %s", strerror(errno));
}

static void add_guest(struct buf *out)
{
	uint8_t random[RANDOM_BYTES] = { 0 };
	char name[65] = "";
	struct timespec ts;

	gethostname(name, sizeof(name) - 1);
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) != (ssize_t)sizeof(random))
		agent_log("cannot get random numbers");
	msg_put_str(out, TAG_HOST, name);
	msg_put(out, TAG_RANDOM, random, sizeof(random));
	clock_gettime(CLOCK_REALTIME, &ts);
	msg_put_u64(out, TAG_TIME_NS, (uint64_t)ts.tv_sec * NS + (uint64_t)ts.tv_nsec);
}

void welcome_take(const uint8_t *payload, size_t len, struct buf *out)
{
	struct msg_reader r;
	struct msg_field f;

	msg_reader_init(&r, payload, len);
	while (msg_next(&r, &f)) {
		if (f.tag == TAG_TIME_NS)
			set_clock(msg_u64(&f));
		else if (f.tag == TAG_ENTROPY)
			stir(&f);
		else if (f.tag == TAG_NUMBER)
			set_name(msg_u64(&f));
	}
	add_guest(out);
}
