// SPDX-License-Identifier: GPL-2.0-only
#include "reports/splat/splat.h"

#include <string.h>

#include "reports/splat/splat-explain.h"
#include "reports/splat/splat-line.h"
#include "reports/splat/splat-name.h"

#define END_LINES 40	   /* after its end marker, within which a panic over it may come */
#define QUIET_LINES 300	   /* a report ends after so many lines without an address */
#define REPORT_LINES 1500  /* a report ends after so many lines in any case */
#define OPEN_MAX 4	   /* reports that are printed at once */
#define REPORT_BYTES 65536 /* of its text; the rest is ignored */
#define PANIC_LINES 8	   /* without an address, after which a panic is not over the report */
#define JOIN_LINES 30	   /* "close after" in enum splat_form_flags */
#define EXCERPT_LINE 480   /* bytes of a line in an excerpt, before they are escaped */
#define CUT_LINES 4	   /* from "cut here" on, which may hold the text of a WARN() */
#define SAID_MAX 120	   /* bytes of that text */

struct report {
	size_t form; /* in splat_forms */
	struct splat *splat;
	struct splat_words words;
	char tag[SPLAT_TAG_MAX]; /* the caller that prints it; "": not known */
	struct buf text;	 /* its messages, as they came */
	size_t own;		 /* bytes of text before that of the next report; 0: all */
	struct buf excerpt;
	unsigned int excerpt_lines;
	unsigned int lines;
	unsigned int quiet; /* lines since the last one with an address */
	bool ended;	    /* its end marker was seen */
};

struct splat_scanner {
	splat_fn *callback;
	void *arg;
	struct splat_namer *namer;

	struct buf line;
	uint64_t offset; /* bytes fed */
	uint64_t line_start;

	struct report open[OPEN_MAX]; /* the oldest first */
	size_t nr_open;
	struct buf cut; /* "cut here" and the lines after it, escaped */
	unsigned int cut_lines;
	uint64_t cut_start;
	struct buf said; /* the message after it, escaped */
};

struct splat_scanner *splat_scanner_create(splat_fn *callback, void *arg)
{
	struct splat_scanner *s = xcalloc(1, sizeof(*s));

	s->callback = callback;
	s->arg = arg;
	s->namer = splat_namer_create();
	return s;
}

static void report_reset(struct report *r)
{
	splat_destroy(r->splat);
	splat_words_deinit(&r->words);
	buf_deinit(&r->text);
	buf_deinit(&r->excerpt);
	*r = (struct report){ 0 };
}

void splat_scanner_destroy(struct splat_scanner *s)
{
	if (!s)
		return;
	splat_namer_destroy(s->namer);
	for (size_t i = 0; i < s->nr_open; i++)
		report_reset(&s->open[i]);
	buf_deinit(&s->line);
	buf_deinit(&s->cut);
	buf_deinit(&s->said);
	free(s);
}

uint64_t splat_scanner_offset(const struct splat_scanner *s)
{
	return s->offset;
}

/* Names the oldest report and passes it on. */
static void report_close(struct splat_scanner *s)
{
	struct report *r = &s->open[0];
	struct splat *splat = r->splat;
	size_t own = r->own ? r->own : r->text.len;

	splat_namer_name(s->namer, r->form, r->text.data, *r->tag ? r->text.len : own, &r->words,
			 &splat->title, &splat->function, &splat->corrupted);
	splat->type = splat_namer_type(s->namer, splat->title);
	splat->file = take_ptr(r->words.file);
	splat->line = r->words.line;
	splat->excerpt = buf_take(&r->excerpt);
	splat_explain(s->namer, r->form, r->text.data, own, r->words.text, splat);
	s->callback(s->arg, take_ptr(r->splat));
	report_reset(r);
	memmove(s->open, s->open + 1, --s->nr_open * sizeof(*r));
}

static bool same_caller(const char *a, const char *b)
{
	return !*a || !*b || !strcmp(a, b);
}

/* The newest report that the caller @tag may be printing; NULL: none. */
static struct report *report_of(struct splat_scanner *s, const char *tag)
{
	for (size_t i = s->nr_open; i-- > 0;)
		if (same_caller(s->open[i].tag, tag))
			return &s->open[i];
	return NULL;
}

static void add_text(struct report *r, const struct splat_line *m)
{
	if (r->ended || r->text.len + m->len >= REPORT_BYTES)
		return;
	buf_add(&r->text, m->msg, m->len);
	buf_addc(&r->text, '\n');
}

static void add_excerpt(struct report *r, const struct splat_line *m)
{
	struct buf *b = &r->excerpt;

	if (r->excerpt_lines >= SPLAT_EXCERPT_LINES ||
	    b->len + 4 * MIN(m->line_len, EXCERPT_LINE) + 4 > SPLAT_EXCERPT_MAX)
		return;
	buf_add_escaped(b, m->line, m->line_len, EXCERPT_LINE);
	buf_addc(b, '\n');
	r->excerpt_lines++;
}

/*
 * What comes next may belong to another report, unless the log names callers. It still is added
 * to the text: reports of two CPUs may alternate.
 */
static void others_begin(struct splat_scanner *s, const struct splat_line *m)
{
	for (size_t i = 0; i < s->nr_open; i++)
		if (same_caller(s->open[i].tag, m->tag) && !s->open[i].own)
			s->open[i].own = s->open[i].text.len;
}

static void report_open(struct splat_scanner *s, size_t form, const struct splat_line *m)
{
	struct report *r;

	while (s->nr_open == OPEN_MAX)
		report_close(s);
	/* a report of one line does not part another in two */
	if (*splat_forms[form].where)
		others_begin(s, m);
	r = &s->open[s->nr_open++];
	*r = (struct report){ .form = form };
	r->splat = xcalloc(1, sizeof(*r->splat));
	r->splat->cls = splat_forms[form].cls;
	r->splat->panicked = splat_forms[form].flags & SPLAT_FORM_PANIC;
	r->splat->offset = s->line_start;
	memcpy(r->tag, m->tag, sizeof(r->tag));
	splat_namer_read(s->namer, form, m->msg, m->len, &r->words);
	if (s->cut_lines) {
		if (!r->words.text && s->said.len)
			r->words.text = buf_take(&s->said);
		r->splat->offset = s->cut_start;
		r->excerpt_lines = s->cut_lines;
		buf_add(&r->excerpt, buf_str(&s->cut), s->cut.len);
		s->cut_lines = 0;
	}
	add_excerpt(r, m);
}

/* Whether a line of the form @form belongs to @r, the report before it. */
static bool form_joins(const struct report *r, const struct splat_form *form)
{
	const struct splat_form *first = r ? &splat_forms[r->form] : NULL;

	if (!r)
		return false;
	if (form->flags & SPLAT_FORM_DETAIL)
		return true;
	if (form->flags & SPLAT_FORM_PANIC)
		return !r->ended && r->quiet < PANIC_LINES;
	if (r->splat->panicked)
		return true;
	if (form->flags & SPLAT_FORM_REPEATS && form->cls == first->cls && !r->ended)
		return true;
	if (!(form->flags & SPLAT_FORM_JOINS) || r->ended || r->lines > JOIN_LINES)
		return false;
	if (first->flags & SPLAT_FORM_LEADS)
		return true;
	return form->cls == SPLAT_OOPS && (first->cls == SPLAT_OOPS || first->cls == SPLAT_BUG);
}

static void report_join(struct splat_scanner *s, struct report *r, size_t form,
			const struct splat_line *m)
{
	if (r->splat->panicked && !(splat_forms[form].flags & SPLAT_FORM_PANIC))
		others_begin(s, m);
	for (size_t i = 0; i < s->nr_open; i++)
		if (splat_forms[form].flags & SPLAT_FORM_PANIC)
			s->open[i].splat->panicked = true;
	splat_namer_read(s->namer, form, m->msg, m->len, &r->words);
	add_excerpt(r, m);
}

/* A line of an open report that does not open another. */
static void report_body(struct splat_scanner *s, struct report *r, const struct splat_line *m)
{
	if (r->ended)
		return;
	if (splat_namer_alien(s->namer, m->msg, m->len))
		others_begin(s, m);
	add_excerpt(r, m);
	splat_namer_read(s->namer, splat_forms_count, m->msg, m->len, &r->words);
}

/*
 * Adds the message to all reports that its caller may be printing: if the log does not name
 * callers, a report may go on after the first line of the next.
 */
static void add_texts(struct splat_scanner *s, const struct splat_line *m)
{
	for (size_t i = 0; i < s->nr_open; i++) {
		struct report *r = &s->open[i];

		if (!same_caller(r->tag, m->tag))
			continue;
		add_text(r, m);
		if (memmem(m->msg, m->len, "+0x", 3))
			r->quiet = 0;
		if (memmem(m->msg, m->len, "---[ end ", 9))
			r->ended = true;
	}
}

/* The text of a WARN() comes before its WARNING line. */
static void note_cut(struct splat_scanner *s, const struct splat_line *m)
{
	if (memmem(m->msg, m->len, SPLAT_CUT_HERE, strlen(SPLAT_CUT_HERE))) {
		buf_reset(&s->cut);
		s->cut_lines = 0;
		s->cut_start = s->line_start;
		buf_reset(&s->said);
	} else if (!s->cut_lines) {
		return;
	} else if (!s->said.len) {
		buf_add_escaped(&s->said, m->msg, m->len, SAID_MAX);
	}
	if (s->cut_lines++ >= CUT_LINES) {
		s->cut_lines = 0;
		return;
	}
	buf_add_escaped(&s->cut, m->line, m->line_len, EXCERPT_LINE);
	buf_addc(&s->cut, '\n');
}

static void take_message(struct splat_scanner *s, const struct splat_line *m)
{
	size_t form = splat_namer_form(s->namer, m->msg, m->len);
	struct report *r;

	/* the next boot */
	if (m->len > 14 && !memcmp(m->msg, "Linux version ", 14))
		splat_scanner_flush(s);
	r = report_of(s, m->tag);

	if (form == splat_forms_count) {
		if (r)
			report_body(s, r, m);
		note_cut(s, m);
	} else if (form_joins(r, &splat_forms[form])) {
		report_join(s, r, form, m);
	} else {
		report_open(s, form, m);
	}
	add_texts(s, m);
}

static bool is_over(const struct report *r)
{
	return r->lines > REPORT_LINES || r->quiet > (r->ended ? END_LINES : QUIET_LINES);
}

static void take_line(struct splat_scanner *s)
{
	const char *at = buf_str(&s->line), *end = at + s->line.len;
	struct splat_line m;

	while (end > at && end[-1] == '\r')
		end--;
	for (size_t i = 0; i < s->nr_open; i++) {
		s->open[i].lines++;
		s->open[i].quiet++;
	}
	while (s->nr_open && is_over(&s->open[0]))
		report_close(s);
	do {
		at = splat_line_read(at, end, &m);
		take_message(s, &m);
	} while (at);
	buf_reset(&s->line);
}

/*
 * The offset of the next line that may open a report, in @len bytes that begin with a line.
 * The last line, which may go on in the next piece, always may.
 */
static size_t quiet(struct splat_scanner *s, const char *p, size_t len)
{
	size_t at = splat_namer_next(s->namer, p, len);
	const char *nl = memrchr(p, '\n', at);

	return nl ? (size_t)(nl + 1 - p) : 0;
}

void splat_scanner_feed(struct splat_scanner *s, const void *data, size_t len)
{
	const char *p = data, *end = p + len;

	while (p < end) {
		const char *nl;
		size_t n;

		if (!s->nr_open && !s->line.len && !s->cut_lines && s->line_start == s->offset) {
			n = quiet(s, p, (size_t)(end - p));
			p += n;
			s->offset += n;
			s->line_start = s->offset;
		}
		nl = memchr(p, '\n', (size_t)(end - p));
		n = (size_t)((nl ? nl : end) - p);
		buf_add(&s->line, p, MIN(n, SPLAT_LINE_MAX - s->line.len));
		s->offset += n + !!nl;
		p += n + !!nl;
		if (nl) {
			take_line(s);
			s->line_start = s->offset;
		}
	}
}

void splat_scanner_flush(struct splat_scanner *s)
{
	while (s->nr_open)
		report_close(s);
}

void splat_scanner_finish(struct splat_scanner *s)
{
	if (s->line.len) {
		take_line(s);
		s->line_start = s->offset;
	}
	splat_scanner_flush(s);
}
