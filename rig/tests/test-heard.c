/* SPDX-License-Identifier: GPL-2.0-only */
/* A guest floods the host with messages: a bounded number reaches the disk and the record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/files.h"
#include "guest/case-private.h"
#include "host/virt-private.h"

static char base[] = "/tmp/daxrig-test-heard-XXXXXX";

static const struct {
	const char *what;
	uint8_t type;
	size_t len, times;
	size_t kept;	  /* expected number of files; 0: not checked */
	const char *says; /* expected in the record */
} floods[] = {
	{ "a few pieces of evidence", MSG_EVIDENCE, 1000, 3, 3, NULL },
	{ "many pieces", MSG_EVIDENCE, 1000, 5000, RUNDIR_FILES_MAX / 2, "not kept" },
	{ "long pieces", MSG_EVIDENCE, 65000, 5000, RUNDIR_FILES_MAX / 2, "not kept" },
	{ "pieces longer than a frame", MSG_EVIDENCE, 1 << 20, 300, RUNDIR_CASE_MAX / 2 >> 20,
	  "not kept" },
	{ "log lines", MSG_LOG, 1000, 50000, 0, NULL },
};

static struct err *hear(struct running *r, size_t i, const char *text)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;
	struct frame f = { .type = floods[i].type };
	bool over = false;

	msg_put_str(&msg, TAG_NAME, "flood");
	msg_put_str(&msg, TAG_TEXT, text);
	f.payload = (const uint8_t *)msg.data;
	f.len = (uint32_t)msg.len;
	return case_take_frame(r, &f, &over);
}

static bool record_says(const struct case_record *rec, const char *what)
{
	for (size_t i = 0; i < rec->evidence_count; i++)
		if (rec->evidence[i].text && strstr(rec->evidence[i].text, what))
			return true;
	return false;
}

static void test_floods(void **state)
{
	struct rundir dir;

	(void)state;
	assert_null(rundir_create(&dir, base, time(NULL), 1));
	for (size_t i = 0; i < ARRAY_SIZE(floods); i++) {
		_cleanup_free_ char *text = xcalloc(1, floods[i].len + 1), *folder = NULL;
		struct case_record *rec = case_record_create("xfs/a");
		struct rundir_case files;
		struct running r = { .rec = rec, .dir = &files };
		size_t own;

		rundir_case_init(&files, &dir, (unsigned int)i, "a");
		memset(text, 'a', floods[i].len);
		for (size_t k = 0; k < floods[i].times; k++)
			assert_null(hear(&r, i, text));
		own = files.files;
		if (own != floods[i].kept)
			fail_msg("%s: the host kept %zu files", floods[i].what, own);
		if (floods[i].says && !record_says(rec, floods[i].says))
			fail_msg("%s: the record does not say so", floods[i].what);
		/* the host's own files still have room after the flood */
		case_save_file(&r, "console.log", text, floods[i].len);
		assert_int_equal(files.files, own + 1);
		folder = xasprintf("%s/%s", dir.path, files.path);
		assert_true(tree_size(folder) <= RUNDIR_CASE_MAX);
		rec->guest_end = GUEST_END_FINE;
		rec->end_seen = true;
		case_record_add_step(rec, &(struct case_step){ .line = 1 });
		case_record_judge(rec);
		assert_int_equal(rec->verdict, floods[i].times > RUNDIR_FILES_MAX / 2 ?
						       VERDICT_ERROR :
						       VERDICT_PASS);
		rundir_case_deinit(&files);
		case_record_destroy(rec);
	}
	rundir_deinit(&dir);
}

/* The setup of a case brings the window by which its operations are judged. */
static void test_window(void **state)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;
	struct frame f = { .type = MSG_STEP };
	struct case_record *rec = case_record_create("xfs/a");
	struct running r = { .rec = rec };
	bool over = false;

	(void)state;
	msg_put_u64(&msg, TAG_WINDOW_MS, 60);
	msg_put_str(&msg, TAG_FEATURE, "dax");
	f.payload = (const uint8_t *)msg.data;
	f.len = msg.len;
	assert_null(case_take_frame(&r, &f, &over));
	assert_int_equal(rec->window_ms, 60);
	assert_true(rec->dax_proven);
	case_record_destroy(rec);
}

/* Calls of a case to the host, and the replies. */
static const struct {
	const char *call;
	enum sabotage sabotage;
	enum reply_status status;
	const char *why;
} calls[] = {
	{ "null-first", SABOTAGE_NONE, REPLY_DONE, NULL },
	{ "null-first", SABOTAGE_NONE, REPLY_NOT, "'null-first' is not due" },
	{ "gate-lift", SABOTAGE_NONE, REPLY_NOT, "the guest's connection has no gdbstub" },
	{ "gate-lift", SABOTAGE_NO_GATE, REPLY_DONE, NULL },
	{ "null", SABOTAGE_NONE, REPLY_NOT, "the agent sent an unknown call" },
	{ "", SABOTAGE_NONE, REPLY_NOT, "the agent sent an unknown call" },
};

static void expect_reply(struct link *l, size_t i)
{
	struct msg_field field;
	struct frame f;
	bool got = false;

	assert_null(link_fill(l));
	assert_null(link_next(l, &f, &got));
	assert_true(got && f.type == MSG_REPLY);
	assert_true(msg_find(f.payload, f.len, TAG_STATUS, &field));
	if (msg_u64(&field) != calls[i].status)
		fail_msg("the reply to '%s' is %d", calls[i].call, (int)msg_u64(&field));
	assert_int_equal(msg_find(f.payload, f.len, TAG_TEXT, &field), calls[i].why != NULL);
	if (calls[i].why)
		assert_memory_equal(field.data, calls[i].why, strlen(calls[i].why));
}

static void test_calls(void **state)
{
	const struct guest_setup its = { 0 };
	struct guest g = { .setup = &its };
	struct link agent;
	int fd[2];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fd), 0);
	link_init(&g.link, fd[0]);
	link_init(&agent, fd[1]);
	injections_init(g.injections, &(struct injector_guest){ 0 });
	for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
		_cleanup_buf_ struct buf msg = BUF_INIT;
		struct running r = { .g = &g, .sabotage = calls[i].sabotage };
		struct frame f = { .type = MSG_CALL };
		bool over = false;

		msg_put_str(&msg, TAG_NAME, calls[i].call);
		f.payload = (const uint8_t *)msg.data;
		f.len = msg.len;
		assert_null(case_take_frame(&r, &f, &over));
		expect_reply(&agent, i);
	}
	injections_deinit(g.injections);
	link_deinit(&g.link);
	link_deinit(&agent);
}

/* A command's arguments are of no use to who reads a report. */
static void test_command_names(void **state)
{
	static const char *const names[][2] = {
		{ "{\"execute\":\"memsave\",\"arguments\":{\"val\":-5}}", "memsave" },
		{ "{\"execute\":\"add-fd\"}", "add-fd" },
		{ "info registers -a", "info registers -a" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *got = virt_command_name(names[i][0]);

		assert_string_equal(got, names[i][1]);
	}
}

static struct err *no_monitor(struct virt_domain *d, bool human, const char *command, char **reply)
{
	_cleanup_free_ char *name = virt_command_name(command);

	(void)d, (void)human, (void)reply;
	return err_create(ERR_INFRA, "cannot give guest 'g' the monitor command '%s'", name);
}

/* Why the ledger could not look is what the case's record and the report say: a sentence. */
static void test_ledger_lost(void **state)
{
	static const struct virt_domain_ops ops = { .monitor = no_monitor };
	struct virt_domain domain = { .ops = &ops };
	struct guest g = { .domain = &domain, .vmemmap_base = 1ull << 63 };
	const struct ledger_row row = { .pfn = 1, .count = 1, .name = "a" };
	char text[LEDGER_ROW_MAX];
	_cleanup_buf_ struct buf msg = BUF_INIT, reply = BUF_INIT;
	struct ledger_budget budget = { .bytes = 1 << 20, .ns = 1000000000 };
	_cleanup_free_ char *why = NULL;
	struct msg_field field;
	struct frame f = { .type = MSG_CALL };

	(void)state;
	ledger_row_format(&row, text);
	msg_put_str(&msg, TAG_ARG, text);
	f.payload = (const uint8_t *)msg.data;
	f.len = (uint32_t)msg.len;
	assert_true(guest_ledger(&g, &budget, LEDGER_CALL, &f, &reply));
	assert_true(msg_find((const uint8_t *)reply.data, reply.len, TAG_TEXT, &field));
	why = msg_str(&field, 1000);
	assert_string_equal(why, "cannot read the guest's struct pages: cannot give guest 'g' the "
				 "monitor command 'memsave'");
}

static int setup(void **state)
{
	(void)state;
	return mkdtemp(base) ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	err_free(tree_remove(base));
	return 0;
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_floods),	    cmocka_unit_test(test_window),
		cmocka_unit_test(test_calls),	    cmocka_unit_test(test_command_names),
		cmocka_unit_test(test_ledger_lost),
	};

	return cmocka_run_group_tests_name("heard", tests, setup, teardown);
}
