/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REPORTS_HISTORY_PRIVATE_H
#define REPORTS_HISTORY_PRIVATE_H

#include "reports/history/history.h"

/* The texts of a run: owned by it, never NULL. */
#define RUN_TEXTS(run)                                                                             \
	&(run)->name, &(run)->path, &(run)->night, &(run)->spec, &(run)->release, &(run)->package, \
		&(run)->key, &(run)->plan, &(run)->geometry, &(run)->accel, &(run)->arch,          \
		&(run)->profile, &(run)->shard, &(run)->match, &(run)->started, &(run)->untested

/* Brings the rows of a run into their order after some were added. */
void history_sort(const struct history *h, struct history_run *run);

#endif
