/* SPDX-License-Identifier: GPL-2.0-only */
/* A mutation as a patch: its name, its header and its diff. */
#include <string.h>

#include "guests/mutate/rules.h"

#define CONTEXT 3 /* lines around a change */

static const char *line_begin(const char *text, const char *p)
{
	while (p > text && p[-1] != '\n')
		p--;
	return p;
}

/* After the newline of the line that @p is in. */
static const char *line_end(const char *p)
{
	p += strcspn(p, "\n");
	return p + (*p == '\n');
}

const char *mutation_what(const struct mutation *m)
{
	return m->rule->what;
}

char *mutation_apply(const struct mutation *m, const char *text)
{
	return xasprintf("%.*s%s%s", (int)m->at, text, m->text, text + m->at + m->len);
}

char *mutation_name(const struct mutation *m, const char *text)
{
	struct buf b = BUF_INIT;
	const char *at = text + m->at;

	for (const char *p = m->file; *p && strcmp(p, ".c"); p++)
		buf_addc(&b, *p == '/' ? '-' : *p);
	buf_addf(&b, "-%s-%u-%s-%zu", m->function, m->line, m->rule->name,
		 (size_t)(at - line_begin(text, at)));
	return buf_take(&b);
}

/* What the header says of where the bug shows: the filesystem of the source, or anything. */
static const char *cases_of(const char *file)
{
	static const char *const folders[][2] = {
		{ "fs/xfs/", "xfs/*" },
		{ "fs/ext4/", "ext4/*" },
		{ "fs/ext2/", "ext2/*" },
		{ "drivers/infiniband/", "*rdma*" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(folders); i++)
		if (strncmp(file, folders[i][0], strlen(folders[i][0])) == 0)
			return folders[i][1];
	return "*";
}

/* Appends the lines from @p to @end, each after @sign; returns how many. */
static unsigned int add_lines(struct buf *out, char sign, const char *p, const char *end)
{
	unsigned int n = 0;

	for (; p < end; p = line_end(p), n++) {
		buf_addc(out, sign);
		buf_add(out, p, (size_t)(MIN(line_end(p), end) - p));
	}
	return n;
}

/* The changed lines whole, from @*from to @*to, and as they are after it; free() that. */
static char *changed(const struct mutation *m, const char *text, const char **from, const char **to)
{
	const char *last = text + m->at + m->len;

	*from = line_begin(text, text + m->at);
	*to = line_end(last);
	return xasprintf("%.*s%s%.*s", (int)(text + m->at - *from), *from, m->text,
			 (int)(*to - last), last);
}

static void add_diff(const struct mutation *m, const char *text, struct buf *out)
{
	const char *from, *to;
	_cleanup_free_ char *new = changed(m, text, &from, &to);
	_cleanup_buf_ struct buf lines = BUF_INIT;
	const char *head = from, *tail = to;
	unsigned int before = 0, n;

	for (; before < CONTEXT && head > text; before++)
		head = line_begin(text, head - 1);
	for (unsigned int i = 0; i < CONTEXT; i++)
		tail = line_end(tail);
	n = add_lines(&lines, ' ', head, from);
	n += add_lines(&lines, '-', from, to);
	add_lines(&lines, '+', new, new + strlen(new));
	n += add_lines(&lines, ' ', to, tail);
	buf_addf(out, "--- a/%s\n+++ b/%s\n@@ -%u,%u +%u,%u @@\n", m->file, m->file,
		 m->line - before, n, m->line - before, n);
	buf_adds(out, buf_str(&lines));
}

void mutation_write(const struct mutation *m, const char *text, const char *series, struct buf *out)
{
	buf_addf(out, "What: %s in %s(), %s:%u\nRule: *\nSources: %s\nCases: %s\n---\n",
		 m->rule->what, m->function, m->file, m->line, series, cases_of(m->file));
	add_diff(m, text, out);
}

/* Appends the line at @p without the blanks around it. */
static void add_trimmed(struct buf *out, const char *sign, const char *p)
{
	size_t n;

	p += strspn(p, " \t");
	n = strcspn(p, "\n");
	while (n && (p[n - 1] == ' ' || p[n - 1] == '\t'))
		n--;
	buf_adds(out, sign);
	buf_add_escaped(out, p, n, 200);
	buf_addc(out, '\n');
}

void mutation_show(const struct mutation *m, const char *text, struct buf *out)
{
	const char *from, *to;
	_cleanup_free_ char *new = changed(m, text, &from, &to);

	add_trimmed(out, "- ", from);
	add_trimmed(out, "+ ", new);
}
