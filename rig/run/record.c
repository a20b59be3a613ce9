/* SPDX-License-Identifier: GPL-2.0-only */
/* What run.json says about the run itself. */
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "guests/archive/archive-io.h"
#include "reports/splat/regex.h"
#include "run/record-private.h"

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
		.uri = r->o->uri ? r->o->uri : "qemu:///embed",
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

struct err *run_record_write(struct run *r, bool complete, const char *reason)
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
	r->json.duration_ns = now_ns() - r->start_ns;
	r->json.notes = r->notes;
	r->json.complete = complete;
	r->json.end_reason = reason;
	return run_json_write(&r->json, path);
}
