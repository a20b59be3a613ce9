/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/tests/fake-kernel.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wire/ledger.h"
#include "workloads/oracles/pagemap.h"
#include "workloads/exec/maps.h"
#include "workloads/model/pattern.h"
#include "workloads/pins/kinds.h"

#define PAGEMAP_FIRST 0x1000u
#define PAGEMAP_PAGES 1024u

const char *__wrap_pagemap_init(struct pagemap *b, const char *pmem);
int __wrap_pagemap_scan(struct pagemap *b);
int __wrap_pagemap_frames(pid_t pid, const void *addr, size_t len, uint64_t *pfns);
void __wrap_pin_wait_rounds(struct pin *p, uint64_t from, unsigned int n, uint64_t deadline);

static const char *fake_missing(const struct case_ctx *ctx, char *buf, size_t size)
{
	(void)ctx;
	if (!fake.lacking)
		return NULL;
	snprintf(buf, size, "none here");
	return buf;
}

/* A held page keeps its bytes, whatever happens to the file. */
static int fake_take(struct pin *p)
{
	if (fake.spins) {
		p->spins = getpid();
		return pin_fail(p, ETIMEDOUT, "the call");
	}
	if (fake.denial) {
		p->asked = !fake.not_asked;
		return pin_fail(p, fake.denial, "the call");
	}
	if (fake.unreached) {
		p->asked = p->granted = true;
		return pin_fail(p, fake.unreached, "the first read");
	}
	p->priv = xcalloc(1, p->len);
	memcpy(p->priv, p->addr, p->len);
	__atomic_add_fetch(&fake_shared->held, 1, __ATOMIC_SEQ_CST);
	return 0;
}

/* Wakes the operation that waited for this; it has ended when this returns. */
static void free_early(void)
{
	int tid = fake_shared->early_tid;

	__atomic_store_n(&fake_shared->looked, 1, __ATOMIC_SEQ_CST);
	fake_wake(&fake_shared->looked);
	while (tid && syscall(SYS_tgkill, getpid(), tid, 0) == 0)
		sched_yield();
}

static int fake_look(struct pin *p, void *out)
{
	memcpy(out, fake.alive ? p->addr : p->priv, p->len);
	fake_bytes_put(&fake.look, out, p->len);
	free_early();
	return 0;
}

static int fake_release(struct pin *p, void *last)
{
	memcpy(last, fake.alive ? p->addr : p->priv, p->len);
	fake_bytes_put(&fake.last, last, p->len);
	free(p->priv);
	__atomic_sub_fetch(&fake_shared->held, 1, __ATOMIC_SEQ_CST);
	fake_wake(&fake_shared->held);
	return 0;
}

/* The device makes rounds only while the program waits for them. */
static void write_lanes(struct pin *p)
{
	p->dma_gen++;
	for (size_t lane = PIN_PAGE - PIN_LANE; lane < p->len; lane += PIN_PAGE) {
		pattern_fill((char *)p->priv + lane, PIN_LANE, ORIGIN_PIN + p->id, p->dma_gen,
			     lane);
		memcpy(p->addr + lane, (char *)p->priv + lane, PIN_LANE);
	}
	__atomic_add_fetch(&p->rounds, 1, __ATOMIC_RELEASE);
}

void __wrap_pin_wait_rounds(struct pin *p, uint64_t from, unsigned int n, uint64_t deadline)
{
	(void)from;
	(void)deadline;
	while (n--)
		write_lanes(p);
}

static int device_release(struct pin *p, void *last)
{
	write_lanes(p);
	return fake_release(p, last);
}

static int device_fault(struct pin *p, char *buf, size_t size)
{
	(void)p;
	if (!fake.fault || !fake_shared->looked)
		return 0;
	snprintf(buf, size, "byte 8 reads 0");
	return -fake.fault;
}

static int refused_take(struct pin *p)
{
	p->asked = !fake.not_asked;
	if (fake.refusal >= 0)
		return pin_fail(p, fake.refusal ? fake.refusal : EOPNOTSUPP, "the call");
	return fake_take(p);
}

/* The target of an access: the mapping, or the page that it had at first. */
static bool access_page(struct pin *p, size_t off, void *to, const void *from)
{
	uint8_t *was = (uint8_t *)p->priv + off;

	if (fake.refuses & (from ? PIN_WRITE : PIN_READ) && (!fake.only_later || p->asked))
		return false;
	if (fake.stale) {
		memcpy(to ? to : was, from ? from : was, PIN_PAGE);
		return true;
	}
	return exec_map_copy(to ? to : p->addr + off, from ? from : p->addr + off, PIN_PAGE);
}

static int demand_look(struct pin *p, void *out)
{
	uint8_t bytes[PIN_PAGE] = { 0 };

	for (size_t off = 0; off < p->len; off += PIN_PAGE) {
		struct pin_page *page = &p->pages[off / PIN_PAGE];

		page->done = 0;
		if ((page->todo & PIN_READ) && access_page(p, off, bytes, NULL)) {
			page->done |= PIN_READ;
			memcpy((uint8_t *)out + off, bytes, PIN_PAGE);
		}
		if ((page->todo & PIN_WRITE) && (page->done & PIN_READ) &&
		    access_page(p, off, NULL, bytes))
			page->done |= PIN_WRITE;
		memset(bytes, 0x80, sizeof(bytes));
		if ((page->todo & PIN_STRAY) && access_page(p, off, NULL, bytes))
			page->done |= PIN_STRAY;
	}
	return 0;
}

/* One transfer; a faulty kernel may begin each page of it at the page's start. */
static int demand_look_at(struct pin *p, size_t off, size_t len, void *out)
{
	if (fake.refuses & PIN_READ)
		return pin_fail(p, EFAULT, "the read");
	if (fake.fault)
		return pin_fail(p, fake.fault, "the read");
	memcpy(out, p->addr + (fake.stale ? off / PIN_PAGE * PIN_PAGE : off), len);
	return 0;
}

static int demand_write_at(struct pin *p, size_t off, size_t len, const void *data)
{
	if (fake.refuses & PIN_WRITE)
		return pin_fail(p, EFAULT, "the write");
	if (fake.fault)
		return pin_fail(p, fake.fault, "the write");
	memcpy(p->addr + (fake.stale ? off / PIN_PAGE * PIN_PAGE : off), data, len);
	if (!fake.op)
		fake_fs_harm(&fake.harm);
	return 0;
}

static int demand_take(struct pin *p)
{
	_cleanup_free_ uint8_t *bytes = xcalloc(1, p->len);

	p->priv = xcalloc(1, p->len);
	if (fake.stale)
		memcpy(p->priv, p->addr, p->len);
	demand_look(p, bytes);
	p->asked = true;
	return 0;
}

static int demand_release(struct pin *p, void *last)
{
	demand_look(p, last);
	free(p->priv);
	return 0;
}

static const struct pin_kind kind_demand = {
	.name = "rdma-odp",
	.missing = fake_missing,
	.take = demand_take,
	.look = demand_look,
	.look_at = demand_look_at,
	.write_at = demand_write_at,
	.release = demand_release,
};

static const struct pin_kind kind_vmsplice = {
	.name = "vmsplice",
	.missing = fake_missing,
	.take = fake_take,
	.look = fake_look,
	.release = fake_release,
};

static const struct pin_kind kind_rdma = {
	.name = "rdma",
	.missing = fake_missing,
	.take = fake_take,
	.look = fake_look,
	.release = device_release,
	.fault = device_fault,
};

static const struct pin_kind kind_uring = {
	.name = "uring",
	.missing = fake_missing,
	.take = refused_take,
	.release = fake_release,
};

const struct pin_kind *const pin_kinds[] = { &kind_vmsplice, &kind_rdma, &kind_demand,
					     &kind_uring,    &pin_null,	 NULL };

/* At first one page is mapped somewhere, so that the ledger has a question. */
const char *__wrap_pagemap_init(struct pagemap *b, const char *pmem)
{
	(void)pmem;
	*b = (struct pagemap){ .first = PAGEMAP_FIRST,
			       .pages = PAGEMAP_PAGES,
			       .low = PAGEMAP_PAGES };
	if (!fake.ledger && !fake.ledger_idle && !fake.held && !fake.held_lost)
		return "there are no struct pages here";
	b->slots = xcalloc(PAGEMAP_PAGES, sizeof(*b->slots));
	return NULL;
}

int __wrap_pagemap_scan(struct pagemap *b)
{
	static unsigned int pages;

	pages += !pages || fake.pagemap_grows;
	for (unsigned int i = 0; i < (fake.pagemap_scattered ? PAGEMAP_PAGES / 2 : pages); i++)
		pagemap_note(b, PAGEMAP_FIRST + (fake.pagemap_scattered ? 2 * i : i))->ptes = 1;
	return 0;
}

int __wrap_pagemap_frames(pid_t pid, const void *addr, size_t len, uint64_t *pfns)
{
	(void)pid;
	(void)addr;
	for (size_t i = 0; i < len / PIN_PAGE; i++)
		pfns[i] = PAGEMAP_FIRST + 1 + i;
	return 0;
}

static bool is_asked_of(const char *const *args, uint64_t pfn)
{
	struct ledger_row row;

	for (; *args; args++)
		if (ledger_row_parse(*args, &row) && pfn - row.pfn < row.count)
			return true;
	return false;
}

/* The second page of the device is held. */
static int tell_held(const char *const *args, char *why, size_t size)
{
	const struct ledger_held h = { PAGEMAP_FIRST + 1, 1, fake.held, 0, false };
	char line[LEDGER_HELD_MAX];
	struct ledger_row row;

	if (fake.held_lost) {
		snprintf(why, size, "%s", fake.held_lost);
		return fake.ledger_lacks ? CALL_LACKS : -1;
	}
	if (!fake.held || !ledger_row_parse(args[0], &row) || h.pfn - row.pfn >= row.count)
		return 0;
	ledger_held_format(&h, line);
	snprintf(why, size, LEDGER_HELD_HEAD "%llx \n%s", (unsigned long long)(row.pfn + row.count),
		 line);
	return -1;
}

int case_call(const struct case_ctx *ctx, const char *call, const char *const *args, char *why,
	      size_t size)
{
	static unsigned int asked;
	const char *text = strcmp(call, LEDGER_CALL) == 0      ? fake.ledger :
			   strcmp(call, LEDGER_IDLE_CALL) == 0 ? fake.ledger_idle :
								 NULL;

	(void)ctx;
	if (strcmp(call, LEDGER_HELD_CALL) == 0)
		return tell_held(args, why, size);
	if (text && fake.ledger_page && !is_asked_of(args, PAGEMAP_FIRST + fake.ledger_page))
		return 0;
	if (!text || asked++ - fake.ledger_fine >= fake.ledger_times)
		return 0;
	snprintf(why, size, "%s", text);
	return fake.ledger_lacks ? CALL_LACKS : -1;
}
