/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A mail about one case, for people who know the kernel and not daxrig: the first case that
 * failed, and what upstream.h has beside its record. To and From are the caller's.
 */
#include "reports/render/upstream.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "reports/history/identity.h"
#include "reports/record/contract.h"
#include "reports/record/tally.h"
#include "reports/render/render.h"
#include "reports/splat/splat-places.h"
#include "reports/text/mail.h"
#include "reports/text/plain.h"

#define TITLE_MAX 160	  /* bytes */
#define SUBJECT_MAX 64	  /* columns of the title in it */
#define SENTENCE_MAX 4000 /* bytes of a paragraph */
#define TRACE_MAX 6000	  /* bytes */
#define SCENARIO_MAX 6000 /* bytes */
#define SEEN_MAX 4	  /* findings */
#define INLINE_LINES 150  /* a program of as many lines or more is attached */
#define PROGRAM_NAME "reproduce.c"

struct letter {
	const struct render_run *run;
	const struct case_record *rec;
	const struct upstream *more;
	const struct finding *main;	   /* NULL: the record has none */
	const struct known_finding *known; /* what is known of it; NULL: it is new */
	struct buf body;
};

static const char *or_none(const char *s)
{
	return s ? s : "";
}

static bool is_known(const struct finding *f)
{
	return f->known && *f->known;
}

const struct finding *upstream_finding(const struct case_record *rec)
{
	const struct finding *worst = case_worst_new(rec);

	return worst || !rec->finding_count ? worst : &rec->findings[0];
}

static bool has_detail(const struct finding *f)
{
	return f && f->detail && *f->detail;
}

static bool has_frames(const struct finding *f)
{
	return has_detail(f) && strstr(f->detail, "Call Trace:");
}

const struct finding *upstream_traced(const struct case_record *rec)
{
	const struct finding *f = upstream_finding(rec);

	/* a report that has a trace tells more than one that has none */
	for (size_t i = 0; i < rec->finding_count && !has_frames(f); i++)
		if (has_frames(&rec->findings[i]) || !has_detail(f))
			f = &rec->findings[i];
	return has_detail(f) ? f : NULL;
}

/* The worst of all that the case shows, by the list of known findings and by the rules. */
static enum severity worst_of(const struct letter *l)
{
	enum severity worst = SEVERITY_WARNING;

	for (size_t i = 0; i < l->rec->finding_count; i++) {
		const struct finding *f = &l->rec->findings[i];
		const struct known_finding *known = is_known(f) && l->run->known ?
							    known_finding(l->run->known, f->known) :
							    NULL;
		enum severity s = known && known->severity ? known->severity :
							     rule_severity(or_none(f->rule));

		worst = MIN(worst, s);
	}
	return worst;
}

/* What the rule means, as the beginning of a sentence; the name of one that is not known. */
static const char *meaning(const struct finding *f)
{
	enum rule rule;

	return rule_find(or_none(f->rule), &rule) ? rules[rule].meaning : or_none(f->rule);
}

/* The first comment of a scenario that says what it is about, without a full stop; free() it. */
static char *purpose(const struct case_record *rec)
{
	for (const char *line = or_none(rec->scenario); *line == '#';) {
		const char *text = line + 1 + strspn(line + 1, " \t");
		size_t len = strcspn(text, "\n");

		if (len && strncmp(text, "SPDX-", 5) && strncmp(text, "each ", 5))
			return xstrndup(text, len);
		line = text + len + (text[len] == '\n');
	}
	return NULL;
}

/* "WARNING in dax_insert_entry", "the operation used the CPU while it waited" */
static void add_title(const struct letter *l, struct buf *out)
{
	const struct finding *f = l->main;

	if (l->known && l->known->title)
		plain_add_line(out, l->known->title, TITLE_MAX);
	else if (f && rule_is(or_none(f->rule), RULE_SPLAT))
		plain_add_line(out, f->found, TITLE_MAX);
	else
		plain_add_line(out, f ? meaning(f) : or_none(l->rec->reason), TITLE_MAX);
}

/* The title up to a comma or the like, if it is too long for a line of its own. */
static void add_subject(const struct letter *l, struct buf *out)
{
	_cleanup_buf_ struct buf title = BUF_INIT;
	size_t cut = 0;

	add_title(l, &title);
	for (size_t i = 1; i < MIN(title.len, (size_t)SUBJECT_MAX); i++)
		if (strchr(",;:", title.data[i]) && title.data[i + 1] == ' ')
			cut = i;
	if (title.len > SUBJECT_MAX && cut > SUBJECT_MAX / 3) {
		title.data[cut] = '\0';
		plain_add_line(out, title.data, SUBJECT_MAX);
	} else {
		buf_adds(out, buf_str(&title));
	}
	while (out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
}

static bool is_attached(const char *program)
{
	unsigned int lines = 0, column = 0;

	for (; *program; program++) {
		column = *program == '\t' ? (column | 7) + 1 : column + 1;
		if (*program == '\n') {
			lines++;
			column = 0;
		}
		if (lines >= INLINE_LINES || column > MAIL_WIDTH)
			return true;
	}
	return false;
}

/* Of the first known finding that it shows and has one; "" for none. free() it. */
static char *warning_of(const struct letter *l)
{
	for (size_t i = 0; l->run->known && i < l->rec->finding_count; i++) {
		const struct finding *f = &l->rec->findings[i];
		const struct known_finding *known = is_known(f) ?
							    known_finding(l->run->known, f->known) :
							    NULL;

		if (known && known->unprivileged)
			return known_warning(known);
	}
	return xstrdup("");
}

static void add_head(struct letter *l)
{
	_cleanup_free_ char *warning = warning_of(l);

	buf_adds(&l->body,
		 l->more->good && !l->more->fixed ? "Subject: [REGRESSION] " : "Subject: [BUG] ");
	plain_add_line(&l->body, l->rec->fs, 16);
	buf_adds(&l->body, l->rec->fs && *l->rec->fs ? ", dax: " : "dax: ");
	add_subject(l, &l->body);
	buf_addc(&l->body, '\n');
	mail_add_header(&l->body, l->more->program && is_attached(l->more->program));
	if (*warning)
		mail_add_paragraph(&l->body, warning, SENTENCE_MAX);
	else if (worst_of(l) == SEVERITY_ACCESS)
		mail_add_paragraph(&l->body,
				   "This must go to security@kernel.org first, and to no public "
				   "list before they say so: data of others, or freed memory, is "
				   "reached.",
				   SENTENCE_MAX);
}

/* What the case is about: the prose of the finding, or else the scenario's own line. */
static void add_story(struct letter *l)
{
	_cleanup_free_ char *about = purpose(l->rec);
	_cleanup_buf_ struct buf b = BUF_INIT;

	if (l->known && l->known->title) {
		buf_addf(&b, "%s.", l->known->title);
		mail_add_paragraph(&l->body, buf_str(&b), SENTENCE_MAX);
	}
	if (l->known && l->known->prose)
		mail_add_prose(&l->body, l->known->prose, SENTENCE_MAX);
	if (!about)
		return;
	buf_reset(&b);
	buf_addf(&b, "What was tested: %s.", about);
	mail_add_paragraph(&l->body, buf_str(&b), SENTENCE_MAX);
}

static void add_capital(struct buf *out, const char *s)
{
	buf_addc(out, (char)toupper((unsigned char)*s));
	buf_adds(out, *s ? s + 1 : "");
}

/* "The operation used the CPU while it waited: expected ..., but ..." */
static void add_seen(struct letter *l, const struct finding *f)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	add_capital(&b, meaning(f));
	buf_adds(&b, ".");
	if (f->step && *f->step)
		buf_addf(&b, " Step: %s.", f->step);
	if (f->expected && *f->expected)
		buf_addf(&b, " Expected: %s.", f->expected);
	if (f->found && *f->found)
		buf_addf(&b, " Seen: %s.", f->found);
	mail_add_paragraph(&l->body, buf_str(&b), SENTENCE_MAX);
}

static void add_findings(struct letter *l)
{
	size_t shown = 0;

	if (l->main)
		add_seen(l, l->main);
	else
		mail_add_paragraph(&l->body, render_reason(l->rec), SENTENCE_MAX);
	for (size_t i = 0; i < l->rec->finding_count; i++) {
		if (&l->rec->findings[i] == l->main)
			continue;
		if (++shown < SEEN_MAX)
			add_seen(l, &l->rec->findings[i]);
	}
	if (shown >= SEEN_MAX)
		buf_addf(&l->body, "And %zu more.\n\n", shown - SEEN_MAX + 1);
}

static void add_contract(struct letter *l)
{
	struct contract c = rule_contract(l->main ? or_none(l->main->rule) : "");
	_cleanup_buf_ struct buf b = BUF_INIT;

	if (!c.text)
		return;
	buf_addf(&b, "What the kernel promises: %s", c.text);
	if (c.source)
		buf_addf(&b, " (See %s.)", c.source);
	mail_add_paragraph(&l->body, buf_str(&b), SENTENCE_MAX);
	if (l->more->caveat)
		mail_add_paragraph(&l->body, l->more->caveat, SENTENCE_MAX);
}

static void add_trace(struct letter *l)
{
	const struct finding *f = upstream_traced(l->rec);
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (!f)
		return;
	if (l->more->trace)
		buf_adds(&text, l->more->trace);
	else
		splat_decode(NULL, f->detail, &text);
	buf_adds(&l->body, rule_is(or_none(f->rule), RULE_SPLAT) ? "The kernel log:\n\n" :
								   "Where it was:\n\n");
	mail_add_verbatim(&l->body, buf_str(&text), TRACE_MAX);
	buf_addc(&l->body, '\n');
}

static void add_count(struct letter *l, const struct upstream_count *c)
{
	_cleanup_free_ char *text = xasprintf("%zu of %zu tries, ", c->fails, c->tries);
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_adds(&b, text);
	buf_adds(&b, or_none(c->where));
	mail_add_field(&l->body, "failed", buf_str(&b), NULL);
}

/* What was not tried is said: a reader would take silence for a pass. */
static void add_counts(struct letter *l)
{
	const struct upstream *m = l->more;

	for (size_t i = 0; i < m->nr_counts; i++)
		add_count(l, &m->counts[i]);
	if (m->unheld.tries)
		add_count(l, &m->unheld);
	if (l->known && l->known->tries)
		mail_add_field(&l->body, "earlier", l->known->tries, NULL);
	mail_add_field(&l->body, "not tried",
		       m->unheld.tries || m->no_holder ?
			       "the same without DAX" :
			       "the same with nobody holding a page; the same without "
			       "DAX",
		       NULL);
}

static void add_fixes(struct letter *l)
{
	const struct upstream *m = l->more;
	const struct known_finding *k = l->known;

	mail_add_field(&l->body, m->fixed ? "last bad" : "last good", m->fixed ? m->bad : m->good,
		       NULL);
	mail_add_field(&l->body, m->fixed ? "first good" : "first bad", m->fixed ? m->good : m->bad,
		       NULL);
	mail_add_field(&l->body, m->fixed ? "fixed by" : "Fixes:", m->commit, NULL);
	if (k && k->live)
		mail_add_field(&l->body, "seen on", k->live, NULL);
	if (k && k->fixed)
		mail_add_field(&l->body, "fixed in", k->fixed, NULL);
}

/* The value of @key in "memory=1G,vcpus=1,..."; free() it; NULL: it is not there. */
static char *value_of(const char *list, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = list; p; p = strchr(p, ',')) {
		p += *p == ',';
		if (strncmp(p, key, len) == 0 && p[len] == '=')
			return xstrndup(p + len + 1, strcspn(p + len + 1, ","));
	}
	return NULL;
}

/* "QEMU 7.2.22, TCG; 1 processor, 1G of memory" */
static void add_machine(struct letter *l)
{
	const struct render_run *run = l->run;
	_cleanup_free_ char *memory = value_of(or_none(run->geometry), "memory");
	_cleanup_free_ char *vcpus = value_of(or_none(run->geometry), "vcpus");
	_cleanup_free_ char *size = value_of(or_none(run->geometry), "size0");
	_cleanup_free_ char *align = value_of(or_none(run->geometry), "align");
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_addf(&b, "QEMU %s, %s", or_none(run->qemu),
		 run->accel && strcmp(run->accel, "tcg") == 0 ? "TCG (an emulated processor)" :
								or_none(run->accel));
	if (vcpus && memory)
		buf_addf(&b, ", processors: %s, memory: %s", vcpus, memory);
	mail_add_field(&l->body, "machine", buf_str(&b), NULL);
	buf_reset(&b);
	if (size)
		buf_addf(&b, "an emulated NVDIMM of %s, mode fsdax, map in memory", size);
	if (size && align)
		buf_addf(&b, ", aligned to %s", align);
	mail_add_field(&l->body, "device", buf_str(&b), NULL);
}

static void add_setup(struct letter *l)
{
	const struct render_run *run = l->run;
	const struct upstream *m = l->more;

	mail_add_field(&l->body, "kernel", run->kernel_release,
		       *or_none(run->kernel_package) ? run->kernel_package : run->kernel_spec);
	mail_add_field(&l->body, "version", m->kernel_version, NULL);
	mail_add_field(&l->body, "compiler", run->compiler, NULL);
	mail_add_field(&l->body, "options", m->options, NULL);
	add_machine(l);
	mail_add_field(&l->body, "mkfs", m->mkfs, NULL);
	mail_add_field(&l->body, "mount", m->mount, NULL);
	mail_add_field(&l->body, "network", m->network, NULL);
	buf_addc(&l->body, '\n');
}

/* Adds the scenario without the lines that are about the file it was in. */
static void add_scenario(struct letter *l, const char *text)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	while (*text) {
		size_t len = strcspn(text, "\n") + (text[strcspn(text, "\n")] == '\n');

		if (strncmp(text, "# SPDX-", 7) && strncmp(text, "# each ", 7))
			buf_add(&b, text, len);
		text += len;
	}
	mail_add_verbatim(&l->body, buf_str(&b), SCENARIO_MAX);
}

/* The steps as they were run; their language is close to system calls. */
static void add_steps(struct letter *l)
{
	if (!l->rec->scenario || !*l->rec->scenario)
		return;
	buf_adds(&l->body, "The steps, one a line:\n\n");
	add_scenario(l, l->rec->scenario);
	if (!l->more->words || !*l->more->words)
		return;
	buf_adds(&l->body, "\nIn these:\n\n");
	mail_add_verbatim(&l->body, l->more->words, SCENARIO_MAX);
}

static void add_program(struct letter *l)
{
	const char *program = l->more->program;

	if (!program) {
		add_steps(l);
		if (l->more->no_program) {
			_cleanup_free_ char *why = xasprintf("There is no program in C: %s.",
							     l->more->no_program);

			buf_addc(&l->body, '\n');
			mail_add_paragraph(&l->body, why, SENTENCE_MAX);
		}
		return;
	}
	mail_add_paragraph(&l->body,
			   is_attached(program) ?
				   "A program that does this is attached, " PROGRAM_NAME ":" :
				   "A program that does this:",
			   SENTENCE_MAX);
	buf_adds(&l->body, "    cc -Wall -Wextra -O2 -pthread " PROGRAM_NAME " -o reproduce\n"
			   "    ./reproduce /mnt\n");
	if (is_attached(program))
		mail_add_attachment(&l->body, PROGRAM_NAME, program);
	else
		buf_addf(&l->body, "\n%s", program);
}

static const struct case_record *first_fail(const struct render *r)
{
	for (size_t i = 0; i < r->nr_cases; i++)
		if (r->cases[i]->verdict == VERDICT_FAIL)
			return r->cases[i];
	return NULL;
}

static void upstream_end(struct render *r, const char *reason)
{
	static const struct upstream nothing = { 0 };
	struct letter l = { .run = r->run, .rec = first_fail(r), .body = BUF_INIT };

	(void)reason;
	if (!l.rec)
		return;
	l.more = r->run->upstream ? r->run->upstream : &nothing;
	l.main = upstream_finding(l.rec);
	if (l.main && is_known(l.main) && r->run->known)
		l.known = known_finding(r->run->known, l.main->known);
	add_head(&l);
	add_story(&l);
	add_findings(&l);
	add_contract(&l);
	add_trace(&l);
	add_counts(&l);
	add_fixes(&l);
	add_setup(&l);
	add_program(&l);
	fwrite(buf_str(&l.body), 1, l.body.len, r->out);
	buf_deinit(&l.body);
}

const struct renderer renderer_upstream = {
	.name = "upstream",
	.summary = "a mail to the kernel's developers about the first case that failed",
	.end = upstream_end,
};
