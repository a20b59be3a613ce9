/* SPDX-License-Identifier: GPL-2.0-only */
/* The host's end of the channel with a malicious agent, and the reader of the console. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "guest/console.h"
#include "guest/link.h"

struct pair {
	struct link link;
	int agent;
};

static void pair_init(struct pair *p)
{
	int sv[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sv), 0);
	link_init(&p->link, sv[0]);
	p->agent = sv[1];
}

static void pair_deinit(struct pair *p)
{
	link_deinit(&p->link);
	close_fd(&p->agent);
}

/* Adds a valid frame of type MSG_LOG with the payload "hello". */
static void good_frame(struct buf *b, uint16_t seq)
{
	frame_encode(b, MSG_LOG, seq, "hello", 5);
}

static const struct {
	const char *what;
	size_t keep; /* bytes of the good frame that are sent */
	int flip;    /* byte to damage, -1: none */
	uint8_t with;
	bool hang_up;
	const char *error; /* NULL: the frame arrives */
} cases[] = {
	{ "a whole frame", 21, -1, 0, false, NULL },
	{ "garbage", 21, 0, 0xff, false, "garbage" },
	{ "another sequence", 21, 6, 1, false, "frame 1 came instead of frame 0" },
	{ "oversized", 21, 11, 0x7f, false, "exceeds the limit" },
	{ "a wrong checksum", 21, 16, 1, false, "checksum" },
	{ "an end in the header", 7, -1, 0, true, "in the middle of a frame" },
	{ "an end in the payload", 20, -1, 0, true, "in the middle of a frame" },
};

static void test_frames(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_buf_ struct buf b = BUF_INIT;
		struct err *err = NULL;
		struct pair p;
		struct frame f;
		bool got = false;

		pair_init(&p);
		good_frame(&b, 0);
		if (cases[i].flip >= 0)
			b.data[cases[i].flip] ^= (char)cases[i].with;
		/* byte by byte: the stream has no message boundaries */
		for (size_t n = 0; n < cases[i].keep && !err && !got; n++) {
			assert_int_equal(write(p.agent, b.data + n, 1), 1);
			err = link_fill(&p.link);
			if (!err)
				err = link_next(&p.link, &f, &got);
		}
		if (cases[i].hang_up && !err) {
			close(take_fd(p.agent));
			err = link_fill(&p.link);
		}
		if (cases[i].error) {
			if (!err || !strstr(err->message, cases[i].error))
				fail_msg("%s: '%s'", cases[i].what, err ? err->message : "fine");
		} else {
			assert_null(err);
			assert_true(got && f.type == MSG_LOG && f.len == 5);
		}
		err_free(err);
		pair_deinit(&p);
	}
}

/* Bytes that do not fit into the socket are queued; nothing is lost or reordered. */
static void test_slow_reader(void **state)
{
	_cleanup_buf_ struct buf big = BUF_INIT;
	struct frame_decoder d;
	struct pair p;
	char chunk[65536];
	unsigned int frames = 0;
	struct frame f;
	bool got;

	(void)state;
	pair_init(&p);
	frame_decoder_init(&d);
	while (big.len < FRAME_PAYLOAD_MAX)
		buf_addc(&big, 'x');
	for (int i = 0; i < 40; i++)
		assert_null(link_send(&p.link, MSG_CASE, &big));
	assert_true(link_events(&p.link) != 0 && p.link.out.len > 0);
	fcntl(p.agent, F_SETFL, O_NONBLOCK);
	while (frames < 40) {
		ssize_t n = read(p.agent, chunk, sizeof(chunk));

		if (n > 0)
			frame_decoder_feed(&d, chunk, (size_t)n);
		assert_null(link_flush(&p.link));
		do {
			assert_null(frame_decoder_next(&d, &f, &got));
			frames += got;
		} while (got);
	}
	assert_int_equal(p.link.out.len, 0);
	buf_addc(&big, 'x');
	{
		struct err *err = link_send(&p.link, MSG_CASE, &big);

		assert_non_null(err);
		err_free(err);
	}
	frame_decoder_deinit(&d);
	pair_deinit(&p);
}

/* A guest that calls repeatedly and reads no reply does not fill the host's memory. */
static void test_no_reader(void **state)
{
	const struct buf reply = { .data = (char *)"no", .len = 2 };
	struct err *err = NULL;
	struct pair p;

	(void)state;
	pair_init(&p);
	for (size_t sent = 0; !err && sent < 4 * LINK_OUT_MAX; sent += FRAME_HEADER + reply.len)
		err = link_send(&p.link, MSG_REPLY, &reply);
	assert_non_null(err);
	assert_non_null(strstr(err->message, "does not read"));
	assert_true(p.link.out.len <= LINK_OUT_MAX + FRAME_HEADER + FRAME_PAYLOAD_MAX);
	err_free(err);
	pair_deinit(&p);
}

/* The mark may arrive in pieces of any size; a splat is found and returned once. */
static void test_console(void **state)
{
	static const char log[] =
		"[    1.000000] hello\n"
		"[    2.000000] WARNING: CPU: 0 PID: 1 at fs/dax.c:398 dax_disassociate_entry+0x87/0xb0\n"
		"[    2.000000] RIP: 0010:dax_disassociate_entry+0x87/0xb0\n"
		"[    2.000000] Call Trace:\n[    2.000000]  evict+0x1/0x2\n"
		"[    2.000000] ---[ end trace 0000000000000000 ]---\n"
		"[    3.000000] daxrig: case xfs/a ends\n";

	(void)state;
	for (size_t piece = 1; piece < 60; piece += 7) {
		char path[] = "/tmp/daxrig-test-console-XXXXXX";
		int dir_ok = mkdtemp(path) != NULL;
		_cleanup_free_ char *file = xasprintf("%s/console", path);
		_cleanup_buf_ struct buf copy = BUF_INIT;
		struct console c;
		struct splat *s;
		int fd;

		assert_true(dir_ok);
		assert_null(console_open(&c, file));
		console_expect(&c, "case xfs/a ends");
		fd = open(file, O_WRONLY | O_CREAT, 0600);
		for (size_t at = 0; at < sizeof(log) - 1; at += piece) {
			assert_true(write(fd, log + at, MIN(piece, sizeof(log) - 1 - at)) > 0);
			console_read(&c);
		}
		assert_true(c.marked);
		s = console_take_splat(&c, true);
		assert_non_null(s);
		assert_string_equal(s->title, "WARNING in dax_disassociate_entry");
		splat_destroy(s);
		assert_null(console_take_splat(&c, true));
		console_copy(&c, 10, 8, &copy);
		assert_memory_equal(copy.data, log + 10, 8);
		close(fd);
		console_close(&c);
		unlink(file);
		rmdir(path);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_no_reader),
		cmocka_unit_test(test_console),
	};

	return cmocka_run_group_tests_name("link", tests, NULL, NULL);
}
