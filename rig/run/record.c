/* SPDX-License-Identifier: GPL-2.0-only */
/* What run.json says about the run itself. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/files.h"
#include "base/digest.h"
#include "base/version.h"
#include "guests/archive/archive-io.h"
#include "host/runs.h"
#include "reports/splat/regex.h"
#include "run/record-private.h"
#include "run/self-test.h"

static void read_cpu(char *out, size_t size)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read("/proc/cpuinfo", 1 << 20, &text);
	const char *p = err ? NULL : strstr(buf_str(&text), "model name");

	err_free(err);
	p = p ? strchr(p, ':') : NULL;
	if (p)
		snprintf(out, size, "%.*s", (int)strcspn(p + 2, "\n"), p + 2);
}

static void put_geometry(struct run *r)
{
	const struct geometry *g = &r->geometry;
	char a[24];
	int n = snprintf(r->geometry_text, sizeof(r->geometry_text), "memory=%s,vcpus=%u,count=%u",
			 format_size(g->memory, a), g->vcpus, g->nvdimms);

	for (unsigned int i = 0; i < g->nvdimms; i++)
		n += snprintf(r->geometry_text + n, sizeof(r->geometry_text) - (size_t)n,
			      ",size%u=%s", i, format_size(g->size[i], a));
	n += snprintf(r->geometry_text + n, sizeof(r->geometry_text) - (size_t)n, ",align=%s",
		      format_size(g->align, a));
	snprintf(r->geometry_text + n, sizeof(r->geometry_text) - (size_t)n, ",label=%s",
		 format_size(g->label_size, a));
}

static char *cases_text(const struct run *r)
{
	struct buf b = BUF_INIT;

	for (size_t i = 0; i < r->plan.nr_cases; i++)
		buf_addf(&b, "%s\n", r->plan.cases[i].name);
	return buf_take(&b);
}

void run_record_list(struct run *r)
{
	_cleanup_free_ char *text = cases_text(r);

	identity_hash(text, r->plan_list);
}

void run_record_plan(struct run *r)
{
	_cleanup_buf_ struct buf all = BUF_INIT;

	for (size_t i = 0; i < r->plan.nr_cases; i++) {
		buf_adds(&all, r->plan.cases[i].name);
		buf_addc(&all, '\0');
		buf_adds(&all, r->plan.cases[i].text);
		buf_addc(&all, '\0');
	}
	snprintf(r->plan_digest, sizeof(r->plan_digest), "%016llx",
		 (unsigned long long)digest_bytes(buf_str(&all), all.len).sum);
}

/* The options as they were given; a resumed run was told those of its record. */
static void put_choices(struct run *r)
{
	const struct run_options *o = r->o;

	r->choices = (struct run_choices){
		.cases = o->cases,
		.nr_cases = (size_t)o->nr_cases,
		.repeat = o->repeat,
		.jobs = o->jobs,
		.limit_s = o->limit_s,
		.no_fork = o->no_fork,
		.accel = (char *)(uintptr_t)accel_wish_name(o->accel),
		.uri = (char *)(uintptr_t)o->uri,
		.geometry = (char *)(uintptr_t)o->geometry,
	};
}

void run_record_begin(struct run *r)
{
	static struct name_value libraries[4];
	struct utsname host;

	if (!*r->started)
		run_json_time(time(NULL), r->started);
	uname(&host);
	snprintf(r->host_kernel, sizeof(r->host_kernel), "%s %s", host.release, host.machine);
	read_cpu(r->host_cpu, sizeof(r->host_cpu));
	put_geometry(r);
	free(r->plan_text);
	r->plan_text = cases_text(r);
	put_choices(r);
	snprintf(r->shard_text, sizeof(r->shard_text), "%u/%u", r->o->shard.number, r->o->shard.of);
	libraries[0] = (struct name_value){ "libarchive", archive_io_version() };
	libraries[1] = (struct name_value){ "libxml2", domain_xml_version() };
	libraries[2] = (struct name_value){ "pcre2", regex_version() };
	libraries[3] = (struct name_value){ "jansson", run_json_version() };
	r->json = (struct run_record){
		.version = DAXRIG_VERSION,
		.started = r->started,
		.argv = (const char *const *)r->o->argv,
		.seed = r->o->seed,
		.plan_name = r->o->plan,
		.plan_text = r->plan_text,
		.plan_match = r->o->match,
		.plan_shard = r->o->shard.of ? r->shard_text : NULL,
		.plan_shuffled = r->o->seed_given,
		.plan_digest = r->plan_digest,
		.plan_list = r->plan_list,
		.choices = &r->choices,
		.self_test = self_test_name(r->o->sabotage),
		.recheck_of = r->o->recheck_of,
		.night = r->o->night,
		.uri = r->o->uri ? r->o->uri : VIRT_URI_PRIVATE,
		.accel = r->base.spec.accel == DOMAIN_ACCEL_KVM ? "kvm" : "tcg",
		.host_kernel = r->host_kernel,
		.host_cpu = r->host_cpu,
		.qemu_version = r->versions.qemu,
		.libvirt_version = r->versions.libvirt,
		.libraries = libraries,
		.libraries_count = ARRAY_SIZE(libraries),
		.kernel_spec = r->kernel->spec,
		.kernel_release = r->kernel->release,
		.kernel_package = r->kernel->package,
		.kernel_key = r->kernel->key,
		.kernel_image = r->kernel->image,
		.kernel_config = r->kernel->config,
		.image_key = r->image->key,
		.geometry = r->geometry_text,
		.known_list = r->known_list ? r->known_list : RUN_KNOWN_NONE,
		.planned = r->plan.nr_cases,
	};
}

static struct err *write_record(struct run *r)
{
	_cleanup_free_ struct case_record **over = xcalloc(r->plan.nr_cases,
							   sizeof(struct case_record *));
	size_t n = 0;
	_cleanup_free_ char *path = xasprintf("%s/run.json", r->dir.path);

	for (size_t i = 0; r->records && i < r->plan.nr_cases; i++)
		if (r->records[i])
			over[n++] = r->records[i];
	r->json.cases = over;
	r->json.case_count = n;
	r->json.duration_ns = run_now(r);
	r->json.notes = r->notes;
	return run_json_write(&r->json, path);
}

/*
 * A killed run's journal must not lose its cases before run.json has them, and one that run.json
 * has no more must not be taken for its journal.
 */
struct err *run_record_open(struct run *r)
{
	bool has_cases = r->generation, is_new = !r->json.journal;
	struct err *err = NULL;

	r->json.complete = false;
	r->json.end_reason = NULL;
	if (!is_new)
		return write_record(r);
	r->generation++;
	r->json.journal = r->generation;
	if (!has_cases)
		err = journal_start(&r->journal, r->generation, run_now(r));
	if (!err)
		err = write_record(r);
	if (!err && has_cases)
		err = journal_start(&r->journal, r->generation, run_now(r));
	return err;
}

static uint64_t evidence_bytes(const struct run *r)
{
	_cleanup_free_ char *cases = xasprintf("%s/cases", r->dir.path);
	_cleanup_free_ char *guests = xasprintf("%s/guests", r->dir.path);

	return tree_size(cases) + tree_size(guests);
}

struct err *run_record_close(struct run *r, bool complete, const char *reason)
{
	struct err *err;

	r->json.journal = 0;
	r->json.complete = complete;
	r->json.end_reason = reason;
	r->json.evidence_bytes = evidence_bytes(r);
	err = write_record(r);
	if (err) {
		journal_unlock(&r->journal);
		return err;
	}
	err = runs_point_latest(&r->dir, &r->json);
	journal_end(&r->journal);
	return err;
}
