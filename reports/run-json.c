// SPDX-License-Identifier: GPL-2.0-only
#include "run-json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "splat-places.h"

/* Bytes of the UTF-8 character at @p, 0 when it is none. */
static size_t utf8_len(const unsigned char *p, size_t left)
{
	size_t n = p[0] < 0x80	 ? 1
		   : p[0] < 0xc2 ? 0
		   : p[0] < 0xe0 ? 2
		   : p[0] < 0xf0 ? 3
		   : p[0] < 0xf5 ? 4
				 : 0;

	if (!n || n > left)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	/* overlong, surrogates, past U+10FFFF */
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

static json_t *text(const char *s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	size_t len = s ? strlen(s) : 0;
	const unsigned char *p = (const unsigned char *)s;

	if (!s)
		return json_null();
	for (size_t i = 0; i < len;) {
		size_t n = utf8_len(p + i, len - i);

		if (b.len >= RUN_JSON_TEXT_MAX) {
			buf_adds(&b, "...");
			break;
		}
		if (!n || (p[i] < 0x20 && p[i] != '\n' && p[i] != '\t') || p[i] == 0x7f) {
			buf_addf(&b, "\\x%02x", p[i]);
			i++;
		} else {
			buf_add(&b, p + i, n);
			i += n;
		}
	}
	return json_stringn(buf_str(&b), b.len);
}

static void set(json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value))
		abort(); /* out of memory: text() leaves no other reason */
}

static void set_text(json_t *o, const char *key, const char *s)
{
	set(o, key, text(s));
}

/* As text only when it is there: most steps have little of what a step can have. */
static void set_some(json_t *o, const char *key, const char *s)
{
	if (s && *s)
		set_text(o, key, s);
}

static void set_num(json_t *o, const char *key, uint64_t v)
{
	set(o, key, json_integer((json_int_t)v));
}

/* A seed has 64 bits, a JSON reader may keep 53: hex text. */
static void set_seed(json_t *o, uint64_t seed)
{
	char hex[24];

	snprintf(hex, sizeof(hex), "0x%016llx", (unsigned long long)seed);
	set(o, "seed", json_string(hex));
}

static json_t *json_step(const struct case_step *s)
{
	json_t *o = json_object();

	set_num(o, "line", s->line);
	set_text(o, "status", case_step_status_name(s->status));
	set_some(o, "step", s->step);
	set_some(o, "rule", s->rule);
	set_some(o, "expected", s->expected);
	set_some(o, "found", s->found);
	set_some(o, "detail", s->detail);
	if (s->error)
		set_text(o, "errno", errno_name((int)s->error));
	set_num(o, "ns", s->ns);
	return o;
}

static json_t *json_finding(const struct finding *f)
{
	json_t *o = json_object();

	set_text(o, "rule", f->rule);
	if (f->line)
		set_num(o, "line", f->line);
	set_some(o, "step", f->step);
	set_some(o, "expected", f->expected);
	set_some(o, "found", f->found);
	set_some(o, "detail", f->detail);
	return o;
}

static json_t *json_evidence(const struct case_evidence *e)
{
	json_t *o = json_object();

	set_text(o, "name", e->name);
	set_some(o, "path", e->path);
	set_some(o, "text", e->text);
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
		json_array_append_new(errors, text(rec->errors[i]));
	set(o, "findings", findings);
	set(o, "steps", steps);
	set(o, "splats", splats);
	set(o, "evidence", evidence);
	set(o, "errors", errors);
	return o;
}

static json_t *json_guest_of(const struct case_guest *g)
{
	json_t *o = json_object();

	set_num(o, "number", g->number);
	set_text(o, "host", g->host);
	set_text(o, "random", g->random);
	set(o, "clock_offset_ms", json_integer((json_int_t)g->clock_ms));
	return o;
}

/* Where its time went, in nanoseconds. */
static json_t *json_timing(const struct case_timing *t)
{
	json_t *o = json_object();

	set_num(o, "queue_ns", t->queue_ns);
	set_num(o, "fork_ns", t->fork_ns);
	set_num(o, "settle_ns", t->settle_ns);
	set_num(o, "steps_ns", t->steps_ns);
	set_num(o, "oracles_ns", t->oracles_ns);
	set_num(o, "teardown_ns", t->teardown_ns);
	return o;
}

static json_t *json_case(const struct case_record *rec)
{
	json_t *o = json_object();

	set_text(o, "name", rec->name);
	set_text(o, "verdict", verdict_name(rec->verdict));
	set_text(o, "reason", rec->reason);
	set_text(o, "fs", rec->fs);
	set(o, "wants_dax", json_boolean(rec->wants_dax));
	set(o, "dax_proven", json_boolean(rec->dax_proven));
	set(o, "end_seen", json_boolean(rec->end_seen));
	set_text(o, "guest_end", guest_end_name(rec->guest_end));
	set_some(o, "guest_reason", rec->guest_reason);
	if (rec->guest.number)
		set(o, "guest", json_guest_of(&rec->guest));
	set_num(o, "started_ns", rec->started_ns);
	set_num(o, "duration_ns", rec->duration_ns);
	set(o, "timing", json_timing(&rec->timing));
	set_seed(o, rec->seed);
	if (rec->dropped)
		set_num(o, "dropped", rec->dropped);
	json_lists(o, rec);
	set_text(o, "scenario", rec->scenario);
	return o;
}

static json_t *json_host(const struct run_record *run)
{
	json_t *o = json_object(), *libs = json_object();

	set_text(o, "kernel", run->host_kernel);
	set_text(o, "cpu", run->host_cpu);
	set_text(o, "qemu", run->qemu_version);
	set_text(o, "libvirt", run->libvirt_version);
	for (size_t i = 0; i < run->libraries_count; i++)
		set_text(libs, run->libraries[i].name, run->libraries[i].value);
	set(o, "libraries", libs);
	return o;
}

static json_t *json_guest(const struct run_record *run)
{
	json_t *o = json_object();

	set_text(o, "spec", run->kernel_spec);
	set_text(o, "release", run->kernel_release);
	set_text(o, "package", run->kernel_package);
	set_text(o, "key", run->kernel_key);
	set_text(o, "image", run->kernel_image);
	set_text(o, "config", run->kernel_config);
	return o;
}

static json_t *json_counts(const struct run_record *run)
{
	size_t counts[VERDICT_ERROR + 1] = { 0 };
	json_t *o = json_object();

	for (size_t i = 0; i < run->case_count; i++)
		counts[run->cases[i]->verdict]++;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		set_num(o, verdict_name((enum verdict)i), counts[i]);
	return o;
}

static json_t *json_run(const struct run_record *run)
{
	json_t *o = json_object(), *argv = json_array(), *plan = json_object();
	json_t *cases = json_array(), *notes = json_array();

	set_num(o, "format", RUN_JSON_FORMAT);
	set_text(o, "daxrig", run->version);
	set_text(o, "started", run->started);
	set_num(o, "duration_ns", run->duration_ns);
	set_text(o, "end", run->complete ? "complete" : "interrupted");
	set_text(o, "end_reason", run->end_reason);
	set(o, "counts", json_counts(run));
	for (const char *const *arg = run->argv; arg && *arg; arg++)
		json_array_append_new(argv, text(*arg));
	set(o, "argv", argv);
	set_seed(o, run->seed);
	set_text(plan, "name", run->plan_name);
	set_text(plan, "match", run->plan_match);
	set_text(plan, "shard", run->plan_shard);
	set_text(plan, "order", run->plan_shuffled ? "seed" : "plan");
	set_text(plan, "text", run->plan_text);
	set(o, "plan", plan);
	set_text(o, "uri", run->uri);
	set_text(o, "accel", run->accel);
	set(o, "host", json_host(run));
	set(o, "kernel", json_guest(run));
	set_text(o, "image", run->image_key);
	set_text(o, "geometry", run->geometry);
	for (const char *const *note = run->notes; note && *note; note++)
		json_array_append_new(notes, text(*note));
	set(o, "notes", notes);
	for (size_t i = 0; i < run->case_count; i++)
		json_array_append_new(cases, json_case(run->cases[i]));
	set(o, "cases", cases);
	return o;
}

static int dump_to_buf(const char *data, size_t len, void *arg)
{
	buf_add(arg, data, len);
	return 0;
}

char *run_json_text(const struct run_record *run)
{
	struct buf b = BUF_INIT;
	json_t *root = json_run(run);

	if (json_dump_callback(root, dump_to_buf, &b, JSON_INDENT(1) | JSON_PRESERVE_ORDER))
		abort();
	json_decref(root);
	buf_addc(&b, '\n');
	return buf_take(&b);
}

struct err *run_json_write(const struct run_record *run, const char *path)
{
	_cleanup_free_ char *s = run_json_text(run);

	return file_write_atomic(path, s, strlen(s));
}

const char *run_json_version(void)
{
	return JANSSON_VERSION;
}
