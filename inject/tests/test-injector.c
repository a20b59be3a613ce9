// SPDX-License-Identifier: GPL-2.0-only
/* Every injector has all its parts, and the frame does with one what its row says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "inject/injector.h"

static void rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < INJECTORS; i++) {
		const struct injector *k = injectors[i];

		if (!k || !k->name)
			fail_msg("injector %zu has no row, or no name", i);
		if (!k->calls || !k->calls[0] || !k->create || !k->call || !k->destroy ||
		    !k->fd != !k->service)
			fail_msg("the row of injector '%s' is not whole", k->name);
		if (!injector_symbols[i])
			fail_msg("injector '%s' has no list in symbols.c", k->name);
		for (size_t j = 0; k->calls[j]; j++) {
			struct injection v[INJECTORS];
			size_t call;

			if (injection_find(v, k->calls[j], &call) != &v[i] || call != j)
				fail_msg("call '%s' is another's, too", k->calls[j]);
		}
	}
}

static void symbols_have_room(void **state)
{
	size_t n = 1; /* where the struct pages are */

	(void)state;
	for (size_t i = 0; i < INJECTORS; i++)
		for (size_t j = 0; injector_symbols[i][j]; j++) {
			assert_true(strlen(injector_symbols[i][j]) < 128);
			n++;
		}
	assert_true(n <= INJECTOR_SYMBOLS_MAX);
}

static void answers(struct injection *in, enum sabotage sabotage, size_t call, const char *want)
{
	_cleanup_err_ struct err *err = injection_call(in, sabotage, call);

	if (!want != !err || (want && !strstr(err->message, want)))
		fail_msg("'%s', not '%s'", err ? err->message : "done", want ? want : "done");
}

static void frame(void **state)
{
	struct injector_guest guest = { 0 };
	struct injection v[INJECTORS], *in;
	size_t call;

	(void)state;
	injections_init(v, &guest);
	assert_null(injection_find(v, "null", &call));
	in = injection_find(v, "null-second", &call);
	assert_ptr_equal(in, &v[INJECTOR_NULL]);
	answers(in, SABOTAGE_NONE, call, "'null-second' is not due");
	answers(in, SABOTAGE_NO_GATE, call, NULL);
	answers(in, SABOTAGE_NONE, call, "'null-second' is not due");
	assert_int_equal(injection_fd(in), -1);
	assert_null(injection_service(in));
	in = injection_find(v, "gate-lift", &call);
	answers(in, SABOTAGE_NONE, call, "the guest's connection has no gdbstub");
	answers(in, SABOTAGE_NO_GATE, call, NULL);
	injections_deinit(v);
	guest.gdb = "/nonexistent/gdb";
	injections_init(v, &guest);
	answers(&v[INJECTOR_GATE], SABOTAGE_NONE, call, "the gate does not know");
	injections_deinit(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows),
		cmocka_unit_test(symbols_have_room),
		cmocka_unit_test(frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
