/* SPDX-License-Identifier: GPL-2.0-only */
#include "nightly/night-file.h"

#include <string.h>

#include "guest/hold.h"
#include "guests/store/kernel-spec.h"
#include "host/runs.h"
#include "workloads/lang/lexer.h"

struct reader {
	struct night_file *out;
	struct line line;
};

/* Adds the position of @l to @err; NULL stays NULL. */
static struct err *placed(struct line *l, struct err *err)
{
	struct err *whole = err ? line_error(l, "%s", err->message) : NULL;

	err_free(err);
	return whole;
}

static struct err *take_text(struct line *l, const char *what, char **out)
{
	const char *word;
	struct err *err = line_word(l, what, &word);

	if (err)
		return err;
	*out = xstrdup(word);
	return line_end(l);
}

static struct err *take_number(struct line *l, const char *what, unsigned int min, unsigned int max,
			       unsigned int *out)
{
	uint64_t n = 0;
	struct err *err = line_size(l, what, &n);

	if (err)
		return err;
	if (n < min || n > max)
		return line_error(l, "expected %u to %u", min, max);
	*out = (unsigned int)n;
	return line_end(l);
}

static struct err *take_age(struct line *l, uint64_t *seconds)
{
	const char *word;
	struct err *err = line_word(l, "an age, 60d", &word);

	if (!err && !run_age_parse(word, seconds))
		err = line_error(l, "expected an age, 60d");
	return err;
}

static struct err *read_kernel(struct reader *r)
{
	struct night_file *n = r->out;
	struct line *l = &r->line;
	struct kernel_spec spec;
	const char *word;
	struct err *err = line_word(l, "a kernel, deb:6.12", &word);

	if (err)
		return err;
	err = placed(l, kernel_spec_parse(word, &spec));
	if (err)
		return err;
	kernel_spec_deinit(&spec);
	for (size_t i = 0; i < n->nr_kernels; i++)
		if (strcmp(n->kernels[i], word) == 0)
			return line_error(l, "kernel '%s' is given twice", word);
	if (n->nr_kernels == NIGHT_KERNELS_MAX)
		return line_error(l, "more than %d kernels", NIGHT_KERNELS_MAX);
	n->kernels[n->nr_kernels++] = xstrdup(word);
	return line_end(l);
}

static struct err *read_plan(struct reader *r)
{
	return take_text(&r->line, "the name of a plan", &r->out->plan);
}

static struct err *read_shard(struct reader *r)
{
	const char *word;
	struct err *err = line_word(&r->line, "a part of the plan, 2/5", &word);

	if (!err)
		err = placed(&r->line, plan_shard_parse(word, &r->out->shard));
	return err ? err : line_end(&r->line);
}

static struct err *read_known(struct reader *r)
{
	return take_text(&r->line, "a list of findings, or none", &r->out->known);
}

static struct err *read_recheck(struct reader *r)
{
	return take_number(&r->line, "how often to repeat a fail", 0, NIGHT_RECHECK_MAX,
			   &r->out->recheck);
}

/* A budget may be in minutes; an age may not, as "5m" would be a size to whoever mistypes it. */
static bool parse_minutes(const char *word, uint64_t *seconds)
{
	size_t digits = strspn(word, "0123456789");

	if (!digits || digits > 6 || strcmp(word + digits, "m") != 0)
		return false;
	*seconds = strtoull(word, NULL, 10) * 60;
	return *seconds;
}

static struct err *read_budget(struct reader *r)
{
	const char *word;
	uint64_t s = 0;
	struct err *err = line_word(&r->line, "a time, 90m or 6h", &word);

	if (!err && !parse_minutes(word, &s) && !run_age_parse(word, &s))
		err = line_error(&r->line, "expected a time, 90m or 6h");

	r->out->budget_ns = s * 1000000000;
	return err ? err : line_end(&r->line);
}

static struct err *read_site(struct reader *r)
{
	return take_text(&r->line, "a folder", &r->out->site);
}

static struct err *read_keep(struct reader *r)
{
	const char *word;
	struct err *err = take_age(&r->line, &r->out->keep_s);

	if (!err)
		err = line_word(&r->line, "a size, 20G", &word);
	if (!err && (!parse_size(word, &r->out->keep_bytes) || !r->out->keep_bytes))
		err = line_error(&r->line, "expected a size, 20G");
	return err ? err : line_end(&r->line);
}

/* The rest of the line is for a shell. */
static struct err *read_mail(struct reader *r)
{
	struct line *l = &r->line;

	if (!line_peek(l))
		return line_expected(l, "a command");
	r->out->mail = xstrdup(l->text + l->words[l->next].column - 1);
	return NULL;
}

static struct err *read_jobs(struct reader *r)
{
	return take_number(&r->line, "a number of guests", 1, NIGHT_JOBS_MAX, &r->out->jobs);
}

static struct err *read_vmcore(struct reader *r)
{
	return take_number(&r->line, "a number of guests", 1, HOLD_CORES_MAX, &r->out->vmcores);
}

static const struct {
	const char *word; /* the first of a line */
	struct err *(*read)(struct reader *r);
	bool many;
} kinds_of_line[] = {
	{ "kernel", read_kernel, true },    { "plan", read_plan, false },
	{ "shard", read_shard, false },	    { "known", read_known, false },
	{ "recheck", read_recheck, false }, { "budget", read_budget, false },
	{ "site", read_site, false },	    { "keep", read_keep, false },
	{ "mail", read_mail, false },	    { "jobs", read_jobs, false },
	{ "vmcore", read_vmcore, false },
};

static struct err *read_line(struct reader *r, bool given[])
{
	struct nearest n = { .word = line_peek(&r->line) };

	for (size_t i = 0; i < ARRAY_SIZE(kinds_of_line); i++) {
		nearest_offer(&n, kinds_of_line[i].word);
		if (!line_take(&r->line, kinds_of_line[i].word))
			continue;
		if (given[i] && !kinds_of_line[i].many)
			return line_error(&r->line, "'%s' is given twice", kinds_of_line[i].word);
		given[i] = true;
		return kinds_of_line[i].read(r);
	}
	r->line.next++;
	return line_unknown(&r->line, &n, "line of a night",
			    "expected kernel, plan, shard, known, recheck, budget, site, keep, "
			    "mail, jobs or vmcore");
}

struct err *night_file_parse(const char *origin, const char *text, size_t len,
			     struct night_file *out)
{
	struct reader r = { .out = out };
	bool given[ARRAY_SIZE(kinds_of_line)] = { false };
	const char *end = text + len;
	unsigned int number = 0;
	struct err *err = NULL;

	*out = (struct night_file){ .recheck = 5 };
	while (text < end && !err) {
		err = line_read(&r.line, origin, ++number, &text, end);
		if (!err && r.line.n)
			err = read_line(&r, given);
	}
	if (!err && !out->nr_kernels)
		err = err_create(ERR_USAGE, "'%s' names no kernel: it needs a line 'kernel SPEC'",
				 origin);
	if (!err && !out->plan)
		out->plan = xstrdup("quick");
	if (err)
		night_file_deinit(out);
	return err;
}

void night_file_deinit(struct night_file *n)
{
	char *const texts[] = { n->plan, n->known, n->site, n->mail };

	for (size_t i = 0; i < n->nr_kernels; i++)
		free(n->kernels[i]);
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
	*n = (struct night_file){ 0 };
}
