// SPDX-License-Identifier: GPL-2.0-only
#include "reports/record/run-json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "reports/record/journal-private.h"
#include "reports/record/json-set.h"
#include "reports/record/run-json-private.h"
#include "reports/splat/splat-places.h"

void run_json_time(time_t t, char out[RUN_JSON_TIME])
{
	struct tm tm;
	size_t n;

	localtime_r(&t, &tm);
	/* strftime() has the zone without its colon only */
	n = strftime(out, RUN_JSON_TIME - 1, "%FT%T%z", &tm);
	if (n < 2)
		return;
	memmove(out + n - 1, out + n - 2, 3);
	out[n - 2] = ':';
}

/* As hex text: a seed has 64 bits, of which a JSON reader may keep only 53. */
static void set_seed(json_t *o, uint64_t seed)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "0x%016llx", (unsigned long long)seed);
	json_set(o, "seed", json_string(hex));
}

static json_t *json_step(const struct case_step *s)
{
	json_t *o = json_object();

	json_set_num(o, "line", s->line);
	if (s->test)
		json_set_num(o, "test", s->test);
	json_set_text(o, "status", step_status_name(s->status));
	json_set_some(o, "step", s->step);
	json_set_some(o, "rule", s->rule);
	json_set_some(o, "expected", s->expected);
	json_set_some(o, "found", s->found);
	json_set_some(o, "detail", s->detail);
	if (s->error)
		json_set_text(o, "errno", errno_name((int)s->error));
	json_set_num(o, "ns", s->ns);
	return o;
}

static json_t *json_finding(const struct finding *f)
{
	json_t *o = json_object();

	json_set_text(o, "rule", f->rule);
	if (f->line)
		json_set_num(o, "line", f->line);
	json_set_some(o, "step", f->step);
	json_set_some(o, "expected", f->expected);
	json_set_some(o, "found", f->found);
	json_set_some(o, "detail", f->detail);
	json_set_some(o, "known", f->known);
	return o;
}

static json_t *json_evidence(const struct case_evidence *e)
{
	json_t *o = json_object();

	json_set_text(o, "name", e->name);
	json_set_some(o, "path", e->path);
	json_set_some(o, "text", e->text);
	return o;
}

static json_t *json_lists(json_t *o, const struct case_record *rec)
{
	json_t *steps = json_array(), *findings = json_array(), *splats = json_array();
	json_t *evidence = json_array(), *errors = json_array();

	for (size_t i = 0; i < rec->step_count; i++)
		json_array_append_new(steps, json_step(&rec->steps[i]));
	for (size_t i = 0; i < rec->finding_count; i++)
		json_array_append_new(findings, json_finding(&rec->findings[i]));
	for (size_t i = 0; i < rec->splat_count; i++)
		json_array_append_new(splats, splat_json(rec->splats[i], NULL));
	for (size_t i = 0; i < rec->evidence_count; i++)
		json_array_append_new(evidence, json_evidence(&rec->evidence[i]));
	for (size_t i = 0; i < rec->error_count; i++)
		json_array_append_new(errors, json_text(rec->errors[i]));
	json_set(o, "findings", findings);
	json_set(o, "steps", steps);
	json_set(o, "splats", splats);
	json_set(o, "evidence", evidence);
	json_set(o, "errors", errors);
	return o;
}

static json_t *json_guest_of(const struct case_guest *g)
{
	json_t *o = json_object();

	json_set_num(o, "number", g->number);
	json_set_text(o, "host", g->host);
	json_set_text(o, "random", g->random);
	json_set(o, "clock_offset_ms", json_integer((json_int_t)g->clock_ms));
	return o;
}

/* The time of each phase, in nanoseconds. */
static json_t *json_timing(const struct case_timing *t)
{
	json_t *o = json_object();

	json_set_num(o, "queue_ns", t->queue_ns);
	json_set_num(o, "fork_ns", t->fork_ns);
	json_set_num(o, "settle_ns", t->settle_ns);
	json_set_num(o, "steps_ns", t->steps_ns);
	json_set_num(o, "oracles_ns", t->oracles_ns);
	json_set_num(o, "teardown_ns", t->teardown_ns);
	return o;
}

static json_t *json_sights(const struct case_record *rec)
{
	json_t *o = json_object();

	for (enum oracle i = 0; i < ORACLES; i++)
		json_set_text(o, oracle_name(i), sight_name(rec->sights[i].sight));
	return o;
}

json_t *run_json_case(const struct case_record *rec)
{
	json_t *o = rec->raw ? json_loads(rec->raw, 0, NULL) : NULL;

	if (o)
		return o;
	o = json_object();
	json_set_text(o, "name", rec->name);
	json_set_text(o, "verdict", verdict_name(rec->verdict));
	json_set_text(o, "reason", rec->reason);
	json_set_text(o, "fs", rec->fs);
	json_set(o, "wants_dax", json_boolean(rec->wants_dax));
	json_set(o, "dax_proven", json_boolean(rec->dax_proven));
	json_set(o, "end_seen", json_boolean(rec->end_seen));
	json_set_text(o, "guest_end", guest_end_name(rec->guest_end));
	json_set_some(o, "guest_reason", rec->guest_reason);
	if (rec->guest.number)
		json_set(o, "guest", json_guest_of(&rec->guest));
	json_set_num(o, "started_ns", rec->started_ns);
	json_set_num(o, "duration_ns", rec->duration_ns);
	/* these matter where something did not end in time: see case_record_judge() */
	json_set_num(o, "starved_ns", rec->starved_ns);
	json_set_num(o, "still_ns", rec->still_ns);
	json_set_num(o, "guest_ns", rec->guest_ns);
	if (rec->window_ms)
		json_set_num(o, "window_ms", rec->window_ms);
	json_set(o, "timing", json_timing(&rec->timing));
	set_seed(o, rec->seed);
	if (rec->wants_sights)
		json_set(o, "seen", json_sights(rec));
	if (rec->dropped)
		json_set_num(o, "dropped", rec->dropped);
	json_lists(o, rec);
	json_set_text(o, "scenario", rec->scenario);
	return o;
}

static json_t *json_host(const struct run_record *run)
{
	json_t *o = json_object(), *libs = json_object();

	json_set_text(o, "kernel", run->host_kernel);
	json_set_text(o, "cpu", run->host_cpu);
	json_set_text(o, "qemu", run->qemu_version);
	json_set_text(o, "libvirt", run->libvirt_version);
	for (size_t i = 0; i < run->libraries_count; i++)
		json_set_text(libs, run->libraries[i].name, run->libraries[i].value);
	json_set(o, "libraries", libs);
	return o;
}

static json_t *json_guest(const struct run_record *run)
{
	json_t *o = json_object();

	json_set_text(o, "spec", run->kernel_spec);
	json_set_text(o, "release", run->kernel_release);
	json_set_text(o, "package", run->kernel_package);
	json_set_text(o, "key", run->kernel_key);
	json_set_text(o, "image", run->kernel_image);
	json_set_text(o, "config", run->kernel_config);
	return o;
}

static json_t *json_counts(const struct run_record *run)
{
	size_t counts[VERDICT_ERROR + 1] = { 0 };
	json_t *o = json_object();

	for (size_t i = 0; i < run->case_count; i++)
		counts[run->cases[i]->verdict]++;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		json_set_num(o, verdict_name((enum verdict)i), counts[i]);
	return o;
}

/* Of a case that finds the record full, so many findings are kept, and their details are not. */
#define SLIM_FINDINGS 8
/* More bytes than most such cases take. */
#define SLIM_BYTES 4096

static json_t *slim_findings(const struct case_record *rec)
{
	json_t *list = json_array();
	bool all_known = true;

	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *f = &rec->findings[i];
		json_t *o;

		/* the first unknown one makes the case new */
		if (i >= SLIM_FINDINGS && (f->known || !all_known))
			continue;
		all_known &= f->known != NULL;
		o = json_finding(f);
		json_object_del(o, "detail");
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_slim(const struct case_record *rec)
{
	static const char *const lists[] = { "steps", "splats", "errors" };
	const struct case_evidence why = {
		.name = (char *)"record",
		.text = (char *)"the record of the run is full: the steps, splats, evidence and "
				"details of this case are left out",
	};
	json_t *o = run_json_case(rec), *evidence = json_array();

	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		json_set(o, lists[i], json_array());
	json_array_append_new(evidence, json_evidence(&why));
	json_set(o, "evidence", evidence);
	json_set(o, "findings", slim_findings(rec));
	return o;
}

static json_t *json_choices(const struct run_choices *c)
{
	json_t *o = json_object(), *cases = json_array();

	for (size_t i = 0; i < c->nr_cases; i++)
		json_array_append_new(cases, json_text(c->cases[i]));
	json_set(o, "cases", cases);
	json_set_num(o, "repeat", c->repeat);
	json_set_num(o, "jobs", c->jobs);
	json_set_num(o, "limit", c->limit_s);
	json_set(o, "no_fork", json_boolean(c->no_fork));
	json_set_some(o, "accel", c->accel);
	json_set_some(o, "connect", c->uri);
	json_set_some(o, "geometry", c->geometry);
	return o;
}

static json_t *json_plan(const struct run_record *run)
{
	json_t *plan = json_object();

	json_set_text(plan, "name", run->plan_name);
	json_set_text(plan, "match", run->plan_match);
	json_set_text(plan, "shard", run->plan_shard);
	json_set_text(plan, "order", run->plan_shuffled ? "seed" : "plan");
	if (run->planned)
		json_set_num(plan, "cases", run->planned);
	json_set_some(plan, "digest", run->plan_digest);
	json_set_some(plan, "list", run->plan_list);
	/* the last: run_json_read_head() leaves it out */
	json_set(plan, "text", json_text_max(run->plan_text, RUN_JSON_PLAN_MAX));
	return plan;
}

/* The record without its cases. */
static json_t *json_run(const struct run_record *run)
{
	json_t *o = json_object(), *argv = json_array(), *notes = json_array();

	json_set_num(o, "format", RUN_JSON_FORMAT);
	json_set_text(o, "daxrig", run->version);
	json_set_text(o, "started", run->started);
	json_set_num(o, "duration_ns", run->duration_ns);
	json_set_text(o, "end", run->complete ? "complete" : "interrupted");
	json_set_text(o, "end_reason", run->end_reason);
	json_set_some(o, "self_test", run->self_test);
	json_set_some(o, "recheck_of", run->recheck_of);
	json_set_some(o, "night", run->night);
	json_set_some(o, "known_list", run->known_list);
	if (run->journal)
		json_set_num(o, "journal", run->journal);
	if (run->evidence_bytes)
		json_set_num(o, "evidence_bytes", run->evidence_bytes);
	json_set(o, "counts", json_counts(run));
	for (const char *const *arg = run->argv; arg && *arg; arg++)
		json_array_append_new(argv, json_text(*arg));
	json_set(o, "argv", argv);
	if (run->choices)
		json_set(o, "options", json_choices(run->choices));
	set_seed(o, run->seed);
	json_set(o, "plan", json_plan(run));
	json_set_text(o, "uri", run->uri);
	json_set_text(o, "accel", run->accel);
	json_set(o, "host", json_host(run));
	json_set(o, "kernel", json_guest(run));
	json_set_text(o, "image", run->image_key);
	json_set_text(o, "geometry", run->geometry);
	for (const char *const *note = run->notes; note && *note; note++)
		json_array_append_new(notes, json_text(*note));
	json_set(o, "notes", notes);
	return o;
}

static int dump_to_buf(const char *data, size_t len, void *arg)
{
	buf_add(arg, data, len);
	return 0;
}

/* Takes ownership of @root. */
static char *dump(json_t *root)
{
	struct buf b = BUF_INIT;

	if (json_dump_callback(root, dump_to_buf, &b, JSON_INDENT(1) | JSON_PRESERVE_ORDER))
		abort();
	json_decref(root);
	buf_addc(&b, '\n');
	return buf_take(&b);
}

char *run_json_case_text(const struct case_record *rec)
{
	return dump(run_json_case(rec));
}

/* Appends the value @text, two levels deeper; no string in it has a newline. */
static void add_deeper(struct buf *b, const char *text)
{
	for (size_t n; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		buf_adds(b, "\n  ");
		buf_add(b, text, n);
	}
}

/* All of a case, while the ones after it have room for a little. */
static void add_case(struct buf *b, const struct case_record *rec, size_t left, size_t max)
{
	_cleanup_free_ char *text = dump(run_json_case(rec));

	if (b->len + strlen(text) > max - MIN(max, left * SLIM_BYTES)) {
		free(text);
		text = dump(json_slim(rec));
	}
	add_deeper(b, text);
}

struct err *run_json_format(const struct run_record *run, size_t max, struct buf *out)
{
	static const char end[] = "\n}\n";
	_cleanup_free_ char *text = NULL;

	if (run->case_count > RUN_JSON_CASES_MAX)
		return err_create(ERR_INFRA, "a record holds %u cases, not %zu: use --shard",
				  RUN_JSON_CASES_MAX, run->case_count);
	text = dump(json_run(run));
	buf_add(out, text, strlen(text) - strlen(end));
	buf_adds(out, ",\n \"cases\": [");
	for (size_t i = 0; i < run->case_count; i++) {
		add_case(out, run->cases[i], run->case_count - i, max);
		buf_adds(out, i + 1 < run->case_count ? "," : "\n ");
	}
	buf_addf(out, "]%s", end);
	if (out->len > max)
		return err_create(ERR_INFRA,
				  "the record would take %zu bytes, more than %zu: use --shard",
				  out->len, max);
	return NULL;
}

char *run_json_text(const struct run_record *run)
{
	struct buf b = BUF_INIT;

	err_free(run_json_format(run, SIZE_MAX, &b));
	return buf_take(&b);
}

struct err *run_json_write(const struct run_record *run, const char *path)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct err *err = run_json_format(run, RUN_JSON_FILE_MAX, &b);

	return err ? err : file_write_atomic(path, buf_str(&b), b.len);
}

char *run_json_dump(json_t *root)
{
	return dump(root);
}

const char *run_json_version(void)
{
	return JANSSON_VERSION;
}
