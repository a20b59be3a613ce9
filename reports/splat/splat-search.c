// SPDX-License-Identifier: GPL-2.0-only
/* Searches the lines of a report for the function at fault. */
#include <string.h>

#include "reports/splat/splat-private.h"

#define FRAMES_MAX 1024
#define TRACE_WITHIN 15 /* lines after a trace's first one within which it has a frame */

struct search {
	struct splat_namer *n;
	size_t form;
	const char *text, *end; /* all lines */
	const char *at;		/* the lines that are left */
	char *frames[FRAMES_MAX];
	size_t nr_frames;
	bool dumped; /* the last frame was dump_stack */
	bool mixed;
};

static struct search search_begin(struct splat_namer *n, size_t form, const char *text, size_t len)
{
	return (struct search){ .n = n, .form = form, .text = text, .end = text + len, .at = text };
}

static void drop_frames(struct search *s)
{
	for (size_t i = 0; i < s->nr_frames; i++)
		free(s->frames[i]);
	s->nr_frames = 0;
}

/*
 * The next line, without its newline; false: there is none. Notes a trace of fault injection,
 * which dumps its stack into other reports.
 */
static bool next_line(struct search *s, const char **line, size_t *len)
{
	const char *nl;

	if (s->at >= s->end)
		return false;
	nl = memchr(s->at, '\n', (size_t)(s->end - s->at));
	*line = s->at;
	*len = (size_t)((nl ? nl : s->end) - s->at);
	s->at += *len + 1;
	if (memmem(*line, *len, "+0x", 3) && !memmem(*line, *len, "? ", 2)) {
		const char *fail = memmem(*line, *len, " should_fail", 12);

		s->mixed |= s->dumped && fail && (fail[12] == '+' || fail[12] == '.');
		s->dumped = memmem(*line, *len, " dump_stack+0x", 14);
	}
	return true;
}

static bool is_helper(struct search *s, const char *name, size_t len)
{
	const struct splat_form *f = &splat_forms[s->form];

	return splat_matches(&s->n->helper, splat_helpers, name, len) ||
	       (f->skip && splat_matches(&s->n->skips[s->form], f->skip, name, len));
}

static bool is_anchor(struct search *s, const char *name, size_t len)
{
	return splat_forms[s->form].flags & SPLAT_FORM_STALL &&
	       splat_matches(&s->n->anchor, splat_stall_anchors, name, len);
}

/*
 * The name of a wait that tasks all over the kernel may be in; NULL: @function waits for
 * something of its own.
 */
static const char *common_wait(struct search *s, const char *function)
{
	static const char *const rcu[] = { "synchronize_rcu", "synchronize_srcu", "synchronize_net",
					   "synchronize_sched" };

	if (!(splat_forms[s->form].flags & SPLAT_FORM_HANG))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(rcu); i++)
		if (strstr(function, rcu[i]))
			return rcu[0];
	return strstr(function, "rtnl_lock") ? "rtnl_lock" : NULL;
}

/* Takes the group @name of @re's last match as a candidate. */
static void take_name(struct search *s, struct regex *re, const char *line, const char *group)
{
	struct regex_group g = regex_group(re, group);
	_cleanup_free_ char *name = NULL;

	if (!g.set || s->nr_frames == FRAMES_MAX || g.len > NAME_MAX_LEN)
		return;
	name = xstrndup(line + g.start, g.len);
	if (is_anchor(s, name, g.len) || common_wait(s, name) || !is_helper(s, name, g.len))
		s->frames[s->nr_frames++] = take_ptr(name);
}

/* The frames up to the next trace; false: another report is mixed into them. */
static bool take_trace(struct search *s)
{
	const char *line, *from;
	size_t len;

	for (from = s->at; next_line(s, &line, &len); from = s->at) {
		struct regex *re = splat_wanted(&s->n->frame, splat_frame_pattern);

		if (s->mixed)
			return false;
		if (splat_matches(&s->n->trace, splat_trace_pattern, line, len)) {
			s->at = from;
			return true;
		}
		if (regex_match(re, line, len) && !regex_group(re, "unsure").set) {
			take_name(s, re, line, "func");
			take_name(s, re, line, "caller");
		}
	}
	return true;
}

static bool take_step(struct search *s, char letter)
{
	const char *line;
	size_t len, i = 0;

	while (i < splat_steps_count && splat_steps[i].letter != letter)
		i++;
	while (i < splat_steps_count && next_line(s, &line, &len)) {
		struct regex *re = splat_wanted(&s->n->steps[i], splat_steps[i].pattern);

		if (s->mixed)
			return false;
		if (!regex_match(re, line, len))
			continue;
		take_name(s, re, line, "func");
		return true;
	}
	return false;
}

static void take_own(struct search *s)
{
	struct regex *re = s->n->forms[s->form];
	size_t len = (size_t)((const char *)memchr(s->text, '\n', (size_t)(s->end - s->text)) -
			      s->text);

	if (regex_match(re, s->text, len))
		take_name(s, re, s->text, "func");
}

/* Goes through one alternative of a form's where; true: it led to candidates. */
static bool walk(struct search *s, const char *where)
{
	const char *line;
	size_t len;

	for (; *where && *where != '|'; where++) {
		if (*where == 'h')
			take_own(s);
		else if (*where == 't' ? !take_trace(s) : !take_step(s, *where))
			break;
	}
	while (!s->mixed && next_line(s, &line, &len))
		;
	if (s->mixed)
		drop_frames(s);
	return s->nr_frames > 0;
}

/* "__x64_sys_rmdir" and "__se_sys_rmdir" are wrappers of a system call. */
static char *without_wrapper(const char *name)
{
	static const char *const prefixes[] = {
		"__x64_",    "__ia32_compat_",	 "__ia32_",	 "__arm64_",
		"__riscv_",  "__se_compat_sys_", "__se_sys_",	 "__do_compat_sys_",
		"__do_sys_", "compat_SyS_",	 "compat_SYSC_", "SyS_",
		"SYSC_"
	};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return xstrdup(name + strlen(prefixes[i]));
	return xstrdup(name);
}

/*
 * A stalled CPU may be anywhere in a loop. Its work names it: the function before the first
 * one in the trace that hands out work.
 */
static char *stalled_in(struct search *s)
{
	const char *before = s->frames[0];

	for (size_t i = 0; i < s->nr_frames; i++) {
		const char *f = s->frames[i];

		if (strstr(f, "smp_call_function"))
			return xstrdup("smp_call_function");
		if (splat_matches(&s->n->anchor, splat_stall_anchors, f, strlen(f)))
			return without_wrapper(before);
		before = f;
	}
	/* a fault in user space; one in the kernel is a part of the work */
	for (size_t i = 1; i < s->nr_frames; i++)
		if (strstr(s->frames[i], "__do_fault") || strstr(s->frames[i], "handle_mm_fault"))
			return xstrdup(s->frames[i - 1]);
	return without_wrapper(s->frames[0]);
}

/* Many tasks may wait for one holder, so all waits of one kind get one name. */
static char *hung_in(struct search *s)
{
	for (size_t i = 0; i < s->nr_frames; i++) {
		const char *wait = common_wait(s, s->frames[i]);

		if (wait)
			return xstrdup(wait);
	}
	for (size_t i = 0; i < s->nr_frames; i++) {
		const char *f = s->frames[i];

		if (!splat_matches(&s->n->hang, splat_hang_helpers, f, strlen(f)))
			return xstrdup(f);
	}
	return NULL;
}

static char *choose(struct search *s)
{
	unsigned int flags = splat_forms[s->form].flags;

	return flags & SPLAT_FORM_STALL ? stalled_in(s) :
	       flags & SPLAT_FORM_HANG	? hung_in(s) :
					  without_wrapper(s->frames[0]);
}

char *splat_find_function(struct splat_namer *n, size_t form, const char *text, size_t len)
{
	const char *where = splat_forms[form].where;
	char *found = NULL;

	while (!found && *where) {
		struct search s = search_begin(n, form, text, len);

		/* all but the pattern's own func come after the first line */
		if (*where != 'h' && *where != 'l') {
			const char *line;
			size_t skipped;

			next_line(&s, &line, &skipped);
		}
		if (walk(&s, where))
			found = choose(&s);
		drop_frames(&s);
		where += strcspn(where, "|");
		where += *where == '|';
	}
	/* others may print between the lines of a report, but not into its first one */
	if (found) {
		struct search s = search_begin(n, form, text, len);

		take_own(&s);
		if (s.nr_frames) {
			free(found);
			found = choose(&s);
		}
		drop_frames(&s);
	}
	return found;
}

bool splat_has_wanted(struct splat_namer *n, size_t form, const char *text, size_t len)
{
	const char *where = splat_forms[form].where;
	struct search s = search_begin(n, form, text, len);
	bool found = !(*where >= 'A' && *where <= 'Z') || take_step(&s, *where);

	drop_frames(&s);
	return found;
}

bool splat_lacks_trace(struct splat_namer *n, size_t form, const char *text, size_t len)
{
	struct search s = search_begin(n, form, text, len);
	struct regex *trace = splat_wanted(&n->trace, splat_trace_pattern);
	struct regex *frame = splat_wanted(&n->frame, splat_frame_pattern);
	const char *line, *where = splat_forms[form].where;
	unsigned int traces = 0, wait = 0;
	size_t n_line;

	if (!memchr(where, 't', strcspn(where, "|")))
		return false;
	while (next_line(&s, &line, &n_line)) {
		if (regex_match(frame, line, n_line) && !regex_group(frame, "unsure").set) {
			traces++;
			wait = 0;
		} else if (regex_match(trace, line, n_line)) {
			if (wait)
				return true;
			wait = TRACE_WITHIN;
		} else if (wait && !--wait) {
			return true;
		}
	}
	return wait || !traces;
}
