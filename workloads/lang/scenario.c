/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/lang/scenario.h"

#include <string.h>

#include "workloads/lang/parser.h"

static struct err *parse_fs(struct parser *p)
{
	p->s->fs = 0;
	do {
		struct nearest n = { 0 };
		struct err *err = line_word(&p->line, "a filesystem", &n.word);
		const struct filesystem *fs = err ? NULL : filesystem_find(n.word);

		if (err)
			return err;
		for (size_t i = 0; !fs && filesystems[i]; i++)
			nearest_offer(&n, filesystems[i]->name);
		if (!fs)
			return line_unknown(&p->line, &n, "filesystem", "see 'daxrig list matrix'");
		p->s->fs |= filesystem_bit(fs);
	} while (line_peek(&p->line));
	return NULL;
}

static struct err *parse_mount(struct parser *p)
{
	const char *options;
	struct err *err = line_word(&p->line, "mount options, as in 'noatime'", &options);

	if (err)
		return err;
	free(p->s->mount);
	p->s->mount = xstrdup(options);
	return line_end(&p->line);
}

/* The host puts the file there before the case begins; the line makes it a part of the case. */
static struct err *parse_with(struct line *l)
{
	const char *word;
	struct err *err = line_word(l, "the path of a file in the guest", &word);

	if (!err)
		err = line_word(l, "its SHA-256", &word);
	return err ? err : line_end(l);
}

static struct err *parse_header(struct parser *p, bool *is_header)
{
	struct line *l = &p->line;

	*is_header = true;
	if (line_take(l, "fs"))
		return parse_fs(p);
	if (line_take(l, "room")) {
		struct err *err = line_size(l, "a size", &p->s->room);

		p->s->needs |= FILESYSTEM_PREALLOCATION;
		return err ? err : line_end(l);
	}
	if (line_take(l, "mount"))
		return parse_mount(p);
	if (line_take(l, "with"))
		return parse_with(l);
	if (line_take(l, "each"))
		return line_error(l, "'each' was not expanded");
	*is_header = false;
	return NULL;
}

static struct err *parse_line(struct parser *p)
{
	bool header = false;
	struct err *err;

	if (!*p->s->title && p->line.comment[0] && !p->line.n &&
	    strncmp(p->line.comment, "SPDX", 4) != 0) {
		free(p->s->title);
		p->s->title = xstrdup(p->line.comment);
	}
	if (!p->line.n)
		return NULL;
	err = parse_header(p, &header);
	if (err || !header)
		return err ? err : parser_step(p);
	if (p->s->nr_steps)
		return line_error(&p->line, "headers come before the first step");
	return NULL;
}

/* The steps decide which filesystems can run the case. */
static struct err *choose_fs(const char *origin, struct scenario *s)
{
	unsigned int able = filesystems_with(s->needs);
	const struct filesystem *unable;
	_cleanup_buf_ struct buf names = BUF_INIT;

	if (!s->fs)
		s->fs = able;
	if (!able)
		return err_create(ERR_USAGE, "%s: no filesystem has all that the steps need",
				  origin);
	if (!(s->fs & ~able))
		return NULL;
	unable = filesystems[__builtin_ctz(s->fs & ~able)];
	for (size_t i = 0; filesystems[i]; i++)
		if (able & filesystem_bit(filesystems[i]))
			buf_addf(&names, " %s", filesystems[i]->name);
	return err_create(ERR_USAGE, "%s: %s %s: write 'fs%s'", origin, unable->name,
			  filesystem_lacks(unable, s->needs), buf_str(&names));
}

struct err *scenario_parse(const char *origin, const char *text, size_t len, struct scenario **out)
{
	struct parser p = { .s = xcalloc(1, sizeof(*p.s)) };
	const char *end = text + len;
	unsigned int number = 0;
	struct err *err = NULL;

	p.s->title = xstrdup("");
	if (len > SCENARIO_MAX)
		err = err_create(ERR_USAGE, "%s: larger than %u bytes", origin, SCENARIO_MAX);
	while (!err && text < end) {
		err = line_read(&p.line, origin, ++number, &text, end);
		if (!err)
			err = parse_line(&p);
	}
	if (!err && p.names.in_block)
		err = err_create(ERR_USAGE,
				 "%s:%u:1: expected 'end' after the block, found the end "
				 "of the text",
				 origin, p.block_line);
	if (!err && !p.s->nr_steps)
		err = err_create(ERR_USAGE, "%s: expected at least one step, found none", origin);
	if (!err)
		err = choose_fs(origin, p.s);
	if (err) {
		scenario_free(p.s);
		return err;
	}
	*out = p.s;
	return NULL;
}

void scenario_free(struct scenario *s)
{
	if (!s)
		return;
	for (unsigned int i = 0; i < s->nr_steps; i++) {
		free(s->steps[i].text);
		free(s->steps[i].name);
		free(s->steps[i].other);
		op_call_deinit(&s->steps[i].call);
		for (char **word = s->steps[i].argv; word && *word; word++)
			free(*word);
		free(s->steps[i].argv);
	}
	free(s->steps);
	free(s->title);
	free(s->mount);
	free(s);
}
