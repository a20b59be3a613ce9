/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The frame of the oracles: each rule has one owner, each oracle of the record has its row, and
 * the null oracle gets all events in their order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "workloads/exec/interp.h"
#include "workloads/oracles/oracle.h"
#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/pins.h"
#include "workloads/tests/fake-kernel.h"

#define LOG_SIZE 4096u
#define GRACE_MS 500

/* The events so far, "pinned standing ", without repeats; shared with the case's process. */
static char *told;

static void note(const char *event)
{
	size_t n = strlen(told), len = strlen(event) + 1;

	if (n < len || strncmp(told + n - len, event, len - 1) != 0)
		snprintf(told + n, LOG_SIZE - n, "%s ", event);
}

#define NULL_EVENT(event, ...)                                                                     \
	static void null_##event(__VA_ARGS__)                                                      \
	{                                                                                          \
		note(#event);                                                                      \
	}

#pragma GCC diagnostic ignored "-Wunused-parameter"
NULL_EVENT(prepare, struct exec *x)
NULL_EVENT(storing, struct exec *x, struct exec_file *f, uint64_t off, uint64_t len)
NULL_EVENT(spoiled, struct exec *x, struct exec_file *f, uint64_t off, uint64_t len)
NULL_EVENT(changed, struct exec *x, const struct op_call *c)
NULL_EVENT(flushed, struct exec *x, struct exec_file *f, const char *how, struct outcome *o)
NULL_EVENT(gone, struct exec *x, struct exec_file *f)
NULL_EVENT(touching, struct exec *x, const struct exec_map *m, const struct step *st)
NULL_EVENT(touched, struct exec *x, const struct exec_map *m, const struct step *st,
	   struct outcome *o)
NULL_EVENT(pinned, struct exec *x, struct exec_pin *p)
NULL_EVENT(standing, struct exec *x, struct exec_pin *p, struct outcome *o)
NULL_EVENT(step, struct exec *x, const struct step *st, struct outcome *o)
NULL_EVENT(rest, struct exec *x, struct outcome *o)
NULL_EVENT(hang, struct exec *x, struct outcome *o)
NULL_EVENT(beside, struct exec *x, const struct beside *b, struct outcome *o)
NULL_EVENT(unmounted, struct exec *x, struct outcome *o)
NULL_EVENT(end, struct exec *x)

static const struct oracle_ops deaf;
static const struct oracle_ops null = {
	.prepare = null_prepare,
	.storing = null_storing,
	.spoiled = null_spoiled,
	.changed = null_changed,
	.flushed = null_flushed,
	.gone = null_gone,
	.touching = null_touching,
	.touched = null_touched,
	.pinned = null_pinned,
	.standing = null_standing,
	.step = null_step,
	.rest = null_rest,
	.hang = null_hang,
	.beside = null_beside,
	.unmounted = null_unmounted,
	.end = null_end,
};

static const char *const events[] = {
	"prepare", "storing",  "spoiled", "changed", "flushed", "gone",	  "touching",  "touched",
	"pinned",  "standing", "step",	  "rest",    "hang",	"beside", "unmounted", "end",
};
_Static_assert(sizeof(struct oracle_ops) ==
		       sizeof(uint64_t) + ARRAY_SIZE(events) * sizeof(void (*)(void)),
	       "the null oracle listens to every event");

/* The linker puts these before the real ones, __real_oracles. */
extern const struct oracle_ops *const __real_oracles[ORACLES];
extern const struct oracle_ops *const __wrap_oracles[ORACLES];
const struct oracle_ops *const __wrap_oracles[ORACLES] = { &deaf, &deaf, &null, &deaf, &deaf };
_Static_assert(ORACLES == 5, "none of __wrap_oracles is NULL");

void case_send(const struct case_ctx *ctx, enum msg_type type, const struct buf *payload)
{
	struct msg_field f;

	(void)ctx;
	/* a case that does not end hangs there */
	if (type == MSG_STEP &&
	    msg_find((const uint8_t *)payload->data, payload->len, TAG_DIRTY, &f))
		_exit(0);
}

static void prepare(const char *dir)
{
	const struct guest_facts guest = { .pmem = FAKE_PMEM };

	fake_fs_init(dir);
	interp_prepare(&guest, NULL);
}

/* Runs @text as a case; NULL: only prepares a guest. */
static void play(const char *text, const struct fake *kernel)
{
	char dir[] = "/tmp/daxrig-oracles-XXXXXX";
	pid_t pid;

	memset(told, 0, LOG_SIZE);
	assert_non_null(mkdtemp(dir));
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid) {
		fake = *kernel;
		if (text)
			fake_run(text, dir, -1, GRACE_MS);
		else
			prepare(dir);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	err_free(tree_remove(dir));
}

#define FILE_A "file a 64K written\nmap m a 0 64K shared rw\n"
#define STORM "file a 2M written\nstorm a 300 workers 1 ops punch pins vmsplice\n"
#define LAST "flushed unmounted end "

static const struct {
	const char *text;
	struct fake fake;
	const char *want;
} rows[] = {
	{ NULL, { .op = NULL }, "prepare " },
	{ FILE_A "touch m 4K write\n", { .op = NULL }, "step touching storing touched step " LAST },
	{ FILE_A "pin p vmsplice m+16K 16K\ncheck p\nunpin p\n",
	  { .op = NULL },
	  "step pinned step standing step standing step " LAST },
	{ FILE_A "punch a 0 4K\nfsync a\nunmap m\nremount\n",
	  { .op = NULL },
	  "step changed step flushed step flushed step " LAST },
	{ "repeat 2\nfile a 64K written\nunlink a\nend\n",
	  { .op = NULL },
	  "changed gone changed gone step " LAST },
	{ STORM, { .alive = true, .op = "punch" }, "step spoiled rest step " LAST },
	{ STORM,
	  { .alive = true, .op = "punch", .way = WAY_FOREVER },
	  "step spoiled rest hang step " },
	{ "program /bin/true\n", { .op = NULL }, "beside step " LAST },
	{ FILE_A "touch m 4K write\n", { .sabotage = SABOTAGE_SPLAT_ONLY }, "" },
};

static void test_events(void **state)
{
	bool seen[ARRAY_SIZE(events)] = { false };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		play(rows[i].text, &rows[i].fake);
		assert_string_equal(told, rows[i].want);
		for (size_t j = 0; j < ARRAY_SIZE(events); j++)
			seen[j] |= strstr(told, events[j]) != NULL;
	}
	for (size_t j = 0; j < ARRAY_SIZE(events); j++)
		if (!seen[j])
			fail_msg("no row has event '%s'", events[j]);
}

/* Each rule has exactly one owner: two would report one thing. */
static void test_rules(void **state)
{
	(void)state;
	for (enum rule r = 0; r < RULES; r++) {
		unsigned int owners = !!(frame_rules & RULE_BIT(r));

		for (enum oracle i = 0; i < ORACLES; i++)
			owners += !!(__real_oracles[i]->rules & RULE_BIT(r));
		if (owners != 1)
			fail_msg("rule '%s' has %u owners", rules[r].name, owners);
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (enum oracle i = 0; i < ORACLES; i++) {
		assert_non_null(oracle_name(i));
		assert_non_null(__real_oracles[i]);
		for (enum oracle j = 0; j < i; j++)
			assert_ptr_not_equal(__real_oracles[i], __real_oracles[j]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_events),
	};

	told = mmap(NULL, LOG_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
