/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads run.json back; the file is untrusted. */
#include "reports/record/run-json.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "reports/record/journal-private.h"
#include "reports/record/run-json-private.h"

static char *get_text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return xstrdup(s ? s : "");
}

/* Negative and missing numbers read as 0. */
static uint64_t get_num(const json_t *o, const char *key)
{
	json_int_t v = json_integer_value(json_object_get(o, key));

	return v > 0 ? (uint64_t)v : 0;
}

static bool get_verdict(const json_t *o, enum verdict *out)
{
	const char *s = json_string_value(json_object_get(o, "verdict"));

	for (int v = VERDICT_PASS; s && v <= VERDICT_ERROR; v++) {
		if (strcmp(s, verdict_name((enum verdict)v)) == 0) {
			*out = (enum verdict)v;
			return true;
		}
	}
	return false;
}

static char *get_some(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? xstrdup(s) : NULL;
}

static struct case_timing get_timing(const json_t *o)
{
	const json_t *t = json_object_get(o, "timing");

	return (struct case_timing){
		.queue_ns = get_num(t, "queue_ns"),
		.fork_ns = get_num(t, "fork_ns"),
		.settle_ns = get_num(t, "settle_ns"),
		.steps_ns = get_num(t, "steps_ns"),
		.oracles_ns = get_num(t, "oracles_ns"),
		.teardown_ns = get_num(t, "teardown_ns"),
	};
}

/* STEP_ERROR when it is none that daxrig knows. */
static enum step_status get_status(const json_t *o)
{
	const char *s = json_string_value(json_object_get(o, "status"));
	enum step_status status = STEP_OK;

	while (s && status < STEP_ERROR && strcmp(s, step_status_name(status)) != 0)
		status++;
	return s ? status : STEP_ERROR;
}

static void take_steps(const json_t *list, struct case_record *rec)
{
	const json_t *o;
	size_t i;

	json_array_foreach(list, i, o)
	{
		_cleanup_free_ char *words = get_text(o, "step"), *found = get_some(o, "found");
		_cleanup_free_ char *detail = get_some(o, "detail");
		struct case_step s = {
			.step = words, .found = found, .detail = detail, .ns = get_num(o, "ns")
		};

		s.status = get_status(o);
		s.line = (unsigned int)get_num(o, "line");
		s.test = (unsigned int)get_num(o, "test");
		case_record_add_step(rec, &s);
	}
}

static void take_findings(const json_t *list, struct case_record *rec)
{
	const json_t *f;
	size_t i;

	rec->findings = xcalloc(json_array_size(list) + 1, sizeof(*rec->findings));
	json_array_foreach(list, i, f) rec->findings[rec->finding_count++] = (struct finding){
		.rule = get_text(f, "rule"),
		.line = (unsigned int)get_num(f, "line"),
		.step = get_some(f, "step"),
		.expected = get_some(f, "expected"),
		.found = get_some(f, "found"),
		.detail = get_some(f, "detail"),
		.known = get_some(f, "known"),
	};
}

static void take_evidence(const json_t *list, struct case_record *rec)
{
	const json_t *e;
	size_t i;

	json_array_foreach(list, i, e)
	{
		const char *name = json_string_value(json_object_get(e, "name"));

		if (name)
			case_record_add_evidence(rec, name,
						 json_string_value(json_object_get(e, "path")),
						 json_string_value(json_object_get(e, "text")));
	}
}

static void take_errors(const json_t *list, struct case_record *rec)
{
	const json_t *e;
	size_t i;

	json_array_foreach(list, i, e) if (json_is_string(e))
		case_record_add_error(rec, "%s", json_string_value(e));
}

/* GUEST_END_ABSENT when the file does not say. */
static enum guest_end get_guest_end(const json_t *o)
{
	const char *s = json_string_value(json_object_get(o, "guest_end"));

	for (int e = GUEST_END_FINE; s && e < GUEST_END_ABSENT; e++)
		if (strcmp(s, guest_end_name((enum guest_end)e)) == 0)
			return (enum guest_end)e;
	return GUEST_END_ABSENT;
}

struct case_record *run_json_take_case(const json_t *o)
{
	const char *case_name = json_string_value(json_object_get(o, "name"));
	struct case_record *rec;
	enum verdict verdict;

	if (!case_name || !get_verdict(o, &verdict))
		return NULL;
	rec = case_record_create(case_name);
	rec->guest_end = get_guest_end(o);
	rec->started_ns = get_num(o, "started_ns");
	rec->verdict = verdict;
	free(rec->reason);
	rec->reason = get_some(o, "reason");
	rec->scenario = get_some(o, "scenario");
	rec->fs = get_some(o, "fs");
	rec->started_ns = get_num(o, "started_ns");
	rec->duration_ns = get_num(o, "duration_ns");
	rec->timing = get_timing(o);
	take_steps(json_object_get(o, "steps"), rec);
	take_findings(json_object_get(o, "findings"), rec);
	take_evidence(json_object_get(o, "evidence"), rec);
	take_errors(json_object_get(o, "errors"), rec);
	return rec;
}

static struct err *take_case(const char *name, const json_t *o, bool raw, struct run_summary *out)
{
	struct case_record *rec = run_json_take_case(o);

	if (!rec)
		return err_create(ERR_INFRA,
				  "'%s' is not a record of a run: case %zu has no name or "
				  "verdict",
				  name, out->case_count + 1);
	if (raw)
		rec->raw = json_dumps(o, JSON_COMPACT);
	out->cases[out->case_count++] = rec;
	return NULL;
}

static struct err *take_cases(const char *name, const json_t *list, bool raw,
			      struct run_summary *out)
{
	size_t n = json_array_size(list);
	struct err *err = NULL;

	if (!json_is_array(list))
		return err_create(ERR_INFRA, "'%s' is not a record of a run: it has no cases",
				  name);
	if (n > RUN_JSON_CASES_MAX)
		return err_create(ERR_INFRA, "'%s' holds %zu cases, more than %u", name, n,
				  RUN_JSON_CASES_MAX);
	out->cases = xcalloc(n ? n : 1, sizeof(*out->cases));
	for (size_t i = 0; i < n && !err; i++)
		err = take_case(name, json_array_get(list, i), raw, out);
	return err;
}

static void take_choices(const json_t *o, struct run_summary *out)
{
	const json_t *cases = json_object_get(o, "cases"), *word;
	struct run_choices *c = &out->choices;
	size_t i;

	out->has_choices = json_is_object(o);
	c->cases = xcalloc(json_array_size(cases) + 1, sizeof(*c->cases));
	json_array_foreach(cases, i, word) if (json_is_string(word))
		c->cases[c->nr_cases++] = xstrdup(json_string_value(word));
	c->repeat = (unsigned int)get_num(o, "repeat");
	c->jobs = (unsigned int)get_num(o, "jobs");
	c->limit_s = (unsigned int)get_num(o, "limit");
	c->no_fork = json_is_true(json_object_get(o, "no_fork"));
	c->accel = get_some(o, "accel");
	c->uri = get_some(o, "connect");
	c->geometry = get_some(o, "geometry");
}

static void take_notes(const json_t *list, struct run_summary *out)
{
	const json_t *note;
	size_t i;

	json_array_foreach(list, i, note) if (json_is_string(note))
		run_summary_add_note(out, json_string_value(note));
}

static void take_counts(const json_t *o, struct run_summary *out)
{
	for (int v = VERDICT_PASS; v <= VERDICT_ERROR; v++)
		out->counts[v] = (size_t)get_num(o, verdict_name((enum verdict)v));
}

/* The number of lines of the plan's text, each of which names a case. */
static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

/* What 'run --resume' needs beside what reports do. */
static void take_state(const json_t *o, struct run_summary *out)
{
	const json_t *plan = json_object_get(o, "plan");
	const char *order = json_string_value(json_object_get(plan, "order"));

	out->seed = get_text(o, "seed");
	out->plan_digest = get_text(plan, "digest");
	out->plan_shuffled = order && strcmp(order, "seed") == 0;
	out->planned = (size_t)get_num(plan, "cases");
	if (!out->planned)
		out->planned = count_lines(out->plan_text);
	out->journal = (unsigned int)get_num(o, "journal");
	out->evidence_bytes = get_num(o, "evidence_bytes");
	take_choices(json_object_get(o, "options"), out);
	take_notes(json_object_get(o, "notes"), out);
	take_counts(json_object_get(o, "counts"), out);
}

static struct err *check_format(const char *name, const json_t *o)
{
	const json_t *format = json_object_get(o, "format");

	if (!json_is_object(o) || !json_is_integer(format))
		return err_create(ERR_INFRA, "'%s' is not a record of a run: it has no format",
				  name);
	if (json_integer_value(format) != RUN_JSON_FORMAT)
		return err_create(ERR_INFRA, "'%s' is of format %lld, this daxrig reads %d", name,
				  (long long)json_integer_value(format), RUN_JSON_FORMAT);
	return NULL;
}

static struct err *take_run(const char *name, const json_t *o, bool raw, struct run_summary *out)
{
	const json_t *kernel = json_object_get(o, "kernel");
	const char *end = json_string_value(json_object_get(o, "end"));
	const json_t *plan = json_object_get(o, "plan"), *host = json_object_get(o, "host");
	struct err *err;

	out->version = get_text(o, "daxrig");
	out->started = get_text(o, "started");
	out->end_reason = get_text(o, "end_reason");
	out->self_test = get_text(o, "self_test");
	out->recheck_of = get_text(o, "recheck_of");
	out->night = get_text(o, "night");
	out->known_list = get_text(o, "known_list");
	out->plan = get_text(plan, "name");
	out->plan_text = get_text(plan, "text");
	out->plan_match = get_text(plan, "match");
	out->plan_shard = get_text(plan, "shard");
	out->accel = get_text(o, "accel");
	out->geometry = get_text(o, "geometry");
	out->kernel_spec = get_text(kernel, "spec");
	out->kernel_release = get_text(kernel, "release");
	out->kernel_package = get_text(kernel, "package");
	out->kernel_key = get_text(kernel, "key");
	out->kernel_image = get_text(kernel, "image");
	out->kernel_config = get_text(kernel, "config");
	out->image_key = get_text(o, "image");
	out->host_kernel = get_text(host, "kernel");
	out->qemu = get_text(host, "qemu");
	out->libvirt = get_text(host, "libvirt");
	out->complete = end && strcmp(end, "complete") == 0;
	out->duration_ns = get_num(o, "duration_ns");
	take_state(o, out);
	err = take_cases(name, json_object_get(o, "cases"), raw, out);
	/* a renderer counts up to it */
	out->planned = MAX(MIN(out->planned, RUN_JSON_CASES_MAX), out->case_count);
	return err;
}

struct err *run_json_load(const char *name, const char *text, size_t len, json_t **root)
{
	_cleanup_buf_ struct buf why = BUF_INIT;
	json_error_t error;
	struct err *err;

	*root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &error);
	if (!*root) {
		/* jansson's message quotes the file: escape it */
		buf_add_escaped(&why, error.text, strlen(error.text), 160);
		return err_create(ERR_INFRA, "cannot read '%s': line %d: %s", name, error.line,
				  buf_str(&why));
	}
	err = check_format(name, *root);
	if (err) {
		json_decref(*root);
		*root = NULL;
	}
	return err;
}

static struct err *parse(const char *name, const char *text, size_t len, bool raw,
			 struct run_summary *out)
{
	struct err *err;
	json_t *root;

	*out = (struct run_summary){ 0 };
	err = run_json_load(name, text, len, &root);
	if (err)
		return err;
	err = take_run(name, root, raw, out);
	json_decref(root);
	if (err)
		run_summary_deinit(out);
	return err;
}

struct err *run_json_parse(const char *name, const char *text, size_t len, struct run_summary *out)
{
	return parse(name, text, len, false, out);
}

static void count_cases(struct run_summary *s)
{
	memset(s->counts, 0, sizeof(s->counts));
	for (size_t i = 0; i < s->case_count; i++)
		s->counts[s->cases[i]->verdict]++;
}

static struct err *read_record(const char *path, bool raw, struct run_summary *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;

	*out = (struct run_summary){ 0 };
	err = file_read(path, RUN_JSON_FILE_MAX, &text);
	if (!err)
		err = parse(path, buf_str(&text), text.len, raw, out);
	if (!err && out->journal && !path_is_stdin(path))
		err = journal_read(path, raw, out);
	if (err)
		run_summary_deinit(out);
	else
		count_cases(out);
	return err;
}

struct err *run_json_read(const char *path, struct run_summary *out)
{
	return read_record(path, false, out);
}

struct err *run_json_read_raw(const char *path, struct run_summary *out)
{
	return read_record(path, true, out);
}

void run_summary_add_note(struct run_summary *s, const char *text)
{
	s->notes = xrealloc(s->notes, s->nr_notes + 1, sizeof(*s->notes));
	s->notes[s->nr_notes++] = xstrdup(text);
}

static void choices_deinit(struct run_choices *c)
{
	for (size_t i = 0; i < c->nr_cases; i++)
		free(c->cases[i]);
	free(c->cases);
	free(c->accel);
	free(c->uri);
	free(c->geometry);
}

void run_summary_deinit(struct run_summary *s)
{
	char *const texts[] = { s->version,	   s->started,	   s->end_reason,
				s->known_list,	   s->self_test,   s->recheck_of,
				s->night,	   s->plan,	   s->plan_text,
				s->plan_match,	   s->plan_shard,  s->accel,
				s->geometry,	   s->kernel_spec, s->kernel_release,
				s->kernel_package, s->kernel_key,  s->kernel_image,
				s->kernel_config,  s->image_key,   s->host_kernel,
				s->qemu,	   s->libvirt,	   s->seed,
				s->plan_digest };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		free(texts[i]);
	choices_deinit(&s->choices);
	for (size_t i = 0; i < s->nr_notes; i++)
		free(s->notes[i]);
	free(s->notes);
	for (size_t i = 0; i < s->case_count; i++)
		case_record_destroy(s->cases[i]);
	free(s->cases);
	*s = (struct run_summary){ 0 };
}
