/* SPDX-License-Identifier: GPL-2.0-only */
/* What is made of findings: the list, and the page for people. */
#include <string.h>

#include "reports/record/finding.h"
#include "reports/record/known-private.h"

static const char list_head[] =
	"# Made by 'make findings' from reports/findings; do not edit. For 'daxrig report --known';\n"
	"# the syntax is in reports/record/known.h. The first row that matches decides.\n";

void findings_list(const struct known *k, struct buf *out)
{
	buf_adds(out, list_head);
	for (size_t i = 0; i < k->nr_findings; i++)
		buf_addf(out, "finding %-24s %u %s\n", k->findings[i].name, k->findings[i].severity,
			 k->findings[i].title);
	for (size_t i = 0; i < k->n; i++) {
		const struct known_row *r = &k->v[i];

		if (!i || strcmp(r->name, k->v[i - 1].name) != 0)
			buf_addc(out, '\n');
		buf_addf(out, "%s %s %s %s %s\n", r->name, r->kernels, r->rules, r->cases,
			 r->found);
	}
}

/* Adds each of at most @max words of @s as code. */
static void add_words(struct buf *out, const char *s, size_t max)
{
	for (size_t n = 0; *s && n < max; n++) {
		_cleanup_free_ char *word = known_word(&s);

		buf_addf(out, "%s`%s`", n ? ", " : "", word);
	}
}

/* Text in a cell of a table, where a bar would end it; "," is followed by a blank. */
static void add_cell(struct buf *out, const char *s)
{
	for (; *s; s++) {
		if (*s == '|')
			buf_addc(out, '\\');
		buf_addc(out, *s);
		if (*s == ',' && s[1] && s[1] != ' ')
			buf_addc(out, ' ');
	}
}

static void add_line(struct buf *out, const struct known_finding *f)
{
	buf_addf(out, "| %u %s | [", f->severity, severity_word(f->severity));
	add_cell(out, f->title);
	buf_addf(out, "](#%s) | ", f->name);
	add_cell(out, f->live);
	buf_adds(out, " | ");
	add_words(out, f->scenario, 1);
	buf_adds(out, " | ");
	add_cell(out, f->tries);
	buf_adds(out, " |\n");
}

static void add_section(struct buf *out, const struct known_finding *f)
{
	_cleanup_free_ char *warning = known_warning(f);

	buf_addf(out, "\n### %s\n\n**%s.**\n\n- Severity %u, %s: %s.\n- Seen in ", f->name,
		 f->title, f->severity, severity_word(f->severity), severity_text(f->severity));
	add_cell(out, f->live);
	buf_adds(out, ", on ");
	add_cell(out, f->fs);
	if (f->fixed)
		buf_addf(out, "; fixed in %s", f->fixed);
	buf_adds(out, ".\n- Shown by ");
	add_words(out, f->scenario, SIZE_MAX);
	buf_addf(out, ".\n- Tries: %s.\n", f->tries);
	if (*warning)
		buf_addf(out, "- **%s**\n", warning);
	buf_addf(out, "\n%s", f->prose);
}

static void each(const struct known *k, struct buf *out,
		 void (*add)(struct buf *, const struct known_finding *))
{
	for (enum severity s = SEVERITY_ACCESS; s < SEVERITIES; s++)
		for (size_t i = 0; i < k->nr_findings; i++)
			if (k->findings[i].severity == s)
				add(out, &k->findings[i]);
}

void findings_markdown(const struct known *k, const char *head, const char *tail, struct buf *out)
{
	buf_addf(out, "<!-- Made by 'make findings' from reports/findings; do not edit. -->\n%s\n",
		 head);
	buf_adds(out, "| severity | finding | kernels | scenario | tries |\n"
		      "|---|---|---|---|---|\n");
	each(k, out, add_line);
	buf_adds(out, "\n## Each finding\n");
	each(k, out, add_section);
	buf_addf(out, "\n%s", tail);
}
