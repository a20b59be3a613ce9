/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A case that stands still waits in its HOLD_CALL, and people look into its guest. Its processes are
 * not stopped by a signal: that would end the waits that one wants to look at.
 */
#include "guest/hold.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "guest/case-private.h"
#include "guest/visitors.h"
#include "reports/symbols/kallsyms-elf.h"
#include "wire/agent.h"

#define OWN VISITORS_MAX /* the number of the host's own shell in the guest */
#define COMMAND_MS (60u * 1000)
#define SYMBOLS_MAX (64u << 20) /* bytes of /proc/kallsyms: 4.9 MB on 6.1 */
#define PLACE_MAX 200u

struct held {
	struct running *r;
	struct visitors *v;
	struct buf *own; /* output of the host's own command, up to own_max bytes */
	size_t own_max;
	int own_status; /* -1: it runs */
	bool go, over;
	bool dead; /* the guest runs no programs any more */
};

static const struct hold *hold_of(const struct running *r)
{
	return r->g->setup->hold;
}

static void send_shell(struct held *h, const struct buf *msg)
{
	struct err *err = link_send(&h->r->g->link, MSG_SHELL, msg);

	/* the guest is lost: the next wait says so */
	err_free(err);
}

/* A frame of the guest. What is not for a visitor is the case's. */
static struct err *take_guest_frame(struct held *h, const struct frame *f)
{
	struct msg_field number, field;
	uint64_t who;

	if (f->type != MSG_SHELL)
		return case_take_frame(h->r, f, &h->over);
	if (!msg_find(f->payload, f->len, TAG_NUMBER, &number))
		return NULL;
	who = msg_u64(&number);
	if (who != OWN) {
		struct buf payload = { .data = (char *)f->payload, .len = f->len };

		visitors_send(h->v, who, MSG_SHELL, &payload);
	} else if (msg_find(f->payload, f->len, TAG_TEXT, &field)) {
		if (h->own)
			buf_add(h->own, field.data, MIN(field.len, h->own_max - h->own->len));
	} else if (msg_find(f->payload, f->len, TAG_STATUS, &field)) {
		h->own_status = (int)(msg_u64(&field) & 0xff);
	}
	return NULL;
}

/* Waits for one event of the guest; @until by guest_now(). */
static struct err *wait_guest(struct held *h, uint64_t until, bool *side)
{
	struct err *err = NULL;
	struct frame f;

	*side = false;
	switch (guest_wait(h->r->g, until, &f, &err)) {
	case GUEST_FRAME:
		return take_guest_frame(h, &f);
	case GUEST_SIDE:
		*side = true;
		return NULL;
	case GUEST_CANCELLED:
		return err_create(ERR_CANCELLED, "interrupted");
	case GUEST_GONE:
		h->go = true;
		return NULL;
	case GUEST_BROKEN:
		return err;
	case GUEST_MARK:
	case GUEST_QUIET:
	case GUEST_TIMEOUT:
		break;
	}
	return NULL;
}

/* Runs @command in the guest and takes what it prints, @max bytes at most. */
static struct err *guest_command(struct held *h, const char *command, size_t max, struct buf *out)
{
	uint64_t until = guest_now(h->r->g) + guest_ms(h->r->g, COMMAND_MS) * 1000000;
	_cleanup_buf_ struct buf msg = BUF_INIT;
	int fd = h->r->g->side_fd;
	struct err *err = NULL;
	bool side;

	if (h->dead)
		return err_create(ERR_INFRA, "the guest runs no programs any more");
	h->own = out;
	h->own_max = out->len + max;
	h->own_status = -1;
	msg_put_u64(&msg, TAG_NUMBER, OWN);
	msg_put_str(&msg, TAG_NAME, command);
	send_shell(h, &msg);
	h->r->g->side_fd = -1; /* visitors wait that long */
	while (!err && h->own_status < 0 && !h->over && !h->go && guest_now(h->r->g) < until)
		err = wait_guest(h, until, &side);
	h->r->g->side_fd = fd;
	h->own = NULL;
	if (!err && h->own_status < 0)
		err = err_create(ERR_TIMEOUT, "the guest did not answer");
	return err;
}

/* A number in C's way, and perhaps a newline. */
static bool parse_frame(const char *word, uint64_t *pfn)
{
	char *end;

	if (*word < '0' || *word > '9')
		return false;
	*pfn = strtoull(word, &end, 0);
	return !*end || strcmp(end, "\n") == 0;
}

/* "FILE+OFFSET" to the words of the agent's program that finds its page frame; false: it is none. */
static bool place_command(const char *word, struct buf *out)
{
	const char *plus = strrchr(word, '+');
	uint64_t off;

	if (!plus || plus == word || *word != '/' || !parse_size(plus + 1, &off))
		return false;
	buf_adds(out, "/proc/1/exe " AGENT_PLACE " '");
	for (const char *p = word; p < plus; p++)
		*p == '\'' ? buf_adds(out, "'\\''") : buf_addc(out, *p);
	buf_addf(out, "' %" PRIu64, off);
	return true;
}

static struct err *find_frame(struct held *h, const char *word, uint64_t *pfn)
{
	_cleanup_buf_ struct buf command = BUF_INIT, text = BUF_INIT, shown = BUF_INIT;
	struct err *err;

	if (parse_frame(word, pfn))
		return NULL;
	if (!place_command(word, &command))
		return err_create(ERR_USAGE, "expected a page frame's number, 0x140000, or "
					     "/FILE+OFFSET as '/mnt/case/a+64K'");
	err = guest_command(h, buf_str(&command), PLACE_MAX, &text);
	if (err)
		return err;
	if (h->own_status == 0 && parse_frame(buf_str(&text), pfn))
		return NULL;
	buf_add_escaped(&shown, text.data, strcspn(buf_str(&text), "\n"), PLACE_MAX);
	return err_create(ERR_INFRA, "%s",
			  text.len ? buf_str(&shown) : "the guest does not find that place");
}

static void answer(struct held *h, size_t who, struct err *err, const struct buf *text)
{
	_cleanup_buf_ struct buf reply = BUF_INIT;

	msg_put_u64(&reply, TAG_STATUS, err ? REPLY_NOT : REPLY_DONE);
	msg_put_str(&reply, TAG_TEXT, err ? err->message : buf_str(text));
	visitors_send(h->v, who, MSG_REPLY, &reply);
	err_free(err);
}

static void take_call(struct held *h, size_t who, const struct frame *f)
{
	_cleanup_free_ char *name = NULL, *word = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct msg_field field;
	struct err *err;
	uint64_t pfn = 0;

	if (msg_find(f->payload, f->len, TAG_NAME, &field))
		name = msg_str(&field, 64);
	if (msg_find(f->payload, f->len, TAG_ARG, &field))
		word = msg_str(&field, 4096);
	if (name && strcmp(name, VISIT_GO) == 0) {
		h->go = true;
		answer(h, who, NULL, &text);
	} else if (name && word && strcmp(name, VISIT_PAGE) == 0) {
		err = find_frame(h, word, &pfn);
		if (!err)
			err = guest_page(h->r->g, pfn, &text);
		answer(h, who, err, &text);
	}
}

/* Passes a visitor's message on under the number of the visitor. */
static void take_visitor(void *arg, size_t who, const struct frame *f)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;
	struct held *h = arg;

	if (f && f->type == MSG_CALL) {
		take_call(h, who, f);
		return;
	}
	msg_put_u64(&msg, TAG_NUMBER, who);
	if (!f) /* it left */
		msg_put_u64(&msg, TAG_STATUS, 0);
	else if (f->type == MSG_SHELL && f->len + msg.len <= FRAME_PAYLOAD_MAX)
		buf_add(&msg, f->payload, f->len);
	else
		return;
	send_shell(h, &msg);
}

/* Writes what gdb needs: the names of the running kernel and its modules, and how to attach. */
static struct err *write_gdb(struct held *h, const char *script)
{
	const struct hold *o = hold_of(h->r);
	_cleanup_free_ char *elf = xasprintf("%s/hold.kallsyms", o->folder);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct names names;
	struct err *err = guest_command(h, "cat /proc/kallsyms", SYMBOLS_MAX, &text);

	if (!err) {
		names_parse(&text, &names);
		err = kallsyms_write_elf(&names, elf);
		names_deinit(&names);
		buf_reset(&text);
	}
	if (err && err->code == ERR_CANCELLED)
		return err;
	buf_adds(&text, "# gdb -x this file: the guest stands still while gdb has it stopped\n"
			"set pagination off\nset confirm off\nset architecture i386:x86-64\n");
	/* without one the functions have no lines */
	if (o->vmlinux)
		buf_addf(&text, "file %s\n", o->vmlinux);
	if (!err)
		buf_addf(&text, "add-symbol-file %s\n", elf);
	buf_addf(&text, "target remote %s\n", h->r->g->setup->spec.gdb);
	err_free(err);
	return file_write_atomic(script, buf_str(&text), text.len);
}

static void say_how(struct held *h, const char *why, const char *script)
{
	const struct running *r = h->r;
	const struct progress *say = hold_of(r)->say;
	const char *run = hold_of(r)->run;

	progress_line(say, "%s stands still %s", r->c->name, why);
	if (!h->dead) {
		progress_line(say, "  daxrig shell --run %s      a root shell in it", run);
		progress_line(say, "  daxrig page --run %s /mnt/case/FILE+0   a struct page", run);
	}
	progress_line(say, "  gdb -x %s", script);
	progress_line(say, "  less %s", r->g->console.path);
	progress_line(say, "Enter, or 'daxrig shell --go --run %s', lets it go on", run);
}

static struct err *serve(struct held *h)
{
	struct err *err = NULL;
	bool side;

	while (!err && !h->go && !h->over) {
		err = wait_guest(h, guest_now(h->r->g) + 3600000000000ull, &side);
		if (side)
			h->go |= visitors_serve(h->v, take_visitor, h);
	}
	return err;
}

struct err *case_stand_still(struct running *r, const char *why, bool dead, bool *over)
{
	_cleanup_free_ char *script = xasprintf("%s/hold.gdb", hold_of(r)->folder);
	uint64_t since = guest_now(r->g);
	struct held h = { .r = r, .dead = dead };
	/* not one in the background: reading would stop it */
	bool keys = isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
	struct err *err = visitors_open(hold_of(r)->folder, keys, &h.v);

	r->held = true;
	if (!err)
		err = write_gdb(&h, script);
	if (!err) {
		r->g->side_fd = visitors_fd(h.v);
		say_how(&h, why, script);
		err = serve(&h);
	}
	r->g->side_fd = -1;
	visitors_close(h.v);
	/* the case's time stood still, too */
	r->deadline += guest_now(r->g) - since;
	*over |= h.over;
	return err;
}
