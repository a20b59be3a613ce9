/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A night: for each kernel of a night file runs the plan, repeats what fails and is not known,
 * says what is new, and publishes it. A night that was interrupted goes on where it was: its
 * state is in the records and in DATA/nights.
 */
#ifndef RIG_NIGHT_H
#define RIG_NIGHT_H

#include "base/progress.h"
#include "nightly/night-file.h"

struct night_options {
	const char *path; /* of the night file: names the night's state */
	const struct night_file *file;
	char **argv; /* for the records */
	const struct progress *say;
};

/* Checks what a night file names: its plan, and its list of known findings. */
struct err *night_check(const struct night_file *file) __must_check;

/*
 * Runs the night. *@status is 0 when nothing is new, 1 when something is new or regressed, 3
 * when a kernel is untested or a run is not complete. ERR_USAGE: another process runs this
 * night.
 */
struct err *night_run(const struct night_options *o, int *status) __must_check;

#endif
