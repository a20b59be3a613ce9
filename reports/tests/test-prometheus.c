// SPDX-License-Identifier: GPL-2.0-only
/* The metrics: a golden, and the rules of the text format, which must fire. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "reports/tests/render-sample.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS "0123456789"
#define SERIES_MAX 500

struct reader {
	char families[SERIES_MAX][100]; /* that had a TYPE; the last one is open */
	size_t nr_families;
	char series[SERIES_MAX][2000];
	size_t nr_series;
	bool helped; /* a HELP came, and its TYPE did not yet */
};

/* The length of a name; 0: none. */
static size_t name_len(const char *s, const char *more)
{
	_cleanup_free_ char *accept = xasprintf("%s%s" DIGITS, LETTERS, more);

	return strspn(s, DIGITS) ? 0 : strspn(s, accept);
}

/* Moves *@at past '{a="b",...}'. */
static const char *read_labels(const char **at)
{
	const char *p = *at + 1;
	char names[16][100];
	size_t n = 0;

	while (*p != '}') {
		size_t len = name_len(p, "");

		if (!len || len >= sizeof(names[0]) || n == ARRAY_SIZE(names))
			return "a label has no name";
		snprintf(names[n], sizeof(names[n]), "%.*s", (int)len, p);
		for (size_t i = 0; i < n; i++)
			if (strcmp(names[i], names[n]) == 0)
				return "a label is there twice";
		n++;
		p += len;
		if (p[0] != '=' || p[1] != '"')
			return "a label has no value";
		for (p += 2; *p != '"'; p++) {
			if (!*p)
				return "a value has no end";
			if (*p == '\\' && !strchr("\\\"n", *++p))
				return "a value has an unknown escape";
			if (!*p)
				return "a value has no end";
		}
		p++;
		if (*p != ',' && *p != '}')
			return "labels are not separated";
		p += *p == ',';
	}
	*at = p + 1;
	return NULL;
}

static const char *read_comment(struct reader *r, const char *line)
{
	bool help = strncmp(line, "# HELP ", 7) == 0;
	size_t len;

	if (!help && strncmp(line, "# TYPE ", 7) != 0)
		return "a comment is neither HELP nor TYPE";
	len = name_len(line + 7, ":");
	if (!len || line[7 + len] != ' ')
		return "a comment names no metric";
	if (help == r->helped)
		return "HELP and TYPE do not come in pairs";
	r->helped = help;
	if (help)
		return NULL;
	if (strcmp(line + 7 + len, " gauge") != 0)
		return "a type is unknown";
	for (size_t i = 0; i < r->nr_families; i++)
		if (strlen(r->families[i]) == len && !strncmp(r->families[i], line + 7, len))
			return "a family comes twice";
	snprintf(r->families[r->nr_families++], 100, "%.*s", (int)len, line + 7);
	return NULL;
}

static const char *read_sample(struct reader *r, const char *line)
{
	size_t len = name_len(line, ":");
	const char *p = line + len, *why = NULL;
	char *end;

	if (!len)
		return "a sample has no name";
	if (!r->nr_families || strlen(r->families[r->nr_families - 1]) != len ||
	    strncmp(r->families[r->nr_families - 1], line, len) != 0)
		return "a sample is not of the family above it";
	if (*p == '{')
		why = read_labels(&p);
	if (why)
		return why;
	for (size_t i = 0; i < r->nr_series; i++)
		if (strlen(r->series[i]) == (size_t)(p - line) &&
		    !strncmp(r->series[i], line, (size_t)(p - line)))
			return "a series comes twice";
	if ((size_t)(p - line) >= sizeof(r->series[0]))
		return "a series is too long";
	snprintf(r->series[r->nr_series++], sizeof(r->series[0]), "%.*s", (int)(p - line), line);
	if (*p != ' ')
		return "a sample has no number";
	strtod(p + 1, &end);
	return end == p + 1 || *end ? "a sample has no number" : NULL;
}

/* Which rule of the format the text breaks; NULL: none. */
static const char *broken(const char *text)
{
	struct reader *r = xcalloc(1, sizeof(*r));
	const char *why = NULL;

	while (*text && !why) {
		size_t len = strcspn(text, "\n");
		_cleanup_free_ char *line = xstrndup(text, len);

		if (!text[len])
			why = "the last line has no end";
		else if (r->nr_families == SERIES_MAX || r->nr_series == SERIES_MAX)
			why = "there are too many series";
		else
			why = *line == '#' ? read_comment(r, line) : read_sample(r, line);
		for (size_t i = 0; i < len; i++)
			why = line[i] < ' ' || line[i] > '~' ? "not printable ASCII" : why;
		text += len + (text[len] == '\n');
	}
	free(r);
	return why;
}

#define HEAD "# HELP a b\n# TYPE a gauge\n"

static void test_rules_fire(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ HEAD "a{x=\"1\",y=\"\\\"\\\\\\n\"} 1.5\na{x=\"2\"} 1e+09\n", NULL },
		{ HEAD "a 1\n", NULL },
		{ HEAD "a 1", "no end" },
		{ "a 1\n", "not of the family" },
		{ HEAD "b 1\n", "not of the family" },
		{ HEAD HEAD, "a family comes twice" },
		{ "# TYPE a gauge\n", "in pairs" },
		{ "# HELP a b\n# HELP a b\n", "in pairs" },
		{ "# HELP a b\n# TYPE a number\n", "type is unknown" },
		{ "# a\n", "neither" },
		{ "# HELP 1 a\n", "names no metric" },
		{ HEAD "a{1=\"1\"} 1\n", "no name" },
		{ HEAD "a{x=1} 1\n", "no value" },
		{ HEAD "a{x=\"1\"y=\"1\"} 1\n", "separated" },
		{ HEAD "a{x=\"1\",x=\"1\"} 1\n", "label is there twice" },
		{ HEAD "a{x=\"\\x\"} 1\n", "unknown escape" },
		{ HEAD "a{x=\"1} 1\n", "value has no end" },
		{ HEAD "a{x=\"1\"}\n", "no number" },
		{ HEAD "a{x=\"1\"} 1 x\n", "no number" },
		{ HEAD "a{x=\"1\"} 1\na{x=\"1\"} 2\n", "series comes twice" },
		{ HEAD "a{x=\"\xc3\xa9\"} 1\n", "ASCII" },
		{ HEAD "\na 1\n", "no name" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *why = broken(rows[i].text);

		if (!why != !rows[i].why || (why && !strstr(why, rows[i].why)))
			fail_msg("%s: %s", rows[i].text, why ? why : "no rule fired");
	}
}

static char *render(const struct render_run *run, struct case_record *const *cases, size_t n)
{
	size_t len;
	char *text = sample_render(&renderer_prometheus, run, cases, n, &len);

	if (broken(text))
		fail_msg("%s: %s", broken(text), text);
	return text;
}

#define OF "{kernel=\"6.12.117+deb12-amd64\",plan=\"quick\""

static void test_golden(void **state)
{
	_cleanup_free_ char *alone = NULL, *night = NULL;
	struct sample s;

	(void)state;
	sample_init(&s);
	alone = render(&s.run, s.cases, SAMPLE_CASES);
	assert_non_null(strstr(alone, "\ndaxrig_statuses" OF ",status=\"new\"} 2\n"));
	s.run.history = &s.history;
	s.run.plan_shard = "2/5";
	night = render(&s.run, s.cases, SAMPLE_CASES);
	assert_non_null(strstr(night, "\ndaxrig_statuses" OF ",shard=\"2/5\",status=\"new\"} 1\n"));
	assert_non_null(strstr(night, ",rule=\"contract.sleeps\"} 2\n"));
	assert_non_null(strstr(night, ",rule=\"content.dma\"} 0\n"));
	assert_non_null(strstr(night, ",finding=\"cow-write-store\"} 1\n"));
	sample_golden("prometheus.txt", night);
	sample_deinit(&s);
}

static void test_hostile(void **state)
{
	_cleanup_free_ char *text = NULL;
	struct hostile h;

	(void)state;
	hostile_init(&h);
	text = render(&h.run, h.cases, HOSTILE_CASES);
	assert_non_null(strstr(text, "daxrig_run_complete{"));
	hostile_deinit(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rules_fire),
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_hostile),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
