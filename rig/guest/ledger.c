/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads the kernel's struct pages through QEMU's monitor while the guest runs, and compares
 * them with what the case's program expects. See wire/ledger.h for the format.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arch.h"
#include "guest/private.h"

#define TEXT_MAX 12000u

/* Gives QEMU, which may be another user, a memfd to write to; once for each guest. */
static struct err *hand_pages(struct guest *g)
{
	_cleanup_close_ int fd = -1;
	struct err *err;

	if (g->pages >= 0)
		return NULL;
	fd = memfd_create("pages", MFD_CLOEXEC);
	if (fd < 0)
		return err_errno(errno, "cannot read the guest's memory");
	err = virt_domain_hand_fd(g->domain, fd, &g->pages_there);
	if (!err)
		g->pages = take_fd(fd);
	return err;
}

/* By a monitor command: QEMU takes a signed address here, which libvirt does not handle. */
static struct err *save(struct guest *g, uint64_t addr, size_t len)
{
	_cleanup_free_ char *reply = NULL;
	_cleanup_free_ char *command = xasprintf(
		"{\"execute\":\"memsave\",\"arguments\":{\"val\":%lld,\"size\":%zu,"
		"\"filename\":\"/proc/self/fd/%d\",\"cpu-index\":0}}",
		(long long)addr, len, g->pages_there);
	struct err *err = virt_domain_monitor(g->domain, false, command, &reply);
	struct stat st;

	if (err)
		return err_wrap(err, "cannot read the guest's struct pages");
	/* libvirt returns QEMU's error reply as a normal reply, so check the size */
	if (fstat(g->pages, &st) || (uint64_t)st.st_size != len)
		return err_create(ERR_INFRA, "QEMU did not save the guest's memory");
	return NULL;
}

static struct err *read_memory(void *arg, uint64_t addr, void *out, size_t len)
{
	struct guest *g = arg;
	struct err *err = save(g, addr, len);
	size_t done = 0;

	while (!err && done < len) {
		ssize_t n = pread(g->pages, (char *)out + done, len - done, (off_t)done);

		if (n <= 0)
			err = err_errno(n ? errno : EIO, "cannot read the guest's memory");
		else
			done += (size_t)n;
	}
	return err;
}

static struct err *read_rows(const struct frame *f, struct ledger_row *rows, size_t *n)
{
	struct msg_reader reader;
	struct msg_field field;
	uint64_t pages = 0;

	*n = 0;
	msg_reader_init(&reader, f->payload, f->len);
	while (msg_next(&reader, &field)) {
		_cleanup_free_ char *text = NULL;

		if (field.tag != TAG_ARG)
			continue;
		text = msg_str(&field, LEDGER_ROW_MAX);
		if (*n == LEDGER_ROWS_MAX || !ledger_row_parse(text, &rows[*n]))
			return err_create(ERR_INFRA, "the agent's ledger cannot be read");
		pages += rows[(*n)++].count;
	}
	if (!*n || pages > LEDGER_PAGES_MAX)
		return err_create(ERR_INFRA, "the agent's ledger has no pages, or too many");
	return NULL;
}

/*
 * Finds the address of the struct pages, which is read once. A kernel that cannot move them
 * (4-level paging) has no variable vmemmap_base.
 */
static struct err *find_pages(struct guest *g, const struct ledger_memory *mem)
{
	if (g->layout.vmemmap)
		return NULL;
	g->layout.vmemmap = ARCH_HERE->vmemmap;
	return g->vmemmap_base ? mem->read(mem->arg, g->vmemmap_base, &g->layout.vmemmap,
					   sizeof(g->layout.vmemmap)) :
				 NULL;
}

/* Readies @g for reads of its struct pages. *@lacking: its kernel does not offer it. */
static struct err *ready(struct guest *g, const struct ledger_memory *mem, bool *lacking)
{
	struct err *err = hand_pages(g);
	const char *lacks;

	if (!err)
		err = find_pages(g, mem);
	lacks = err ? NULL : ledger_layout_lacks(&g->layout);
	*lacking = lacks != NULL;
	return lacks ? err_create(ERR_INFRA, "%s", lacks) : err;
}

static struct err *check(struct guest *g, struct ledger_budget *budget, bool idle,
			 const struct frame *f, struct ledger_result *result, bool *lacking)
{
	_cleanup_free_ struct ledger_row *rows = xcalloc(LEDGER_ROWS_MAX, sizeof(*rows));
	const struct ledger_memory mem = { read_memory, g, budget };
	struct err *err;
	size_t n;

	err = read_rows(f, rows, &n);
	if (err)
		return err;
	err = ready(g, &mem, lacking);
	if (err)
		return err;
	return idle ? ledger_check_idle(&g->layout, &mem, rows->pfn, rows->count, result) :
		      ledger_check(&g->layout, &mem, rows, n, result);
}

/* Fills the reply to LEDGER_HELD_CALL. */
static struct err *find_held(struct guest *g, struct ledger_budget *budget, const struct frame *f,
			     struct buf *reply, bool *lacking)
{
	_cleanup_free_ struct ledger_row *rows = xcalloc(LEDGER_ROWS_MAX, sizeof(*rows));
	_cleanup_free_ struct ledger_held *held = xcalloc(LEDGER_HELDS_MAX, sizeof(*held));
	const struct ledger_memory mem = { read_memory, g, budget };
	_cleanup_buf_ struct buf text = BUF_INIT;
	char line[LEDGER_HELD_MAX];
	uint64_t next;
	struct err *err;
	size_t n;

	err = read_rows(f, rows, &n);
	if (!err)
		err = ready(g, &mem, lacking);
	if (!err)
		err = ledger_find_held(&g->layout, &mem, rows->pfn, rows->count, held,
				       LEDGER_HELDS_MAX, &n, &next);
	if (err)
		return err;
	msg_put_u64(reply, TAG_STATUS, n ? REPLY_NOT : REPLY_DONE);
	buf_addf(&text, LEDGER_HELD_HEAD "%llx \n", (unsigned long long)next);
	for (size_t i = 0; i < n; i++) {
		ledger_held_format(&held[i], line);
		buf_adds(&text, line);
	}
	if (n)
		msg_put(reply, TAG_TEXT, text.data, text.len);
	return NULL;
}

bool guest_ledger_held(struct guest *g, struct ledger_budget *budget, const struct frame *f,
		       struct buf *reply)
{
	bool lacking = false;
	_cleanup_err_ struct err *err = find_held(g, budget, f, reply, &lacking);

	if (err) {
		msg_put_u64(reply, TAG_STATUS, lacking ? REPLY_LACKS : REPLY_NOT);
		msg_put_str(reply, TAG_TEXT, err->message);
	}
	return !budget->refused;
}

/*
 * A normal case reads little and, at its end, all struct pages at most three times. The quick
 * plan's most was 51 MB and 0.5 s, where this allows 235 MB and some 20 s.
 */
struct ledger_budget guest_ledger_budget(const struct guest *g)
{
	return (struct ledger_budget){
		.bytes = (64ull << 20) + 8 * g->layout.pages * 64,
		.ns = guest_ms(g, 5000) * 1000000,
	};
}

/* The guest looks at all struct pages in an eighth of the time. */
struct ledger_budget guest_held_budget(const struct guest *g, uint64_t ms)
{
	return (struct ledger_budget){
		.bytes = (16 + ms / 100) * g->layout.pages * 64,
		.ns = (guest_ms(g, 5000) + ms / 5) * 1000000,
	};
}

struct err *guest_page(struct guest *g, uint64_t pfn, struct buf *out)
{
	const struct ledger_memory mem = { read_memory, g, NULL };
	bool lacking;
	struct err *err = ready(g, &mem, &lacking);

	return err ? err : ledger_describe(&g->layout, &mem, pfn, out);
}

bool guest_ledger(struct guest *g, struct ledger_budget *budget, const char *call,
		  const struct frame *f, struct buf *reply)
{
	struct ledger_result result = LEDGER_RESULT_INIT;
	bool idle = strcmp(call, LEDGER_IDLE_CALL) == 0;
	bool lacking = false;
	_cleanup_err_ struct err *err = check(g, budget, idle, f, &result, &lacking);

	msg_put_u64(reply, TAG_STATUS,
		    lacking		? REPLY_LACKS :
		    err || result.wrong ? REPLY_NOT :
					  REPLY_DONE);
	if (err) {
		msg_put_str(reply, TAG_TEXT, err->message);
	} else if (result.wrong) {
		_cleanup_free_ char *text = xasprintf(
			"%s\n%s\n%s; %zu page%s in all\n%.*s", rules[result.rule].name,
			result.expected, result.found, result.wrong, result.wrong == 1 ? "" : "s",
			(int)TEXT_MAX, buf_str(&result.table));

		msg_put_str(reply, TAG_TEXT, text);
	}
	ledger_result_deinit(&result);
	return !budget->refused;
}
