/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/known.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "reports/history/identity.h"
#include "base/nearest.h"

static const char blanks[] = " \t";

/* The next word of *@at; moves *@at past it and the blanks after it. */
static char *word(const char **at)
{
	size_t n = strcspn(*at, blanks);
	char *s = xstrndup(*at, n);

	*at += n + strspn(*at + n, blanks);
	return s;
}

/* Whether @glob matches the name of any rule. */
static struct err *check_rule(const char *glob)
{
	struct nearest n = { .word = glob };
	struct err *err = glob_check(glob);

	if (err || !*glob)
		return err;
	for (size_t i = 0; i < RULES; i++) {
		if (glob_match(glob, rules[i].name))
			return NULL;
		nearest_offer(&n, rules[i].name);
	}
	return nearest_err(&n, "rule", NULL);
}

static struct err *check_list(const char *list, struct err *(*check)(const char *))
{
	_cleanup_free_ char *copy = xstrdup(list);
	char *rest = copy, *word;
	struct err *err = NULL;

	while (!err && (word = strsep(&rest, ",")))
		err = check(word);
	return err;
}

static struct err *check_row(const char *path, unsigned int line, const struct known_row *row)
{
	struct err *err = glob_check(row->found), *placed;

	if (!err)
		err = check_list(row->cases, glob_check);
	if (!err)
		err = check_list(row->rules, check_rule);
	if (!err)
		return NULL;
	placed = err_create(ERR_USAGE, "'%s' line %u: %s", path, line, err->message);
	err_free(err);
	return placed;
}

static struct err *take_row(const char *path, unsigned int line, const char *at, struct known *out)
{
	struct known_row *row;

	at += strspn(at, blanks);
	if (!*at || *at == '#')
		return NULL;
	out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
	row = &out->v[out->n++];
	row->name = word(&at);
	row->kernels = word(&at);
	row->rules = word(&at);
	row->cases = word(&at);
	row->found = xstrndup(at, strlen(at));
	if (!*row->found)
		return err_create(ERR_USAGE,
				  "'%s' line %u: expected a name, kernels, rules, cases and "
				  "what is found",
				  path, line);
	return check_row(path, line, row);
}

struct err *known_parse(const char *path, const char *text, size_t len, struct known *out)
{
	const char *end = text + len;
	struct err *err = NULL;

	*out = (struct known){ 0 };
	for (unsigned int line = 1; text < end && !err; line++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = (size_t)((stop ? stop : end) - text);
		_cleanup_free_ char *row = NULL;

		while (n && isspace((unsigned char)text[n - 1]))
			n--;
		row = xstrndup(text, n);
		err = take_row(path, line, row, out);
		text = stop ? stop + 1 : end;
	}
	if (err)
		known_deinit(out);
	return err;
}

/* "6.1" matches 6.1.0-56-amd64, but not 6.12. */
static bool is_release(const char *given, size_t n, const char *release)
{
	return strncmp(given, release, n) == 0 && !isdigit((unsigned char)release[n]);
}

static bool is_glob(const char *given, size_t n, const char *name)
{
	_cleanup_free_ char *glob = xstrndup(given, n);

	return glob_match(glob, name);
}

/* Whether one of the comma-separated @list matches @s. */
static bool in_list(const char *list, bool (*is)(const char *, size_t, const char *), const char *s)
{
	for (size_t n; *list; list += n + (list[n] == ',')) {
		n = strcspn(list, ",");
		if (n && is(list, n, s))
			return true;
	}
	return false;
}

static size_t row_of(const struct known *k, const char *release, const char *name,
		     const struct finding *f)
{
	_cleanup_buf_ struct buf all = BUF_INIT;

	buf_addf(&all, "%s", f->found ? f->found : "");
	if (f->detail && *f->detail)
		buf_addf(&all, "\n%s", f->detail);
	for (size_t i = 0; i < k->n; i++) {
		const struct known_row *r = &k->v[i];

		if (in_list(r->kernels, is_release, release) &&
		    in_list(r->rules, is_glob, f->rule) && in_list(r->cases, is_glob, name) &&
		    glob_match(r->found, buf_str(&all)))
			return i;
	}
	return k->n;
}

static size_t first_of_name(const struct known *k, size_t row)
{
	size_t i = 0;

	while (strcmp(k->v[i].name, k->v[row].name) != 0)
		i++;
	return i;
}

size_t known_of(const struct known *k, const char *release, const struct case_record *c,
		size_t *unknown)
{
	_cleanup_free_ char *name = identity_case(c->name);
	size_t first = k->n;

	for (*unknown = 0; *unknown < c->finding_count; ++*unknown) {
		size_t row = row_of(k, release, name, &c->findings[*unknown]);

		if (row == k->n)
			return k->n;
		if (first == k->n)
			first = row;
	}
	return first == k->n ? k->n : first_of_name(k, first);
}

void known_mark(const struct known *k, const char *release, struct case_record *c)
{
	_cleanup_free_ char *name = identity_case(c->name);

	for (size_t i = 0; i < c->finding_count; i++) {
		struct finding *f = &c->findings[i];
		size_t row = row_of(k, release, name, f);

		free(f->known);
		f->known = row < k->n ? xstrdup(k->v[row].name) : NULL;
	}
}

const struct known_finding *known_finding(const struct known *k, const char *name)
{
	for (size_t i = 0; i < k->nr_findings; i++)
		if (strcmp(k->findings[i].name, name) == 0)
			return &k->findings[i];
	return NULL;
}

void known_deinit(struct known *k)
{
	for (size_t i = 0; i < k->nr_findings; i++) {
		free(k->findings[i].name);
		free(k->findings[i].title);
	}
	free(k->findings);
	for (size_t i = 0; i < k->n; i++) {
		char *const texts[] = { k->v[i].name, k->v[i].kernels, k->v[i].rules, k->v[i].cases,
					k->v[i].found };

		for (size_t j = 0; j < ARRAY_SIZE(texts); j++)
			free(texts[j]);
	}
	free(k->v);
	*k = (struct known){ 0 };
}
