/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef REPORTS_HISTORY_PRIVATE_H
#define REPORTS_HISTORY_PRIVATE_H

#include "reports/history/history.h"

/* Brings the rows of a run into their order after some were added. */
void history_sort(const struct history *h, struct history_run *run);

#endif
