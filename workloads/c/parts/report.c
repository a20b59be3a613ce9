/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports to whoever runs the program, by KTAP; exit status 0, 1 or 4 (skipped). */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define K 1024L
#define M (1024 * K)

extern const char scenario[]; /* its name */
static const char *step = ""; /* what the scenario says at this point */
static int failures;

/* The kernel did something else than the scenario expects. */
static void __attribute__((format(printf, 1, 2))) fail(const char *text, ...)
{
	va_list ap;

	printf("# %s: ", step);
	va_start(ap, text);
	vprintf(text, ap);
	va_end(ap);
	printf("\n");
	failures++;
}

/* Ends the program, after its result was reported. */
static void leave(int status)
{
	exit(status);
}

/* Something that the program needs failed with errno. */
static void die(const char *what)
{
	printf("# %s: %s: %s\nnot ok 1 %s\n", step, what, strerror(errno), scenario);
	leave(1);
}

/* Ends at once: something hangs, and so would what comes next. */
static void __attribute__((unused)) stop(void)
{
	printf("not ok 1 %s\n", scenario);
	fflush(stdout);
	_exit(1);
}

/* This machine cannot show it; what it has shown already stands. */
static void skip(const char *why)
{
	if (failures) {
		printf("# %s: %s\nnot ok 1 %s\n", step, why, scenario);
		leave(1);
	}
	printf("ok 1 %s # SKIP %s\n", scenario, why);
	leave(4);
}
