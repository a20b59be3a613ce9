/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/finding.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#include "base/nearest.h"
#include "reports/record/known-private.h"

/* Keys whose value is kept as it is. */
static const struct key {
	const char *name;
	size_t at; /* a char * of struct known_finding */
	bool optional;
} keys[] = {
	{ "live", offsetof(struct known_finding, live), false },
	{ "fixed", offsetof(struct known_finding, fixed), true },
	{ "fs", offsetof(struct known_finding, fs), false },
	{ "scenario", offsetof(struct known_finding, scenario), false },
	{ "tries", offsetof(struct known_finding, tries), false },
	{ "after", offsetof(struct known_finding, after), true },
	{ "unprivileged", offsetof(struct known_finding, unprivileged), true },
};

static char **value_of(struct known_finding *f, const struct key *k)
{
	return (char **)((char *)f + k->at);
}

/* Where a parser is. */
struct at {
	const char *path;
	unsigned int line;
};

static struct err *bad(const struct at *at, const char *word, const char *why)
{
	return err_create(ERR_USAGE, "'%s' line %u: '%s' %s", at->path, at->line, word, why);
}

static struct err *unknown_key(const struct at *at, const char *word)
{
	struct nearest n = { .word = word };
	struct err *err, *placed;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		nearest_offer(&n, keys[i].name);
	nearest_offer(&n, "title");
	nearest_offer(&n, "severity");
	nearest_offer(&n, "row");
	err = nearest_err(&n, "key of a finding", NULL);
	placed = err_create(ERR_USAGE, "'%s' line %u: %s", at->path, at->line, err->message);
	err_free(err);
	return placed;
}

static struct err *take_value(const struct at *at, const char *word, const char *value,
			      struct known_finding *f)
{
	char **to = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		if (strcmp(keys[i].name, word) == 0)
			to = value_of(f, &keys[i]);
	if (!to)
		return unknown_key(at, word);
	if (*to)
		return bad(at, word, "is given twice");
	if (!*value || !known_printable(value))
		return bad(at, word, "needs a value in ASCII");
	*to = xstrdup(value);
	return NULL;
}

/* A line of the head: a key and its value, or a row. */
static struct err *take_line(const struct at *at, const char *name, const char *s,
			     struct known *out)
{
	struct known_finding *f = &out->findings[out->nr_findings - 1];
	_cleanup_free_ char *word = known_word(&s);

	if (word[0] == '#')
		return NULL;
	if (strcmp(word, "row") == 0)
		return known_add_row(at->path, at->line, name, s, out);
	if (strcmp(word, "title") == 0)
		return f->title ? bad(at, word, "is given twice") :
				  known_set_title(at->path, at->line, s, f);
	if (strcmp(word, "severity") == 0)
		return f->severity ? bad(at, word, "is given twice") :
				     known_set_severity(at->path, at->line, s, f);
	return take_value(at, word, s, f);
}

/* The line at *@text without blanks at its end, free() it; moves *@text to the next one. */
static char *next_line(const char **text, const char *end)
{
	const char *start = *text, *stop = memchr(start, '\n', (size_t)(end - start));
	size_t n = strnlen(start, (size_t)((stop ? stop : end) - start));

	*text = stop ? stop + 1 : end;
	while (n && isspace((unsigned char)start[n - 1]))
		n--;
	return xstrndup(start, n);
}

static struct err *take_prose(struct at *at, const char *text, const char *end,
			      struct known_finding *f)
{
	_cleanup_buf_ struct buf prose = BUF_INIT;
	unsigned int blank = 0;

	for (; text < end; at->line++) {
		_cleanup_free_ char *line = next_line(&text, end);

		if (!known_printable(line))
			return err_create(ERR_USAGE, "'%s' line %u: prose must be ASCII", at->path,
					  at->line);
		if (!*line) {
			blank++;
			continue;
		}
		if (blank && prose.len)
			buf_addc(&prose, '\n');
		blank = 0;
		buf_addf(&prose, "%s\n", line);
	}
	f->prose = buf_take(&prose);
	return NULL;
}

static struct err *check_complete(const char *path, struct known_finding *f, bool has_rows)
{
	const char *missing = !f->title	   ? "title" :
			      !f->severity ? "severity" :
			      !has_rows	   ? "row" :
			      !*f->prose   ? "prose" :
					     NULL;

	for (size_t i = 0; i < ARRAY_SIZE(keys) && !missing; i++)
		if (!keys[i].optional && !*value_of(f, &keys[i]))
			missing = keys[i].name;
	return missing ? err_create(ERR_USAGE, "'%s': the finding has no %s", path, missing) : NULL;
}

struct err *finding_parse(const char *path, const char *name, const char *text, size_t len,
			  struct known *out)
{
	const char *end = text + len;
	struct at at = { path, 1 };
	size_t rows = out->n;
	struct err *err = known_add_finding(path, 1, name, out);

	for (bool head = true; head && text < end && !err; at.line++) {
		_cleanup_free_ char *line = next_line(&text, end);

		head = *line != '\0';
		if (head)
			err = take_line(&at, name, line, out);
	}
	if (!err)
		err = take_prose(&at, text, end, &out->findings[out->nr_findings - 1]);
	if (!err)
		err = check_complete(path, &out->findings[out->nr_findings - 1], out->n > rows);
	return err;
}
