/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pins that see pages and hold none: each access through them must meet the current pages
 * of the file. A mapping in the device may go stale when an operation removes a page from
 * the file after the registration mapped it.
 */
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/pins.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "workloads/model/pattern.h"
#include "workloads/oracles/oracle.h"

bool exec_on_demand(const struct exec_pin *p)
{
	return pin_traits_on_demand(p->traits);
}

/* A range is whole pages. */
static size_t nr_pages(const struct exec_pin *p)
{
	return p->pin.len / PIN_PAGE;
}

/* The mapping at the addresses of the range now; NULL: none, or one that is not of @p. */
static struct model_map *map_of(struct exec *x, const struct exec_pin *p)
{
	struct model_map *held = p->m ? p->m->map : NULL;

	if (p->pin.holder && held)
		return held->file == p->m->file && held->off + p->m->off == p->off ? held : NULL;
	for (unsigned int i = 0; i < x->nr_maps; i++) {
		const struct exec_map *m = &x->maps[i];

		if (m->addr && m->addr <= p->pin.addr &&
		    p->pin.addr + p->pin.len <= m->addr + m->len)
			return m->file == p->file && m->off + (p->pin.addr - m->addr) == p->off ?
				       m->m :
				       NULL;
	}
	return NULL;
}

/* Whether nothing is mapped there. */
static bool is_unmapped(const struct exec_pin *p, size_t i)
{
	unsigned char in_core;

	return !p->pin.holder && mincore(p->pin.addr + i * PIN_PAGE, PIN_PAGE, &in_core) &&
	       errno == ENOMEM;
}

static enum model_access expected(struct exec *x, const struct exec_pin *p, size_t i)
{
	if (x->unbound || !p->file)
		return MODEL_ACCESS_ANY;
	if (p->seen)
		return model_access(&x->model, p->seen, p->off - p->seen->off + i * PIN_PAGE);
	return is_unmapped(p, i) ? MODEL_ACCESS_FAILS : MODEL_ACCESS_ANY;
}

/* Only at the ends of runs of equal pages: each refused access costs a new connection. */
static bool is_edge(const struct exec_pin *p, size_t i, size_t n)
{
	const struct pin_page *page = &p->pin.pages[i];

	return i == 0 || i + 1 == n || page[-1].expected != page->expected ||
	       page[1].expected != page->expected;
}

static unsigned int todo(const struct exec_pin *p, size_t i, size_t n, enum plan_for why)
{
	bool edge = is_edge(p, i, n);
	bool writes = edge && !p->pin.readonly;

	switch ((enum model_access)p->pin.pages[i].expected) {
	case MODEL_ACCESS_ANY:
		return edge && why != PLAN_TAKE ? PIN_READ : 0;
	case MODEL_ACCESS_FAILS:
		if (!edge || why == PLAN_TAKE)
			return 0;
		return PIN_READ | (writes && why == PLAN_RELEASE ? PIN_STRAY : 0);
	case MODEL_ACCESS_WRITES:
		return PIN_READ | (writes && why != PLAN_LOOK ? PIN_WRITE : 0);
	default:
		return PIN_READ;
	}
}

void exec_on_demand_plan(struct exec *x, struct exec_pin *p, enum plan_for why)
{
	size_t n = nr_pages(p);
	bool busy = p->file && exec_task_pending(x, p->file);

	p->seen = map_of(x, p);
	if (!p->pin.pages)
		p->pin.pages = mmap(NULL, n * sizeof(*p->pin.pages), PROT_READ | PROT_WRITE,
				    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p->pin.pages == MAP_FAILED)
		p->pin.pages = NULL;
	if (!p->pin.pages)
		return; /* the pin reports that */
	for (size_t i = 0; i < n; i++)
		p->pin.pages[i].expected = busy ? MODEL_ACCESS_ANY : expected(x, p, i);
	for (size_t i = 0; i < n; i++)
		p->pin.pages[i].todo = (uint8_t)todo(p, i, n, why);
}

void exec_on_demand_end(struct exec_pin *p)
{
	if (p->pin.pages)
		munmap(p->pin.pages, nr_pages(p) * sizeof(*p->pin.pages));
	p->pin.pages = NULL;
}

/* No file has a page there. */
static void judge_nothing(const struct exec_pin *p, const struct pin_page *page, uint64_t off,
			  struct outcome *o)
{
	const char *what = "no access beyond the end of a file, or where nothing is mapped";

	if (page->done & PIN_STRAY)
		outcome_fail(o, RULE_CONTENT_DMA, what,
			     "an RDMA WRITE to pin '%s' offset %#llx succeeds", p->pin.name,
			     (unsigned long long)off);
	else if (page->done & PIN_READ)
		outcome_fail(o, RULE_CONTENT_PIN, what,
			     "an RDMA READ of pin '%s' offset %#llx succeeds", p->pin.name,
			     (unsigned long long)off);
}

static void judge_page(const struct exec_pin *p, const struct pin_page *page, uint64_t off,
		       struct outcome *o)
{
	unsigned int refused = page->todo & ~page->done;

	/* a new hole may be refused, but an existing page must be accessible */
	if (page->expected == MODEL_ACCESS_HOLE && p->m->lost)
		return;
	if (refused)
		outcome_fail(o, RULE_CONTENT_PIN, "what the file has there is accessible",
			     "an RDMA %s pin '%s' offset %#llx is refused",
			     refused & PIN_READ ? "READ of" : "WRITE to", p->pin.name,
			     (unsigned long long)off);
}

/* Fills @out with the bytes of the range, by the mapping there; shadow_deinit() it. */
static struct shadow wanted(struct exec *x, const struct exec_pin *p)
{
	struct shadow want = SHADOW_INIT, bytes;

	if (p->seen) {
		model_map_bytes(&x->model, p->seen, &bytes);
		shadow_copy(&want, 0, &bytes, p->off - p->seen->off, p->pin.len);
		shadow_deinit(&bytes);
	}
	return want;
}

void exec_on_demand_judge(struct exec *x, struct exec_pin *p, const void *data, struct outcome *o)
{
	size_t n = nr_pages(p);
	struct shadow want = wanted(x, p);
	char what[64];

	snprintf(what, sizeof(what), "pin '%s'", p->pin.name);
	for (size_t i = 0; i < n && exec_looks(x); i++) {
		const struct pin_page *page = &p->pin.pages[i];
		uint64_t off = i * PIN_PAGE;

		if (page->expected == MODEL_ACCESS_ANY)
			continue;
		if (page->expected == MODEL_ACCESS_FAILS)
			judge_nothing(p, page, off, o);
		else
			judge_page(p, page, off, o);
		if (data && page->expected != MODEL_ACCESS_FAILS && (page->done & PIN_READ))
			exec_compare(x, &want, off, (const char *)data + off, PIN_PAGE, false, what,
				     RULE_CONTENT_PIN, o);
	}
	shadow_deinit(&want);
}

/* A transfer is granted or refused as a whole, so all its pages must have the same access. */
static bool is_all_there(const struct exec_pin *p, uint64_t off, uint64_t len)
{
	for (uint64_t i = off / PIN_PAGE; i <= (off + len - 1) / PIN_PAGE; i++) {
		unsigned int expected = p->pin.pages ? p->pin.pages[i].expected : MODEL_ACCESS_ANY;

		if (expected == MODEL_ACCESS_ANY || expected == MODEL_ACCESS_FAILS ||
		    (expected == MODEL_ACCESS_HOLE && p->m && p->m->lost))
			return false;
	}
	return true;
}

/* @ret of one transfer, "READ of" or "WRITE to", is 0; or the outcome says why not. */
static bool judge_part(const struct exec_pin *p, int ret, const char *how, uint64_t off,
		       uint64_t len, struct outcome *o)
{
	if (ret == -EFAULT)
		outcome_fail(o, RULE_CONTENT_PIN, "what the file has there is accessible",
			     "an RDMA %s pin '%s' offset %#llx, %llu bytes, is refused", how,
			     p->pin.name, (unsigned long long)off, (unsigned long long)len);
	else if (ret)
		outcome_error(o, "pin '%s': %s", p->pin.name, p->pin.why);
	return !ret;
}

/* Whether a transfer of a part of the range is possible; else @o says why not. */
static bool plan_part(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
		      struct outcome *o)
{
	exec_on_demand_plan(x, p, PLAN_LOOK);
	if (p->pin.kind->look_at && p->m && p->seen && is_all_there(p, off, len))
		return true;
	outcome_error(o, "pin '%s' cannot be used at a part: %s", p->pin.name,
		      p->pin.holder	   ? "another process holds it" :
		      p->pin.kind->look_at ? "some of its pages may be missing" :
					     "it is not on demand");
	return false;
}

void exec_on_demand_part(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
			 struct outcome *o)
{
	_cleanup_free_ char *data = xcalloc(1, len);
	struct shadow want;
	char what[64];

	if (!plan_part(x, p, off, len, o) ||
	    !judge_part(p, p->pin.kind->look_at(&p->pin, off, len, data), "READ of", off, len, o))
		return;
	snprintf(what, sizeof(what), "pin '%s'", p->pin.name);
	want = wanted(x, p);
	exec_compare(x, &want, off, data, len, false, what, RULE_CONTENT_PIN, o);
	shadow_deinit(&want);
}

static void check_files(struct exec *x, struct outcome *o)
{
	for (unsigned int i = 0; i < x->nr_files && o->status == STEP_OK && exec_looks(x); i++)
		if (!exec_task_pending(x, &x->files[i]))
			exec_file_check_whole(x, &x->files[i], o);
}

void exec_on_demand_write(struct exec *x, struct exec_pin *p, uint64_t off, uint64_t len,
			  struct outcome *o)
{
	_cleanup_free_ char *data = xcalloc(1, len);
	struct model_map *map;
	unsigned int gen;

	if (!plan_part(x, p, off, len, o))
		return;
	check_files(x, o); /* first, so that this write is not blamed for older faults */
	if (o->status != STEP_OK)
		return;
	map = p->m->map;
	gen = ++map->file->gen;
	pattern_fill(data, len, map->file->origin, gen, p->off + off);
	if (map->shared)
		oracles_tell(x, storing, p->file, p->off + off, len);
	if (judge_part(p, p->pin.kind->write_at(&p->pin, off, len, data), "WRITE to", off, len,
		       o)) {
		model_map_write(&x->model, map, p->m->off + off, len, gen);
		check_files(x, o);
		if (o->status == STEP_FAIL)
			o->rule = RULE_CONTENT_DMA;
	} else if (map->shared) {
		oracles_tell(x, spoiled, p->file, p->off + off, len);
	}
}
