/* SPDX-License-Identifier: GPL-2.0-only */
/* What a record tells of one case, as a part of a page. */
#ifndef REPORTS_DETAILS_H
#define REPORTS_DETAILS_H

#include "base/buf.h"
#include "reports/record/verdict.h"

/* Where the folder of the run is; evidence of a page is a file there. */
struct details_place {
	const char *url;    /* from the page, a URL that ends in "/" or is "" */
	const char *folder; /* to look for the files; NULL: do not look */
};

/* Adds the reason, findings, lost oracles, errors of the rig and evidence. */
void details_add(struct buf *b, const struct case_record *c, const struct details_place *place);

/* Adds the text of a scenario. */
void details_add_scenario(struct buf *b, const char *scenario);

#endif
