/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of an access through a mapping, page by page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "workloads/model/model.h"
#include "workloads/lang/scenario.h"

#define PAGES 6u
#define FILE_A "file a 16K written\n"
#define MAP "map m a 0 24K shared rw\n"

/* A letter for each page: any, fails, hole, reads, writes. */
static void show(const struct model *m, const struct model_map *map, char *out)
{
	for (unsigned int i = 0; i < PAGES; i++)
		out[i] = "afhrw"[model_access(m, map, i * MODEL_PAGE)];
	out[PAGES] = '\0';
}

static void play_step(struct model *m, const struct step *st, unsigned int origin)
{
	struct model_file *f = NULL;

	if (st->verb == STEP_FILE)
		f = model_add_file(m, st->name, origin, 0);
	if (f && st->file == FILE_WRITTEN)
		model_file_write_new(m, f, st->len);
	else if (f && st->file == FILE_FALLOCATED)
		model_file_reserve(m, f, st->len);
	else if (f && st->file == FILE_HOLE)
		model_file_extend(m, f, st->len);
	else if (f)
		model_file_copy(m, f, model_file(m, st->other), st->len, st->file == FILE_CLONE);
	else if (st->verb == STEP_MAP)
		model_add_map(m, st->name, model_file(m, st->other), st->off, st->len, st->shared,
			      st->writable);
	else if (st->verb == STEP_TOUCH)
		model_map_write(m, model_map(m, st->other), st->off, st->len, 9);
	else
		model_apply(m, &st->call, 9);
}

static void meets(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ FILE_A MAP, "wwwwff" },
		{ FILE_A "map m a 0 24K shared r\n", "rrrrff" },
		{ FILE_A "map m a 0 24K private rw\n", "rrrrff" },
		{ FILE_A "map m a 8K 24K shared rw\n", "wwffff" },
		{ FILE_A MAP "truncate a 5000\n", "wwffff" },
		{ FILE_A MAP "truncate a 8K\ntruncate a 16K\n", "wwhhff" },
		{ FILE_A MAP "punch a 4K 4K\n", "whwwff" },
		{ FILE_A MAP "zero a 4K 4K\n", "whwwff" },
		{ FILE_A MAP "punch a 4K 100\n", "wwwwff" },
		{ FILE_A MAP "collapse a 0 4K\n", "wwwfff" },
		{ "file a 16K hole\n" MAP "touch m 4K write\n", "whhhff" },
		{ "file a 16K fallocated\n" MAP "write a 4K 4K\n", "hwhhff" },
		{ FILE_A "file b 16K clone a\n" MAP, "rrrrff" },
		{ FILE_A "file b 16K clone a\n" MAP "write a 4K 4K\n", "rwrrff" },
		{ FILE_A "file b 16K clone a\n" MAP "unlink b\n", "wwwwff" },
		{ FILE_A "file b 16K copy a\n" MAP, "wwwwff" },
		{ FILE_A "map m a 0 24K private rw\ntouch m+4K 4K write\npunch a 0 16K\n",
		  "hrhhff" },
		{ FILE_A MAP "hwpoison m 0\n", "aaaaaa" },
		{ FILE_A MAP "unlink a\n", "aaaaaa" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct model *m = xcalloc(1, sizeof(*m));
		struct scenario *s;
		char got[PAGES + 1];

		model_init(m);
		assert_null(scenario_parse("t", rows[i].text, strlen(rows[i].text), &s));
		for (unsigned int k = 0; k < s->nr_steps; k++)
			play_step(m, &s->steps[k], k + 1);
		show(m, model_map(m, "m"), got);
		if (strcmp(got, rows[i].want) != 0)
			fail_msg("%swanted: %s\ngot:    %s", rows[i].text, rows[i].want, got);
		model_deinit(m);
		free(m);
		scenario_free(s);
	}
}

static void says_nothing_of_a_device(void **state)
{
	struct model *m = xcalloc(1, sizeof(*m));
	char got[PAGES + 1];

	(void)state;
	model_init(m);
	show(m, model_add_map(m, "d", model_file(m, "devdax"), 0, 1 << 20, true, true), got);
	assert_string_equal(got, "aaaaaa");
	model_deinit(m);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(meets),
		cmocka_unit_test(says_nothing_of_a_device),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
