/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runs the guest's interpreter under a kernel with one fault, and expects exactly that fault.
 * Each row runs in a process of its own; the host reads, keeps and judges its reports as it
 * does with those of a guest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <ctype.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/glob.h"
#include "guest/case-private.h"
#include "wire/agent.h"
#include "workloads/tests/judge-rows.h"

#define GRACE_MS 3000	   /* only a row that fails waits so long */
#define SHORT_GRACE_MS 500 /* for rows that wait for its end */
#define AT_ONCE 8	   /* rows; most of them sleep */
#define ROW_MS 20000
#define FRAME_MAX (128u << 10)
#define FRAME_TYPE 1u /* bytes before the payload */

void case_send(const struct case_ctx *ctx, enum msg_type type, const struct buf *payload)
{
	_cleanup_buf_ struct buf frame = BUF_INIT;
	char t = (char)type;

	buf_add(&frame, &t, FRAME_TYPE);
	buf_add(&frame, payload->data, payload->len);
	if (send(ctx->link, frame.data, frame.len, MSG_NOSIGNAL) < 0)
		_exit(1);
}

static void run_row(const struct judge_row *row, const char *dir, int link)
{
	const struct case_ctx ctx = { .link = link };
	const struct buf nothing = BUF_INIT;

	setpgid(0, 0);
	fake = row->fake;
	fake_run(row->text, dir, link, row->to_the_end ? SHORT_GRACE_MS : GRACE_MS);
	case_send(&ctx, MSG_END, &nothing);
	_exit(0);
}

/* The host has no guest here: the linker puts these before the host's own functions. */
struct err *__wrap_link_send(struct link *l, enum msg_type type, const struct buf *payload);
uint64_t __wrap_guest_ms(const struct guest *g, uint64_t ms);

struct err *__wrap_link_send(struct link *l, enum msg_type type, const struct buf *payload)
{
	(void)l, (void)type, (void)payload;
	return NULL;
}

uint64_t __wrap_guest_ms(const struct guest *g, uint64_t ms)
{
	(void)g;
	return ms;
}

/* Reads until the case is over, or hangs. */
static void listen_to(struct running *r, int link)
{
	static uint8_t frame[FRAME_MAX];
	struct pollfd p = { .fd = link, .events = POLLIN };
	bool over = false;

	while (!over && !r->aborting) {
		ssize_t n = poll(&p, 1, ROW_MS) > 0 ? recv(link, frame, sizeof(frame), 0) : -1;
		const struct frame f = { frame[0], frame + FRAME_TYPE, (size_t)n - FRAME_TYPE };

		if (n <= 0) {
			case_record_add_error(r->rec, "%s", n ? "no report in time" : "it died");
			return;
		}
		if (f.type != MSG_EVIDENCE) /* the record has no folder for it */
			assert_null(case_take_frame(r, &f, &over));
	}
	r->rec->end_seen = true; /* a case that hangs is ended from outside */
}

/* "ORACLE: WHY" for each oracle that did not see all. */
static void list_lost(const struct case_record *rec, struct buf *lost)
{
	for (enum oracle i = 0; i < ORACLES; i++)
		if (rec->sights[i].sight != SIGHT_WHOLE)
			buf_addf(lost, "%s: %s\n", oracle_name(i),
				 rec->sights[i].why ? rec->sights[i].why : "");
}

static bool ends_with(const struct buf *b, const char *word)
{
	size_t n = strlen(word);

	return b->len >= n && memcmp(b->data + b->len - n, word, n) == 0;
}

/* Replaces times and inode numbers, which differ from run to run, by "#". */
static void mask(struct buf *out, const char *text)
{
	while (*text) {
		size_t n = strspn(text, "0123456789.");

		if (n && (strncmp(text + n, " ms", 3) == 0 || ends_with(out, "inode ")))
			buf_adds(out, "#");
		else
			buf_add(out, text, n);
		text += n;
		n = strcspn(text, "0123456789");
		buf_add(out, text, n);
		text += n;
	}
}

/* "VERDICT", then a line "LINE RULE: EXPECTED | FOUND" for each finding, or the reason. */
static char *told(struct case_record *rec)
{
	_cleanup_buf_ struct buf raw = BUF_INIT;
	struct buf out = BUF_INIT;

	assert_int_equal(rec->window_ms, rec->dax_proven ? FAKE_WINDOW_MS : 0);
	case_record_judge(rec);
	buf_adds(&raw, verdict_name(rec->verdict));
	if (rec->verdict == VERDICT_ERROR || rec->verdict == VERDICT_SKIP)
		buf_addf(&raw, "\n%s", rec->reason);
	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *f = &rec->findings[i];

		buf_addf(&raw, "\n%u %s: %s | %s", f->line, f->rule, f->expected, f->found);
	}
	mask(&out, buf_str(&raw));
	return buf_take(&out);
}

struct playing {
	char dir[32];
	int link;
	pid_t pid;
};

static void begin(struct playing *p, const struct judge_row *row)
{
	int link[2];

	strcpy(p->dir, "/tmp/daxrig-judge-XXXXXX");
	assert_non_null(mkdtemp(p->dir));
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link), 0);
	fflush(NULL);
	p->pid = fork();
	assert_true(p->pid >= 0);
	if (!p->pid)
		run_row(row, p->dir, link[1]);
	setpgid(p->pid, p->pid);
	close(link[1]);
	p->link = link[0];
}

static char *finish(struct playing *p, const struct judge_row *row, struct buf *lost)
{
	struct case_record *rec = case_record_create("t");
	const struct plan_case c = { .text = (char *)row->text };
	const struct guest_setup setup = { 0 };
	struct guest g = { .setup = &setup };
	struct running r = { .g = &g, .c = &c, .rec = rec };
	char *text;

	rec->wants_dax = true;
	rec->guest_end = GUEST_END_FINE;
	rec->wants_sights = true;
	case_record_see(rec, ORACLE_LOG, SIGHT_WHOLE, NULL); /* the test has no log */
	listen_to(&r, p->link);
	list_lost(rec, lost);
	kill(-p->pid, SIGKILL);
	waitpid(p->pid, NULL, 0);
	close(p->link);
	err_free(tree_remove(p->dir));
	text = told(rec);
	case_record_destroy(rec);
	return text;
}

static const struct judge_table *const tables[] = { &judge_contract, &judge_content, &judge_rest,
						    &judge_program, &judge_storm };

/* False if the findings are not those of the row. */
static bool is_found(struct playing *p, const struct judge_row *row)
{
	_cleanup_buf_ struct buf lost = BUF_INIT;
	_cleanup_free_ char *text = finish(p, row, &lost);

	if (row->lost && !strstr(buf_str(&lost), row->lost)) {
		print_error("%s: lost: %s\n  instead of: %s\n", row->what, buf_str(&lost),
			    row->lost);
		return false;
	}
	if (strcmp(text, row->want) == 0 || glob_match(row->want, text) ||
	    (row->or_want && glob_match(row->or_want, text)))
		return true;
	print_error("%s:\n%s\n  instead of:\n%s\n", row->what, text, row->want);
	return false;
}

/*
 * Rows that run at once compete for the processors, and an operation that is busy for eight
 * windows fails: a row with another result is tried once more, alone.
 */
static void try_table(const struct judge_table *t)
{
	struct playing playing[AT_ONCE];
	unsigned int wrong = 0;
	bool right[AT_ONCE];

	for (size_t i = 0, n; i < t->n; i += n) {
		n = MIN(t->n - i, (size_t)AT_ONCE);
		for (size_t j = 0; j < n; j++)
			begin(&playing[j], &t->rows[i + j]);
		for (size_t j = 0; j < n; j++)
			right[j] = is_found(&playing[j], &t->rows[i + j]);
		for (size_t j = 0; j < n; j++) {
			if (right[j])
				continue;
			begin(&playing[j], &t->rows[i + j]);
			wrong += !is_found(&playing[j], &t->rows[i + j]);
		}
	}
	assert_int_equal(wrong, 0);
}

static void test_contract(void **state)
{
	(void)state;
	try_table(&judge_contract);
}

static void test_content(void **state)
{
	(void)state;
	try_table(&judge_content);
}

static void test_rest(void **state)
{
	(void)state;
	try_table(&judge_rest);
}

static void test_program(void **state)
{
	(void)state;
	try_table(&judge_program);
}

static void test_storm(void **state)
{
	(void)state;
	try_table(&judge_storm);
}

/* The rules that the host judges by, and the tests that show them. */
static const struct {
	const char *rule, *test;
} elsewhere[] = {
	{ "ledger.refcount", "inject/tests/test-ledger.c" },
	{ "ledger.pins", "inject/tests/test-ledger.c" },
	{ "ledger.mapcount", "inject/tests/test-ledger.c" },
	{ "ledger.mapping", "inject/tests/test-ledger.c" },
	{ "ledger.index", "inject/tests/test-ledger.c" },
	{ "ledger.share", "inject/tests/test-ledger.c" },
	{ "ledger.order", "inject/tests/test-ledger.c" },
	{ "ledger.idle", "inject/tests/test-ledger.c" },
	{ "splat", "reports/tests/test-verdict.c" },
	{ "liveness.hang", "reports/tests/test-verdict.c" },
	{ "guest.panic", "reports/tests/test-verdict.c" },
	{ "guest.died", "reports/tests/test-verdict.c" },
};

static bool has_row(const char *rule)
{
	_cleanup_free_ char *words = xasprintf(" %s: ", rule);

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
		for (size_t j = 0; j < tables[i]->n; j++)
			if (strstr(tables[i]->rows[j].want, words))
				return true;
	return false;
}

static bool is_elsewhere(const char *rule)
{
	for (size_t i = 0; i < ARRAY_SIZE(elsewhere); i++) {
		_cleanup_buf_ struct buf text = BUF_INIT;

		if (strcmp(elsewhere[i].rule, rule) != 0)
			continue;
		assert_null(file_read(elsewhere[i].test, 1 << 20, &text));
		return strstr(buf_str(&text), rule);
	}
	return false;
}

static void test_every_rule_is_shown(void **state)
{
	(void)state;
	for (enum rule i = 0; i < RULES; i++)
		if (!has_row(rules[i].name) && !is_elsewhere(rules[i].name))
			fail_msg("no test shows rule '%s'", rules[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_contract), cmocka_unit_test(test_content),
		cmocka_unit_test(test_rest),	 cmocka_unit_test(test_program),
		cmocka_unit_test(test_storm),	 cmocka_unit_test(test_every_rule_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
