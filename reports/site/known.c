/* SPDX-License-Identifier: GPL-2.0-only */
/* What the list of known findings tells of one. */
#include "reports/site/site-private.h"

const struct known_finding *site_known(const struct site *s, const char *name)
{
	static const struct known_finding nothing = { 0 };
	const struct known_finding *f = NULL;

	if (*name && s->o && s->o->known)
		f = known_finding(s->o->known, name);
	return f ? f : &nothing;
}

void show_severity(struct page *p, const struct known_finding *f)
{
	if (f->severity)
		buf_addf(p->b, "%d, %s", (int)f->severity, severity_text(f->severity));
}

int compare_severities(enum severity a, enum severity b)
{
	return (a ? (int)a : SEVERITIES) - (b ? (int)b : SEVERITIES);
}
