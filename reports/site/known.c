/* SPDX-License-Identifier: GPL-2.0-only */
/* What the list of known findings tells of one. */
#include "reports/site/site-private.h"

static const char *const severities[SEVERITIES] = {
	[SEVERITY_UNSET] = "",
	[SEVERITY_ACCESS] = "1, another's data or freed memory is reached",
	[SEVERITY_LOSS] = "2, data is lost or old bytes stay",
	[SEVERITY_HANG] = "3, something hangs beyond a kill, or the kernel stops",
	[SEVERITY_WARNING] = "4, a warning, or a wait too long or too short",
};

static const struct known_finding *find(const struct site *s, const char *name)
{
	return *name && s->o && s->o->known ? known_finding(s->o->known, name) : NULL;
}

const char *known_title(const struct site *s, const char *name)
{
	const struct known_finding *f = find(s, name);

	return f && f->title ? f->title : "";
}

enum severity known_severity(const struct site *s, const char *name)
{
	const struct known_finding *f = find(s, name);

	return f ? f->severity : SEVERITY_UNSET;
}

const char *severity_shown(enum severity s)
{
	return severities[s < SEVERITIES ? s : SEVERITY_UNSET];
}

int compare_severities(enum severity a, enum severity b)
{
	return (a ? (int)a : SEVERITIES) - (b ? (int)b : SEVERITIES);
}
