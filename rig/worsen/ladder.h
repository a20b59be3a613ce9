/* SPDX-License-Identifier: GPL-2.0-only */
/* What came out of worsening a case: the rungs that were seen, the worst first. Pure. */
#ifndef RIG_WORSEN_LADDER_H
#define RIG_WORSEN_LADDER_H

#include "worsen/attempts.h"

struct ladder_rung {
	enum rung rung;
	const struct attempt *from; /* borrowed */
	char *text;		    /* the scenario with what is needed alone */
	struct tried tried;	    /* of that */
	char *path;		    /* its file */
	bool whole;		    /* each of its lines is needed */
	bool foreign;		    /* it needs no step of the case: it is another bug */
};

/* The worst rung somewhere else, or as somebody else. */
struct ladder_where {
	char *where;   /* "on ext4", "as user 1000" */
	char *why_not; /* it does not apply, or was not tried; NULL: it was */
	struct tried tried;
};

struct ladder {
	const char *name, *kernel; /* of the case; borrowed */
	const struct attempt *base;
	struct ladder_rung *v; /* the worst first */
	size_t n;
	struct ladder_where *where;
	size_t nr_where;
	bool late; /* time ran out */
};

/* The worst rung that comes from the case: what all that follows is about; NULL: none is worse. */
const struct ladder_rung *ladder_worst(const struct ladder *l);

/* The rung of the case or of what it leads to, the worse. */
enum rung ladder_severity(const struct ladder *l);

/* Appends it as text. All that comes from a guest is escaped. */
void ladder_print(const struct ladder *l, struct buf *out);

void ladder_deinit(struct ladder *l);

#endif
