/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/story.h"

#include "reports/text/plain.h"

#define SHOWN 8 /* of each list */

void story_add_field(struct buf *b, const char *label, const char *text)
{
	if (!text || !*text)
		return;
	buf_addf(b, "%-9s ", label);
	plain_add(b, text, CASE_LINE_MAX);
	buf_addc(b, '\n');
}

void story_add_finding(struct buf *b, const struct finding *f, size_t max)
{
	_cleanup_free_ char *step = f->step && f->line ?
					    xasprintf("line %u: %s", f->line, f->step) :
					    NULL;

	story_add_field(b, "rule", f->rule);
	story_add_field(b, "known as", f->known);
	story_add_field(b, "step", step ? step : f->step);
	story_add_field(b, "expected", f->expected);
	story_add_field(b, "found", f->found);
	if (!f->detail || !*f->detail)
		return;
	plain_add(b, f->detail, max);
	buf_addc(b, '\n');
}

void story_add(struct buf *b, const struct case_record *rec, size_t max)
{
	for (size_t i = 0; i < MIN(rec->finding_count, SHOWN); i++) {
		story_add_finding(b, &rec->findings[i], max);
		buf_addc(b, '\n');
	}
	if (rec->finding_count > SHOWN)
		buf_addf(b, "and %zu more findings\n\n", rec->finding_count - SHOWN);
	for (size_t i = 0; i < MIN(rec->error_count, SHOWN); i++)
		story_add_field(b, "rig", rec->errors[i]);
	for (size_t i = 0; i < MIN(rec->evidence_count, SHOWN); i++)
		story_add_field(b, "evidence", rec->evidence[i].path);
}
