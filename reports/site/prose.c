/* SPDX-License-Identifier: GPL-2.0-only */
/* The part of Markdown that findings are written in. */
#include <string.h>

#include "reports/site/html.h"

#define PROSE_MAX 65536 /* bytes */

enum block { BLOCK_NONE, BLOCK_TEXT, BLOCK_LIST, BLOCK_CODE };

static const char *const ends[] = {
	[BLOCK_NONE] = "",
	[BLOCK_TEXT] = "</p>\n",
	[BLOCK_LIST] = "</li></ul>\n",
	[BLOCK_CODE] = "</pre>\n",
};

struct prose {
	struct buf *out;
	enum block block;
	bool fenced;
};

static void enter(struct prose *p, enum block block, const char *begin)
{
	buf_adds(p->out, ends[p->block]);
	buf_adds(p->out, begin);
	p->block = block;
}

/* The length of the text up to the next @mark, when there is one after at least one byte. */
static size_t marked(const char *s, const char *mark)
{
	const char *end = strstr(s, mark);

	return end && end > s ? (size_t)(end - s) : 0;
}

/* The name of a link "[name](target)" as code; returns the bytes it takes, 0: it is none. */
static size_t add_link(struct prose *p, const char *s)
{
	const char *middle = *s == '[' ? strstr(s, "](") : NULL;
	const char *end = middle ? strchr(middle, ')') : NULL;
	_cleanup_free_ char *name = NULL;

	if (!end)
		return 0;
	name = xstrndup(s + 1, (size_t)(middle - s - 1));
	buf_adds(p->out, "<code>");
	html_text(p->out, name, strlen(name));
	buf_adds(p->out, "</code>");
	return (size_t)(end + 1 - s);
}

/* Text with `code`, **strong** words, links. */
static void add_words(struct prose *p, const char *s)
{
	while (*s) {
		bool strong = strncmp(s, "**", 2) == 0;
		const char *mark = strong ? "**" : "`", *tag = strong ? "strong" : "code";
		size_t skip = strlen(mark), n = 0, plain = add_link(p, s);
		_cleanup_free_ char *text = NULL;

		if (plain) {
			s += plain;
			continue;
		}
		if (strong || *s == '`')
			n = marked(s + skip, mark);
		if (n) {
			text = xstrndup(s + skip, n);
			buf_addf(p->out, "<%s>", tag);
			html_text(p->out, text, n);
			buf_addf(p->out, "</%s>", tag);
			s += n + 2 * skip;
			continue;
		}
		plain = 1 + strcspn(s + 1, "`*[");
		text = xstrndup(s, plain);
		html_text(p->out, text, plain);
		s += plain;
	}
}

static void add_code(struct prose *p, const char *line)
{
	if (p->block != BLOCK_CODE)
		enter(p, BLOCK_CODE, "<pre>");
	html_lines(p->out, line, strlen(line));
	buf_addc(p->out, '\n');
}

static void add_line(struct prose *p, const char *line)
{
	size_t blanks = strspn(line, " "), hashes = strspn(line, "#");

	if (strncmp(line, "```", 3) == 0) {
		p->fenced = !p->fenced;
		enter(p, BLOCK_NONE, "");
	} else if (p->fenced || (p->block != BLOCK_TEXT && p->block != BLOCK_LIST && blanks >= 4)) {
		add_code(p, p->fenced ? line : line + 4);
	} else if (!line[blanks]) {
		enter(p, BLOCK_NONE, "");
	} else if (hashes && line[hashes] == ' ') {
		enter(p, BLOCK_NONE, "<h3>");
		add_words(p, line + hashes + 1);
		buf_adds(p->out, "</h3>\n");
	} else if (strncmp(line + blanks, "- ", 2) == 0 || strncmp(line + blanks, "* ", 2) == 0) {
		if (p->block == BLOCK_LIST)
			buf_adds(p->out, "</li>\n<li>");
		else
			enter(p, BLOCK_LIST, "<ul><li>");
		add_words(p, line + blanks + 2);
	} else {
		if (p->block != BLOCK_TEXT && p->block != BLOCK_LIST)
			enter(p, BLOCK_TEXT, "<p>");
		else
			buf_addc(p->out, '\n');
		add_words(p, line + blanks);
	}
}

void html_prose(struct buf *b, const char *s)
{
	struct prose p = { .out = b };
	const char *end;

	if (!s)
		return;
	end = s + strnlen(s, PROSE_MAX);
	while (s < end) {
		size_t n = MIN(strcspn(s, "\n"), (size_t)(end - s));
		_cleanup_free_ char *line = xstrndup(s, n);

		add_line(&p, line);
		s += n + 1;
	}
	enter(&p, BLOCK_NONE, "");
}
