/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/known.h"

#include <ctype.h>
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/nearest.h"
#include "reports/history/identity.h"
#include "reports/record/known-private.h"

static const char blanks[] = " \t";

char *known_word(const char **at)
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

static struct err *bad_line(const char *path, unsigned int line, const char *why)
{
	return err_create(ERR_USAGE, "'%s' line %u: %s", path, line, why);
}

struct err *known_add_row(const char *path, unsigned int line, const char *name, const char *at,
			  struct known *out)
{
	struct known_row *row;

	if (out->n == KNOWN_ROWS_MAX)
		return bad_line(path, line, "too many rows");
	out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
	row = &out->v[out->n++];
	row->name = name ? xstrdup(name) : known_word(&at);
	row->kernels = known_word(&at);
	row->rules = known_word(&at);
	row->cases = known_word(&at);
	row->found = xstrndup(at, strlen(at));
	if (!*row->found)
		return err_create(ERR_USAGE,
				  "'%s' line %u: expected %skernels, rules, cases and what is "
				  "found",
				  path, line, name ? "" : "a name, ");
	return check_row(path, line, row);
}

bool known_printable(const char *s)
{
	while (*s && *s >= ' ' && *s <= '~')
		s++;
	return !*s;
}

struct err *known_add_finding(const char *path, unsigned int line, const char *name,
			      struct known *out)
{
	if (!*name || name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		return bad_line(path, line,
				"expected the name of a finding, of small letters, digits and '-'");
	if (known_finding(out, name))
		return err_create(ERR_USAGE, "'%s' line %u: finding '%s' is given twice", path,
				  line, name);
	if (out->nr_findings == KNOWN_FINDINGS_MAX)
		return bad_line(path, line, "too many findings");
	out->findings = xrealloc(out->findings, out->nr_findings + 1, sizeof(*out->findings));
	out->findings[out->nr_findings++] = (struct known_finding){ .name = xstrdup(name) };
	return NULL;
}

struct err *known_set_severity(const char *path, unsigned int line, const char *s,
			       struct known_finding *f)
{
	if (s[0] < '0' + SEVERITY_ACCESS || s[0] >= '0' + SEVERITIES || s[1])
		return bad_line(path, line, "expected a severity, 1 to 4");
	f->severity = (enum severity)(s[0] - '0');
	return NULL;
}

struct err *known_set_title(const char *path, unsigned int line, const char *s,
			    struct known_finding *f)
{
	if (!*s || !known_printable(s))
		return bad_line(path, line, "expected a title in ASCII");
	f->title = xstrdup(s);
	return NULL;
}

static struct err *take_finding(const char *path, unsigned int line, const char *at,
				struct known *out)
{
	_cleanup_free_ char *name = known_word(&at), *severity = known_word(&at);
	struct err *err = known_add_finding(path, line, name, out);

	if (!err)
		err = known_set_severity(path, line, severity,
					 &out->findings[out->nr_findings - 1]);
	if (!err)
		err = known_set_title(path, line, at, &out->findings[out->nr_findings - 1]);
	return err;
}

static struct err *take_line(const char *path, unsigned int line, const char *at, struct known *out)
{
	const char *after = at += strspn(at, blanks);
	_cleanup_free_ char *first = known_word(&after);

	if (!*at || *at == '#')
		return NULL;
	if (strcmp(first, "finding") == 0)
		return take_finding(path, line, after, out);
	return known_add_row(path, line, NULL, at, out);
}

struct err *known_parse(const char *path, const char *text, size_t len, struct known *out)
{
	const char *end = text + len;
	struct err *err = NULL;

	*out = (struct known){ 0 };
	for (unsigned int line = 1; text < end && !err; line++) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));
		size_t n = strnlen(text, (size_t)((stop ? stop : end) - text));
		_cleanup_free_ char *row = NULL;

		while (n && isspace((unsigned char)text[n - 1]))
			n--;
		row = xstrndup(text, n);
		err = take_line(path, line, row, out);
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

static const struct {
	const char *word, *text;
} severities[SEVERITIES] = {
	[SEVERITY_UNSET] = { "", "" },
	[SEVERITY_ACCESS] = { "access", "another's data or freed memory is reached" },
	[SEVERITY_LOSS] = { "loss", "data is lost or old bytes stay" },
	[SEVERITY_HANG] = { "hang", "something hangs beyond a kill, or the kernel stops" },
	[SEVERITY_WARNING] = { "warning", "a warning, or a wait too long or too short" },
};

const char *severity_word(enum severity s)
{
	return severities[s].word;
}

const char *severity_text(enum severity s)
{
	return severities[s].text;
}

const struct known_finding *known_finding(const struct known *k, const char *name)
{
	for (size_t i = 0; i < k->nr_findings; i++)
		if (strcmp(k->findings[i].name, name) == 0)
			return &k->findings[i];
	return NULL;
}

/* The word is the name of a scenario, or a glob of cases. */
static bool shows(const char *word, const char *name)
{
	const char *slash = strchr(name, '/');
	size_t len = slash ? strcspn(slash + 1, "/") : 0;

	if (strchr(word, '/'))
		return glob_match(word, name);
	return len && strlen(word) == len && strncmp(word, slash + 1, len) == 0;
}

const struct known_finding *known_shown_by(const struct known *k, const char *name)
{
	for (size_t i = 0; i < k->nr_findings; i++)
		for (const char *at = k->findings[i].scenario; at && *at;) {
			_cleanup_free_ char *word = known_word(&at);

			if (shows(word, name))
				return &k->findings[i];
		}
	return NULL;
}

char *known_warning(const struct known_finding *f)
{
	if (!f || !f->unprivileged)
		return xstrdup("");
	return xasprintf(
		"To security@kernel.org first, and to no public list before they say so: a "
		"user without privilege can do it (%s).",
		f->unprivileged);
}

static void row_deinit(struct known_row *r)
{
	char *const texts[] = { r->name, r->kernels, r->rules, r->cases, r->found };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
}

static void finding_deinit(struct known_finding *f)
{
	char *const texts[] = { f->name,     f->title, f->live,	 f->fixed,	  f->fs,
				f->scenario, f->tries, f->after, f->unprivileged, f->prose };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
}

void known_deinit(struct known *k)
{
	for (size_t i = 0; i < k->n; i++)
		row_deinit(&k->v[i]);
	for (size_t i = 0; i < k->nr_findings; i++)
		finding_deinit(&k->findings[i]);
	free(k->v);
	free(k->findings);
	*k = (struct known){ 0 };
}
