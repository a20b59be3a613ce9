// SPDX-License-Identifier: GPL-2.0-only
#include "reports/splat/splat-explain.h"

#include <string.h>

#include "reports/splat/splat-private.h"

#define REGISTERS_MAX 1024 /* bytes */
#define CALLERS 2	   /* in a signature */

/* kernel/panic.c, taint_flags[], v7.2 */
static const struct {
	char letter;
	const char *word;
} taints[] = {
	{ 'P', "proprietary module" },
	{ 'F', "module loaded by force" },
	{ 'S', "processor out of specification" },
	{ 'R', "module removed by force" },
	{ 'M', "machine check" },
	{ 'B', "bad page" },
	{ 'U', "set by the user" },
	{ 'D', "an earlier oops or BUG" },
	{ 'A', "ACPI table overridden" },
	{ 'W', "an earlier warning" },
	{ 'C', "staging driver" },
	{ 'I', "firmware bug" },
	{ 'O', "out-of-tree module" },
	{ 'E', "unsigned module" },
	{ 'L', "an earlier soft lockup" },
	{ 'K', "live patch" },
	{ 'X', "defined by the distribution" },
	{ 'T', "randomized struct layout" },
	{ 'N', "test module" },
	{ 'J', "fwctl" },
};

const char *splat_taint_word(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(taints); i++)
		if (taints[i].letter == letter)
			return taints[i].word;
	return NULL;
}

static const struct splat_pattern {
	const char *name, *pattern;
} areas[] = {
	{ "dax", "^_*dax_|_dax_|_dax$|^fsdev_dax|^dev_dax" },
	{ "gup", "(?:pin|get)_user_pages|^gup_|_gup_|^(?:un)?pin_|follow_page|"
		 "faultin_page|try_grab|^gup_put|iov_iter_extract" },
	{ "rdma", "^(?:__)?(?:ib_|rxe_|uverbs_|rdma_|ucma_)|_umem_|^umem" },
	{ "mm", "truncate_|invalidate_|unmap_|zap_|^hwpoison|memory_failure|^vmf_insert|wp_page|"
		"handle_mm_fault|memremap|pgmap" },
	{ "iomap", "^_*iomap_" },
	{ "xfs", "^_*xfs_" },
	{ "ext4", "^_*ext4_" },
	{ "nvdimm", "^_*(?:nd_|nvdimm|pmem_|nfit_|acpi_nfit)" },
};
_Static_assert(ARRAY_SIZE(areas) == SPLAT_AREAS, "one pattern each");

static void take_frame(struct splat_namer *n, const char *line, size_t len, struct splat *s)
{
	_cleanup_free_ char *offset = NULL, *size = NULL;
	struct splat_frame *f;

	if (s->nr_frames == SPLAT_FRAMES_MAX || !regex_match(n->frame, line, len))
		return;
	f = &s->frames[s->nr_frames++];
	offset = regex_group_str(n->frame, line, "offset", 16);
	size = regex_group_str(n->frame, line, "size", 16);
	*f = (struct splat_frame){
		.function = regex_group_str(n->frame, line, "full", NAME_MAX_LEN),
		.module = regex_group_str(n->frame, line, "module", NAME_MAX_LEN),
		.offset = offset ? strtoul(offset, NULL, 16) : 0,
		.size = size ? strtoul(size, NULL, 16) : 0,
		.sure = !regex_group(n->frame, "unsure").set,
		.call = !regex_group(n->frame, "pc").set,
	};
	if (!f->function)
		f->function = regex_group_str(n->frame, line, "func", NAME_MAX_LEN);
}

/* Takes the group @name as text, unless @out has one. */
static void take_word(struct regex *re, const char *line, const char *name, char **out)
{
	if (!*out)
		*out = regex_group_str(re, line, name, NAME_MAX_LEN);
}

static void take_number(struct regex *re, const char *line, const char *name, int *out)
{
	_cleanup_free_ char *text = *out < 0 ? regex_group_str(re, line, name, 9) : NULL;

	if (text)
		*out = (int)strtol(text, NULL, 10);
}

static void take_task(struct splat_namer *n, const char *line, size_t len, struct splat *s)
{
	bool hung = s->cls == SPLAT_HUNG_TASK;

	/* in the report of a hung task, this line names the task that watches */
	if ((hung && len > 4 && !memcmp(line, "CPU:", 4)) ||
	    !splat_matches(&n->task, splat_task_pattern, line, len))
		return;
	take_word(n->task, line, "task", &s->task);
	take_word(n->task, line, "taint", &s->taint);
	take_word(n->task, line, "kernel", &s->kernel);
	take_word(n->task, line, "build", &s->build);
	take_number(n->task, line, "pid", &s->pid);
	take_number(n->task, line, "cpu", &s->cpu);
}

static void take_registers(struct splat_namer *n, const char *line, size_t len, struct buf *b,
			   bool *done)
{
	if (*done || !splat_matches(&n->registers, splat_registers_pattern, line, len))
		return;
	/* the next block begins with the same register */
	*done = b->len > REGISTERS_MAX || (b->len && !strncmp(b->data, line, 3));
	if (*done)
		return;
	buf_add_escaped(b, line, len, NAME_MAX_LEN);
	buf_addc(b, '\n');
}

static bool same_place(const struct splat_frame *a, const struct splat_frame *b)
{
	return !a->call && a->offset == b->offset && !strcmp(a->function, b->function);
}

/* The first trace, and the instruction pointer before it. */
static void take_frames(struct splat_namer *n, const char *at, const char *end, struct splat *s)
{
	const char *own = memmem(at, (size_t)(end - at), "stack backtrace:", 16);
	bool in_trace = false;

	/* lockdep prints the traces of earlier acquisitions before its own */
	if (own)
		at = own;
	splat_wanted(&n->frame, splat_frame_pattern);
	for (const char *nl; at < end && (nl = memchr(at, '\n', (size_t)(end - at))); at = nl + 1) {
		size_t len = (size_t)(nl - at), before = s->nr_frames;

		if (splat_matches(&n->trace, splat_trace_pattern, at, len)) {
			if (in_trace)
				return;
			/* the frames so far were the instruction pointer, or another trace */
			while (s->nr_frames && s->frames[s->nr_frames - 1].call)
				splat_frame_deinit(&s->frames[--s->nr_frames]);
			continue;
		}
		take_frame(n, at, len, s);
		if (s->nr_frames > before && s->frames[before].call && !in_trace) {
			in_trace = true;
			/* all but x86 begin a trace with the instruction pointer */
			if (before && same_place(&s->frames[before - 1], &s->frames[before]))
				splat_frame_deinit(&s->frames[--s->nr_frames]);
		}
	}
}

static void take_lines(struct splat_namer *n, const char *at, const char *end, struct splat *s)
{
	struct buf registers = BUF_INIT;
	bool done = false;

	for (const char *nl; at < end && (nl = memchr(at, '\n', (size_t)(end - at))); at = nl + 1) {
		take_task(n, at, (size_t)(nl - at), s);
		take_registers(n, at, (size_t)(nl - at), &registers, &done);
	}
	if (registers.len)
		s->registers = buf_take(&registers);
	buf_deinit(&registers);
}

/* A function belongs to the first area whose pattern matches it. */
static void take_area(struct splat_namer *n, const struct splat_frame *f, struct splat *s)
{
	for (size_t a = 0; a < ARRAY_SIZE(areas); a++) {
		if (!splat_matches(&n->areas[a], areas[a].pattern, f->function,
				   strlen(f->function)))
			continue;
		if (!s->areas[a].function)
			s->areas[a] = (struct splat_area){ areas[a].name, f->function };
		return;
	}
}

/* "foo.isra.0" is foo. */
static size_t plain_len(const char *function)
{
	return strcspn(function, ".");
}

/* The text of a warning, without numbers and the names that hold one, like that of a device. */
static void add_said(struct splat_namer *n, struct buf *b, const char *said)
{
	_cleanup_free_ char *text = splat_without_changing(n, xstrdup(said));
	_cleanup_free_ char *plain = regex_replace(splat_wanted(&n->numbered, "\\w*\\d\\w*"), text,
						   "NUM");

	buf_addf(b, ": %s", plain);
}

/*
 * The title, the text of a warning, and the first callers that are no helpers; no callers for
 * a hung task or a stalled CPU, which may be anywhere.
 */
static void make_signature(struct splat_namer *n, size_t form, const char *said, struct splat *s)
{
	bool anywhere = splat_forms[form].flags & (SPLAT_FORM_STALL | SPLAT_FORM_HANG);
	const char *function = s->function;
	struct buf b = BUF_INIT;
	size_t i = 0, callers = 0;

	buf_adds(&b, s->title);
	if (said && s->cls == SPLAT_WARNING && !strstr(s->title, said))
		add_said(n, &b, said);
	while (function && i < s->nr_frames &&
	       (strncmp(s->frames[i].function, function, strlen(function)) ||
		plain_len(s->frames[i].function) != strlen(function)))
		i++;
	for (i++; !anywhere && function && i < s->nr_frames && callers < CALLERS; i++) {
		const struct splat_frame *f = &s->frames[i];
		size_t len = plain_len(f->function);

		if (!f->sure || splat_matches(&n->helper, splat_helpers, f->function, len))
			continue;
		buf_addf(&b, " < %.*s", (int)len, f->function);
		callers++;
	}
	s->signature = buf_take(&b);
}

void splat_explain(struct splat_namer *n, size_t form, const char *text, size_t len,
		   const char *said, struct splat *splat)
{
	splat->cpu = splat->pid = -1;
	take_lines(n, text, text + len, splat);
	take_frames(n, text, text + len, splat);
	for (size_t i = 0; i < splat->nr_frames; i++)
		if (splat->frames[i].sure)
			take_area(n, &splat->frames[i], splat);
	make_signature(n, form, said, splat);
}
