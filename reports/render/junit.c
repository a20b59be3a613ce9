/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JUnit's XML as CI services read it: a fail is a <failure>, what says nothing about the
 * kernel an <error>, also a planned case that did not run.
 */
#include <string.h>

#include "reports/record/planned.h"
#include "reports/record/story.h"
#include "reports/render/render.h"
#include "reports/text/plain.h"
#include "reports/text/when.h"
#include "reports/text/xml.h"

#define FILE_MAX 30000000u /* bytes; services refuse larger files */

/* Bytes of a text, a message and a name; each row is for a file that is too large by the last. */
static const struct limits {
	size_t text, message, name;
} limits[] = {
	{ 65536, 1000, 400 }, { 16384, 400, 400 }, { 4096, 400, 400 },
	{ 1024, 200, 200 },   { 256, 100, 200 },   { 0, 0, 40 },
};

struct junit {
	struct render *r;
	struct xml *x;
	const struct limits *max;
	struct planned missing;
	const char *why; /* they did not run */
};

static const char *or_none(const char *s)
{
	return s ? s : "";
}

static void set_cut(struct junit *j, const char *name, const char *value, size_t max)
{
	_cleanup_buf_ struct buf plain = BUF_INIT;

	plain_add_line(&plain, value, max);
	xml_attr(j->x, name, buf_str(&plain));
}

static void add_property(struct junit *j, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	xml_open(j->x, "property");
	xml_attr(j->x, "name", name);
	set_cut(j, "value", value, 1000);
	xml_close(j->x);
}

static void add_properties(struct junit *j)
{
	const struct render_run *run = j->r->run;
	_cleanup_free_ char *cut = j->max == limits ? NULL :
						      xasprintf("texts of more than %zu bytes, as "
								"the file would exceed %u bytes",
								j->max->text, FILE_MAX);

	xml_open(j->x, "properties");
	add_property(j, "kernel", run->kernel_release);
	add_property(j, "spec", run->kernel_spec);
	add_property(j, "package", run->kernel_package);
	add_property(j, "config", run->kernel_config);
	add_property(j, "compiler", run->compiler);
	add_property(j, "qemu", run->qemu);
	add_property(j, "accel", run->accel);
	add_property(j, "geometry", run->geometry);
	add_property(j, "plan", run->plan);
	add_property(j, "shard", run->plan_shard);
	add_property(j, "daxrig", run->version);
	add_property(j, "night", run->night);
	add_property(j, "ended early", run->incomplete ? j->why : NULL);
	add_property(j, "cut", cut);
	xml_close(j->x);
}

/* "xfs/clone-killed/rdma": classname "daxrig.xfs.clone-killed", name "rdma". */
static void open_case(struct junit *j, const char *name, uint64_t ns)
{
	const char *last = strrchr(name, '/');
	_cleanup_free_ char *above = xstrndup(name, last ? (size_t)(last - name) : 0);
	_cleanup_buf_ struct buf class = BUF_INIT, own = BUF_INIT;

	buf_adds(&class, last ? "daxrig." : "daxrig");
	if (last)
		plain_add_path(&class, above);
	buf_add_escaped(&own, last ? last + 1 : name, strlen(last ? last + 1 : name), 1000);
	/* what XML makes longer is in no name of ours */
	for (char *p = own.data; p && *p; p++)
		if (strchr("<>&\"", *p))
			*p = '_';
	xml_open(j->x, "testcase");
	set_cut(j, "classname", buf_str(&class), j->max->name);
	set_cut(j, "name", own.len ? buf_str(&own) : "_", j->max->name);
	xml_attrf(j->x, "time", "%.3f", (double)ns / 1e9);
}

static void add_story(struct junit *j, const struct case_record *rec)
{
	_cleanup_buf_ struct buf all = BUF_INIT, again = BUF_INIT, cut = BUF_INIT;

	story_add(&all, rec, j->max->text);
	render_again(j->r->run, rec->name, &again);
	story_add_field(&all, "again", buf_str(&again));
	plain_add(&cut, buf_str(&all), j->max->text);
	xml_text(j->x, buf_str(&cut));
}

/* Of a rule that this daxrig lacks, which may be anything, no text is taken. */
static const char *rule_of(const struct case_record *rec)
{
	enum rule rule;

	return rec->finding_count && rule_find(rec->findings[0].rule, &rule) ? rules[rule].name :
									       "unknown";
}

static void set_message(struct junit *j, const struct case_record *rec)
{
	const struct standing s = render_standing(j->r, rec);
	_cleanup_free_ char *message = s.status == STATUS_LOST ?
					       xstrdup(render_reason(rec)) :
					       xasprintf("%s: %s", status_name(s.status),
							 render_reason(rec));

	set_cut(j, "message", message, j->max->message);
}

static void add_case(struct junit *j, const struct case_record *rec)
{
	bool fail = rec->verdict == VERDICT_FAIL;

	open_case(j, rec->name, rec->duration_ns);
	if (rec->verdict == VERDICT_SKIP) {
		xml_open(j->x, "skipped");
		set_cut(j, "message", render_reason(rec), j->max->message);
		xml_close(j->x);
	} else if (rec->verdict != VERDICT_PASS) {
		xml_open(j->x, fail ? "failure" : "error");
		set_message(j, rec);
		xml_attr(j->x, "type", fail ? rule_of(rec) : "rig");
		add_story(j, rec);
		xml_close(j->x);
	}
	xml_close(j->x);
}

static void add_missing(struct junit *j, const char *name)
{
	open_case(j, name, 0);
	xml_open(j->x, "error");
	set_cut(j, "message", j->why, MIN(j->max->message, (size_t)100));
	xml_attr(j->x, "type", "not-run");
	xml_close(j->x);
	xml_close(j->x);
}

static void set_counts(struct junit *j)
{
	const struct render *r = j->r;

	xml_attrf(j->x, "tests", "%zu", r->nr_cases + j->missing.n);
	xml_attrf(j->x, "failures", "%zu", r->counts[VERDICT_FAIL]);
	xml_attrf(j->x, "errors", "%zu", r->counts[VERDICT_ERROR] + j->missing.n);
	xml_attrf(j->x, "skipped", "%zu", r->counts[VERDICT_SKIP]);
	xml_attrf(j->x, "time", "%.3f", (double)r->run->duration_ns / 1e9);
}

static void open_suite(struct junit *j)
{
	const struct render_run *run = j->r->run;
	_cleanup_free_ char *name = xasprintf("%s on %s", or_none(run->plan),
					      or_none(run->kernel_release));
	char when[WHEN_MAX];
	time_t start;

	xml_open(j->x, "testsuites");
	xml_attr(j->x, "name", "daxrig");
	set_counts(j);
	xml_open(j->x, "testsuite");
	set_cut(j, "name", name, 400);
	set_counts(j);
	if (when_parse(or_none(run->started), &start)) {
		when_format(start, 0, when);
		xml_attr(j->x, "timestamp", when);
	}
}

/* What follows FILE_MAX is left out: the file is made again by smaller limits. */
static char *document(struct junit *j, size_t *len)
{
	j->x = xml_create();
	open_suite(j);
	add_properties(j);
	for (size_t i = 0; i < j->r->nr_cases && xml_len(j->x) < FILE_MAX; i++)
		add_case(j, j->r->cases[i]);
	for (size_t i = 0; i < j->missing.n && xml_len(j->x) < FILE_MAX; i++)
		add_missing(j, j->missing.names[i]);
	return xml_finish(j->x, len);
}

static void junit_end(struct render *r, const char *reason)
{
	struct junit j = { .r = r, .why = reason && *reason ? reason : "not run" };
	_cleanup_free_ char *text = NULL;
	size_t len = 0;

	if (r->run->incomplete)
		planned_missing(r->run->plan_text, r->cases, r->nr_cases,
				RUN_JSON_CASES_MAX - MIN(r->nr_cases, RUN_JSON_CASES_MAX),
				&j.missing);
	/* the last always fits: the names of RUN_JSON_CASES_MAX cases are within FILE_MAX */
	for (j.max = limits; !text || len >= FILE_MAX; j.max++) {
		free(text);
		text = j.max < limits + ARRAY_SIZE(limits) ? document(&j, &len) : NULL;
		if (!text)
			abort();
	}
	fwrite(text, 1, len, r->out);
	planned_deinit(&j.missing);
}

const struct renderer renderer_junit = {
	.name = "junit",
	.summary = "JUnit XML of less than 30 MB, for CI services",
	.end = junit_end,
};
