// SPDX-License-Identifier: GPL-2.0-only
/* The gate against a thread that plays QEMU's gdbstub from a script. */
#include <setjmp.h>
#include <stdarg.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <cmocka.h>

#include "inject/gate/gate.h"
#include "inject/gate/gdb-packet.h"

#define INTERRUPT "\x03"
#define ENTRY 0xffffffff81234560u
#define UMEM 0xffffffffc0a01970u

/* Waits for @want (NULL: does not wait), then sends @say (NULL: sends nothing). */
struct line {
	const char *want, *say;
};

/* Values of @say other than a packet. */
#define DIE "die"   /* close the connection */
#define MUTE "mute" /* read on, answer nothing more */

struct stub {
	char dir[64], path[80];
	int listener;
	pthread_t thread;
	const struct line *script;
	atomic_int at;	 /* lines done */
	int said, acked; /* packets */
	char wrong[512]; /* the first deviation from the script */
};

static bool read_char(int fd, char *c)
{
	return read(fd, c, 1) == 1;
}

/* Reads one packet or interrupt, and counts acknowledgements on the way. */
static bool read_word(struct stub *s, int fd, char *out, size_t size)
{
	size_t n = 0;
	char c, sum[2];

	for (;;) {
		if (!read_char(fd, &c))
			return false;
		if (c == '+') {
			s->acked++;
		} else if (c == INTERRUPT[0]) {
			strcpy(out, INTERRUPT);
			return true;
		} else if (c == '$') {
			break;
		} else {
			snprintf(s->wrong, sizeof(s->wrong), "stray byte %02x", c);
			return false;
		}
	}
	while (read_char(fd, &c) && c != '#' && n < size - 1)
		out[n++] = c;
	out[n] = '\0';
	if (!read_char(fd, &sum[0]) || !read_char(fd, &sum[1]))
		return false;
	return write(fd, "+", 1) == 1;
}

static void say(struct stub *s, int fd, const char *text)
{
	_cleanup_buf_ struct buf wire = BUF_INIT;

	gdb_packet_encode(&wire, text, strlen(text));
	if (write(fd, wire.data, wire.len) == (ssize_t)wire.len)
		s->said++;
}

static void stub_play(struct stub *s, int fd)
{
	const struct line *l;
	char word[4096];

	for (l = s->script; l->want || l->say; l++) {
		if (l->want) {
			if (!read_word(s, fd, word, sizeof(word))) {
				snprintf(s->wrong, sizeof(s->wrong), "no '%s' came", l->want);
				return;
			}
			if (strcmp(word, l->want)) {
				snprintf(s->wrong, sizeof(s->wrong), "'%.200s' came, not '%s'",
					 word, l->want);
				return;
			}
		}
		if (l->say && !strcmp(l->say, DIE))
			return;
		if (l->say && !strcmp(l->say, MUTE))
			break;
		if (l->say)
			say(s, fd, l->say);
		s->at++;
	}
	/* To the end of the connection, for the last acknowledgement. */
	while (read_word(s, fd, word, sizeof(word)))
		if (!l->say)
			snprintf(s->wrong, sizeof(s->wrong), "'%.200s' came after the end", word);
}

static void *stub_main(void *arg)
{
	struct stub *s = arg;
	_cleanup_close_ int fd = accept(s->listener, NULL, NULL);

	if (fd >= 0)
		stub_play(s, fd);
	return NULL;
}

static void stub_start(struct stub *s, const struct line *script)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };

	*s = (struct stub){ .script = script, .dir = "/tmp/test-gate-XXXXXX" };
	assert_non_null(mkdtemp(s->dir));
	snprintf(s->path, sizeof(s->path), "%s/gdb", s->dir);
	strcpy(addr.sun_path, s->path);
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->listener, (struct sockaddr *)&addr, sizeof(addr)), 0);
	assert_int_equal(listen(s->listener, 1), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, stub_main, s), 0);
}

static void stub_end(struct stub *s)
{
	shutdown(s->listener, SHUT_RDWR);
	pthread_join(s->thread, NULL);
	close(s->listener);
	unlink(s->path);
	rmdir(s->dir);
}

/* The answer to `g`: only rdx, rsp and rip are not 0. */
#define REGS(rdx, rip)                                                                             \
	Z16 Z16 Z16 rdx Z16 Z16 Z16 "80ff000000c9ffff" Z16 Z16 Z16 Z16 Z16 Z16 Z16 Z16 rip         \
				    "46020000"                                                     \
				    "10000000"                                                     \
				    "00000000"                                                     \
				    "00000000"                                                     \
				    "00000000"                                                     \
				    "00000000"                                                     \
				    "00000000"
#define Z16 "0000000000000000"
#define AT_ENTRY "60452381ffffffff"
#define AT_ENTRY4 "64452381ffffffff"
#define ELSEWHERE "00002081ffffffff"
#define FROM_UMEM "6d1ba0c0ffffffff"	 /* UMEM + 0x1fd */
#define FROM_UMEM_END "701da0c0ffffffff" /* UMEM + 0x400 */

/* Connecting to a running VM: the stop notice comes unasked. */
#define OPEN_(code, addr)                                                                          \
	{ NULL, "T02thread:p01.01;" },                                                             \
		{ "qSupported:multiprocess+", "PacketSize=1000;vContSupported+;multiprocess+" },   \
		{ "qXfer:features:read:target.xml:0,7fb", "l<?xml version=\"1.0\"?>" },            \
		{ "mffffffff81234560,4", code }, { "Z1," addr ",1", "OK" },                        \
	{                                                                                          \
		"c", NULL                                                                          \
	}
#define OPEN OPEN_("0f1f4400", "ffffffff81234560")
#define LOOK(regs, caller)                                                                         \
	{ "Hgp1.2", "OK" }, { "g", regs },                                                         \
	{                                                                                          \
		"mffffc9000000ff80,8", caller                                                      \
	}
#define STEP_(addr)                                                                                \
	{ "z1," addr ",1", "OK" }, { "vCont;s:p1.2", "T05thread:p01.02;" },                        \
		{ "Z1," addr ",1", "OK" },                                                         \
	{                                                                                          \
		"c", NULL                                                                          \
	}
#define STEP STEP_("ffffffff81234560")
#define SHUT_(addr)                                                                                \
	{ "z1," addr ",1", "OK" }, { INTERRUPT, NULL }, { "qC", "QCp01.01" },                      \
	{                                                                                          \
		"D;1", "OK"                                                                        \
	}
#define SHUT SHUT_("ffffffff81234560")
#define STOP                                                                                       \
	{ INTERRUPT, "T02thread:p01.01;" },                                                        \
	{                                                                                          \
		"qC", "QCp01.01"                                                                   \
	}
#define HIT                                                                                        \
	{                                                                                          \
		NULL, "T05thread:p01.02;"                                                          \
	}
#define END                                                                                        \
	{                                                                                          \
		NULL, NULL                                                                         \
	}

#define SCRIPT(...)                                                                                \
	(const struct line[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, END                                                                   \
	}

static const struct {
	const char *name;
	unsigned int major, minor;
	const struct line *script;
	uint64_t hits, cleared, foreign;
} play_table[] = {
	{ "nobody calls", 6, 1, SCRIPT(OPEN, STOP, SHUT), 0, 0, 0 },
	{ "umem calls, 6.1", 6, 1,
	  SCRIPT(OPEN, HIT, LOOK(REGS("0100010000000000", AT_ENTRY), FROM_UMEM),
		 { "P3=0100000000000000", "OK" }, STEP, STOP, SHUT),
	  1, 1, 0 },
	{ "umem calls, 6.2", 6, 2,
	  SCRIPT(OPEN, HIT, LOOK(REGS("0101010000000000", AT_ENTRY), FROM_UMEM),
		 { "P3=0101000000000000", "OK" }, STEP, STOP, SHUT),
	  1, 1, 0 },
	{ "umem calls, 6.3, high half of rdx kept", 6, 3,
	  SCRIPT(OPEN, HIT, LOOK(REGS("0101010078563412", AT_ENTRY), FROM_UMEM),
		 { "P3=0100010078563412", "OK" }, STEP, STOP, SHUT),
	  1, 1, 0 },
	{ "umem calls, 7.2", 7, 2,
	  SCRIPT(OPEN, HIT, LOOK(REGS("0101000000000000", AT_ENTRY), FROM_UMEM),
		 { "P3=0100000000000000", "OK" }, STEP, STOP, SHUT),
	  1, 1, 0 },
	{ "umem calls without the flag", 7, 2,
	  SCRIPT(OPEN, HIT, LOOK(REGS("0100010000000000", AT_ENTRY), FROM_UMEM), STEP, STOP, SHUT),
	  1, 0, 0 },
	{ "just after umem", 6, 1,
	  SCRIPT(OPEN, HIT, LOOK(REGS("0100010000000000", AT_ENTRY), FROM_UMEM_END), STEP, STOP,
		 SHUT),
	  1, 0, 1 },
	{ "foreign, then umem", 6, 1,
	  SCRIPT(OPEN, HIT, LOOK(REGS("0100010000000000", AT_ENTRY), ELSEWHERE), STEP, HIT,
		 LOOK(REGS("0100010000000000", AT_ENTRY), FROM_UMEM),
		 { "P3=0100000000000000", "OK" }, STEP, STOP, SHUT),
	  2, 1, 1 },
	{ "stopped elsewhere", 6, 1,
	  SCRIPT(OPEN, HIT, { "Hgp1.2", "OK" }, { "g", REGS("0100010000000000", ELSEWHERE) },
		 { "c", NULL }, STOP, SHUT),
	  0, 0, 0 },
	{ "somebody pauses the VM and resumes it", 6, 1,
	  SCRIPT(OPEN, { NULL, "T02thread:p01.01;" }, HIT,
		 LOOK(REGS("0100010000000000", AT_ENTRY), FROM_UMEM),
		 { "P3=0100000000000000", "OK" }, STEP, STOP, SHUT),
	  1, 1, 0 },
	{ "somebody paused it for good: the gdbstub ignores the interrupt", 6, 1,
	  SCRIPT(OPEN, { NULL, "T02thread:p01.01;" }, { INTERRUPT, NULL }, { "qC", "QCp01.01" },
		 SHUT),
	  0, 0, 0 },
	{ "hit while it is being dropped", 6, 1,
	  SCRIPT(OPEN, { INTERRUPT, "T05thread:p01.02;" }, { "qC", "QCp01.02" },
		 LOOK(REGS("0100010000000000", AT_ENTRY), FROM_UMEM),
		 { "P3=0100000000000000", "OK" }, SHUT),
	  1, 1, 0 },
	{ "entry marked by endbr64", 6, 1,
	  SCRIPT(OPEN_("f30f1efa", "ffffffff81234564"), HIT,
		 LOOK(REGS("0100010000000000", AT_ENTRY4), FROM_UMEM),
		 { "P3=0100000000000000", "OK" }, STEP_("ffffffff81234564"), STOP,
		 SHUT_("ffffffff81234564")),
	  1, 1, 0 },
};

static struct gate *make_gate(const struct stub *s, unsigned int major, unsigned int minor)
{
	struct gate_symbols symbols = {
		.pin_user_pages_fast = ENTRY,
		.umem_start = UMEM,
		.umem_end = UMEM + 0x400,
		.kernel_major = major,
		.kernel_minor = minor,
	};
	struct gate *g = NULL;

	assert_null(gate_create(s->path, &symbols, &g));
	gate_set_timeout(g, 5000);
	return g;
}

/* The line that begins the drop: after it come only those of STOP and SHUT. */
static int drop_line(const struct line *script)
{
	int n = 0;

	while (!script[n].want || script[n].want[0] != INTERRUPT[0])
		n++;
	return n;
}

/* Serves the gate until the script reaches line @until. */
static struct err *serve(struct gate *g, struct stub *s, int until)
{
	uint64_t end = now_ns() + 5000000000u;

	while (s->at < until && now_ns() < end) {
		struct pollfd p = { .fd = gate_fd(g), .events = POLLIN };
		struct err *err;

		if (p.fd < 0)
			break;
		poll(&p, 1, 5);
		err = gate_service(g);
		if (err)
			return err;
	}
	return NULL;
}

static void plays(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(play_table); i++) {
		struct gate_counts counts = { 99, 99, 99 };
		struct err *lift, *service, *drop;
		struct stub s;
		struct gate *g;

		stub_start(&s, play_table[i].script);
		g = make_gate(&s, play_table[i].major, play_table[i].minor);
		assert_int_equal(gate_fd(g), -1);
		lift = gate_lift(g);
		service = lift ? NULL : serve(g, &s, drop_line(play_table[i].script));
		drop = lift ? NULL : gate_drop(g, &counts);
		gate_destroy(g);
		stub_end(&s);
		if (s.wrong[0] || lift || service || drop)
			fail_msg("%s: %s; %s; %s; %s", play_table[i].name, s.wrong,
				 lift ? lift->message : "", service ? service->message : "",
				 drop ? drop->message : "");
		assert_int_equal(counts.hits, play_table[i].hits);
		assert_int_equal(counts.cleared, play_table[i].cleared);
		assert_int_equal(counts.foreign, play_table[i].foreign);
		assert_int_equal(s.said, s.acked);
	}
}

#define HELLO                                                                                      \
	{ "qSupported:multiprocess+", "PacketSize=1000;multiprocess+" },                           \
	{                                                                                          \
		"qXfer:features:read:target.xml:0,7fb", "l"                                        \
	}

/* How it fails: at the lift or later, and with which message. */
static const struct {
	const char *name;
	const struct line *script;
	bool at_lift;
	enum err_code code;
	const char *message;
} failure_table[] = {
	{ "no vCPU names",
	  SCRIPT({ "qSupported:multiprocess+", "PacketSize=1000" }, { NULL, MUTE }), true,
	  ERR_INFRA, "cannot name vCPUs" },
	{ "never answers", SCRIPT({ "qSupported:multiprocess+", MUTE }), true, ERR_TIMEOUT,
	  "did not answer 'qSupported" },
	{ "dies at once", SCRIPT({ "qSupported:multiprocess+", DIE }), true, ERR_INFRA, "gdbstub" },
	{ "memory unreadable", SCRIPT(HELLO, { "mffffffff81234560,4", "E14" }, { NULL, MUTE }),
	  true, ERR_INFRA, "mitigations=off" },
	{ "no hardware breakpoints",
	  SCRIPT(HELLO, { "mffffffff81234560,4", "0f1f4400" }, { "Z1,ffffffff81234560,1", "" },
		 { NULL, MUTE }),
	  true, ERR_INFRA, "cannot set a breakpoint" },
	{ "dies after a hit", SCRIPT(OPEN, HIT, { "Hgp1.2", "OK" }, { "g", DIE }), false, ERR_INFRA,
	  "gdbstub" },
	{ "mute after a hit", SCRIPT(OPEN, HIT, { "Hgp1.2", MUTE }), false, ERR_TIMEOUT,
	  "did not answer 'Hgp1.2'" },
	{ "mute in the step",
	  SCRIPT(OPEN, HIT, LOOK(REGS("0100010000000000", AT_ENTRY), ELSEWHERE),
		 { "z1,ffffffff81234560,1", "OK" }, { "vCont;s:p1.2", MUTE }),
	  false, ERR_TIMEOUT, "did not answer 'vCont;s:p1.2'" },
	{ "registers cut short",
	  SCRIPT(OPEN, HIT, { "Hgp1.2", "OK" }, { "g", Z16 }, { NULL, MUTE }), false, ERR_INFRA,
	  "cannot read registers" },
	{ "stack unreadable",
	  SCRIPT(OPEN, HIT, LOOK(REGS("0100010000000000", AT_ENTRY), "E14"), { NULL, MUTE }), false,
	  ERR_INFRA, "cannot read memory" },
	{ "register not written",
	  SCRIPT(OPEN, HIT, LOOK(REGS("0100010000000000", AT_ENTRY), FROM_UMEM),
		 { "P3=0100000000000000", "" }, { NULL, MUTE }),
	  false, ERR_INFRA, "cannot write a register" },
	{ "malformed stop reply", SCRIPT(OPEN, { NULL, "T0" }, { NULL, MUTE }), false, ERR_INFRA,
	  "stop reply" },
	{ "guest ends", SCRIPT(OPEN, { NULL, "W00" }, { NULL, MUTE }), false, ERR_INFRA, "ended" },
	{ "mute at the drop", SCRIPT(OPEN, { INTERRUPT, MUTE }), false, ERR_TIMEOUT,
	  "did not answer 'qC'" },
};

/* Serves until it fails or nothing is left to serve; then drops. */
static struct err *lift_and_drop(struct gate *g, struct stub *s, bool *at_lift)
{
	struct err *err = gate_lift(g);

	*at_lift = err != NULL;
	if (!err) {
		const struct line *l = s->script;
		int lines = 0;

		while ((l[lines].want || l[lines].say) &&
		       !(l[lines].want && l[lines].want[0] == INTERRUPT[0]))
			lines++;
		err = serve(g, s, lines);
	}
	return err ? err : gate_drop(g, NULL);
}

static void failures(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(failure_table); i++) {
		_cleanup_err_ struct err *err = NULL, *again = NULL;
		uint64_t start = now_ns();
		struct stub s;
		struct gate *g;
		bool at_lift;

		stub_start(&s, failure_table[i].script);
		g = make_gate(&s, 6, 1);
		gate_set_timeout(g, 200);
		err = lift_and_drop(g, &s, &at_lift);
		assert_int_equal(gate_fd(g), -1);
		again = gate_drop(g, NULL);
		gate_destroy(g);
		stub_end(&s);
		if (!err || !strstr(err->message, failure_table[i].message))
			fail_msg("%s: '%s'; %s", failure_table[i].name,
				 err ? err->message : "no error", s.wrong);
		assert_int_equal(err->code, failure_table[i].code);
		assert_int_equal(at_lift, failure_table[i].at_lift);
		assert_null(again);
		assert_true(now_ns() - start < 3000000000u);
	}
}

static void no_stub(void **state)
{
	struct stub s = { .path = "/nonexistent/gdb" };
	_cleanup_err_ struct err *err = NULL;
	struct gate *g = make_gate(&s, 6, 1);

	(void)state;
	err = gate_lift(g);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "'/nonexistent/gdb'"));
	gate_destroy(g);
}

static const struct {
	const char *lines[5]; /* "name address size" */
	uint64_t start, end;
	const char *error;
} symbol_table[] = {
	{ { "pin_user_pages_fast 1 10", "ib_umem_get 2 20" }, 2, 0x22, NULL },
	{ { "ib_umem_get 2 20", "pin_user_pages_fast 1 10" }, 2, 0x22, NULL },
	{ { "pin_user_pages_fast 1 10", "ib_umem_get_desc 2 20", "__ib_umem_get_va 3 30",
	    "ib_umem_get_attr 9 9" },
	  3,
	  0x33,
	  NULL },
	{ { "pin_user_pages_fast 1 10", "__ib_umem_get_va.isra.0 3 30", "ib_umem_get_desc 2 20",
	    "__ib_umem_get_va.isra.0.cold 7 8" },
	  3,
	  0x33,
	  NULL },
	{ { "pin_user_pages_fast 1 10", "ib_umem_get_desc 2 20" }, 2, 0x22, NULL },
	{ { "pin_user_pages_fast 1 10", "ib_umem_getter 2 20" }, 0, 0, "ib_umem_get" },
	{ { "pin_user_pages_fast 1 10", "ib_umem_get 2 0" }, 0, 0, "ib_umem_get" },
	{ { "ib_umem_get 2 20" }, 0, 0, "pin_user_pages_fast" },
	{ { NULL }, 0, 0, "pin_user_pages_fast" },
};

static void symbols(void **state)
{
	const uint64_t base = 0xffffffff80000000u;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(symbol_table); i++) {
		struct gate_symbols s = { .kernel_major = 6, .kernel_minor = 1 };
		_cleanup_err_ struct err *err = NULL;
		struct gate *g = NULL;

		for (int j = 0; j < 5 && symbol_table[i].lines[j]; j++) {
			unsigned int addr, size;
			char name[64];

			assert_int_equal(
				sscanf(symbol_table[i].lines[j], "%63s %x %x", name, &addr, &size),
				3);
			gate_symbols_add(&s, name, base + addr, size);
		}
		err = gate_create("/nonexistent/gdb", &s, &g);
		if (symbol_table[i].error) {
			assert_non_null(err);
			assert_non_null(strstr(err->message, symbol_table[i].error));
			continue;
		}
		assert_null(err);
		assert_true(s.pin_user_pages_fast == base + 1);
		assert_true(s.umem_start == base + symbol_table[i].start);
		assert_true(s.umem_end == base + symbol_table[i].end);
		gate_destroy(g);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plays),
		cmocka_unit_test(failures),
		cmocka_unit_test(no_stub),
		cmocka_unit_test(symbols),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
