/* SPDX-License-Identifier: GPL-2.0-only */
/* Are these records the shards of one plan, each once and complete? */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "reports/history/identity.h"
#include "reports/record/json-set.h"
#include "reports/record/run-json.h"
#include "reports/record/run-merge-private.h"

#define QUOTE_MAX 120

const char *shard_text(const struct shard *s, const char *outer, const char *inner)
{
	const json_t *o = outer ? json_object_get(s->root, outer) : s->root;
	const char *text = json_string_value(json_object_get(o, inner));

	return text ? text : "";
}

static const char *case_name(const struct shard *s, size_t i)
{
	return json_string_value(json_object_get(json_array_get(s->cases, i), "name"));
}

/* The strings of a record are anybody's: quotes @text for a message. */
static void quote(struct buf *b, const char *text)
{
	buf_addc(b, '\'');
	buf_add_escaped(b, text, strlen(text), QUOTE_MAX);
	buf_addc(b, '\'');
}

static struct err *find_number(struct shard *s)
{
	const char *text = shard_text(s, "plan", "shard");
	unsigned int number = 0, of = 0;
	char again[32] = "";

	if (!*text)
		return err_create(ERR_USAGE, "'%s' is not a shard: it was run without --shard",
				  s->in->name);
	if (sscanf(text, "%5u/%5u", &number, &of) == 2)
		snprintf(again, sizeof(again), "%u/%u", number, of);
	if (!number || number > of || strcmp(again, text) != 0) {
		_cleanup_buf_ struct buf b = BUF_INIT;

		quote(&b, text);
		return err_create(ERR_INFRA, "'%s' is damaged: its shard is %s", s->in->name,
				  buf_str(&b));
	}
	s->at->shard = number;
	s->at->of = of;
	return NULL;
}

static bool has_verdict(const json_t *c)
{
	const char *word = json_string_value(json_object_get(c, "verdict"));

	for (int v = VERDICT_PASS; word && v <= VERDICT_ERROR; v++)
		if (strcmp(word, verdict_name((enum verdict)v)) == 0)
			return true;
	return false;
}

static struct err *find_cases(struct shard *s)
{
	s->cases = json_object_get(s->root, "cases");
	if (!json_is_array(s->cases))
		return err_create(ERR_INFRA, "'%s' is not a record of a run: it has no cases",
				  s->in->name);
	s->at->cases = json_array_size(s->cases);
	for (size_t i = 0; i < s->at->cases; i++)
		if (!case_name(s, i) || !has_verdict(json_array_get(s->cases, i)))
			return err_create(ERR_INFRA, "'%s' is damaged: case %zu", s->in->name,
					  i + 1);
	return NULL;
}

/* What must be equal. A part of a record that older ones lack is equal when both lack it. */
static const struct {
	const char *what, *outer, *inner;
} same[] = {
	{ "the version of daxrig", NULL, "daxrig" },
	{ "the plan", "plan", "name" },
	{ "--match", "plan", "match" },
	{ "the order of cases", "plan", "order" },
	{ "the list of cases", "plan", "list" },
	{ "the kernel", "kernel", "key" },
	{ "the accelerator", NULL, "accel" },
	{ "the geometry", NULL, "geometry" },
	{ "--self-test", NULL, "self_test" },
	{ "the run that is rechecked", NULL, "recheck_of" },
	{ "the night", NULL, "night" },
};

static struct err *check_same(const struct shard *a, const struct shard *b)
{
	if (a->at->of != b->at->of)
		return err_create(ERR_USAGE, "'%s' is shard %u/%u, but '%s' is %u/%u", a->in->name,
				  a->at->shard, a->at->of, b->in->name, b->at->shard, b->at->of);
	for (size_t i = 0; i < ARRAY_SIZE(same); i++) {
		const char *one = shard_text(a, same[i].outer, same[i].inner);
		const char *two = shard_text(b, same[i].outer, same[i].inner);
		_cleanup_buf_ struct buf values = BUF_INIT;

		if (strcmp(one, two) == 0)
			continue;
		quote(&values, one);
		buf_adds(&values, " and ");
		quote(&values, two);
		return err_create(ERR_USAGE, "'%s' and '%s' differ in %s: %s", a->in->name,
				  b->in->name, same[i].what, buf_str(&values));
	}
	return NULL;
}

static int by_number(const void *a, const void *b)
{
	const struct shard *x = a, *y = b;

	if (x->at->shard != y->at->shard)
		return x->at->shard < y->at->shard ? -1 : 1;
	return x->at < y->at ? -1 : 1;
}

/* Call it when they are sorted, and of as many. */
static struct err *check_numbers(const struct shards *s)
{
	unsigned int of = s->v[0].at->of, first = 0;
	size_t missing, have = 0;

	for (size_t i = 1; i < s->n; i++)
		if (s->v[i].at->shard == s->v[i - 1].at->shard)
			return err_create(ERR_USAGE, "shard %u/%u is given twice: '%s' and '%s'",
					  s->v[i].at->shard, of, s->v[i - 1].in->name,
					  s->v[i].in->name);
	missing = of - s->n;
	if (!missing)
		return NULL;
	while (have < s->n && s->v[have].at->shard == have + 1)
		have++;
	first = (unsigned int)have + 1;
	if (missing > 1)
		return err_create(ERR_INFRA, "shard %u/%u is missing, and %zu more", first, of,
				  missing - 1);
	return err_create(ERR_INFRA, "shard %u/%u is missing", first, of);
}

/* Whether its cases are those of its plan, whose text older versions cut at JSON_TEXT_MAX. */
static bool ran_its_plan(const struct shard *s)
{
	const char *text = shard_text(s, "plan", "text");
	_cleanup_buf_ struct buf names = BUF_INIT;
	size_t len = strlen(text);

	for (size_t i = 0; i < s->at->cases; i++)
		buf_addf(&names, "%s\n", case_name(s, i));
	if (len >= JSON_TEXT_MAX && str_ends(text, "..."))
		return names.len > len - 3 && !memcmp(text, names.data, len - 3);
	return strcmp(text, buf_str(&names)) == 0;
}

static struct err *check_complete(const struct shard *s)
{
	const char *reason = shard_text(s, NULL, "end_reason");
	_cleanup_buf_ struct buf why = BUF_INIT;

	if (strcmp(shard_text(s, NULL, "end"), "complete") != 0) {
		if (*reason)
			buf_adds(&why, ": ");
		buf_add_escaped(&why, reason, strlen(reason), QUOTE_MAX);
		return err_create(ERR_INFRA, "shard %u/%u is incomplete: '%s' did not end%s",
				  s->at->shard, s->at->of, s->in->name, buf_str(&why));
	}
	if (!ran_its_plan(s))
		return err_create(ERR_INFRA,
				  "shard %u/%u is incomplete: the cases in '%s' are not those of "
				  "its plan",
				  s->at->shard, s->at->of, s->in->name);
	return NULL;
}

/* How often each case was run. */
static size_t count_rounds(const struct shard *s)
{
	_cleanup_free_ char *first = s->at->cases ? identity_case(case_name(s, 0)) : NULL;
	size_t n = 0;

	for (size_t i = 0; i < s->at->cases; i++) {
		_cleanup_free_ char *name = identity_case(case_name(s, i));

		n += strcmp(name, first) == 0;
	}
	return MAX(n, 1u);
}

/* A plan deals its cases to the shards in turn, then repeats or shuffles what each has got. */
static struct err *find_places(struct shards *s)
{
	size_t rounds = count_rounds(&s->v[0]), all = 0, before = 0, sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += s->v[i].at->cases;
	if (sum > RUN_JSON_CASES_MAX)
		return err_create(ERR_INFRA, "the shards have %zu cases, more than %d", sum,
				  RUN_JSON_CASES_MAX);
	all = sum / rounds;
	for (size_t i = 0; i < s->n; i++) {
		struct run_places *at = s->v[i].at;
		size_t due = (all / s->n + (i < all % s->n)) * rounds;

		if (at->cases != due)
			return err_create(ERR_USAGE,
					  "shard %u/%u has %zu cases, not %zu: '%s' is of another "
					  "list of cases",
					  at->shard, at->of, at->cases, due, s->v[i].in->name);
		at->round = due / rounds;
		at->all = all;
		at->before = before;
		at->shuffled = strcmp(shard_text(&s->v[i], "plan", "order"), "seed") == 0;
		before += at->cases;
	}
	return NULL;
}

static struct err *check_names(const struct shards *s)
{
	json_t *seen = json_object();
	struct err *err = NULL;

	for (size_t i = 0; i < s->n && !err; i++) {
		for (size_t c = 0; c < s->v[i].at->cases && !err; c++) {
			const char *name = case_name(&s->v[i], c);
			json_int_t first = json_integer_value(json_object_get(seen, name));
			_cleanup_buf_ struct buf b = BUF_INIT;

			if (first) {
				quote(&b, name);
				err = err_create(ERR_USAGE,
						 "case %s is in shard %d/%zu and in shard %u/%zu: "
						 "they are of different lists of cases",
						 buf_str(&b), (int)first, s->n, s->v[i].at->shard,
						 s->n);
			}
			json_set(seen, name, json_integer(s->v[i].at->shard));
		}
	}
	json_decref(seen);
	return err;
}

/* The names of a round, dealt back, must be the list that each shard was taken from. */
static struct err *check_list(const struct shards *s)
{
	const char *digest = shard_text(&s->v[0], "plan", "list");
	_cleanup_buf_ struct buf list = BUF_INIT;
	char sum[IDENTITY_HASH];

	if (!*digest || s->v[0].at->shuffled)
		return NULL;
	for (size_t i = 0; i < s->v[0].at->all; i++) {
		_cleanup_free_ char *name = identity_case(case_name(&s->v[i % s->n], i / s->n));

		buf_addf(&list, "%s\n", name);
	}
	identity_hash(buf_str(&list), sum);
	if (strcmp(sum, digest) == 0)
		return NULL;
	return err_create(ERR_INFRA, "the cases of the shards are not, in turn, the list that "
				     "the shards were taken from");
}

struct err *shards_check(struct shards *s)
{
	struct err *err = NULL;

	for (size_t i = 0; i < s->n && !err; i++) {
		err = find_number(&s->v[i]);
		if (!err)
			err = find_cases(&s->v[i]);
	}
	for (size_t i = 1; i < s->n && !err; i++)
		err = check_same(&s->v[0], &s->v[i]);
	if (err)
		return err;
	qsort(s->v, s->n, sizeof(*s->v), by_number);
	err = check_numbers(s);
	for (size_t i = 0; i < s->n && !err; i++)
		err = check_complete(&s->v[i]);
	if (!err)
		err = find_places(s);
	if (!err)
		err = check_names(s);
	return err ? err : check_list(s);
}
