/* SPDX-License-Identifier: GPL-2.0-only */
/* Each row has all its fields: with a gap, the judge would blame a kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "workloads/ops/operation.h"

static unsigned int bad;

static void demand(bool holds, const struct operation *op, const char *what)
{
	if (!holds) {
		print_error("operation '%s': %s\n", op->name ? op->name : "?", what);
		bad++;
	}
}

static unsigned int count(const char *args, const char *letters)
{
	unsigned int n = 0;

	for (; *args; args++)
		n += strchr(letters, *args) != NULL;
	return n;
}

static void check_row(const struct operation *op)
{
	demand(op->name && *op->name, op, "has no name");
	demand(op->args && op->summary, op, "has no arguments or no summary");
	demand(op->wait != OP_WAIT_UNSET, op, "does not say whether it waits");
	demand(op->run, op, "is not carried out");
	demand(op->apply, op, "has no effect on the model (op_changes_nothing() is one)");
	demand(op->range, op, "does not say which pages it changes (op_range_args())");
	demand(op->result, op, "has no result (op_succeeds())");
	demand(op->cases || op->no_cases, op, "has neither cases of the matrix nor a reason");
	demand(!op->needs == ((op->traits & OP_ANYWHERE) != 0), op,
	       "does not say what it needs of a filesystem (OP_ANYWHERE: nothing)");
	demand(!op->lacking || (op->traits & OP_OPTIONAL), op, "lacks, and is not optional");
	if (!op->args)
		return;
	demand(count(op->args, "fmols") == strlen(op->args), op, "has an unknown argument");
	demand(count(op->args, "f") <= OP_FILES_MAX && count(op->args, "o") <= OP_FILES_MAX, op,
	       "has too many files or offsets");
	for (unsigned int i = 0; i < count(op->args, "fm"); i++)
		demand(op->flush[i] != OP_FLUSH_UNSET, op,
		       "does not say which pages still wait for an fsync");
	demand(!(op->traits & (OP_NEW_BYTES | OP_READS)) || strchr(op->args, 'l'), op,
	       "has bytes, and no length");
	demand(!(op->traits & OP_NO_FILE) == (count(op->args, "fm") > 0), op,
	       "has files, or none, against its traits");
}

static void check_cases(const struct operation *op)
{
	size_t n = strlen(op->name);

	for (const struct op_case *c = op->cases; c && c->name; c++) {
		demand(c->summary && c->call, op, "has a case without text");
		demand(c->wait != OP_WAIT_UNSET, op,
		       "has a case that does not say whether it waits");
		if (!(c->traits & CASE_INLINE))
			demand(!strncmp(c->call, op->name, n) && (!c->call[n] || c->call[n] == ' '),
			       op, "has a case of another operation");
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (unsigned int i = 0; operations[i]; i++) {
		check_row(operations[i]);
		check_cases(operations[i]);
		assert_ptr_equal(operation_find(operations[i]->name), operations[i]);
	}
	check_row(&op_null);
	assert_int_equal(bad, 0);
}

/* The test names each field that a row leaves out. */
static void test_forgotten(void **state)
{
	struct operation op = op_null;

	(void)state;
	op.apply = NULL;
	op.flush[0] = OP_FLUSH_UNSET;
	op.args = "f";
	op.traits = 0;
	op.wait = OP_WAIT_UNSET;
	check_row(&op);
	assert_int_equal(bad, 4);
	bad = 0;
}

static void test_null(void **state)
{
	struct op_call c = { .op = &op_null };
	uint64_t off = 1, len = 2;

	(void)state;
	assert_null(operation_find("null"));
	assert_int_equal(op_run(&c, NULL), 0);
	c.op->range(NULL, &c, NULL, &off, &len);
	assert_int_equal(off + len, 3);
	assert_int_equal(c.op->result(NULL, &c), 0);
	c.op->apply(NULL, &c, 0);
}

static void test_lacking(void **state)
{
	struct filesystem fs = { .features = FILESYSTEM_PUNCH, .optional = FILESYSTEM_PUNCH };
	struct operation op = { .traits = OP_OPTIONAL, .lacking = 22 };
	struct op_call c = { .op = &op };

	(void)state;
	assert_true(op_lacking(&c, &filesystem_null, -22));
	assert_true(op_lacking(&c, &filesystem_null, -95));
	assert_false(op_lacking(&c, &filesystem_null, 0));
	op.lacking = 0;
	assert_false(op_lacking(&c, &filesystem_null, 0));
	assert_false(op_lacking(&c, &filesystem_null, -22));
	op.traits = 0;
	assert_false(op_lacking(&c, &filesystem_null, -95));
	/* only EOPNOTSUPP says that a feature of some drivers is lacking */
	op.needs = FILESYSTEM_PUNCH;
	assert_true(op_lacking(&c, &fs, -95));
	assert_false(op_lacking(&c, &fs, -22));
	assert_false(op_lacking(&c, &fs, 0));
	fs.optional = 0;
	assert_false(op_lacking(&c, &fs, -95));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_null),
		cmocka_unit_test(test_lacking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
