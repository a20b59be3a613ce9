/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/site/details.h"

#include <string.h>

#include "base/files.h"
#include "reports/site/html.h"

#define FINDINGS_SHOWN 8
#define EVIDENCE_SHOWN 32
#define LINE_BYTES 1000
#define DETAIL_BYTES 8192
#define TEXT_BYTES 4096
#define SCENARIO_BYTES 16384

static void add_term(struct buf *b, const char *term, const char *value)
{
	if (!value || !*value)
		return;
	buf_addf(b, "<dt>%s</dt><dd>", term);
	html_text(b, value, LINE_BYTES);
	buf_adds(b, "</dd>\n");
}

static void add_finding(struct buf *b, const struct finding *f)
{
	enum rule rule;

	buf_adds(b, "<dl>\n<dt>rule</dt><dd><code>");
	html_text(b, f->rule, LINE_BYTES);
	buf_addf(b, "</code>%s%s</dd>\n", rule_find(f->rule, &rule) ? ": " : "",
		 rule_find(f->rule, &rule) ? rules[rule].meaning : "");
	if (f->step && *f->step) {
		buf_adds(b, "<dt>step</dt><dd>");
		if (f->line)
			buf_addf(b, "line %u: ", f->line);
		buf_adds(b, "<code>");
		html_text(b, f->step, LINE_BYTES);
		buf_adds(b, "</code></dd>\n");
	}
	add_term(b, "expected", f->expected);
	add_term(b, "found", f->found);
	add_term(b, "known as", f->known);
	buf_adds(b, "</dl>\n");
	if (f->detail && *f->detail) {
		buf_adds(b, "<pre>");
		html_lines(b, f->detail, DETAIL_BYTES);
		buf_adds(b, "</pre>\n");
	}
}

static void add_more(struct buf *b, size_t all, size_t shown, const char *what)
{
	if (all > shown)
		buf_addf(b, "<p class=\"dim\">And %zu more %s in the record.</p>\n", all - shown,
			 what);
}

static void add_link(struct buf *b, const struct case_evidence *e, const struct details_place *p)
{
	_cleanup_free_ char *file = NULL, *packed = NULL;
	bool below = html_path_is_below(e->path);

	if (p->folder) {
		file = xasprintf("%s/%s", p->folder, e->path);
		packed = xasprintf("%s/evidence.tar.zst", p->folder);
	}
	if (below && (!file || path_exists(file))) {
		buf_addf(b, "<a href=\"%s", p->url);
		html_path(b, e->path);
		buf_adds(b, "\">");
		html_text(b, e->name, LINE_BYTES);
		buf_adds(b, "</a>");
		return;
	}
	html_text(b, e->name, LINE_BYTES);
	buf_adds(b, below && path_exists(packed) ? ", packed as <code>" : ", not kept: <code>");
	html_text(b, e->path, LINE_BYTES);
	buf_adds(b, "</code>");
}

static void add_evidence(struct buf *b, const struct case_record *c, const struct details_place *p)
{
	size_t n = MIN(c->evidence_count, (size_t)EVIDENCE_SHOWN);

	if (!n)
		return;
	buf_adds(b, "<p>Evidence:</p>\n<ul>\n");
	for (size_t i = 0; i < n; i++) {
		const struct case_evidence *e = &c->evidence[i];

		buf_adds(b, "<li>");
		if (e->path)
			add_link(b, e, p);
		else
			html_text(b, e->name, LINE_BYTES);
		if (e->text && *e->text) {
			buf_adds(b, "<pre>");
			html_lines(b, e->text, TEXT_BYTES);
			buf_adds(b, "</pre>");
		}
		buf_adds(b, "</li>\n");
	}
	buf_adds(b, "</ul>\n");
	add_more(b, c->evidence_count, n, "pieces of evidence");
}

void details_add(struct buf *b, const struct case_record *c, const struct details_place *place)
{
	size_t n = MIN(c->finding_count, (size_t)FINDINGS_SHOWN);

	buf_addf(b, "<p>%s", verdict_name(c->verdict));
	if (c->reason && *c->reason) {
		buf_adds(b, ": ");
		html_text(b, c->reason, LINE_BYTES);
	}
	buf_adds(b, "</p>\n");
	for (size_t i = 0; i < n; i++)
		add_finding(b, &c->findings[i]);
	add_more(b, c->finding_count, n, "findings");
	for (size_t i = 0; i < MIN(c->error_count, (size_t)FINDINGS_SHOWN); i++) {
		buf_adds(b, "<p>The rig: ");
		html_text(b, c->errors[i], LINE_BYTES);
		buf_adds(b, "</p>\n");
	}
	add_evidence(b, c, place);
}

void details_add_scenario(struct buf *b, const char *scenario)
{
	buf_adds(b, "<pre class=\"scn\">");
	html_lines(b, scenario, SCENARIO_BYTES);
	buf_adds(b, "</pre>\n");
}
