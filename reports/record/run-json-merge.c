/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/record/run-json-merge.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "reports/record/json-set.h"
#include "reports/record/run-json-private.h"
#include "reports/record/run-json.h"
#include "reports/record/run-merge-private.h"

/* A shard that seems to have begun so long after another has a wrong clock. */
#define LATE_MAX_S (30 * 24 * 3600)

size_t run_places_case(const struct run_places *p, size_t number)
{
	size_t place = number - 1;

	if (!number || number > p->cases)
		return 0;
	if (p->shuffled)
		return p->before + number;
	return place / p->round * p->all + place % p->round * p->of + p->shard;
}

size_t run_places_guest(const struct run_places *p, size_t number)
{
	return number && number <= UINT32_MAX ? (number - 1) * p->of + p->shard : 0;
}

static uint64_t number_of(const json_t *o, const char *key)
{
	json_int_t v = json_integer_value(json_object_get(o, key));

	return v > 0 ? (uint64_t)v : 0;
}

static bool read_time(const char *text, time_t *out)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%FT%T%z", &tm);
	long east = tm.tm_gmtoff;

	if (!end || *end)
		return false;
	*out = timegm(&tm) - east;
	return true;
}

/* Sets late_ns of each, and returns the one that began first. */
static const struct shard *find_first(struct shards *s)
{
	time_t first = 0, start;
	size_t which = 0;
	bool any = false;

	for (size_t i = 0; i < s->n; i++) {
		if (read_time(shard_text(&s->v[i], NULL, "started"), &start) &&
		    (!any || start < first)) {
			any = true;
			first = start;
			which = i;
		}
	}
	for (size_t i = 0; i < s->n; i++)
		if (read_time(shard_text(&s->v[i], NULL, "started"), &start) &&
		    start - first <= LATE_MAX_S)
			s->v[i].late_ns = (uint64_t)(start - first) * 1000000000;
	return &s->v[which];
}

/*
 * Sets *@number and *@rest ("-xfs-punch/tasks") of the path of a file of a case; false when
 * it is of no such form, and might lead anywhere.
 */
static bool split_path(const char *path, size_t *number, const char **rest)
{
	const char *file;
	int end = 0;

	if (sscanf(path, "cases/%9zu%n", number, &end) != 1 || path[end] != '-' || path[6] < '0' ||
	    path[6] > '9')
		return false;
	*rest = path + end;
	file = strchr(*rest, '/');
	return file && file[1] && file[1] != '.' && !strchr(file + 1, '/');
}

static struct err *move_evidence(const struct shard *s, size_t number, const json_t *c)
{
	const json_t *list = json_object_get(c, "evidence");
	json_t *e;
	size_t i;

	json_array_foreach(list, i, e)
	{
		const char *path = json_string_value(json_object_get(e, "path")), *rest;
		_cleanup_free_ char *moved = NULL;
		_cleanup_buf_ struct buf b = BUF_INIT;
		size_t was;

		if (!path)
			continue;
		if (!split_path(path, &was, &rest) || was != number) {
			buf_add_escaped(&b, path, strlen(path), 200);
			return err_create(ERR_INFRA,
					  "'%s' is damaged: evidence of case %zu is in '%s'",
					  s->in->name, number, buf_str(&b));
		}
		moved = xasprintf("cases/%03zu%s", run_places_case(s->at, number), rest);
		json_set_text(e, "path", moved);
	}
	return NULL;
}

/* Gives case @number of the shard the numbers that it has in the whole. */
static struct err *move_case(const struct shard *s, size_t number, json_t *c)
{
	json_t *guest = json_object_get(c, "guest");

	json_set_num(c, "started_ns", number_of(c, "started_ns") + s->late_ns);
	if (json_is_object(guest))
		json_set_num(guest, "number", run_places_guest(s->at, number_of(guest, "number")));
	return move_evidence(s, number, c);
}

/* Sets @root's cases, in the plan's order. */
static struct err *set_cases(const struct shards *s, json_t *root)
{
	size_t n = 0;
	_cleanup_free_ json_t **cases = NULL;
	struct err *err = NULL;
	json_t *list = json_array();

	for (size_t i = 0; i < s->n; i++)
		n += s->v[i].at->cases;
	cases = xcalloc(n ? n : 1, sizeof(json_t *));
	for (size_t i = 0; i < s->n && !err; i++) {
		for (size_t c = 1; c <= s->v[i].at->cases && !err; c++) {
			json_t *one = json_array_get(s->v[i].cases, c - 1);

			cases[run_places_case(s->v[i].at, c) - 1] = one;
			err = move_case(&s->v[i], c, one);
		}
	}
	for (size_t i = 0; i < n && !err; i++)
		json_array_append(list, cases[i]);
	json_set(root, "cases", list);
	return err;
}

static void set_counts(json_t *root)
{
	json_t *counts = json_object(), *c;
	size_t i;

	for (int v = VERDICT_PASS; v <= VERDICT_ERROR; v++)
		json_set_num(counts, verdict_name((enum verdict)v), 0);
	json_array_foreach(json_object_get(root, "cases"), i, c)
	{
		const char *word = json_string_value(json_object_get(c, "verdict"));

		json_set_num(counts, word, number_of(counts, word) + 1);
	}
	json_set(root, "counts", counts);
}

/* Call it after set_cases(). The text of a plan may be longer than json_text() takes. */
static void set_plan(json_t *root)
{
	json_t *plan = json_copy(json_object_get(root, "plan")), *c;
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t i;

	json_array_foreach(json_object_get(root, "cases"), i, c)
		buf_addf(&text, "%s\n", json_string_value(json_object_get(c, "name")));
	json_set_text(plan, "shard", NULL);
	/* those of one shard */
	json_object_del(plan, "digest");
	if (json_object_get(plan, "cases"))
		json_set_num(plan, "cases", json_array_size(json_object_get(root, "cases")));
	json_set(plan, "text", json_stringn(buf_str(&text), text.len));
	json_set(root, "plan", plan);
}

/* What each shard said of itself, so that nothing is lost. */
static void set_shards(const struct shards *s, json_t *root)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n; i++) {
		json_t *head = json_copy(s->v[i].root);
		json_t *plan = json_copy(json_object_get(head, "plan"));
		const char *name = s->v[i].in->name, *slash = strrchr(name, '/');

		json_object_del(head, "cases");
		json_object_del(plan, "text");
		json_set(head, "plan", plan);
		json_set_text(head, "name", slash ? slash + 1 : name);
		json_array_append_new(list, head);
	}
	json_set(root, "shards", list);
}

/* Whether all shards have the note @text. */
static bool all_note(const struct shards *s, const char *text)
{
	for (size_t i = 0; i < s->n; i++) {
		const json_t *notes = json_object_get(s->v[i].root, "notes"), *note;
		bool has = false;
		size_t k;

		json_array_foreach(notes, k, note)
			has |= json_is_string(note) && !strcmp(json_string_value(note), text);
		if (!has)
			return false;
	}
	return true;
}

static void add_notes(const struct shards *s, size_t i, json_t *list)
{
	const json_t *note;
	size_t k;

	json_array_foreach(json_object_get(s->v[i].root, "notes"), k, note)
	{
		const char *text = json_string_value(note);
		_cleanup_free_ char *told = NULL;

		if (!text || (i && all_note(s, text)))
			continue;
		told = all_note(s, text) ? xstrdup(text) :
					   xasprintf("shard %u/%u: %s", s->v[i].at->shard,
						     s->v[i].at->of, text);
		json_array_append_new(list, json_text(told));
	}
}

/* May differ between hosts, but then a verdict may depend on it. */
static const struct {
	const char *what, *outer, *inner;
} differs[] = {
	{ "CPU", "host", "cpu" },	{ "host kernel", "host", "kernel" },
	{ "QEMU", "host", "qemu" },	{ "libvirt", "host", "libvirt" },
	{ "initramfs", NULL, "image" }, { "list of known findings", NULL, "known" },
};

static void note_differences(const struct shards *s, json_t *list)
{
	for (size_t d = 0; d < ARRAY_SIZE(differs); d++) {
		const char *one = shard_text(&s->v[0], differs[d].outer, differs[d].inner);

		for (size_t i = 1; i < s->n; i++) {
			const char *two = shard_text(&s->v[i], differs[d].outer, differs[d].inner);
			_cleanup_free_ char *told = NULL;

			if (strcmp(one, two) == 0)
				continue;
			told = xasprintf("shards 1/%u and %u/%u differ in %s: '%s' and '%s'",
					 s->v[0].at->of, s->v[i].at->shard, s->v[i].at->of,
					 differs[d].what, one, two);
			json_array_append_new(list, json_text(told));
			break;
		}
	}
}

static void set_notes(const struct shards *s, json_t *root)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n; i++)
		add_notes(s, i, list);
	note_differences(s, list);
	json_set(root, "notes", list);
}

static void set_head(const struct shards *s, const struct shard *first, const char *const *argv,
		     json_t *root)
{
	json_t *words = json_array();
	uint64_t end = 0, bytes = 0;
	bool one_seed = true;

	for (size_t i = 0; i < s->n; i++) {
		end = MAX(end, s->v[i].late_ns + number_of(s->v[i].root, "duration_ns"));
		bytes += number_of(s->v[i].root, "evidence_bytes");
		one_seed &= !strcmp(shard_text(&s->v[i], NULL, "seed"),
				    shard_text(first, NULL, "seed"));
	}
	for (; argv && *argv; argv++)
		json_array_append_new(words, json_text(*argv));
	json_set(root, "argv", words);
	json_set_text(root, "end_reason", NULL);
	json_set_num(root, "duration_ns", end);
	if (bytes)
		json_set_num(root, "evidence_bytes", bytes);
	/* each case has its own */
	if (!one_seed)
		json_set_text(root, "seed", NULL);
}

/* Takes what is common from the shard that began first. */
static struct err *build(struct shards *s, const char *const *argv, char **text)
{
	const struct shard *first = find_first(s);
	json_t *root = json_copy(first->root);
	struct err *err;

	set_head(s, first, argv, root);
	set_notes(s, root);
	set_shards(s, root);
	err = set_cases(s, root);
	if (err) {
		json_decref(root);
		return err;
	}
	set_counts(root);
	set_plan(root);
	*text = run_json_dump(root);
	if (strlen(*text) <= RUN_JSON_FILE_MAX)
		return NULL;
	free(take_ptr(*text));
	return err_create(ERR_INFRA, "the shards together have a record of more than %u MiB",
			  RUN_JSON_FILE_MAX >> 20);
}

struct err *run_json_merge(const struct run_shard *shards, size_t n, const char *const *argv,
			   struct run_places *places, char **text)
{
	struct shards s = { xcalloc(n ? n : 1, sizeof(struct shard)), n };
	struct err *err = n ? NULL : err_create(ERR_USAGE, "no shard to merge");

	*text = NULL;
	for (size_t i = 0; i < n && !err; i++) {
		places[i] = (struct run_places){ 0 };
		s.v[i].in = &shards[i];
		s.v[i].at = &places[i];
		err = run_json_load(shards[i].name, shards[i].text, shards[i].len, &s.v[i].root);
	}
	if (!err)
		err = shards_check(&s);
	if (!err)
		err = build(&s, argv, text);
	for (size_t i = 0; i < n; i++)
		json_decref(s.v[i].root);
	free(s.v);
	return err;
}
