/* SPDX-License-Identifier: GPL-2.0-only */
/* The model alone: the steps it derives, the cases it rejects, and the bytes it predicts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "workloads/model/derive.h"
#include "workloads/model/model.h"
#include "workloads/model/pattern.h"

#define FILE_A "file a 4M written\nmap m a 0 4M shared rw\n"
#define PIN_P "pin p vmsplice m+2M 64K\n"

/* The derived steps, "LINE:TEXT" joined by "; ", or the error. */
static char *derive(const char *text)
{
	struct buf out = BUF_INIT;
	struct scenario *s;
	struct err *err = scenario_parse("t", text, strlen(text), &s);

	assert_null(err);
	err = model_derive("t", s);
	for (unsigned int i = 0; i < s->nr_steps && !err; i++)
		if (s->steps[i].derived)
			buf_addf(&out, "%s%u:%s", out.len ? "; " : "", s->steps[i].line,
				 s->steps[i].text);
	if (err)
		buf_adds(&out, err->message);
	err_free(err);
	scenario_free(s);
	return buf_take(&out);
}

static void derives(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ FILE_A PIN_P "start t punch a 2M 64K\nunpin p\n",
		  "4:expect t blocks; 5:expect t completes" },
		/* the range has one byte of the page, and none */
		{ FILE_A PIN_P "start t punch a 1M 1048577\nunpin p\n",
		  "4:expect t blocks; 5:expect t completes" },
		{ FILE_A PIN_P "start t punch a 1M 1M\nunpin p\n",
		  "4:settle t; 5:expect t completes" },
		{ FILE_A PIN_P "start t truncate a 2M\nunpin p\n",
		  "4:expect t blocks; 5:expect t completes" },
		{ FILE_A PIN_P "start t truncate a 2162687\nunpin p\n",
		  "4:expect t blocks; 5:expect t completes" },
		{ FILE_A PIN_P "start t truncate a 2162688\nunpin p\n",
		  "4:settle t; 5:expect t completes" },
		{ FILE_A PIN_P "start t truncate a 8M\nunpin p\n",
		  "4:settle t; 5:expect t completes" },
		{ FILE_A "start t truncate a 0\n", "3:expect t completes" },
		{ FILE_A PIN_P "start t write a 2M 64K\nunpin p\n", "4:expect t completes" },
		{ FILE_A PIN_P "unmap m\nstart t unlink a\nunpin p\n",
		  "5:settle t; 6:expect t completes" },
		/* two pins: the last one counts */
		{ FILE_A PIN_P "pin q vmsplice m+2M 4K\nstart t punch a 2M 4K\nunpin p\nunpin q\n",
		  "5:expect t blocks; 6:expect t blocks; 7:expect t completes" },
		{ FILE_A PIN_P "pin q vmsplice m 4K\nstart t punch a 2M 4K\nunpin p\nunpin q\n",
		  "5:expect t blocks; 7:expect t completes" },
		/* the mapping does not matter */
		{ FILE_A PIN_P "start t punch a 2M 64K\nunmap m\nunpin p\n",
		  "4:expect t blocks; 5:expect t blocks; 6:expect t completes" },
		/* an operation queues behind one that waits */
		{ FILE_A PIN_P "start t punch a 2M 4K\nstart u write a 0 4K\nunpin p\n",
		  "4:expect t blocks; 5:settle u; 6:expect t completes; 6:expect u completes" },
		/* the same with explicit expectations */
		{ FILE_A PIN_P
		  "start t punch a 2M 64K\nexpect t blocks\nunpin p\nexpect t completes\n",
		  "" },
		{ FILE_A PIN_P
		  "start t process punch a 2M 64K\nexpect t blocks\nsignal t KILL\nunpin p\n",
		  "6:expect t killed" },
		{ FILE_A PIN_P "start t punch a 2M 64K\nexpect t blocks\nsignal t TERM\nunpin p\n",
		  "6:expect t fails EINTR" },
		/* nobody can tell whether it waited, nor what the signal ended */
		{ FILE_A PIN_P "start t process punch a 0 64K\nsignal t KILL\nunpin p\n",
		  "4:settle t; 6:wait t" },
		{ FILE_A PIN_P "start t truncate a 3M\nsignal t TERM\nwait t\nunpin p\n"
			       "start u load m 3M 4K\n",
		  "4:settle t; 8:wait u" },
		{ FILE_A "pin p vmsplice m 64K\nstart t truncate a 3M\nsignal t TERM\nunpin p\n"
			 "start u load m 3M 4K\n",
		  "4:settle t; 6:wait t; 7:wait u" },
		{ FILE_A PIN_P "unmap m\nstart t unlink a\nsignal t TERM\nunpin p\n",
		  "5:settle t; 7:expect t completes" },
		/* pins that hold no page of the file */
		{ FILE_A "pin p rdma-odp m+2M 64K\nstart t truncate a 0\nunpin p\n",
		  "4:expect t completes" },
		{ "file a 4M hole\nmap m a 0 4M shared r\npin p vmsplice m 64K\n"
		  "start t truncate a 0\nunpin p\n",
		  "4:expect t completes" },
		{ "file a 4M fallocated\nmap m a 0 4M shared r\npin p vmsplice m 64K\n"
		  "start t truncate a 0\nunpin p\n",
		  "4:expect t completes" },
		{ "file a 4M fallocated\nmap m a 0 4M shared rw\ntouch m 4K write\n"
		  "pin p vmsplice m 64K\nstart t truncate a 0\nunpin p\n",
		  "5:expect t blocks; 6:expect t completes" },
		{ "file a 4M hole\nmap m a 0 4M shared rw\npin p rdma m 64K\n"
		  "start t truncate a 0\nunpin p\n",
		  "4:expect t blocks; 5:expect t completes" },
		{ "file a 4M written\nmap m a 0 4M private rw\ntouch m+2M 64K write\n"
		  "pin p vmsplice m+2M 64K\nstart t truncate a 0\nunpin p\n",
		  "5:expect t completes" },
		{ "file a 4M written\nmap m a 0 4M private rw\npin p vmsplice m+2M 64K\n"
		  "start t truncate a 0\nunpin p\n",
		  "4:expect t blocks; 5:expect t completes" },
		/* reflink: the destination waits, a source may; a copy ends sharing */
		{ FILE_A "file b 4M written\n" PIN_P "start t clone b a\nunpin p\n",
		  "5:expect t blocks; 6:expect t completes" },
		{ FILE_A "file b 4M written\n" PIN_P "start t clone a b\nunpin p\n",
		  "5:settle t; 6:expect t completes" },
		{ FILE_A "file b 4M clone a\n" PIN_P "start t punch b 2M 64K\nunpin p\n",
		  "5:settle t; 6:expect t completes" },
		{ FILE_A "file b 4M clone a\n" PIN_P
			 "write a 2M 64K\nstart t truncate a 0\nunpin p\n",
		  "6:expect t completes" },
		/* then only b has the old block; if c has it too, b need not wait */
		{ FILE_A "file b 4M clone a\n" PIN_P "write a 2M 64K\nstart t truncate b 0\n"
			 "unpin p\n",
		  "6:expect t blocks; 7:expect t completes" },
		{ FILE_A "file b 4M clone a\n" PIN_P "write a 2M 64K\nstart t punch b 0 2M\n"
			 "unpin p\n",
		  "6:settle t; 7:expect t completes" },
		{ FILE_A "file b 4M clone a\nfile c 4M clone a\n" PIN_P "write a 2M 64K\n"
			 "start t truncate b 0\nunpin p\n",
		  "7:settle t; 8:expect t completes" },
		{ FILE_A "file b 4M clone a\npin p rdma m+2M 64K\nstart t truncate b 0\nunpin p\n",
		  "5:expect t completes" },
		{ FILE_A "file b 4M copy a\n" PIN_P "start t dedupe b 2M 64K a 2M\nunpin p\n",
		  "5:expect t blocks; 6:expect t completes" },
		{ FILE_A "file b 4M copy a\npin p rdma m+2M 64K\n"
			 "start t dedupe b 2M 64K a 2M\nunpin p\n",
		  "5:expect t blocks; 6:expect t fails EBADE" },
		/* exchange: either of the two files */
		{ FILE_A "file b 4M written\n" PIN_P "start t exchange b 2M 64K a 2M\nunpin p\n",
		  "5:expect t blocks; 6:expect t completes" },
		{ FILE_A "file b 4M written\n" PIN_P "start t exchange a 2M 64K b 0\nunpin p\n",
		  "5:expect t blocks; 6:expect t completes" },
		{ FILE_A "file b 4M written\n" PIN_P "start t exchange a 0 64K b 2M\nunpin p\n",
		  "5:settle t; 6:expect t completes" },
		/* a swap of extents: all of both files; it may refuse, and then nothing has changed */
		{ FILE_A "file b 4M written\n" PIN_P "start t swapext b a\nunpin p\n"
			 "start u punch a 0 4K\n",
		  "5:expect t blocks; 6:wait t; 7:expect u completes" },
		{ FILE_A "file b 4M written\n" PIN_P
			 "start t swapext a b\nstart u unlink b\nunpin p\n",
		  "5:expect t blocks; 6:settle u; 7:wait t; 7:expect u completes" },
		{ FILE_A "file b 4M written\nstart t swapext a b\nload m 0 4K\n", "4:wait t" },
		/* loads and stores wait neither for a pin nor for its waiters: only for operations that
		   may be at work */
		{ FILE_A PIN_P "start t load m 2M 64K\nunpin p\n", "4:expect t completes" },
		{ FILE_A PIN_P "start t store m 2M 64K\nunpin p\n", "4:expect t completes" },
		{ FILE_A PIN_P "start t read a 2M 64K\nunpin p\n", "4:expect t completes" },
		{ FILE_A PIN_P "start t punch a 2M 128K\nstart u load m 2M 128K\nunpin p\n",
		  "4:expect t blocks; 5:expect u completes; 6:expect t completes" },
		{ FILE_A PIN_P "start t truncate a 2M\nstart u load m 2M 4K\nunpin p\n",
		  "4:expect t blocks; 5:expect u completes; 6:expect t completes" },
		{ FILE_A PIN_P "start t punch a 0 4K\nstart u load m 1M 4K\nunpin p\n",
		  "4:settle t; 5:settle u; 6:expect t completes; 6:expect u completes" },
		{ FILE_A "truncate a 5000\nstart t load m 4K 4K\nstart u store m 4K 8K\n",
		  "4:expect t completes; 5:expect u fails EFAULT" },
		{ FILE_A PIN_P "unmap m\nstart t unbind\nunpin p\n",
		  "5:settle t; 6:expect t completes" },
		/* the result for a poisoned page is not known */
		{ FILE_A "hwpoison m 2M\nstart t load m 2M 4K\n", "4:wait t" },
		/* a pin of another process is the same, however that process ends */
		{ FILE_A "pin p rdma m+2M 64K process\nstart t punch a 2M 64K\nunpin p kill\n",
		  "4:expect t blocks; 5:expect t completes" },
		{ FILE_A "pin p vmsplice m+2M 64K process\nunmap m\nstart t truncate a 0\n"
			 "unpin p exit\n",
		  "5:expect t blocks; 6:expect t completes" },
		/* a second pin is taken while the operation waits for the first */
		{ FILE_A PIN_P
		  "start t punch a 2M 128K\npin q vmsplice m+2112K 4K process\nunpin p\n"
		  "unpin q\n",
		  "4:expect t blocks; 6:expect t blocks; 7:expect t completes" },
		/* a block, in every round */
		{ FILE_A "repeat 3\npin p vmsplice m 4K\nstart t punch a 0 4K\nunpin p\n"
			 "expect t completes\nend\n",
		  "5:expect t blocks" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *got = derive(rows[i].text);

		if (strcmp(got, rows[i].want))
			fail_msg("%s\nwanted: %s\ngot:    %s", rows[i].text, rows[i].want, got);
	}
}

static void refuses(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{ FILE_A "start t punch a 2M 64K\nexpect t blocks\n",
		  "t:4: it does not wait: it has nothing to wait for" },
		{ FILE_A PIN_P "start t write a 2M 64K\nexpect t blocks\n",
		  "t:5: it does not wait: it has nothing to wait for" },
		{ FILE_A PIN_P "start t punch a 0 64K\nexpect t blocks\n",
		  "t:5: it may or may not wait (write 'settle'): a page is held that it need not "
		  "wait for by 'p'" },
		{ FILE_A PIN_P "start t punch a 2M 64K\nexpect t completes\n",
		  "t:5: it still waits: a page in its range is held by 'p'" },
		{ FILE_A PIN_P "start t punch a 0 64K\nexpect t completes\n",
		  "t:5: it may still wait (write 'settle'): a page is held that it need not "
		  "wait for by 'p'" },
		{ FILE_A PIN_P "start t punch a 2M 64K\nwait t\n",
		  "t:5: it would wait for ever: a page in its range is held by 'p'" },
		{ FILE_A PIN_P "punch a 2M 64K\n",
		  "t:4: it would wait for ever (write 'start'): a page in its range is held by 'p'" },
		{ FILE_A PIN_P "truncate a 8M\n",
		  "t:4: it may wait for ever (write 'start'): a page is held that it need not "
		  "wait for by 'p'" },
		{ FILE_A "truncate a 5000\ntouch m+4K 8K read\n",
		  "t:4: touch m+4K 8K read: the range is beyond the end of the file" },
		{ FILE_A "truncate a 2M\n" PIN_P,
		  "t:4: pin p vmsplice m+2M 64K: the range is beyond the end of the file" },
		{ FILE_A PIN_P "start t punch a 2M 64K\ncheck a\n",
		  "t:5: the read would wait: a waiting operation has locked the file" },
		{ FILE_A PIN_P "start t process punch a 2M 64K\nexpect t blocks\nexpect t killed\n",
		  "t:6: it cannot be killed: no KILL was sent" },
		{ FILE_A PIN_P "repeat 2\nstart t punch a 2M 4K\nend\n",
		  "t:6: the block cannot end: an operation still waits" },
		{ FILE_A
		  "unmap m\numount\nremount\nmap n a 0 4M shared rw\npin p vmsplice n 4K\nunmap n\nmkfs\n",
		  "t:9: the umount may wait for ever (start one before): held by 'p'" },
		{ FILE_A PIN_P "unmap m\nmkfs\n",
		  "t:5: the umount may wait for ever (start one before): held by 'p'" },
		{ FILE_A
		  "file b 4M written\nmap n b 0 4M shared r\npin p vmsplice n 4K\nstart t punch b 0 4K\n"
		  "unmap m\nunmap n\nmkfs\n",
		  "t:9: mkfs: an operation has not ended" },
		{ FILE_A "truncate a 0\nload m 0 4K\n", "t:4: it cannot succeed: EFAULT" },
		{ "file a 4M written\nmap m a 0 4M shared r\nstore m 0 4K\n",
		  "t:3: it cannot succeed: EFAULT" },
		{ FILE_A "file b 4M written\n" PIN_P "exchange a 2M 4K b 0\n",
		  "t:5: it would wait for ever (write 'start'): a page in its range is held by 'p'" },
		{ FILE_A "file b 4M written\n" PIN_P "swapext b a\n",
		  "t:5: it would wait for ever (write 'start'): a page in its range is held by 'p'" },
		{ FILE_A "file b 2M written\nswapext a b\n", "t:4: it cannot succeed: EFAULT" },
		{ FILE_A PIN_P "start t load m 2M 4K\nexpect t blocks\n",
		  "t:5: it does not wait: it has nothing to wait for" },
		{ FILE_A "pin p rdma-odp m+2M 64K\nunmap m\ntouch p 4K write\n",
		  "t:5: touch p 4K write: its mapping is gone" },
		{ FILE_A "pin p rdma-odp m+2M 64K\npin q vmsplice m 4K\nstart t punch a 0 4K\n"
			 "touch p 4K write\nunpin q\n",
		  "t:6: touch p 4K write: an operation on its file has not ended" },
		{ FILE_A "pin p rdma-odp m+2M 64K\nunlink a\ntouch p 4K write\n",
		  "t:5: touch p 4K write: the bytes there are unknown" },
		{ FILE_A "pin p rdma-odp m+2M 64K\ntruncate a 2100K\ntouch p+48K 8K write\n",
		  "t:5: touch p+48K 8K write: the range is beyond the end of the file" },
		{ "file a 4M written\nmap m a 0 4M shared r\npin p rdma-odp m 64K\n"
		  "touch p 4K write\n",
		  "t:4: touch p 4K write: the mapping is read-only" },
		{ "file a 4M written\nmap m a 0 4M shared r\ntouch m 4K write\n",
		  "t:3: touch m 4K write: the mapping is read-only" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *got = derive(rows[i].text);

		if (strcmp(got, rows[i].want))
			fail_msg("%s\nwanted: %s\ngot:    %s", rows[i].text, rows[i].want, got);
	}
}

/* Drops every line that the model should derive. */
static char *without_expectations(const char *text)
{
	struct buf out = BUF_INIT;

	for (const char *line = text; *line;) {
		size_t len = strcspn(line, "\n") + (strchr(line, '\n') != NULL);

		if (strncmp(line, "expect", 6) && strncmp(line, "settle", 6))
			buf_add(&out, line, len);
		else
			buf_addc(&out, '\n');
		line += len;
	}
	return buf_take(&out);
}

/* The expectations of @s in order, written and derived ones. */
static char *expectations(const char *name, const char *text)
{
	struct buf out = BUF_INIT;
	struct scenario *s;
	struct err *err = scenario_parse(name, text, strlen(text), &s);

	if (!err)
		err = model_derive(name, s);
	if (err)
		fail_msg("%s", err->message);
	for (unsigned int i = 0; i < s->nr_steps; i++) {
		const struct step *st = &s->steps[i];

		if (st->verb == STEP_EXPECT || st->verb == STEP_SETTLE)
			buf_addf(&out, "%d:%s:%d:%s ", st->verb, st->name, st->expect,
				 st->errnum ? errno_name(st->errnum) : "");
	}
	scenario_free(s);
	return buf_take(&out);
}

/* The model derives all expectations that the library's cases have. */
static void agrees_with_the_library(void **state)
{
	glob_t found;
	size_t compared = 0;

	(void)state;
	assert_int_equal(glob("workloads/scenarios/*.scn", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		_cleanup_buf_ struct buf text = BUF_INIT;
		struct scenario_variants variants;

		assert_null(file_read(path, SCENARIO_MAX, &text));
		assert_null(scenario_expand(path, buf_str(&text), text.len, &variants));
		for (size_t v = 0; v < variants.n; v++) {
			_cleanup_free_ char *bare = without_expectations(variants.v[v].text);
			_cleanup_free_ char *said = expectations(path, variants.v[v].text);
			_cleanup_free_ char *found_out = expectations(path, bare);

			if (strcmp(said, found_out))
				fail_msg("%s %s\nsays:    %s\nderived: %s", path,
					 variants.v[v].label, said, found_out);
			compared += *said != '\0';
		}
		scenario_variants_deinit(&variants);
	}
	globfree(&found);
	assert_true(compared > 15);
}

/* Pieces in pages: "0+16 a.1@0" sixteen pages of file a's generation 1 from its start. */
static char *show(const struct shadow *s)
{
	struct buf out = BUF_INIT;

	for (size_t i = 0; i < s->n; i++) {
		const struct piece *p = &s->v[i];

		if (p->off % MODEL_PAGE || p->len % MODEL_PAGE)
			buf_addf(&out, "%llub+%llub ", (unsigned long long)p->off,
				 (unsigned long long)p->len);
		else
			buf_addf(&out, "%llu+%llu ", (unsigned long long)p->off / MODEL_PAGE,
				 (unsigned long long)p->len / MODEL_PAGE);
		if (p->kind == PIECE_DATA && p->src % MODEL_PAGE)
			buf_addf(&out, "%u.%u@%llub; ", p->origin, p->gen,
				 (unsigned long long)p->src);
		else if (p->kind == PIECE_DATA)
			buf_addf(&out, "%u.%u@%llu; ", p->origin, p->gen,
				 (unsigned long long)p->src / MODEL_PAGE);
		else
			buf_adds(&out, p->kind == PIECE_ZERO ? "0; " :
				       p->kind == PIECE_DMA  ? "dma; " :
							       "any; ");
	}
	return buf_take(&out);
}

/* Plays inline steps, then compares the bytes of a file, mapping or pin. */
struct bytes {
	const char *what; /* file, map or pin */
	const char *want;
};

static void play(struct model *m, const char *text, struct scenario **s)
{
	assert_null(scenario_parse("t", text, strlen(text), s));
	for (unsigned int i = 0; i < (*s)->nr_steps; i++) {
		const struct step *st = &(*s)->steps[i];
		struct model_file *f;

		switch (st->verb) {
		case STEP_FILE:
			f = model_add_file(m, st->name, m->nr_files + 1, 0);
			if (st->file == FILE_WRITTEN)
				model_file_write_new(m, f, st->len);
			else if (st->file == FILE_FALLOCATED)
				model_file_reserve(m, f, st->len);
			else if (st->file == FILE_HOLE)
				model_file_extend(m, f, st->len);
			else
				model_file_copy(m, f, model_file(m, st->other), st->len,
						st->file == FILE_CLONE);
			break;
		case STEP_MAP:
			model_add_map(m, st->name, model_file(m, st->other), st->off, st->len,
				      st->shared, st->writable);
			break;
		case STEP_TOUCH:
			f = model_map(m, st->other)->file;
			model_map_write(m, model_map(m, st->other), st->off, st->len, ++f->gen);
			break;
		case STEP_PIN:
			model_add_pin(m, st->name, st->pin, m->nr_pins, model_map(m, st->other),
				      st->off, st->len);
			break;
		case STEP_UNPIN:
			if (st->how == UNPIN_RELEASE)
				model_drop_pin(m, model_pin(m, st->name), 9);
			else
				model_lose_pin(m, model_pin(m, st->name));
			break;
		case STEP_OPERATION:
			f = st->call.file[0] ? model_file(m, st->call.file[0]) : NULL;
			model_apply(m, &st->call,
				    f && st->call.op->wait == WAIT_NEVER ? ++f->gen : 0);
			break;
		default:
			fail_msg("no play for step %d", st->verb);
		}
	}
}

static void shows_bytes(void **state)
{
	static const struct {
		const char *text;
		struct bytes bytes[4];
	} rows[] = {
		{ "file a 16K written\n", { { "a", "0+4 1.1@0; " } } },
		{ "file a 16K fallocated\n", { { "a", "0+4 0; " } } },
		{ "file a 16K written\ntruncate a 5000\n", { { "a", "0b+5000b 1.1@0; " } } },
		{ "file a 16K written\ntruncate a 5000\ntruncate a 16K\n",
		  { { "a", "0b+5000b 1.1@0; 5000b+11384b 0; " } } },
		{ "file a 16K written\npunch a 5000 5000\n",
		  { { "a", "0b+5000b 1.1@0; 5000b+5000b 0; 10000b+6384b 1.1@10000b; " } } },
		{ "file a 16K written\npunch a 100 200\n",
		  { { "a", "0b+100b 1.1@0; 100b+200b 0; 300b+16084b 1.1@300b; " } } },
		{ "file a 16K written\nzero a 4K 4K\nwrite a 4K 4K\n",
		  { { "a", "0+1 1.1@0; 1+1 1.2@1; 2+2 1.1@2; " } } },
		{ "file a 16K written\ncollapse a 4K 4K\n", { { "a", "0+1 1.1@0; 1+2 1.1@2; " } } },
		{ "file a 16K written\ninsert a 4K 4K\n",
		  { { "a", "0+1 1.1@0; 1+1 0; 2+3 1.1@1; " } } },
		/* shared blocks: a write goes to a block of its own, the pin keeps the old */
		{ "file a 16K written\nfile b 16K clone a\nmap m a 0 16K shared rw\n"
		  "pin p vmsplice m+4K 4K\nwrite a 4K 4K\n",
		  { { "a", "0+1 1.1@0; 1+1 1.2@1; 2+2 1.1@2; " },
		    { "b", "0+4 1.1@0; " },
		    { "p", "0+1 1.1@1; " },
		    { "m", "0+1 1.1@0; 1+1 1.2@1; 2+2 1.1@2; " } } },
		/* an unlinked file that is mapped keeps its own */
		{ "file a 16K written\nfile b 16K clone a\nmap n b 0 16K shared r\n"
		  "map m a 0 16K shared rw\nunlink b\ntouch m 4K write\n",
		  { { "n", "0+4 1.1@0; " }, { "a", "0+1 1.2@0; 1+3 1.1@1; " } } },
		/* a part of a shared page: the rest of the page is copied */
		{ "file a 16K written\nfile b 16K clone a\npunch a 100 100\n",
		  { { "a", "0b+100b 1.1@0; 100b+100b 0; 200b+16184b 1.1@200b; " },
		    { "b", "0+4 1.1@0; " } } },
		/* a write in place: the pin sees it, as the block is the same */
		{ "file a 16K written\nmap m a 0 16K shared rw\npin p vmsplice m+4K 8K\n"
		  "write a 4K 4K\n",
		  { { "p", "0+1 1.2@1; 1+1 1.1@2; " } } },
		/* of two pages only one is replaced */
		{ "file a 16K written\nmap m a 0 16K shared rw\npin p vmsplice m+4K 8K\n"
		  "punch a 4K 4K\nwrite a 4K 8K\n",
		  { { "p", "0+1 1.1@1; 1+1 1.2@2; " } } },
		/* data and a hole under one pin: the hole's page belongs to no file */
		{ "file a 16K written\npunch a 8K 4K\nmap m a 0 16K shared rw\n"
		  "pin p vmsplice m+4K 8K\nwrite a 4K 8K\n",
		  { { "p", "0+1 1.2@1; 1+1 0; " } } },
		/* private copies */
		{ "file a 16K written\nmap m a 0 16K private rw\ntouch m+4K 100 write\nwrite a 0 16K\n",
		  { { "m", "0+1 1.3@0; 4096b+100b 1.2@1; 4196b+3996b 1.1@4196b; 2+2 1.3@2; " },
		    { "a", "0+4 1.3@0; " } } },
		{ "file a 16K written\nmap m a 0 16K private rw\ntouch m+4K 4K write\n"
		  "pin p vmsplice m+4K 4K\ntruncate a 0\n",
		  { { "p", "0+1 1.2@1; " } } },
		/* DMA into shared blocks ends sharing first; what it wrote last stays */
		{ "file a 8K written\nfile b 8K clone a\nmap m a 0 8K shared rw\npin p rdma m 4K\n",
		  { { "a", "0b+4032b 1.1@0; 4032b+64b dma; 1+1 1.1@1; " },
		    { "b", "0+2 1.1@0; " },
		    { "p", "0b+4032b 1.1@0; 4032b+64b dma; " } } },
		{ "file a 8K written\nmap m a 0 8K shared rw\npin p rdma m 4K\nunpin p\n",
		  { { "a", "0b+4032b 1.1@0; 4032b+64b 128.9@4032b; 1+1 1.1@1; " } } },
		/* a write to the page of a device that goes on */
		{ "file a 8K written\nmap m a 0 8K shared rw\npin p rdma m 4K\nwrite a 0 4K\n",
		  { { "a", "0b+4032b 1.2@0; 4032b+64b dma; 1+1 1.1@1; " } } },
		/* two devices in one lane: the last one counts */
		{ "file a 8K written\nmap m a 0 8K shared rw\npin p rdma m 4K\npin q rdma m 4K\n"
		  "unpin p\n",
		  { { "a", "0b+4032b 1.1@0; 4032b+64b any; 1+1 1.1@1; " } } },
		/* a dedupe of ranges that differ changes nothing */
		{ "file a 16K fallocated\nfile b 16K written\ndedupe a 0 8K b 0\n",
		  { { "a", "0+4 0; " }, { "b", "0+4 2.1@0; " } } },
		{ "file a 16K written\nfile b 16K copy a\nwrite a 0 16K\n",
		  { { "b", "0+4 1.1@0; " }, { "a", "0+4 1.2@0; " } } },
		{ "file a 16K written\nfile b 16K written\nclone-range b 4K 4K a 8K\n",
		  { { "a", "0+2 1.1@0; 2+1 2.1@1; 3+1 1.1@3; " }, { "b", "0+4 2.1@0; " } } },
		{ "file a 16K written\nfile b 16K written\nexchange a 0 8K b 8K\n",
		  { { "a", "0+2 2.1@2; 2+2 1.1@2; " }, { "b", "0+2 2.1@0; 2+2 1.1@0; " } } },
		{ "file a 16K written\nfile b 16K hole\nmap m a 0 16K shared rw\nmap n b 0 16K shared rw\n"
		  "pin p vmsplice m 4K\nexchange b 0 16K a 0\nstore m 0 4K\n",
		  { { "p", "0+1 1.1@0; " },
		    { "n", "0+4 1.1@0; " },
		    { "a", "0+1 1.2@0; 1+3 0; " } } },
		{ "file a 16K written\nmap m a 4K 12K shared rw\nstore m 100 5000\nload m 0 8K\n"
		  "read a 0 16K\n",
		  { { "a", "0b+4196b 1.1@0; 4196b+5000b 1.2@4196b; 9196b+7188b 1.1@9196b; " } } },
		{ "file a 16K written\nmap m a 0 16K private rw\nstore m 4K 4K\n",
		  { { "a", "0+4 1.1@0; " }, { "m", "0+1 1.1@0; 1+1 1.2@1; 2+2 1.1@2; " } } },
		{ "file a 16K written\nmap m a 4K 12K shared r\nhwpoison m 4K\n",
		  { { "a", "0+2 1.1@0; 2+1 any; 3+1 1.1@3; " } } },
		/* nobody saw its last generation */
		{ "file a 8K written\nmap m a 0 8K shared rw\npin p rdma m 4K process\nunpin p kill\n",
		  { { "a", "0b+4032b 1.1@0; 4032b+64b dma; 1+1 1.1@1; " } } },
		{ "file a 16K hole\nmap m a 0 16K shared rw\ntouch m+4K 4K write\n",
		  { { "a", "0+1 0; 1+1 1.1@1; 2+2 0; " } } },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct model *m = xcalloc(1, sizeof(*m));
		struct scenario *s;

		model_init(m);
		play(m, rows[i].text, &s);
		for (const struct bytes *b = rows[i].bytes; b->what && b < rows[i].bytes + 4; b++) {
			struct shadow got;
			_cleanup_free_ char *text = NULL;

			if (model_pin(m, b->what))
				model_pin_bytes(m, model_pin(m, b->what), &got);
			else if (model_map(m, b->what))
				model_map_bytes(m, model_map(m, b->what), &got);
			else
				model_file_bytes(m, model_file(m, b->what), &got);
			text = show(&got);
			if (strcmp(text, b->want))
				fail_msg("%s'%s'\nwanted: %s\ngot:    %s", rows[i].text, b->what,
					 b->want, text);
			shadow_deinit(&got);
		}
		model_deinit(m);
		free(m);
		scenario_free(s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(derives),
		cmocka_unit_test(refuses),
		cmocka_unit_test(agrees_with_the_library),
		cmocka_unit_test(shows_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
