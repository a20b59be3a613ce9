/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/oracles/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/files.h"
#include "base/task.h"

#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_FRAME ((1ull << 55) - 1)
#define CHUNK 4096u /* pagemap entries to read at once */
#define REGIONS 64u
#define DEPTH_MAX 8u /* of descendants */

/* PAGEMAP_SCAN of 6.7, which the installed headers may lack. */
struct scan_region {
	uint64_t start, end, categories;
};

struct scan_arg {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
	uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};

#define SCAN_IOCTL _IOWR('f', 16, struct scan_arg)
#define SCAN_PRESENT (1u << 3)
#define SCAN_HUGE (1u << 6)

static uint64_t read_number(const char *name, const char *file)
{
	char path[128];
	struct buf text = BUF_INIT;
	struct err *err;
	uint64_t v;

	snprintf(path, sizeof(path), "/sys/class/block/%s/device/%s", name, file);
	err = file_read(path, 64, &text);
	v = err ? 0 : strtoull(buf_str(&text), NULL, 0);
	err_free(err);
	buf_deinit(&text);
	return v;
}

static bool has_scan(void)
{
	struct scan_arg arg = { .size = sizeof(arg) };
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool has = fd >= 0 && (ioctl(fd, SCAN_IOCTL, &arg) == 0 || errno != ENOTTY);

	close_fd(&fd);
	return has;
}

const char *pagemap_init(struct pagemap *b, const char *pmem)
{
	const char *name = strrchr(pmem, '/') ? strrchr(pmem, '/') + 1 : pmem;
	struct stat st;

	*b = (struct pagemap){ 0 };
	if (stat(pmem, &st))
		return "cannot stat the pmem device";
	b->dev = st.st_rdev;
	b->first = read_number(name, "resource") / PAGE;
	b->pages = b->first ? read_number(name, "size") / PAGE : 0;
	if (!b->pages || b->pages > LEDGER_PAGES_MAX)
		return "sysfs does not show the page frames of the pmem device";
	b->huge = has_scan();
	b->children = path_exists("/proc/thread-self/children");
	b->low = b->pages;
	b->slots = xcalloc(b->pages, sizeof(*b->slots));
	return NULL;
}

void pagemap_clear(struct pagemap *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct note *n = &b->notes[i];

		n->ptes = n->pmds = n->gets = n->pins = n->owners = 0;
	}
}

struct note *pagemap_note(struct pagemap *b, uint64_t pfn)
{
	uint64_t at = pfn - b->first;

	if (pfn < b->first || at >= b->pages)
		return NULL;
	if (!b->slots[at]) {
		if (b->n == b->room) {
			b->room = b->room ? 2 * b->room : 1024;
			b->notes = xrealloc(b->notes, b->room, sizeof(*b->notes));
		}
		b->notes[b->n++] = (struct note){ .pfn = pfn };
		b->slots[at] = (uint32_t)b->n;
		b->low = MIN(b->low, at);
		b->high = MAX(b->high, at + 1);
	}
	return &b->notes[b->slots[at] - 1];
}

/* A line of /proc/PID/maps. */
struct area {
	uint64_t start, end, offset, inode;
	unsigned int major, minor;
	char name[LEDGER_NAME_MAX];
};

static bool read_area(const char *line, struct area *a)
{
	char path[160] = "?";
	const char *base;

	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*4s %" SCNx64 " %x:%x %" SCNu64 " %159[^\n ]",
		   &a->start, &a->end, &a->offset, &a->major, &a->minor, &a->inode, path) < 6)
		return false;
	base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
	snprintf(a->name, sizeof(a->name), "%.*s", (int)sizeof(a->name) - 1, base);
	return true;
}

static void add_owner(struct note *n, const struct area *a, uint64_t index)
{
	for (uint32_t i = 0; i < n->owners; i++)
		if (n->owner[i].inode == a->inode && n->owner[i].index == index)
			return;
	if (n->owners < NOTE_OWNERS_MAX) {
		n->owner[n->owners].inode = a->inode;
		n->owner[n->owners++].index = index;
	}
}

/* Gets the regions of [from, to) that are mapped by 2 MiB entries; their number, 0 on error. */
static size_t huge_regions(int fd, uint64_t from, uint64_t to, struct scan_region *out)
{
	struct scan_arg arg = {
		.size = sizeof(arg),
		.start = from,
		.end = to,
		.vec = (uintptr_t)out,
		.vec_len = REGIONS,
		.category_mask = SCAN_PRESENT | SCAN_HUGE,
		.return_mask = SCAN_HUGE,
	};
	int n = ioctl(fd, SCAN_IOCTL, &arg);

	return n < 0 ? 0 : (size_t)n;
}

struct walk {
	struct pagemap *b;
	const struct area *a;
	int fd;
	struct scan_region regions[REGIONS];
	size_t nr_regions, region;
};

/* Whether a 2 MiB entry maps @addr; callers must ask for rising addresses. */
static bool is_huge(struct walk *w, uint64_t addr)
{
	while (w->region < w->nr_regions && w->regions[w->region].end <= addr)
		w->region++;
	if (w->region == w->nr_regions && w->nr_regions == REGIONS) {
		w->nr_regions = huge_regions(w->fd, addr, w->a->end, w->regions);
		w->region = 0;
	}
	return w->region < w->nr_regions && w->regions[w->region].start <= addr;
}

static void add_entry(struct walk *w, uint64_t addr, uint64_t pfn)
{
	uint64_t index = (w->a->offset + (addr - w->a->start)) / PAGE;
	struct note *n = pagemap_note(w->b, pfn);

	if (!n)
		return;
	if (!is_huge(w, addr))
		n->ptes++;
	else if (!(addr / PAGE % PAGEMAP_PMD_PAGES))
		n->pmds++;
	add_owner(n, w->a, index);
	strcpy(n->name, w->a->name);
	n->index = index;
}

static int scan_area(struct pagemap *b, int fd, const struct area *a)
{
	static uint64_t entries[CHUNK]; /* only one thread of the program scans */
	struct walk w = { .b = b, .a = a, .fd = fd };

	if (b->huge)
		w.nr_regions = huge_regions(fd, a->start, a->end, w.regions);
	for (uint64_t addr = a->start; addr < a->end;) {
		size_t want = MIN((a->end - addr) / PAGE, CHUNK);
		ssize_t n = pread(fd, entries, want * 8, (off_t)(addr / PAGE * 8));

		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (ssize_t i = 0; i < n / 8; i++, addr += PAGE)
			if (entries[i] & PAGEMAP_PRESENT)
				add_entry(&w, addr, entries[i] & PAGEMAP_FRAME);
	}
	return 0;
}

static int scan_process(struct pagemap *b, pid_t pid)
{
	char path[64];
	struct buf maps = BUF_INIT;
	struct err *err;
	struct area a;
	int ret = 0, fd;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	err = file_read(path, 4u << 20, &maps);
	for (const char *p = err ? "" : buf_str(&maps); *p && !ret; p = strchrnul(p, '\n')) {
		p += *p == '\n';
		if (read_area(p, &a) && a.major == major(b->dev) && a.minor == minor(b->dev))
			ret = scan_area(b, fd, &a);
	}
	if (err)
		ret = -ESRCH;
	err_free(err);
	buf_deinit(&maps);
	close(fd);
	return ret;
}

static int scan_with_children(struct pagemap *b, pid_t pid, unsigned int depth);

/* Scans the children of thread @tid of @pid. A child that has ended maps nothing. */
static int scan_children(struct pagemap *b, pid_t pid, pid_t tid, unsigned int depth)
{
	struct buf text = BUF_INIT;
	char path[64], *next;
	struct err *err;
	int ret = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, tid);
	err = file_read(path, 1u << 16, &text);
	for (const char *p = buf_str(&text); !err && !ret; p = next) {
		pid_t child = (pid_t)strtol(p, &next, 10);

		if (next == p)
			break;
		ret = scan_with_children(b, child, depth + 1);
		if (ret == -ENOENT || ret == -ESRCH)
			ret = 0;
	}
	err_free(err);
	buf_deinit(&text);
	return ret;
}

static int scan_with_children(struct pagemap *b, pid_t pid, unsigned int depth)
{
	_cleanup_free_ pid_t *tids = NULL;
	int ret = scan_process(b, pid);
	size_t n = ret || depth == DEPTH_MAX ? 0 : task_list(pid, &tids);

	for (size_t i = 0; i < n && !ret; i++)
		ret = scan_children(b, pid, tids[i], depth);
	return ret;
}

int pagemap_scan(struct pagemap *b)
{
	_cleanup_free_ pid_t *ids = NULL;
	size_t n;
	int ret;

	/* only the descendants: a scan of all processes takes ten times as long */
	if (b->children)
		return scan_with_children(b, getpid(), 0);
	n = task_descendants(getpid(), 0, &ids);
	ret = scan_process(b, getpid());
	for (size_t i = 0; i < n && !ret; i++) {
		ret = scan_process(b, ids[i]);
		if (ret == -ENOENT || ret == -ESRCH)
			ret = 0;
	}
	return ret;
}

int pagemap_frames(pid_t pid, const void *addr, size_t len, uint64_t *pfns)
{
	char path[64];
	uint64_t from = (uintptr_t)addr / PAGE, to = ((uintptr_t)addr + len + PAGE - 1) / PAGE;
	ssize_t want = (ssize_t)((to - from) * 8), got;
	int fd, ret = 0;

	snprintf(path, sizeof(path), "/proc/%d/pagemap", pid ? pid : getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	got = pread(fd, pfns, (size_t)want, (off_t)(from * 8));
	if (got != want)
		ret = got < 0 ? -errno : -EIO;
	for (uint64_t i = 0; i < to - from && !ret; i++)
		pfns[i] = pfns[i] & PAGEMAP_PRESENT ? pfns[i] & PAGEMAP_FRAME : 0;
	close(fd);
	return ret;
}

static bool continues(const struct ledger_row *r, const struct note *n)
{
	return n->pfn == r->pfn + r->count && n->ptes == r->ptes && n->pmds == r->pmds &&
	       n->gets == r->gets && n->pins == r->pins && n->owners == r->owners &&
	       n->index == r->index + r->count && !n->pmds && strcmp(n->name, r->name) == 0;
}

/* Walks the slots, which are in the order of the page frames; the notes are not sorted. */
size_t pagemap_rows(struct pagemap *b, struct ledger_row *rows, size_t max)
{
	struct ledger_row r = { 0 };
	size_t n = 0;

	for (uint64_t at = b->low; at < b->high; at++) {
		const struct note *note = b->slots[at] ? &b->notes[b->slots[at] - 1] : NULL;

		if (!note)
			continue;
		if (n && continues(&r, note)) {
			r.count++;
		} else {
			r = (struct ledger_row){ note->pfn,    1,	   note->ptes,
						 note->pmds,   note->gets, note->pins,
						 note->owners, "",	   note->index };
			strcpy(r.name, note->name);
			n++;
		}
		if (n <= max)
			rows[n - 1] = r;
	}
	return n;
}
