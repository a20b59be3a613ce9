/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/ktap.h"

#include <string.h>
#include <strings.h>

#define NUMBER_MAX 1000000u

static const char blanks[] = " \t";

static const struct {
	const char *word;
	enum step_status ok, not_ok;
} directives[] = {
	{ "SKIP", STEP_SKIP, STEP_SKIP },   { "XFAIL", STEP_OK, STEP_OK },
	{ "XPASS", STEP_OK, STEP_FAIL },    { "ERROR", STEP_OK, STEP_ERROR },
	{ "TIMEOUT", STEP_OK, STEP_ERROR },
};

/* Whether @s begins with the word @word, in any case. */
static bool has_word(const char *s, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(s, word, n) == 0 && (!s[n] || strchr(" \t:", s[n]));
}

/* The directive of a result, "SKIP why", and where the name before it ends; NULL: it has none. */
static const char *find_directive(const char *text, size_t *which, size_t *name_len)
{
	for (const char *p = strchr(text, '#'); p; p = strchr(p + 1, '#')) {
		const char *word = p + 1 + strspn(p + 1, " \t");

		for (*which = 0; *which < ARRAY_SIZE(directives); ++*which)
			if (has_word(word, directives[*which].word)) {
				*name_len = (size_t)(p - text);
				return word;
			}
	}
	*name_len = strlen(text);
	return NULL;
}

/* Reads the number at *@p, at most NUMBER_MAX, and moves *@p past its digits. */
static bool take_number(const char **p, unsigned int *out)
{
	const char *start = *p;
	uint64_t n = 0;

	for (; **p >= '0' && **p <= '9'; ++*p)
		n = MIN(n * 10 + (uint64_t)(**p - '0'), NUMBER_MAX + 1ull);
	*out = (unsigned int)n;
	return *p != start && n <= NUMBER_MAX;
}

static bool is_result(const char *line, bool *ok)
{
	*ok = strncmp(line, "ok", 2) == 0;
	if (!*ok && strncmp(line, "not ok", 6) != 0)
		return false;
	line += *ok ? 2 : 6;
	return !*line || *line == ' ' || *line == '\t';
}

/* A program that forks with lines in its buffer prints them twice. */
static bool is_double(const struct ktap *k, const struct ktap_result *r)
{
	for (size_t i = 0; r->number && i < k->n; i++)
		if (k->v[i].number == r->number && k->v[i].status == r->status &&
		    strcmp(k->v[i].name, r->name) == 0)
			return true;
	return false;
}

static char *escaped(const char *s, size_t len)
{
	struct buf b = BUF_INIT;

	while (len && strchr(" \t\r", s[len - 1]))
		len--;
	buf_add_escaped(&b, s, len, KTAP_LINE_MAX);
	return buf_take(&b);
}

/* Several tests say in a line before only what they run: "# [RUN] pin with tmpfile". */
static void name_run(const struct ktap *k, char **name)
{
	static const char mark[] = "# [RUN] ";
	const char *run = NULL;
	char *whole;

	for (const char *p = buf_str(&k->notes); (p = strstr(p, mark)); run = p)
		p += strlen(mark);
	if (run && (!*run || *run == '\n'))
		run = NULL;
	if (!run && **name)
		return;
	whole = run ? xasprintf("%.*s%s%s", (int)strcspn(run, "\n"), run, **name ? ": " : "",
				*name) :
		      xstrdup("test");
	free(*name);
	*name = whole;
}

/* Reads what comes after "ok" or "not ok": "12 - NAME # SKIP WHY". */
static struct ktap_result read_result(const struct ktap *k, const char *p, bool ok)
{
	struct ktap_result r = { .status = ok ? STEP_OK : STEP_FAIL };
	_cleanup_buf_ struct buf notes = BUF_INIT;
	const char *after = p += strspn(p, blanks), *directive;
	size_t which, len;

	if (take_number(&after, &r.number) && (!*after || strchr(" \t#", *after)))
		p = after + strspn(after, blanks);
	else
		r.number = 0;
	if (*p == '-' && strchr(blanks, p[1]))
		p += 1 + strspn(p + 1, blanks);
	directive = find_directive(p, &which, &len);
	r.name = escaped(p, len);
	if (directive) {
		_cleanup_free_ char *line = escaped(directive, strlen(directive));

		r.status = ok ? directives[which].ok : directives[which].not_ok;
		buf_addf(&notes, "%s\n", line);
		/* "ok 3 # SKIP test of huge pages" */
		directive += strlen(directives[which].word);
		directive += strspn(directive, " \t:");
		if (!*r.name) {
			free(r.name);
			r.name = escaped(directive, strlen(directive));
		}
	}
	name_run(k, &r.name);
	if (r.status == STEP_FAIL || r.status == STEP_ERROR)
		buf_adds(&notes, buf_str(&k->notes));
	r.notes = buf_take(&notes);
	return r;
}

static void add_result(struct ktap *k, const char *line, bool ok)
{
	struct ktap_result r = read_result(k, line, ok);
	bool twice = is_double(k, &r);

	if (twice || k->n == KTAP_RESULTS_MAX) {
		k->dropped += !twice;
		free(r.name);
		free(r.notes);
		return;
	}
	/* grow to powers of two */
	if (!(k->n & (k->n - 1)))
		k->v = xrealloc(k->v, k->n ? 2 * k->n : 1, sizeof(*k->v));
	k->v[k->n++] = r;
	k->by_status[r.status]++;
}

/* "1..5", "1..0 # SKIP no hugetlb" */
static bool take_plan(struct ktap *k, const char *line)
{
	unsigned int planned;
	const char *p = line + 3;
	size_t which, len;

	if (strncmp(line, "1..", 3) != 0 || !take_number(&p, &planned) ||
	    (*p && !strchr(" \t#", *p)))
		return false;
	k->plans_differ |= k->has_plan && planned != k->planned;
	if (!k->has_plan)
		k->planned = planned;
	k->has_plan = true;
	if (!planned && find_directive(line, &which, &len))
		add_result(k, line + strcspn(line, "#"), true);
	return true;
}

static void add_note(struct ktap *k, const char *line)
{
	if (k->nr_notes == KTAP_NOTES_MAX)
		buf_consume(&k->notes, strcspn(buf_str(&k->notes), "\n") + 1);
	else
		k->nr_notes++;
	buf_add_escaped(&k->notes, line, strlen(line), KTAP_LINE_MAX);
	buf_addc(&k->notes, '\n');
}

static void take_line(struct ktap *k)
{
	const char *line = buf_str(&k->line);
	bool ok;

	if (is_result(line, &ok)) {
		add_result(k, line + (ok ? 2 : 6), ok);
		buf_reset(&k->notes);
		k->nr_notes = 0;
	} else if (strncmp(line, "Bail out!", 9) == 0) {
		if (!k->bail)
			k->bail = escaped(line, strlen(line));
	} else if (!take_plan(k, line) && *line) {
		add_note(k, line);
	}
	buf_reset(&k->line);
}

void ktap_feed(struct ktap *k, const void *data, size_t len)
{
	const char *p = data;

	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\n')
			take_line(k);
		else if (k->line.len < KTAP_LINE_MAX)
			buf_addc(&k->line, p[i] ? p[i] : '?');
	}
}

/* The start of a result without its end may be another one: "not ok 1" of "not ok 12". */
void ktap_end(struct ktap *k)
{
	bool ok;

	k->torn = is_result(buf_str(&k->line), &ok);
	if (!k->torn && k->line.len)
		take_line(k);
}

/* Numbers that have a result within the plan, and results beyond it or twice. */
static size_t count_numbers(const struct ktap *k, const struct ktap_result **wrong)
{
	_cleanup_free_ bool *seen = xcalloc(KTAP_RESULTS_MAX + 1, sizeof(*seen));
	size_t n = 0;

	for (size_t i = 0; i < k->n; i++) {
		const struct ktap_result *r = &k->v[i];

		if (!r->number) {
			n++;
			continue;
		}
		if (r->number > MIN(k->planned, KTAP_RESULTS_MAX) || seen[r->number]) {
			*wrong = *wrong ? *wrong : r;
			continue;
		}
		seen[r->number] = true;
		n++;
	}
	return n;
}

bool ktap_lacks(const struct ktap *k, struct buf *why)
{
	const struct ktap_result *wrong = NULL;
	size_t n = k->has_plan && k->planned ? count_numbers(k, &wrong) : k->n;

	if (k->dropped)
		buf_addf(why, "more than %u results", KTAP_RESULTS_MAX);
	else if (k->plans_differ)
		buf_adds(why, "two plans that differ");
	else if (wrong)
		buf_addf(why, "a result twice or beyond the plan of %u: '%s'", k->planned,
			 wrong->name);
	else if (k->has_plan && n > (k->planned ? k->planned : 1)) /* one: "1..0 # SKIP" */
		buf_addf(why, "%zu results of a plan of %u", n, k->planned);
	else if (k->has_plan && n < k->planned)
		buf_addf(why, "%zu of %u planned results", n, k->planned);
	else if (k->torn)
		buf_adds(why, "the last result is cut");
	else if (!k->bail || (k->has_plan && k->planned)) /* it may say only that tests failed */
		return false;
	if (k->bail)
		buf_addf(why, "%s'%s'", why->len ? ", " : "", k->bail);
	return true;
}

const struct ktap_result *ktap_first(const struct ktap *k, enum step_status status)
{
	for (size_t i = 0; i < k->n; i++)
		if (k->v[i].status == status)
			return &k->v[i];
	return NULL;
}

void ktap_deinit(struct ktap *k)
{
	for (size_t i = 0; i < k->n; i++) {
		free(k->v[i].name);
		free(k->v[i].notes);
	}
	free(k->v);
	free(k->bail);
	buf_deinit(&k->line);
	buf_deinit(&k->notes);
	*k = (struct ktap){ 0 };
}
