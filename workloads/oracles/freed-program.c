/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/oracles/freed-program.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/task.h"
#include "workloads/oracles/held.h"
#include "workloads/oracles/pagemap.h"
#include "workloads/oracles/still.h"

/* A reference that is gone after so long is a passing one. */
#define SETTLE_MS 200
#define LOOKS_AFTER 4 /* the program: a filesystem may free a block late */
/*
 * Looks at the whole namespace take one part in so many of the time: one at the 261632 pages of
 * 1 GiB took 135 to 300 ms, on two processors that had six tasks to run.
 */
#define TIME_SHARE 8u
#define STOP_MS 200
#define TASKS_MAX 16u
#define TEXT_MAX (LEDGER_HELDS_MAX * LEDGER_HELD_MAX + 64u) /* with the head */

static const char expected[] = "the blocks of a held page belong to a file";

struct watched {
	struct exec *x;
	uint64_t first, pages; /* page frames of the namespace */
	struct held_list last;
	struct still still;
	const struct beside *now;
	uint64_t next_ns;  /* of the next look */
	uint64_t whole_ns; /* of the next one at all of the namespace */
	bool off;	   /* lost, or it has found something */
	bool no_map;	   /* of free space */
	dev_t dev;	   /* of the filesystem */
};

static struct watched *watched; /* of the case that this process runs; NULL: it runs no program */

static void lose(struct watched *w, enum sight sight, const char *why)
{
	w->off = true;
	oracle_lost(w->x, ORACLE_BLOCKS, sight, "%s", why);
}

static void begin(struct exec *x)
{
	struct stat st = { 0 };
	struct pagemap map;
	const char *why = pagemap_init(&map, x->ctx->guest->pmem);

	watched = xcalloc(1, sizeof(*watched));
	watched->x = x;
	if (!stat(EXEC_MOUNTPOINT, &st))
		watched->dev = st.st_dev;
	watched->first = map.first;
	watched->pages = map.pages;
	free(map.slots);
	if (why)
		lose(watched, SIGHT_LACKING, why);
}

/* Asks the host for the held pages in [@from, @to). False: it cannot tell. */
static bool ask(struct watched *w, uint64_t from, uint64_t to, struct held_list *out,
		uint64_t *next)
{
	static char text[TEXT_MAX];
	const struct ledger_row row = { .pfn = from,
					.count = (uint32_t)(to - from),
					.name = "namespace" };
	char line[LEDGER_ROW_MAX];
	const char *const args[] = { line, NULL };
	size_t n;
	int ret;

	ledger_row_format(&row, line);
	text[0] = '\0';
	ret = case_call(w->x->ctx, LEDGER_HELD_CALL, args, text, sizeof(text));
	*next = to;
	if (!ret)
		return true;
	n = ledger_held_parse(text, out->v + out->n, HELD_MAX - out->n, next);
	if (n && *next > from && *next <= to) {
		out->n += n;
		return true;
	}
	lose(w, ret == CALL_LACKS ? SIGHT_LACKING : SIGHT_CUT,
	     out->n + LEDGER_HELDS_MAX > HELD_MAX ? "too many pages are held, each alone" : text);
	return false;
}

static bool see_held(void *arg, uint64_t pfn, uint64_t count, struct held_list *out)
{
	uint64_t end = pfn + count;

	out->n = 0;
	while (pfn < end)
		if (!ask(arg, pfn, end, out, &pfn))
			return false;
	return true;
}

/*
 * Opens the mount point for as long as it takes to ask: whoever unmounts the filesystem meanwhile
 * gets EBUSY.
 */
static int see_free(void *arg, const struct extent *e, struct extent *out)
{
	struct watched *w = arg;
	_cleanup_close_ int fd = -1;
	struct stat st;
	int ret;

	/* after umount all of the device is free */
	if (!w->now) {
		*out = *e;
		return 1;
	}
	fd = open(EXEC_MOUNTPOINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	/* unmounted by the program, which may still be waiting for that */
	if (fd >= 0 && (fstat(fd, &st) || st.st_dev != w->dev))
		return 0;
	ret = fd < 0 ? -errno : fsmap_free(fd, e, out);
	if (ret < 0) {
		w->no_map = true;
		oracle_lost(w->x, ORACLE_BLOCKS, freed_blocks_sight(-ret), "GETFSMAP: %s",
			    errno_name(-ret));
	}
	return ret;
}

static void settle(void *arg)
{
	const struct timespec nap = { .tv_nsec = SETTLE_MS * 1000000l };

	(void)arg;
	nanosleep(&nap, NULL);
}

static void begin_still(void *arg, bool stop)
{
	struct watched *w = arg;

	if (w->now)
		still_begin(&w->still, w->now->keeper, stop, STOP_MS);
}

static bool end_still(void *arg)
{
	struct watched *w = arg;

	return !w->now || still_end(&w->still);
}

/* Makes the filesystem free what it frees late; it does not commit beside a program that runs. */
static void hurry(const struct watched *w)
{
	struct statfs unused;

	if (w->now->when != BESIDE_RUNS)
		freed_blocks_commit(w->x);
	(void)!statfs(EXEC_MOUNTPOINT, &unused);
}

/* @whole: at all of the namespace; else only at the pages that were held in the last look. */
static enum held_answer look(struct watched *w, bool whole, struct ledger_held *found)
{
	const struct held_view view = { w->first,    see_held,	see_free, settle,
					begin_still, end_still, w };
	uint64_t start = now_ns(), from = w->first, count = w->pages;
	enum held_answer answer;

	if (!whole) {
		const struct ledger_held *last = &w->last.v[w->last.n - 1];

		from = w->last.v->pfn;
		count = last->pfn + last->count - from;
	}
	if (w->last.n && w->now)
		hurry(w);
	answer = held_look(&view, from, count, &w->last, found);
	if (whole)
		w->whole_ns = now_ns() + TIME_SHARE * (now_ns() - start);
	return answer;
}

/* Who may hold it. Their mappings are not looked at: that might wait for a lock forever. */
static void add_tasks(pid_t keeper, struct buf *out)
{
	_cleanup_free_ pid_t *pids = NULL;
	size_t n = task_descendants(keeper, 0, &pids);
	struct task_stat st;

	for (size_t i = 0; i < MIN(n, (size_t)TASKS_MAX); i++) {
		if (task_stat_read(pids[i], pids[i], &st))
			continue;
		buf_addf(out, "process %d of the program, state %c: ", pids[i], st.state);
		buf_add_escaped(out, st.comm, strlen(st.comm), sizeof(st.comm));
		buf_adds(out, "\n");
	}
	if (!n)
		buf_adds(out, "no process of the program is left\n");
}

static void tell(struct watched *w, const struct ledger_held *h, struct outcome *o)
{
	uint64_t ms = w->now ? (now_ns() - w->now->start_ns) / 1000000 : 0;
	uint64_t at = (h->pfn - w->first) * PAGE, len = h->large ? PMD : h->count * PAGE;

	w->off = true;
	if (w->now)
		outcome_fail(o, RULE_BLOCK_FREED, expected,
			     "%" PRIu64 " bytes at %#" PRIx64 " of the device, which the program "
			     "holds, are free",
			     len, at);
	else
		outcome_fail(o, RULE_BLOCK_FREED, expected,
			     "umount came back, and the device beneath %" PRIu64
			     " bytes at %#" PRIx64 " of it, which are held, is free",
			     len, at);
	buf_addf(&o->detail,
		 "pages %#" PRIx64 " to %#" PRIx64 ": refcount %u, of which %u are of mappings\n"
		 "which file they belonged to, and where in it, is not known\n",
		 h->pfn, h->pfn + len / PAGE - 1, h->refs, h->maps);
	if (w->now)
		buf_addf(&o->detail, "seen %" PRIu64 ".%" PRIu64 " s after the program began\n",
			 ms / 1000, ms % 1000 / 100);
	if (w->now)
		add_tasks(w->now->keeper, &o->detail);
}

/* Looks up to @looks times, until nothing is held or what is held is free. */
static void look_and_tell(struct watched *w, unsigned int looks, bool whole, struct outcome *o)
{
	enum held_answer answer = HELD_OWNED;
	struct ledger_held found;

	for (unsigned int i = 0; i < looks && answer == HELD_OWNED; i++) {
		if (i)
			settle(w);
		answer = look(w, whole && !i, &found);
	}
	if (answer == HELD_FREED)
		tell(w, &found, o);
}

static void look_beside(struct watched *w, enum beside_when when, struct outcome *o)
{
	bool runs = when == BESIDE_RUNS, whole = when == BESIDE_ENDED || now_ns() >= w->whole_ns;

	/* what nobody held before all were killed, nobody holds now */
	if (when == BESIDE_GONE)
		whole = false;
	if (whole || w->last.n)
		look_and_tell(w, runs ? 1 : LOOKS_AFTER, whole, o);
}

void freed_program_beside(struct exec *x, const struct beside *b, struct outcome *o)
{
	struct watched *w;

	if (!watched)
		begin(x);
	w = watched;
	if (w->off || w->no_map || (b->when == BESIDE_RUNS && now_ns() < w->next_ns))
		return;
	w->now = b;
	look_beside(w, b->when, o);
	w->now = NULL;
	w->next_ns = now_ns() + SETTLE_MS * 1000000ull;
}

void freed_program_unmounted(struct exec *x, struct outcome *o)
{
	struct outcome mine = { .detail = BUF_INIT };
	_cleanup_close_ int fd = -1;

	/* else the ledger found that all pages are idle */
	if (!watched || watched->off || x->unbound || o->status != STEP_FAIL)
		return;
	fd = open(x->ctx->guest->pmem, O_RDONLY | O_EXCL | O_CLOEXEC);
	if (fd < 0)
		return;
	look_and_tell(watched, LOOKS_AFTER, true, &mine);
	exec_part_over(x, &mine);
	buf_deinit(&mine.detail);
}
