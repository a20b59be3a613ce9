// SPDX-License-Identifier: GPL-2.0-only
#include "splat.h"

#include <string.h>

#include "regex.h"
#include "splat-rules.h"

#define REPORT_LINES 200 /* past these a report is over in any case */
#define JOIN_LINES 12	 /* how close "close behind" is */
#define CUT_LINES 4	 /* what WARN() says stands between "cut here" and it */
#define NAME_MAX_LEN 200

static const char *const class_names[] = {
	[SPLAT_WARNING] = "warning",
	[SPLAT_BUG] = "bug",
	[SPLAT_OOPS] = "oops",
	[SPLAT_LOCKDEP] = "lockdep",
	[SPLAT_REFCOUNT] = "refcount",
	[SPLAT_BAD_PAGE] = "bad-page",
	[SPLAT_ATOMIC_SLEEP] = "atomic-sleep",
	[SPLAT_SANITIZER] = "sanitizer",
	[SPLAT_HUNG_TASK] = "hung-task",
	[SPLAT_LOCKUP] = "lockup",
	[SPLAT_RCU_STALL] = "rcu-stall",
	[SPLAT_FS] = "fs-corruption",
	[SPLAT_PANIC] = "panic",
};

const char *splat_class_name(enum splat_class cls)
{
	return class_names[cls];
}

static char *strdup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

struct splat *splat_copy(const struct splat *splat)
{
	struct splat *copy = xcalloc(1, sizeof(*copy));

	*copy = *splat;
	copy->title = xstrdup(splat->title);
	copy->file = strdup_or_null(splat->file);
	copy->function = strdup_or_null(splat->function);
	copy->excerpt = xstrdup(splat->excerpt);
	return copy;
}

void splat_destroy(struct splat *splat)
{
	if (!splat)
		return;
	free(splat->title);
	free(splat->file);
	free(splat->function);
	free(splat->excerpt);
	free(splat);
}

/* Where a function's name may come from, in the letters of splat_rule.sources. */
enum source { SOURCE_HEADER, SOURCE_AT, SOURCE_RIP, SOURCE_TRACE, SOURCE_COUNT };
static const char source_letters[SOURCE_COUNT + 1] = "hart";

struct report {
	const struct splat_rule *rule; /* NULL: no report is open */
	struct splat *splat;
	char *text; /* the rule's {text} */
	char *access;
	char tag[16]; /* the caller who prints it, "" when not told */
	char *names[SOURCE_COUNT];
	struct buf excerpt;
	unsigned int excerpt_lines;
	unsigned int lines;
	bool ended; /* its end marker was seen */
};

struct splat_scanner {
	splat_fn *callback;
	void *arg;
	struct regex **rules;
	struct regex *prefix, *frame, *rip, *at, *access, *place, *helper;

	struct buf line;
	uint64_t offset; /* bytes fed */
	uint64_t line_start;

	struct report open;
	struct buf cut; /* "cut here" and the lines behind it, escaped */
	unsigned int cut_lines;
	uint64_t cut_start;
	uint64_t reports;
};

struct splat_scanner *splat_scanner_create(splat_fn *callback, void *arg)
{
	struct splat_scanner *s = xcalloc(1, sizeof(*s));

	s->callback = callback;
	s->arg = arg;
	s->rules = xcalloc(splat_rules_count, sizeof(struct regex *));
	for (size_t i = 0; i < splat_rules_count; i++)
		s->rules[i] = regex_create(splat_rules[i].pattern);
	s->prefix = regex_create(splat_prefix_pattern);
	s->frame = regex_create(splat_frame_pattern);
	s->rip = regex_create(splat_rip_pattern);
	s->at = regex_create(splat_at_pattern);
	s->access = regex_create(splat_access_pattern);
	s->place = regex_create(splat_place_pattern);
	s->helper = regex_create(splat_helper_functions);
	return s;
}

static void report_reset(struct report *r)
{
	splat_destroy(r->splat);
	free(r->text);
	free(r->access);
	for (size_t i = 0; i < SOURCE_COUNT; i++)
		free(r->names[i]);
	buf_deinit(&r->excerpt);
	*r = (struct report){ 0 };
}

void splat_scanner_destroy(struct splat_scanner *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < splat_rules_count; i++)
		regex_destroy(s->rules[i]);
	free(s->rules);
	regex_destroy(s->prefix);
	regex_destroy(s->frame);
	regex_destroy(s->rip);
	regex_destroy(s->at);
	regex_destroy(s->access);
	regex_destroy(s->place);
	regex_destroy(s->helper);
	report_reset(&s->open);
	buf_deinit(&s->line);
	buf_deinit(&s->cut);
	free(s);
}

uint64_t splat_scanner_offset(const struct splat_scanner *s)
{
	return s->offset;
}

uint64_t splat_scanner_dropped(const struct splat_scanner *s)
{
	return s->reports > SPLAT_REPORTS_MAX ? s->reports - SPLAT_REPORTS_MAX : 0;
}

/* Fills a title's {words}; an unknown function takes its " in " along. */
static char *title_make(const struct report *r, const char *function)
{
	struct buf b = BUF_INIT;

	for (const char *p = r->rule->title; *p;) {
		if (!function && !strncmp(p, " in {func}", 10)) {
			p += 10;
		} else if (!strncmp(p, "{func}", 6)) {
			buf_adds(&b, function ? function : "unknown");
			p += 6;
		} else if (!strncmp(p, "{text}", 6)) {
			buf_adds(&b, r->text ? r->text : "");
			p += 6;
		} else if (!strncmp(p, "{access}", 8)) {
			if (r->access)
				buf_addf(&b, " %s", r->access);
			p += 8;
		} else {
			buf_addc(&b, *p++);
		}
	}
	while (b.len && b.data[b.len - 1] == ' ')
		b.data[--b.len] = '\0';
	return buf_take(&b);
}

static void report_close(struct splat_scanner *s)
{
	struct report *r = &s->open;
	struct splat *splat = r->splat;

	if (!r->rule)
		return;
	for (const char *p = r->rule->sources; *p && !splat->function; p++)
		splat->function = strdup_or_null(
			r->names[strchr(source_letters, *p) - source_letters]);
	splat->title = title_make(r, splat->function);
	splat->excerpt = buf_take(&r->excerpt);
	if (s->reports++ < SPLAT_REPORTS_MAX)
		s->callback(s->arg, take_ptr(r->splat));
	report_reset(r);
}

static void report_add_line(struct report *r, const char *line, size_t len)
{
	struct buf *b = &r->excerpt;

	if (r->excerpt_lines >= SPLAT_EXCERPT_LINES ||
	    b->len + len + 64 > SPLAT_EXCERPT_MAX)
		return;
	buf_add_escaped(b, line, len, 512);
	buf_addc(b, '\n');
	r->excerpt_lines++;
}

/* Takes the func of @re's last match as a name from @source, if it is to be trusted. */
static void report_name(struct splat_scanner *s, enum source source, struct regex *re,
			const char *msg)
{
	_cleanup_free_ char *name = regex_group_str(re, msg, "func", NAME_MAX_LEN);

	if (!name || s->open.names[source])
		return;
	name[strcspn(name, ".")] = '\0'; /* .isra.0, .constprop.0, .cold */
	if (!regex_match(s->helper, name, strlen(name)))
		s->open.names[source] = take_ptr(name);
}

static void report_place(struct splat *splat, struct regex *re, const char *msg)
{
	_cleanup_free_ char *line = regex_group_str(re, msg, "line", 9);

	if (!splat->file && !splat->line && line) {
		splat->file = regex_group_str(re, msg, "file", NAME_MAX_LEN);
		splat->line = (unsigned int)strtoul(line, NULL, 10);
	}
}

struct message {
	const char *line; /* as it came, without \r and \n */
	size_t line_len;
	const char *msg; /* behind timestamp and caller tag */
	size_t len;
	char tag[16];
};

static void report_open(struct splat_scanner *s, size_t rule, const struct message *m)
{
	struct report *r = &s->open;

	report_close(s);
	r->rule = &splat_rules[rule];
	r->splat = xcalloc(1, sizeof(*r->splat));
	r->splat->cls = r->rule->cls;
	r->splat->fatal = r->rule->flags & SPLAT_RULE_PANIC;
	r->splat->offset = s->line_start;
	memcpy(r->tag, m->tag, sizeof(r->tag));
	if (s->cut_lines) {
		r->splat->offset = s->cut_start;
		r->excerpt_lines = s->cut_lines;
		buf_add(&r->excerpt, buf_str(&s->cut), s->cut.len);
		s->cut_lines = 0;
	}
	r->text = regex_group_str(s->rules[rule], m->msg, "text", NAME_MAX_LEN);
	report_place(r->splat, s->rules[rule], m->msg);
	report_name(s, SOURCE_HEADER, s->rules[rule], m->msg);
	report_add_line(r, m->line, m->line_len);
}

/* Whether a line that matches @rule says more about the report before it. */
static bool rule_joins(const struct report *r, const struct splat_rule *rule)
{
	if (!r->rule)
		return false;
	if (r->splat->fatal || rule->flags & SPLAT_RULE_PANIC)
		return true;
	if (rule->flags & SPLAT_RULE_REPEATS && rule->cls == r->rule->cls && !r->ended)
		return true;
	if (!(rule->flags & SPLAT_RULE_JOINS) || r->ended || r->lines > JOIN_LINES)
		return false;
	if (r->rule->flags & SPLAT_RULE_LEADS)
		return true;
	return rule->cls == SPLAT_OOPS &&
	       (r->rule->cls == SPLAT_OOPS || r->rule->cls == SPLAT_BUG);
}

/* The first rule that @m matches, or splat_rules_count. */
static size_t find_rule(struct splat_scanner *s, const struct message *m)
{
	for (size_t i = 0; i < splat_rules_count; i++) {
		const char *key = splat_rules[i].key;

		if (memmem(m->msg, m->len, key, strlen(key)) &&
		    regex_match(s->rules[i], m->msg, m->len))
			return i;
	}
	return splat_rules_count;
}

static void report_join(struct splat_scanner *s, size_t rule, const struct message *m)
{
	struct report *r = &s->open;

	if (splat_rules[rule].flags & SPLAT_RULE_PANIC)
		r->splat->fatal = true;
	report_place(r->splat, s->rules[rule], m->msg);
	report_name(s, SOURCE_HEADER, s->rules[rule], m->msg);
	report_add_line(r, m->line, m->line_len);
}

/* A line of an open report that opens none itself. */
static void report_body(struct splat_scanner *s, const struct message *m)
{
	struct report *r = &s->open;

	if (r->ended)
		return;
	report_add_line(r, m->line, m->line_len);
	if (memmem(m->msg, m->len, "---[ end ", 9))
		r->ended = true;
	if (strcmp(r->tag, m->tag))
		return;
	if (regex_match(s->rip, m->msg, m->len))
		report_name(s, SOURCE_RIP, s->rip, m->msg);
	else if (regex_match(s->at, m->msg, m->len))
		report_name(s, SOURCE_AT, s->at, m->msg);
	else if (regex_match(s->frame, m->msg, m->len)) {
		if (!regex_group(s->frame, "unsure").set)
			report_name(s, SOURCE_TRACE, s->frame, m->msg);
	} else if (!r->access && regex_match(s->access, m->msg, m->len))
		r->access = regex_group_str(s->access, m->msg, "access", 8);
	else if (regex_match(s->place, m->msg, m->len))
		report_place(r->splat, s->place, m->msg);
}

/* What a WARN() says stands in front of its WARNING line. */
static void note_cut(struct splat_scanner *s, const struct message *m)
{
	if (memmem(m->msg, m->len, "---[ cut here ]---", 18)) {
		buf_reset(&s->cut);
		s->cut_lines = 0;
		s->cut_start = s->line_start;
	} else if (!s->cut_lines) {
		return;
	}
	if (s->cut_lines++ >= CUT_LINES) {
		s->cut_lines = 0;
		return;
	}
	buf_add_escaped(&s->cut, m->line, m->line_len, 512);
	buf_addc(&s->cut, '\n');
}

static void take_line(struct splat_scanner *s)
{
	struct message m = { .line = buf_str(&s->line), .line_len = s->line.len };
	struct regex_group g;
	size_t rule;

	m.msg = m.line;
	m.len = m.line_len;
	if (regex_match(s->prefix, m.line, m.line_len)) {
		g = regex_group(s->prefix, "msg");
		m.msg = m.line + g.start;
		m.len = g.len;
		g = regex_group(s->prefix, "tag");
		if (g.set && g.len < sizeof(m.tag))
			memcpy(m.tag, m.line + g.start, g.len);
	}
	if (s->open.rule && ++s->open.lines > REPORT_LINES)
		report_close(s);
	rule = find_rule(s, &m);
	if (rule == splat_rules_count || splat_rules[rule].flags & SPLAT_RULE_NOISE) {
		if (s->open.rule)
			report_body(s, &m);
		note_cut(s, &m);
	} else if (rule_joins(&s->open, &splat_rules[rule])) {
		report_join(s, rule, &m);
	} else {
		report_open(s, rule, &m);
	}
	buf_reset(&s->line);
}

void splat_scanner_feed(struct splat_scanner *s, const void *data, size_t len)
{
	const char *p = data;

	for (size_t i = 0; i < len; i++, s->offset++) {
		if (p[i] == '\n') {
			take_line(s);
			s->line_start = s->offset + 1;
		} else if (p[i] != '\r' && s->line.len < SPLAT_LINE_MAX) {
			buf_addc(&s->line, p[i]);
		}
	}
}

void splat_scanner_flush(struct splat_scanner *s)
{
	report_close(s);
	s->reports = 0;
}

void splat_scanner_finish(struct splat_scanner *s)
{
	if (s->line.len) {
		take_line(s);
		s->line_start = s->offset;
	}
	report_close(s);
}
