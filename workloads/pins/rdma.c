/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "workloads/model/pattern.h"
#include "workloads/pins/verbs.h"

#define CHUNK ((size_t)1 << 20) /* one RDMA READ */
#define REST_NS 3000000ull	/* the least pause between two rounds */

struct rdma {
	struct pin *pin;
	struct verbs verbs;
	struct ibv_mr *mr;
	size_t lane;  /* offset of the first lane in the range */
	size_t lanes; /* their number; they are PIN_PAGE apart */

	pthread_mutex_t lock; /* verbs, with its bounce buffer */
	pthread_t thread;
	bool running; /* the thread must be joined */
	pthread_mutex_t stop_lock;
	pthread_cond_t stop_cond;
	bool stop; /* atomic, and under stop_lock */

	bool faulted; /* atomic; fault_text is final once it is set */
	int fault_errno;
	char fault_text[200];
};

static bool has_trait(const struct pin *p, enum pin_trait trait)
{
	return pin_info_find(p->kind->name)->traits & trait;
}

static int set_fault(struct rdma *r, int errnum, const char *fmt, ...) __printf(3, 4);

/* Keeps only the first fault. */
static int set_fault(struct rdma *r, int errnum, const char *fmt, ...)
{
	va_list ap;

	if (!r->faulted) {
		va_start(ap, fmt);
		vsnprintf(r->fault_text, sizeof(r->fault_text), fmt, ap);
		va_end(ap);
		r->fault_errno = errnum;
		__atomic_store_n(&r->faulted, true, __ATOMIC_RELEASE);
	}
	return -errnum;
}

enum word {
	WORD_GOOD,
	WORD_TORN, /* the read may have raced with a write: read again */
	WORD_BAD,
};

/*
 * A write(2) by the scenario and another pin on the same page may overwrite a lane,
 * so their words are no fault; zeroes and stale bytes of the disk are faults.
 */
static enum word judge_word(unsigned int self, uint64_t found, uint64_t expected)
{
	unsigned int origin = pattern_origin(found);

	if (found == expected)
		return WORD_GOOD;
	if (found == 0 || pattern_is_stale(found))
		return WORD_BAD;
	return origin == 0 || origin == self ? WORD_TORN : WORD_GOOD;
}

/* Judges the lanes in the @n bytes at @off of the range, now in the bounce buffer. */
static enum word judge_chunk(struct rdma *r, size_t off, size_t n, unsigned int gen, size_t *at,
			     uint64_t *found)
{
	unsigned int self = ORIGIN_PIN + r->pin->id;
	size_t first = off <= r->lane ? 0 : (off - r->lane + PIN_PAGE - 1) / PIN_PAGE;

	for (size_t i = first; i < r->lanes; i++) {
		size_t pos = r->lane + i * PIN_PAGE;

		if (pos + PIN_LANE > off + n)
			break;
		for (size_t end = pos + PIN_LANE; pos < end; pos += 8) {
			enum word w;

			memcpy(found, r->verbs.bounce + pos - off, 8);
			w = judge_word(self, *found, pattern_word(self, gen, pos));
			*at = pos;
			if (w != WORD_GOOD)
				return w;
		}
	}
	return WORD_GOOD;
}

/* Reads and, with @gen, judges one chunk; under the lock. */
static int read_chunk(struct rdma *r, size_t off, size_t n, unsigned int gen)
{
	uint64_t remote = (uintptr_t)r->pin->addr + off, found;
	enum word w = WORD_TORN;
	size_t at;

	for (int tries = 0; w == WORD_TORN && tries < 2; tries++) {
		int ret = verbs_read(&r->verbs, remote, r->mr->rkey, n);

		if (ret)
			return set_fault(r, -ret, "%s at byte %zu of the pinned range",
					 r->verbs.why, off);
		w = gen ? judge_chunk(r, off, n, gen, &at, &found) : WORD_GOOD;
	}
	if (w == WORD_GOOD)
		return 0;
	return set_fault(r, EILSEQ,
			 "byte %zu of the pinned range reads 0x%016llx by RDMA, "
			 "generation %u was written there",
			 at, (unsigned long long)found, gen);
}

/*
 * Reads the whole range, into @out unless it is NULL, and judges the lanes by @gen
 * unless it is 0. With @may_stop it ends early when the pin is to be released.
 */
static int read_range(struct rdma *r, uint8_t *out, unsigned int gen, bool may_stop)
{
	struct pin *p = r->pin;
	int ret = 0;

	for (size_t off = 0, n; off < p->len && !ret; off += n) {
		if (may_stop && __atomic_load_n(&r->stop, __ATOMIC_RELAXED))
			break;
		/* Chunks end with a page, so that none parts a lane. */
		n = MIN(p->len - off, CHUNK - ((uintptr_t)p->addr + off) % PIN_PAGE);
		pthread_mutex_lock(&r->lock);
		ret = read_chunk(r, off, n, gen);
		if (out && (!ret || ret == -EILSEQ))
			memcpy(out + off, r->verbs.bounce, n);
		pthread_mutex_unlock(&r->lock);
	}
	return ret;
}

static int write_lanes(struct rdma *r, unsigned int gen)
{
	uint64_t remote[VERBS_BATCH];
	int ret = 0;

	for (size_t i = 0, n; i < r->lanes && !ret; i += n) {
		n = MIN(r->lanes - i, (size_t)VERBS_BATCH);
		pthread_mutex_lock(&r->lock);
		for (size_t k = 0; k < n; k++) {
			size_t off = r->lane + (i + k) * PIN_PAGE;

			remote[k] = (uintptr_t)r->pin->addr + off;
			pattern_fill(r->verbs.bounce + k * PIN_LANE, PIN_LANE,
				     ORIGIN_PIN + r->pin->id, gen, off);
		}
		ret = verbs_write(&r->verbs, remote, (unsigned int)n, PIN_LANE, r->mr->rkey);
		if (ret)
			set_fault(r, -ret, "%s near byte %zu of the pinned range", r->verbs.why,
				  r->lane + i * PIN_PAGE);
		pthread_mutex_unlock(&r->lock);
	}
	return ret;
}

/*
 * Reads first: the words of the last round then had the pause between two rounds in
 * which a page that the kernel released would have changed.
 */
static int run_round(struct rdma *r, bool may_stop)
{
	struct pin *p = r->pin;
	unsigned int gen = p->dma_gen;
	int ret = read_range(r, NULL, gen, may_stop);

	if (ret || (may_stop && __atomic_load_n(&r->stop, __ATOMIC_RELAXED)))
		return ret;
	if (!p->readonly) {
		gen = gen == 0xffff ? 1 : gen + 1;
		ret = write_lanes(r, gen);
		if (ret)
			return ret;
		__atomic_store_n(&p->dma_gen, gen, __ATOMIC_RELEASE);
	}
	__atomic_add_fetch(&p->rounds, 1, __ATOMIC_RELEASE);
	pin_beat(p);
	return 0;
}

/* Pauses as long as the round took, to use at most half a CPU. True to go on. */
static bool rest(struct rdma *r, uint64_t took)
{
	struct timespec ts;
	uint64_t end = now_ns() + MAX(took, REST_NS);
	bool stop;
	int ret = 0;

	ts.tv_sec = (time_t)(end / 1000000000);
	ts.tv_nsec = (long)(end % 1000000000);
	pthread_mutex_lock(&r->stop_lock);
	while (!r->stop && ret == 0)
		ret = pthread_cond_clockwait(&r->stop_cond, &r->stop_lock, CLOCK_MONOTONIC, &ts);
	stop = r->stop;
	pthread_mutex_unlock(&r->stop_lock);
	return !stop;
}

static void *run_traffic(void *arg)
{
	struct rdma *r = arg;
	uint64_t start;

	do {
		start = now_ns();
		if (run_round(r, true))
			break;
	} while (rest(r, now_ns() - start));
	pin_beat(r->pin);
	return NULL;
}

static int start_traffic(struct rdma *r)
{
	int ret = run_round(r, false);

	if (ret) {
		r->pin->granted = true;
		return pin_fail(r->pin, -ret, "%s", r->fault_text);
	}
	ret = pin_thread_create(&r->thread, run_traffic, r);
	if (ret)
		return pin_fail(r->pin, -ret, "cannot start a thread: %s", strerror(-ret));
	r->running = true;
	return 0;
}

static void stop_traffic(struct rdma *r)
{
	if (!r->running)
		return;
	pthread_mutex_lock(&r->stop_lock);
	__atomic_store_n(&r->stop, true, __ATOMIC_RELAXED);
	pthread_cond_signal(&r->stop_cond);
	pthread_mutex_unlock(&r->stop_lock);
	pthread_join(r->thread, NULL);
	r->running = false;
}

static int reg_mr(struct rdma *r)
{
	struct pin *p = r->pin;
	int access = IBV_ACCESS_REMOTE_READ, err;

	if (!p->readonly)
		access |= IBV_ACCESS_LOCAL_WRITE | IBV_ACCESS_REMOTE_WRITE;
	p->asked = true;
	r->mr = ibv_reg_mr(r->verbs.pd, p->addr, p->len, access);
	err = errno;
	return r->mr ? 0 : pin_fail(p, err, "ibv_reg_mr: %s", strerror(err));
}

/* If the gate cannot be lifted, the kernel refuses the call; that remains the error. */
static int reg_mr_through_gate(struct rdma *r)
{
	struct pin *p = r->pin;
	char lift[128] = "", drop[128] = "";
	size_t n;
	bool shut = case_call(p->ctx, "gate-lift", NULL, lift, sizeof(lift)) != 0;
	int ret = reg_mr(r);

	if (case_call(p->ctx, "gate-drop", NULL, drop, sizeof(drop)) && !shut && !ret) {
		ibv_dereg_mr(r->mr);
		r->mr = NULL;
		return pin_fail(p, EPROTO, "the long-term gate was not put back: %s", drop);
	}
	if (ret && shut) {
		n = strlen(p->why);
		snprintf(p->why + n, sizeof(p->why) - n, " (the long-term gate was not lifted: %s)",
			 lift);
	}
	return ret;
}

static struct rdma *rdma_create(struct pin *p)
{
	struct rdma *r = calloc(1, sizeof(*r));
	size_t in_page = (uintptr_t)p->addr % PIN_PAGE;

	if (!r)
		return NULL;
	r->pin = p;
	pthread_mutex_init(&r->lock, NULL);
	pthread_mutex_init(&r->stop_lock, NULL);
	pthread_cond_init(&r->stop_cond, NULL);
	r->lane = PIN_PAGE - PIN_LANE - in_page;
	if (in_page > PIN_PAGE - PIN_LANE)
		r->lane = 2 * PIN_PAGE - PIN_LANE - in_page;
	if (!p->readonly && p->len >= r->lane + PIN_LANE)
		r->lanes = (p->len - r->lane - PIN_LANE) / PIN_PAGE + 1;
	return r;
}

static int rdma_destroy(struct rdma *r)
{
	int ret = r->mr ? ibv_dereg_mr(r->mr) : 0;

	verbs_deinit(&r->verbs);
	free(r);
	return ret;
}

static int rdma_take(struct pin *p)
{
	struct rdma *r;
	int ret;

	if ((uintptr_t)p->addr % 8 || p->len % 8)
		return pin_fail(p, EINVAL, "%s needs multiples of 8 bytes", p->kind->name);
	r = rdma_create(p);
	if (!r)
		return pin_fail(p, ENOMEM, "out of memory");
	p->dma_gen = 0;
	p->rounds = 0;
	ret = verbs_init(&r->verbs, p->ctx, CHUNK);
	if (ret)
		pin_fail(p, -ret, "%s", r->verbs.why);
	else if (has_trait(p, PIN_NEEDS_GATE))
		ret = reg_mr_through_gate(r);
	else
		ret = reg_mr(r);
	if (!ret && has_trait(p, PIN_DMA_WRITES))
		ret = start_traffic(r);
	if (ret) {
		rdma_destroy(r);
		return ret;
	}
	p->priv = r;
	return 0;
}

static int rdma_look(struct pin *p, void *out)
{
	struct rdma *r = p->priv;
	int ret;

	memset(out, 0, p->len);
	/* Not judged here: the traffic does that. */
	ret = read_range(r, out, 0, false);
	return ret ? pin_fail(p, -ret, "%s", r->fault_text) : 0;
}

static int rdma_release(struct pin *p, void *last)
{
	struct rdma *r = p->priv;
	int ret = 0;

	memset(last, 0, p->len);
	p->priv = NULL;
	stop_traffic(r);
	if (has_trait(p, PIN_DMA_WRITES) && !r->faulted)
		ret = run_round(r, false);
	if (!ret || ret == -EILSEQ)
		ret = read_range(r, last, r->faulted ? 0 : p->dma_gen, false);
	if (r->faulted)
		ret = pin_fail(p, r->fault_errno, "%s", r->fault_text);
	if (rdma_destroy(r) && !ret)
		ret = pin_fail(p, EIO, "ibv_dereg_mr failed");
	return ret;
}

static int rdma_fault(struct pin *p, char *buf, size_t size)
{
	struct rdma *r = p->priv;

	if (!r || !__atomic_load_n(&r->faulted, __ATOMIC_ACQUIRE))
		return 0;
	snprintf(buf, size, "%s", r->fault_text);
	return -r->fault_errno;
}

static const char *rdma_missing(const struct case_ctx *ctx, char *buf, size_t size)
{
	return verbs_missing(ctx->guest, buf, size);
}

static const char *devdax_missing(const struct case_ctx *ctx, char *buf, size_t size)
{
	if (!ctx->guest->devdax[0]) {
		snprintf(buf, size, "the guest has no device-DAX namespace");
		return buf;
	}
	return verbs_missing(ctx->guest, buf, size);
}

const struct pin_kind pin_rdma = {
	.name = "rdma",
	.missing = rdma_missing,
	.take = rdma_take,
	.look = rdma_look,
	.release = rdma_release,
	.fault = rdma_fault,
};

const struct pin_kind pin_rdma_plain = {
	.name = "rdma-plain",
	.missing = rdma_missing,
	.take = rdma_take,
	.release = rdma_release,
};

const struct pin_kind pin_rdma_devdax = {
	.name = "rdma-devdax",
	.missing = devdax_missing,
	.take = rdma_take,
	.look = rdma_look,
	.release = rdma_release,
	.fault = rdma_fault,
};
