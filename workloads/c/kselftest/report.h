/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports by the kernel's own test harness. */
#include "../../kselftest_harness.h"
#include <stdarg.h>

#define K 1024L
#define M (1024 * K)

static struct __test_metadata *metadata; /* of the test that runs; shared with its children */
static const char *step = "";		 /* what the scenario says at this point */
static int failures;

static void clean_up(void);

/* Ends the test, after it was reported. */
static void leave(int status)
{
	clean_up();
	_exit(status);
}

/* The kernel did something else than the scenario expects. */
static void __attribute__((format(printf, 1, 2))) fail(const char *text, ...)
{
	struct __test_metadata *_metadata = metadata;
	char what[1024];
	va_list ap;

	va_start(ap, text);
	vsnprintf(what, sizeof(what), text, ap);
	va_end(ap);
	TH_LOG(" %s: %s", step, what);
	_metadata->exit_code = KSFT_FAIL;
	failures++;
}

/* Something that the test needs failed with errno. */
static void die(const char *what)
{
	fail("%s: %s", what, strerror(errno));
	leave(KSFT_FAIL);
}

/* Ends at once: something hangs, and so would what comes next. */
static void __attribute__((unused)) stop(void)
{
	_exit(KSFT_FAIL);
}

/* This machine cannot show it; what it has shown already stands. */
static void skip(const char *why)
{
	struct __test_metadata *_metadata = metadata;

	if (failures) {
		TH_LOG(" %s: %s", step, why);
		leave(KSFT_FAIL);
	}
	SKIP(leave(KSFT_SKIP), "%s", why);
}
