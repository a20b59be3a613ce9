/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/cmd.h"
#include "cmd/visit.h"
#include "guest/visitors.h"

enum {
	KEY_RUN = 256,
	KEY_GO,
};

static const char *run_word;
static bool go;
static bool input_over;

static const struct command_option shell_options[] = {
	{ "run", "RUN", "the run; default: the newest of which a guest stands still", KEY_RUN },
	{ "go", NULL, "let the case go on", KEY_GO },
	{ NULL, NULL, NULL, 0 },
};

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	if (key == KEY_GO)
		go = true;
	else
		run_word = value;
	return NULL;
}

static struct err *send_input(struct link *l)
{
	_cleanup_buf_ struct buf msg = BUF_INIT;
	char data[4096];
	ssize_t n = read(STDIN_FILENO, data, sizeof(data));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return NULL;
	input_over = n <= 0;
	if (input_over) /* as a terminal says it */
		msg_put(&msg, TAG_TEXT, "\004", 1);
	else
		msg_put(&msg, TAG_TEXT, data, (size_t)n);
	return link_send(l, MSG_SHELL, &msg);
}

static void add_environment(struct buf *msg)
{
	const char *term = getenv("TERM");
	struct winsize size;
	char text[300];

	snprintf(text, sizeof(text), "TERM=%.200s", term ? term : "dumb");
	msg_put_str(msg, TAG_ARG, text);
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &size))
		return;
	snprintf(text, sizeof(text), "LINES=%u", size.ws_row);
	msg_put_str(msg, TAG_ARG, text);
	snprintf(text, sizeof(text), "COLUMNS=%u", size.ws_col);
	msg_put_str(msg, TAG_ARG, text);
}

static struct err *begin(struct link *l, char **words, int n)
{
	_cleanup_buf_ struct buf msg = BUF_INIT, command = BUF_INIT;

	for (int i = 0; i < n; i++)
		buf_addf(&command, "%s%s", i ? " " : "", words[i]);
	if (command.len > FRAME_PAYLOAD_MAX / 2)
		return err_create(ERR_USAGE, "the command is longer than %u bytes",
				  FRAME_PAYLOAD_MAX / 2);
	msg_put_str(&msg, TAG_NAME, buf_str(&command));
	add_environment(&msg);
	return link_send(l, MSG_SHELL, &msg);
}

/* The bytes come from the guest as they are: this is a terminal in it. */
static struct err *talk(struct link *l, bool person, int *status)
{
	struct msg_field field;
	struct frame f;

	for (;;) {
		struct err *err = visit_wait(l, &f, person && !input_over ? send_input : NULL);

		if (err)
			return err;
		if (f.type != MSG_SHELL)
			continue;
		if (msg_find(f.payload, f.len, TAG_TEXT, &field))
			fwrite(field.data, 1, field.len, stdout);
		fflush(stdout);
		if (msg_find(f.payload, f.len, TAG_STATUS, &field)) {
			*status = (int)(msg_u64(&field) & 0xff);
			return NULL;
		}
	}
}

static struct err *visit(struct link *l, char **words, int n, int *status)
{
	struct termios old, raw;
	bool person = n == 0, terminal = person && !tcgetattr(STDIN_FILENO, &old);
	struct err *err = begin(l, words, n);

	if (err)
		return err;
	if (terminal) {
		raw = old;
		cfmakeraw(&raw);
		tcsetattr(STDIN_FILENO, TCSANOW, &raw);
	}
	err = talk(l, person, status);
	if (terminal)
		tcsetattr(STDIN_FILENO, TCSANOW, &old);
	return err;
}

static struct err *run(void *state, char **operands, int n, int *status)
{
	struct link l;
	struct err *err;

	(void)state;
	if (go && n)
		return err_create(ERR_USAGE, "give --go or a command, not both");
	err = visit_open(run_word, &l);
	if (err)
		return err;
	err = go ? visit_ask(&l, VISIT_GO, NULL) : visit(&l, operands, n, status);
	link_deinit(&l);
	return err;
}

const struct command cmd_shell = {
	.name = "shell",
	.operands = "[--] [COMMAND...]",
	.summary = "a root shell in a guest that stands still",
	.help = "For a guest that 'run --hold' left standing still. With COMMAND it runs that by the\n"
		"guest's shell, without input, and ends with its exit status; 126: it could not be\n"
		"started. What a guest prints reaches the terminal as it is.\n",
	.options = shell_options,
	.option = option,
	.run = run,
};
