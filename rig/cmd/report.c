/* SPDX-License-Identifier: GPL-2.0-only */
/* What came out of a run, and where its time went, from its run.json. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/nearest.h"
#include "cmd/cmd.h"
#include "host/paths.h"
#include "reports/record/triage.h"
#include "reports/record/known.h"
#include "reports/record/run-json.h"

#define SLOWEST 10
#define TEXT_SHOWN 1000	     /* bytes */
#define KNOWN_MAX (1u << 20) /* bytes of a list of findings */

static struct {
	bool timing, kinds;
	const char *known; /* path of a list; NULL: none */
} options;

static const struct {
	const char *name;
	size_t offset;
} phases[] = {
	{ "queue", offsetof(struct case_timing, queue_ns) },
	{ "fork", offsetof(struct case_timing, fork_ns) },
	{ "settle", offsetof(struct case_timing, settle_ns) },
	{ "steps", offsetof(struct case_timing, steps_ns) },
	{ "oracles", offsetof(struct case_timing, oracles_ns) },
	{ "teardown", offsetof(struct case_timing, teardown_ns) },
};

static uint64_t phase_ns(const struct case_timing *t, size_t phase)
{
	return *(const uint64_t *)((const char *)t + phases[phase].offset);
}

/* What a case cost: waiting for its turn costs nothing. */
static uint64_t cost_ns(const struct run_summary_case *c)
{
	const struct case_timing *t = &c->timing;
	uint64_t sum = t->fork_ns + t->settle_ns + t->steps_ns + t->oracles_ns + t->teardown_ns;

	return MAX(sum, c->duration_ns);
}

static double seconds(uint64_t ns)
{
	return (double)ns / 1e9;
}

/* The file may hold anything; the terminal gets printable ASCII. */
static void print_text(const char *s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_add_escaped(&b, s, strlen(s), TEXT_SHOWN);
	fputs(buf_str(&b), stdout);
}

static void print_line(const char *label, const char *a, const char *b)
{
	if (!*a && !*b)
		return;
	printf("%-8s ", label);
	print_text(a);
	if (*a && *b)
		fputs(", ", stdout);
	print_text(b);
	putchar('\n');
}

static void print_counts(const struct run_summary *s)
{
	size_t counts[VERDICT_ERROR + 1] = { 0 };

	for (size_t i = 0; i < s->case_count; i++)
		counts[s->cases[i].verdict]++;
	printf("%-8s %zu:", "cases", s->case_count);
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		printf("%s %zu %s", i ? "," : "", counts[i], verdict_name((enum verdict)i));
	if (s->duration_ns)
		printf("; %.1f s, %.0f cases a minute", seconds(s->duration_ns),
		       60 * (double)s->case_count / seconds(s->duration_ns));
	putchar('\n');
}

/* What a verdict of theirs leaves out. */
static void print_lost(const struct run_summary *s)
{
	struct kinds k = KINDS_INIT;

	for (size_t i = 0; i < s->case_count; i++)
		if (*s->cases[i].lost)
			kinds_add(&k, s->cases[i].name, s->cases[i].lost);
	kinds_sort(&k);
	for (size_t i = 0; i < k.n; i++) {
		printf("%-8s an oracle in %zu case%s, first ", "lost", k.v[i]->cases,
		       k.v[i]->cases == 1 ? "" : "s");
		print_text(k.v[i]->first);
		fputs(": ", stdout);
		print_text(k.v[i]->reason);
		putchar('\n');
	}
	kinds_deinit(&k);
}

static void print_summary(const char *path, const struct run_summary *s)
{
	print_line("run", path, s->started);
	print_line("kernel", s->kernel_release, s->kernel_spec);
	print_line("plan", s->plan ? s->plan : "none: cases by name", s->accel);
	print_counts(s);
	print_lost(s);
	if (!s->complete)
		print_line("ended", "before its last case", s->end_reason);
}

static const char *reason_of(const struct run_summary_case *c)
{
	return *c->reason ? c->reason : "no reason is recorded";
}

static void print_cases(const struct run_summary *s)
{
	for (size_t i = 0; i < s->case_count; i++) {
		const struct run_summary_case *c = &s->cases[i];

		if (c->verdict != VERDICT_FAIL && c->verdict != VERDICT_ERROR)
			continue;
		printf("%-8s ", verdict_name(c->verdict));
		print_text(c->name);
		fputs(": ", stdout);
		print_text(reason_of(c));
		putchar('\n');
	}
}

static void print_kinds(const struct run_summary *s, enum verdict verdict)
{
	struct kinds k = KINDS_INIT;

	for (size_t i = 0; i < s->case_count; i++)
		if (s->cases[i].verdict == verdict)
			kinds_add(&k, s->cases[i].name, reason_of(&s->cases[i]));
	kinds_sort(&k);
	for (size_t i = 0; i < k.n; i++) {
		_cleanup_buf_ struct buf where = BUF_INIT;

		printf("\n%-8s %zu: ", verdict_name(verdict), k.v[i]->cases);
		print_text(k.v[i]->reason);
		fputs("\n         ", stdout);
		kind_add_where(k.v[i], &where);
		print_text(buf_str(&where));
		if (k.v[i]->cases > 1) {
			fputs("\n         first: ", stdout);
			print_text(k.v[i]->first);
		}
		putchar('\n');
	}
	kinds_deinit(&k);
}

static struct err *read_known(const char *path, struct known *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, KNOWN_MAX, &text);

	return err ? err : known_parse(path, buf_str(&text), text.len, out);
}

static void print_unknown(const struct run_summary_case *c, size_t finding)
{
	printf("%-8s ", verdict_name(c->verdict));
	print_text(c->name);
	fputs(": ", stdout);
	if (finding < c->finding_count) {
		print_text(c->findings[finding].rule);
		fputs(": found ", stdout);
		print_text(c->findings[finding].found);
	} else {
		print_text(reason_of(c));
	}
	putchar('\n');
}

/* The cases that show no known finding, or more than that; then how many show which. */
static size_t print_known(const struct known *known, const struct run_summary *s)
{
	struct {
		size_t cases;
		const char *first;
	} *shown = xcalloc(known->n + 1, sizeof(*shown));
	size_t unknown = 0;

	putchar('\n');
	for (size_t i = 0; i < s->case_count; i++) {
		const struct run_summary_case *c = &s->cases[i];
		size_t finding = c->finding_count, row = known->n;

		if (c->verdict != VERDICT_FAIL && c->verdict != VERDICT_ERROR)
			continue;
		if (c->verdict == VERDICT_FAIL)
			row = known_of(known, s->kernel_release, c, &finding);
		if (row == known->n) {
			print_unknown(c, finding);
			unknown++;
		} else if (!shown[row].cases++) {
			shown[row].first = c->name;
		}
	}
	printf("%-8s %zu\n", "unknown", unknown);
	for (size_t i = 0; i < known->n; i++) {
		if (!shown[i].cases)
			continue;
		printf("%-8s %zu: ", "known", shown[i].cases);
		print_text(known->v[i].name);
		fputs(", first: ", stdout);
		print_text(shown[i].first);
		putchar('\n');
	}
	free(shown);
	return unknown;
}

static int slower(const void *a, const void *b)
{
	uint64_t x = cost_ns(*(const struct run_summary_case *const *)a);
	uint64_t y = cost_ns(*(const struct run_summary_case *const *)b);

	return x < y ? 1 : x > y ? -1 : 0;
}

static void print_slowest(const struct run_summary *s)
{
	const struct run_summary_case **by = xcalloc(s->case_count + 1, sizeof(*by));

	for (size_t i = 0; i < s->case_count; i++)
		by[i] = &s->cases[i];
	qsort(by, s->case_count, sizeof(*by), slower);
	printf("\nthe slowest\n  %8s", "s");
	for (size_t p = 1; p < ARRAY_SIZE(phases); p++)
		printf(" %8s", phases[p].name);
	puts("  case");
	for (size_t i = 0; i < MIN(s->case_count, (size_t)SLOWEST); i++) {
		printf("  %8.3f", seconds(cost_ns(by[i])));
		for (size_t p = 1; p < ARRAY_SIZE(phases); p++)
			printf(" %8.3f", seconds(phase_ns(&by[i]->timing, p)));
		fputs("  ", stdout);
		print_text(by[i]->name);
		putchar('\n');
	}
	free(by);
}

static void print_timing(const struct run_summary *s)
{
	uint64_t totals[ARRAY_SIZE(phases)] = { 0 }, spent = 0, cost = 0;

	for (size_t i = 0; i < s->case_count; i++) {
		for (size_t p = 0; p < ARRAY_SIZE(phases); p++)
			totals[p] += phase_ns(&s->cases[i].timing, p);
		cost += cost_ns(&s->cases[i]);
	}
	for (size_t p = 1; p < ARRAY_SIZE(phases); p++)
		spent += totals[p];
	puts("\nwhere the cases' time went, in seconds; share is of all but queue");
	if (!spent)
		printf("  the record does not say: %.1f s in all cases\n", seconds(cost));
	for (size_t p = 0; spent && p < ARRAY_SIZE(phases); p++) {
		printf("  %-8s %10.3f", phases[p].name, seconds(totals[p]));
		if (p)
			printf("  %3.0f%%", 100 * (double)totals[p] / (double)spent);
		putchar('\n');
	}
	if (s->case_count)
		print_slowest(s);
}

/* A folder of a run, a run.json, or the name of a run in our own data folder. */
static char *find_record(const struct paths *p, const char *given)
{
	const char *word = given ? given : "latest";
	_cleanup_free_ char *own = xasprintf("%s/runs/%s", p->data, word);
	struct stat st;

	if (path_is_stdin(word))
		return xstrdup(word);
	if (given && stat(word, &st) == 0)
		return S_ISDIR(st.st_mode) ? xasprintf("%s/run.json", word) : xstrdup(word);
	if (!strchr(word, '/') && stat(own, &st) == 0)
		return xasprintf("%s/run.json", own);
	return NULL;
}

static struct err *unknown_run(const struct paths *p, const char *word)
{
	_cleanup_free_ char *expected = xasprintf(
		"expected the folder of a run, or its name in '%s/runs'", p->data);
	struct nearest n = { .word = word };

	nearest_offer(&n, "latest");
	return nearest_err(&n, "run", expected);
}

static struct err *read_record(const char *word, char **path, struct run_summary *out)
{
	struct paths p;
	struct err *err = paths_init(&p);

	if (err)
		return err;
	*path = find_record(&p, word);
	if (!*path && word)
		err = unknown_run(&p, word);
	else if (!*path)
		err = err_create(ERR_USAGE, "there is no run in '%s/runs' yet", p.data);
	else
		err = run_json_read(*path, out);
	paths_deinit(&p);
	return err;
}

static struct err *report(void *state, char **operands, int n, int *status)
{
	_cleanup_free_ char *path = NULL;
	struct known known = { 0 };
	struct run_summary s = { 0 };
	struct err *err;

	(void)state;
	if (n > 1)
		return err_create(ERR_USAGE, "'%s' is one run too many: 'report' takes one",
				  operands[1]);
	if (options.known && options.kinds)
		return err_create(ERR_USAGE, "--known and --kinds are two ways to sort: give one");
	err = options.known ? read_known(options.known, &known) : NULL;
	if (!err)
		err = read_record(n ? operands[0] : NULL, &path, &s);
	if (err) {
		known_deinit(&known);
		return err;
	}
	print_summary(path, &s);
	if (options.known) {
		*status = print_known(&known, &s) ? 1 : 0;
	} else if (options.kinds) {
		print_kinds(&s, VERDICT_FAIL);
		print_kinds(&s, VERDICT_ERROR);
	} else {
		print_cases(&s);
	}
	if (options.timing)
		print_timing(&s);
	run_summary_deinit(&s);
	known_deinit(&known);
	return NULL;
}

enum { KEY_TIMING = 256, KEY_KINDS, KEY_KNOWN };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	options.timing |= key == KEY_TIMING;
	options.kinds |= key == KEY_KINDS;
	if (key == KEY_KNOWN)
		options.known = value;
	return NULL;
}

static const struct command_option report_options[] = {
	{ "timing", NULL, "where the time went: totals of each phase, the 10 slowest cases",
	  KEY_TIMING },
	{ "kinds", NULL, "what failed by kind: cases whose reasons differ in numbers alone as one",
	  KEY_KINDS },
	{ "known", "FILE", "what failed by the findings that FILE knows, and what it does not know",
	  KEY_KNOWN },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_report = {
	.name = "report",
	.operands = "[RUN]",
	.summary = "say what came out of a run, and where its time went",
	.help = "RUN is the folder of a run or its name; default: the latest. Exit status: 0 the\n"
		"record could be read, whatever is in it; with --known 1 when something is not known.\n",
	.options = report_options,
	.option = option,
	.run = report,
};
