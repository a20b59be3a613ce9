/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/pins.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arch.h"
#include "workloads/model/pattern.h"
#include "workloads/oracles/oracle.h"

/* The SIGBUS handler jumps here from a failed load or store. */
static _Thread_local sigjmp_buf *guard;
static _Thread_local void *guard_addr;
static unsigned int poisoned; /* SIGBUS signals for poisoned pages; atomic */

static void on_fault(int signo, siginfo_t *info, void *context)
{
	bool poison = signo == SIGBUS &&
		      (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO);

	(void)context;
	if (poison)
		__atomic_add_fetch(&poisoned, 1, __ATOMIC_RELAXED);
	/* not by an access of this thread: a page that the program maps was poisoned */
	if (poison && (!guard || info->si_code == BUS_MCEERR_AO))
		return;
	if (!guard) {
		signal(signo, SIG_DFL);
		return;
	}
	guard_addr = info->si_addr;
	siglongjmp(*guard, signo);
}

static size_t left_in_page(const void *at)
{
	return PAGE - (uintptr_t)at % PAGE;
}

/*
 * Copies page after page, each from its first byte on: the order in which memcpy() accesses
 * pages and bytes depends on the heap's address. Not inlined: a fault leaves by siglongjmp().
 */
static __attribute__((noinline)) void copy_in_order(char *dst, const char *src, size_t len)
{
	for (size_t n; len; dst += n, src += n, len -= n) {
		n = MIN(len, MIN(left_in_page(dst), left_in_page(src)));
		*(volatile char *)dst = *(const volatile char *)src;
		memcpy(dst, src, n);
	}
}

/* memcpy() that reports a fault: NULL, or the faulting address. */
static void *guarded_copy(void *dst, const void *src, size_t len)
{
	void *fault = NULL;
	sigjmp_buf env;

	guard = &env;
	if (sigsetjmp(env, 1) == 0)
		copy_in_order(dst, src, len);
	else
		fault = guard_addr ? guard_addr : dst;
	guard = NULL;
	return fault;
}

void exec_map_guard(void)
{
	struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	/* never uninstalled: several threads use it at the same time */
	sigaction(SIGBUS, &act, NULL);
	sigaction(SIGSEGV, &act, NULL);
}

unsigned int exec_poisoned(void)
{
	return __atomic_load_n(&poisoned, __ATOMIC_RELAXED);
}

bool exec_map_copy(void *dst, const void *src, size_t len)
{
	return !guarded_copy(dst, src, len);
}

struct exec_map *exec_map(struct exec *x, const char *name)
{
	for (unsigned int i = 0; i < x->nr_maps; i++)
		if (word_eq(x->maps[i].name, name))
			return &x->maps[i];
	return NULL;
}

/*
 * An address for a mapping of @len bytes at file offset @off: aligned as the 2 MiB blocks
 * of the file when PMD entries are wanted, else not aligned, so that only 4 KiB entries fit.
 */
static uint8_t *reserve(struct exec_map *m, uint64_t off, uint64_t len, bool pmd)
{
	uint64_t phase = (off + (pmd ? 0 : PAGE)) % PMD;
	uint8_t *p = mmap(NULL, len + 2 * PMD, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uintptr_t start = (uintptr_t)p;

	if (p == MAP_FAILED)
		return NULL;
	m->reserved = p;
	m->reserved_len = len + 2 * PMD;
	start += (phase + PMD - start % PMD) % PMD;
	return (uint8_t *)start;
}

static int map_flags(const struct step *st)
{
	if (st->sync)
		return MAP_SHARED_VALIDATE | MAP_SYNC;
	return st->shared ? MAP_SHARED : MAP_PRIVATE;
}

void exec_map_create(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_map *m = &x->maps[x->nr_maps++];
	bool devdax = strcmp(st->other, "devdax") == 0;
	int prot = PROT_READ | (st->writable ? PROT_WRITE : 0);
	uint8_t *at;
	int fd;

	*m = (struct exec_map){ .name = st->name,
				.off = st->off,
				.len = st->len,
				.shared = st->shared,
				.writable = st->writable,
				.pmd = st->pmd };
	at = reserve(m, st->off, st->len, st->pmd || devdax);
	if (devdax && !x->ctx->guest->devdax[0]) {
		outcome_skip(o, "the guest has no device-DAX namespace");
		return;
	}
	m->file = devdax ? NULL : exec_file(x, st->other);
	m->m = model_add_map(&x->model, st->name, model_file(&x->model, st->other), st->off,
			     st->len, st->shared, st->writable);
	fd = devdax ? open(x->ctx->guest->devdax, O_RDWR | O_CLOEXEC) : m->file->fd;
	if (fd < 0 || !at) {
		outcome_error(o, "cannot map '%s': %s", st->other,
			      fd < 0 ? "it is not open" : "no address space");
		return;
	}
	m->addr = mmap(at, st->len, prot, MAP_FIXED | map_flags(st), fd, (off_t)st->off);
	if (m->addr == MAP_FAILED) {
		m->addr = NULL;
		if (st->sync && errno == EOPNOTSUPP)
			outcome_skip(o, "this kernel has no synchronous mapping of the device");
		else
			outcome_error(o, "cannot map '%s': %s", st->other, strerror(errno));
	} else if (!st->shared) {
		/* a forked child would share the copies, and the next store would copy again */
		madvise(m->addr, st->len, MADV_DONTFORK);
	}
	if (devdax)
		close(fd);
}

static void touch_write(struct exec *x, struct exec_map *m, uint64_t off, uint64_t len,
			struct outcome *o)
{
	struct model_file *f = m->m->file;
	unsigned int gen = ++f->gen;
	char *data = xcalloc(1, len);
	void *fault;

	pattern_fill(data, len, f->origin, gen, m->off + off);
	if (m->shared && m->file)
		oracles_tell(x, storing, m->file, m->off + off, len);
	fault = guarded_copy(m->addr + off, data, len);
	free(data);
	if (fault && m->shared && m->file)
		oracles_tell(x, spoiled, m->file, m->off + off, len);
	if (fault)
		outcome_fail(o, RULE_CONTENT_MAP, "the store succeeds", "SIGBUS at '%s'+%#llx",
			     m->name, (unsigned long long)((uint8_t *)fault - m->addr));
	else
		model_map_write(&x->model, m->m, off, len, gen);
}

static void touch_read(struct exec_map *m, uint64_t off, uint64_t len, struct outcome *o)
{
	uint8_t *fault = NULL;
	char byte;

	for (uint64_t end = off + len; off < end && !fault; off += PAGE)
		fault = guarded_copy(&byte, m->addr + off, 1);
	if (fault)
		outcome_fail(o, RULE_CONTENT_MAP, "the load succeeds", "SIGBUS in '%s'", m->name);
}

void exec_map_touch(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_map *m = exec_map(x, st->other);

	oracles_tell(x, touching, m, st);
	if (st->writable && !m->writable)
		outcome_error(o, "'%s' is mapped read-only", m->name);
	else if (st->writable)
		touch_write(x, m, st->off, st->len, o);
	else
		touch_read(m, st->off, st->len, o);
	oracles_tell(x, touched, m, st, o);
}

/* Beyond the last page of the file every load must get SIGBUS: bytes are of a stale page. */
static void check_past_end(const struct exec_map *m, uint64_t from, uint64_t to, struct outcome *o)
{
	char byte;

	for (uint64_t off = from; off < to && o->status == STEP_OK; off += PAGE)
		if (!guarded_copy(&byte, m->addr + off, 1))
			outcome_fail(o, RULE_CONTENT_MAP, "SIGBUS beyond the end of the file",
				     "mapping '%s' offset %#llx can be read", m->name,
				     (unsigned long long)off);
}

void exec_map_check(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_map *m = exec_map(x, st->name);
	uint64_t size = (m->m->file->size + PAGE - 1) / PAGE * PAGE;
	uint64_t end = st->len ? st->off + st->len : m->len;
	struct shadow want;
	char *data, what[64];
	void *fault;

	size = size > m->off ? size - m->off : 0;
	if (st->len && end > size) {
		outcome_error(o, "the range ends past the end of '%s'", m->file->name);
		return;
	}
	check_past_end(m, MAX(size, st->off), end, o);
	end = MIN(end, size);
	if (end <= st->off || o->status != STEP_OK)
		return;
	exec_dma_settle(x);
	model_map_bytes(&x->model, m->m, &want);
	data = xcalloc(1, end - st->off);
	fault = guarded_copy(data, m->addr + st->off, end - st->off);
	snprintf(what, sizeof(what), "mapping '%s'", m->name);
	if (fault)
		outcome_fail(o, RULE_CONTENT_MAP, "the bytes can be read", "SIGBUS at '%s'+%#llx",
			     m->name, (unsigned long long)((uint8_t *)fault - m->addr));
	else
		exec_compare(x, &want, st->off, data, end - st->off, st->check_zero, what,
			     RULE_CONTENT_MAP, o);
	free(data);
	shadow_deinit(&want);
}

void exec_map_drop(struct exec *x, struct exec_map *m)
{
	if (m->m)
		model_drop_map(&x->model, m->m);
	if (m->reserved)
		munmap(m->reserved, m->reserved_len);
	m->reserved = NULL;
	m->addr = NULL;
}
