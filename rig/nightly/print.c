/* SPDX-License-Identifier: GPL-2.0-only */
/* What a night prints: one line for each kernel, then what somebody must look at. */
#include <stdio.h>
#include <string.h>

#include "nightly/night-private.h"

#define ROWS_SHOWN 20
#define TEXT_SHOWN 200 /* bytes */

static void print_text(const char *s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_add_escaped(&b, s, strlen(s), TEXT_SHOWN);
	fputs(buf_str(&b), stdout);
}

static void print_row(const struct night *n, const struct history_row *row)
{
	printf("  %-9s ", status_name(row->status));
	print_text(n->h.cases[row->of].name);
	if (row->fails)
		printf(", %u of %u", row->fails, row->tries);
	for (uint32_t i = 0; i < row->nr_findings; i++) {
		const struct history_finding *f = &n->h.findings[row->findings[i]];

		if (*f->known)
			continue;
		printf(": %s: ", f->rule);
		print_text(f->found); /* what was seen first may be of another case */
		break;
	}
	putchar('\n');
}

void night_print(const struct night *n, uint32_t run)
{
	const struct history_run *r = &n->h.runs[run];
	size_t shown = 0, wanted = 0;

	print_text(*r->release ? r->release : r->spec);
	if (*r->untested) {
		printf(": untested: ");
		print_text(r->untested);
	}
	for (int s = 0; s < STATUSES; s++) {
		if (!r->statuses[s])
			continue;
		printf("%s%zu %s", wanted++ ? ", " : ": ", r->statuses[s],
		       status_name((enum status)s));
	}
	printf("%s\n", r->complete || *r->untested ? "" : ", not complete");
	wanted = 0;
	for (int s = STATUS_NEW; s <= STATUS_FIXED; s++) {
		for (size_t i = 0; i < r->nr_rows; i++) {
			if (r->rows[i].status != (enum status)s)
				continue;
			if (wanted++ < ROWS_SHOWN && ++shown)
				print_row(n, &r->rows[i]);
		}
	}
	if (wanted > shown)
		printf("  and %zu more: daxrig report --as html shows all\n", wanted - shown);
	fflush(stdout);
}
