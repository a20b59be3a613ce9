/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A report for KernelCI's database, schema 5.3 of kcidb-io: the kernel as a checkout and its
 * build, each case as a test, each finding as an issue, each time a case shows it as an
 * incident. All ids depend on the record alone: a report that is sent twice is one report.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "reports/history/identity.h"
#include "reports/record/json-set.h"
#include "reports/record/planned.h"
#include "reports/record/story.h"
#include "reports/render/render.h"
#include "reports/text/plain.h"
#include "reports/text/when.h"

#define ORIGIN "daxrig"
#define EXCERPT_MAX 16000 /* bytes; the schema allows 16384 characters */
#define LINE_MAX_BYTES 1000
#define ID_MAX 128

struct kcidb {
	struct render *r;
	json_t *tests, *issues, *incidents;
	json_t *seen; /* an object: the ids of the issues */
	char build[ID_MAX], run[IDENTITY_HASH];
	time_t start;
	bool started; /* start is known */
};

static const char *or_none(const char *s)
{
	return s ? s : "";
}

static void set_line(json_t *o, const char *key, const char *s)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	plain_add_line(&line, s, LINE_MAX_BYTES);
	json_set_some(o, key, buf_str(&line));
}

static void set_lines(json_t *o, const char *key, const char *s)
{
	_cleanup_buf_ struct buf lines = BUF_INIT;

	plain_add(&lines, s, EXCERPT_MAX);
	json_set_some(o, key, buf_str(&lines));
}

static void set_id(json_t *o, const char *id)
{
	json_set_text(o, "id", id);
	json_set_text(o, "origin", ORIGIN);
}

/* The time of an event @ns after the run began. */
static void set_time(const struct kcidb *k, json_t *o, uint64_t ns)
{
	char when[WHEN_MAX];

	if (!k->started)
		return;
	when_format(k->start, ns, when);
	json_set_text(o, "start_time", when);
}

/* One object, or none when it would be empty. */
static void set_misc(json_t *o, json_t *misc)
{
	if (json_object_size(misc))
		json_set(o, "misc", misc);
	else
		json_decref(misc);
}

/* The kernel's key, or what else names it: letters, digits and "+-._" alone. */
static void name_build(struct kcidb *k)
{
	const struct render_run *run = k->r->run;
	const char *name = or_none(run->kernel_key);
	char *end = k->build + sizeof(k->build) - 1, *p;

	name = *name ? name : or_none(run->kernel_release);
	p = k->build + snprintf(k->build, sizeof(k->build), ORIGIN ":");
	for (name = *name ? name : "unknown"; *name && p < end; name++)
		*p++ = strchr("+-._", *name) || (*name >= '0' && *name <= '9') ||
				       ((*name | 32) >= 'a' && (*name | 32) <= 'z') ?
			       *name :
			       '_';
	*p = '\0';
}

static void name_run(struct kcidb *k)
{
	const struct render_run *run = k->r->run;
	const char *const parts[] = { run->started,    run->kernel_key, run->kernel_release,
				      run->image_key,  run->plan,	run->plan_match,
				      run->plan_shard, run->geometry,	run->host_kernel,
				      run->recheck_of };
	_cleanup_buf_ struct buf all = BUF_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		buf_addf(&all, "%s\n", or_none(parts[i]));
	buf_addf(&all, "%llu", (unsigned long long)run->duration_ns);
	identity_hash(buf_str(&all), k->run);
}

/* "tree:PATH@REV": the commit, if it is named by all of its hash. */
static void set_commit(json_t *o, const char *spec)
{
	const char *rev = strncmp(spec, "tree:", 5) == 0 ? strrchr(spec, '@') : NULL;
	_cleanup_free_ char *hash = rev ? xstrndup(rev + 1, strcspn(rev + 1, "+")) : NULL;

	if (hash && strlen(hash) == 40 && strspn(hash, "0123456789abcdef") == 40)
		json_set_text(o, "git_commit_hash", hash);
}

static json_t *checkouts(const struct kcidb *k)
{
	const struct render_run *run = k->r->run;
	json_t *list = json_array(), *o = json_object(), *misc = json_object();

	set_id(o, k->build);
	set_commit(o, or_none(run->kernel_spec));
	set_line(o, "comment", run->kernel_release);
	json_set(o, "valid", json_true());
	set_line(misc, "spec", run->kernel_spec);
	set_line(misc, "package", run->kernel_package);
	set_misc(o, misc);
	json_array_append_new(list, o);
	return list;
}

/* The last word of "6.18.44 x86_64": host and guest have the same architecture. */
static void set_architecture(json_t *o, const char *host)
{
	const char *name = strrchr(host, ' ');
	size_t len = name ? strspn(name + 1, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;

	if (len && !name[1 + len])
		set_line(o, "architecture", name + 1);
}

static json_t *builds(const struct kcidb *k)
{
	const struct render_run *run = k->r->run;
	const struct history_run *night = run->history ? &run->history->runs[run->run] : NULL;
	json_t *list = json_array(), *o = json_object(), *misc = json_object();

	json_set_text(o, "checkout_id", k->build);
	set_id(o, k->build);
	set_architecture(o, or_none(run->host_kernel));
	set_line(o, "compiler", run->compiler);
	set_line(o, "config_name", night ? night->profile : NULL);
	/* of a kernel that did not build or boot there is no telling which it was */
	if (night && *night->untested)
		set_line(o, "comment", night->untested);
	else
		json_set_text(o, "status", "PASS");
	set_line(misc, "release", run->kernel_release);
	set_line(misc, "image", run->kernel_image);
	set_line(misc, "config", run->kernel_config);
	set_misc(o, misc);
	json_array_append_new(list, o);
	return list;
}

static json_t *environment(const struct render_run *run)
{
	json_t *o = json_object(), *misc = json_object();
	_cleanup_free_ char *comment = xasprintf("QEMU %s, %s", or_none(run->qemu),
						 or_none(run->accel));

	set_line(o, "comment", comment);
	set_line(misc, "qemu", run->qemu);
	set_line(misc, "libvirt", run->libvirt);
	set_line(misc, "accel", run->accel);
	set_line(misc, "geometry", run->geometry);
	set_line(misc, "initramfs", run->image_key);
	set_line(misc, "host_kernel", run->host_kernel);
	set_misc(o, misc);
	return o;
}

static char *test_id(const struct kcidb *k, size_t number)
{
	return xasprintf(ORIGIN ":%s.%zu", k->run, number);
}

/* Of a path that is too long a part at its end is cut, but not to nothing. */
static size_t path_len(const struct buf *path)
{
	size_t len = MIN(path->len, (size_t)LINE_MAX_BYTES);

	return len - (path->data[len - 1] == '.');
}

static json_t *add_test(struct kcidb *k, const char *id, const char *name, const char *status)
{
	_cleanup_free_ char *one = identity_case(name);
	_cleanup_buf_ struct buf path = BUF_INIT;
	json_t *o = json_object();

	buf_adds(&path, ORIGIN ".");
	plain_add_path(&path, one);
	json_set_text(o, "build_id", k->build);
	set_id(o, id);
	json_set(o, "environment", environment(k->r->run));
	json_set(o, "path", json_stringn(buf_str(&path), path_len(&path)));
	set_line(o, "comment", name);
	json_set_text(o, "status", status);
	json_array_append_new(k->tests, o);
	return o;
}

static void set_run(const struct history *h, json_t *misc, const char *key, uint32_t run)
{
	if (run != HISTORY_NONE)
		set_line(misc, key, h->runs[run].release);
}

static json_t *case_misc(const struct kcidb *k, const struct case_record *rec)
{
	const struct standing s = render_standing(k->r, rec);
	bool told = rec->verdict == VERDICT_FAIL || rec->verdict == VERDICT_ERROR;
	_cleanup_buf_ struct buf again = BUF_INIT;
	json_t *misc = json_object();
	enum rule rule;

	json_set_text(misc, "status", status_name(s.status));
	if (rec->finding_count && rule_find(rec->findings[0].rule, &rule))
		json_set_text(misc, "rule", rules[rule].name);
	if (s.row && s.row->tries) {
		json_set_num(misc, "fails", s.row->fails);
		json_set_num(misc, "tries", s.row->tries);
	}
	if (s.row) {
		set_run(k->r->run->history, misc, "last_good", s.row->last_good);
		set_run(k->r->run->history, misc, "first_bad", s.row->first_bad);
	}
	if (!told)
		return misc;
	render_again(k->r->run, rec->name, &again);
	set_line(misc, "again", buf_str(&again));
	set_lines(misc, "scenario", rec->scenario);
	return misc;
}

/* The part of an issue's id after the origin; free() it. */
static char *issue_name(const struct finding *f)
{
	_cleanup_free_ char *found = identity_found(f->found);
	_cleanup_free_ char *all = xasprintf("%s\n%s", f->rule, found);
	_cleanup_buf_ struct buf name = BUF_INIT;
	char hash[IDENTITY_HASH];

	if (f->known && *f->known) {
		buf_adds(&name, "known.");
		plain_add_path(&name, f->known);
		return xstrndup(buf_str(&name), ID_MAX);
	}
	identity_hash(all, hash);
	return xstrdup(hash);
}

static json_t *categories(const struct finding *f)
{
	_cleanup_free_ char *path = NULL;
	json_t *list = json_array();
	enum rule rule;

	path = xasprintf(ORIGIN ".%s", rule_find(f->rule, &rule) ? rules[rule].name : "unknown");
	json_array_append_new(list, json_string(path));
	return list;
}

/* What the list calls it; NULL: it is not known. */
static const char *known_title(const struct kcidb *k, const struct finding *f)
{
	const struct known *known = k->r->run->known;
	const struct known_finding *of = NULL;

	if (!f->known || !*f->known)
		return NULL;
	if (known)
		of = known_finding(known, f->known);
	return of && of->title ? of->title : f->known;
}

static void add_issue(struct kcidb *k, const char *id, const struct finding *f)
{
	const char *title = known_title(k, f);
	json_t *o = json_object(), *misc = json_object(), *culprit = json_object();
	_cleanup_free_ char *subject = xasprintf("%s: %s", f->rule, or_none(f->found));
	_cleanup_free_ char *comment = xasprintf("expected %s, found %s", or_none(f->expected),
						 or_none(f->found));

	json_set(k->seen, id, json_true());
	set_id(o, id);
	json_set_num(o, "version", 1);
	json_set(o, "categories", categories(f));
	set_line(o, "report_subject", title ? title : subject);
	json_set(culprit, "code", json_true());
	json_set(culprit, "tool", json_false());
	json_set(culprit, "harness", json_false());
	json_set(o, "culprit", culprit);
	set_line(o, "comment", comment);
	set_line(misc, "rule", f->rule);
	set_line(misc, "known", f->known);
	set_misc(o, misc);
	json_array_append_new(k->issues, o);
}

static void add_incident(struct kcidb *k, const char *test, const char *issue, const char *name,
			 const struct finding *f)
{
	_cleanup_free_ char *id = xasprintf("%s.%s", test, name);
	json_t *o = json_object();

	set_id(o, id);
	json_set_text(o, "issue_id", issue);
	json_set_num(o, "issue_version", 1);
	json_set_text(o, "build_id", k->build);
	json_set_text(o, "test_id", test);
	json_set(o, "present", json_true());
	set_line(o, "comment", f->found);
	json_array_append_new(k->incidents, o);
}

/* A case that shows one finding twice is one incident. */
static void add_hits(struct kcidb *k, const char *test, const struct case_record *rec)
{
	json_t *hits = json_object();

	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *f = &rec->findings[i];
		_cleanup_free_ char *name = issue_name(f);
		_cleanup_free_ char *issue = xasprintf(ORIGIN ":%s", name);

		if (json_object_get(hits, issue))
			continue;
		json_set(hits, issue, json_true());
		if (!json_object_get(k->seen, issue))
			add_issue(k, issue, f);
		add_incident(k, test, issue, name, f);
	}
	json_decref(hits);
}

static void add_case(struct kcidb *k, size_t i)
{
	static const char *const statuses[] = { [VERDICT_PASS] = "PASS",
						[VERDICT_FAIL] = "FAIL",
						[VERDICT_SKIP] = "SKIP",
						[VERDICT_ERROR] = "ERROR" };
	const struct case_record *rec = k->r->cases[i];
	_cleanup_free_ char *id = test_id(k, i + 1);
	_cleanup_buf_ struct buf story = BUF_INIT;
	json_t *o = add_test(k, id, rec->name, statuses[rec->verdict]);

	if (rec->verdict != VERDICT_PASS)
		buf_addf(&story, "%s\n\n", render_reason(rec));
	if (rec->verdict == VERDICT_FAIL || rec->verdict == VERDICT_ERROR)
		story_add(&story, rec, EXCERPT_MAX);
	set_lines(o, "log_excerpt", buf_str(&story));
	set_time(k, o, rec->started_ns);
	json_set(o, "duration", json_real((double)rec->duration_ns / 1e9));
	set_misc(o, case_misc(k, rec));
	if (rec->verdict == VERDICT_FAIL)
		add_hits(k, id, rec);
}

/* Planned cases that did not run. */
static void add_missing(struct kcidb *k, const char *reason)
{
	const struct render_run *run = k->r->run;
	struct planned missing;

	planned_missing(run->incomplete ? run->plan_text : NULL, k->r->cases, k->r->nr_cases,
			RUN_JSON_CASES_MAX, &missing);
	for (size_t i = 0; i < missing.n; i++) {
		_cleanup_free_ char *id = test_id(k, k->r->nr_cases + i + 1);
		json_t *o = add_test(k, id, missing.names[i], "MISS");

		set_line(o, "log_excerpt", reason);
	}
	planned_deinit(&missing);
}

static json_t *version(void)
{
	json_t *o = json_object();

	json_set_num(o, "major", 5);
	json_set_num(o, "minor", 3);
	return o;
}

static void kcidb_end(struct render *r, const char *reason)
{
	struct kcidb k = { .r = r,
			   .tests = json_array(),
			   .issues = json_array(),
			   .incidents = json_array(),
			   .seen = json_object() };
	json_t *root = json_object();

	k.started = when_parse(or_none(r->run->started), &k.start);
	name_build(&k);
	name_run(&k);
	for (size_t i = 0; i < r->nr_cases; i++)
		add_case(&k, i);
	add_missing(&k, reason);
	json_set(root, "version", version());
	json_set(root, "checkouts", checkouts(&k));
	json_set(root, "builds", builds(&k));
	json_set(root, "tests", k.tests);
	json_set(root, "issues", k.issues);
	json_set(root, "incidents", k.incidents);
	/* a failed write is left in r->out */
	json_dumpf(root, r->out, JSON_INDENT(1) | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(12));
	fputc('\n', r->out);
	json_decref(root);
	json_decref(k.seen);
}

const struct renderer renderer_kcidb = {
	.name = "kcidb",
	.summary = "a report for KernelCI's database: JSON, schema 5.3 of kcidb-io",
	.end = kcidb_end,
};
