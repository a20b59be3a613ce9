/* SPDX-License-Identifier: GPL-2.0-only */
/* Prepares what a run needs: cases, kernel, image, connection, folders, devices. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/clock.h"
#include "base/files.h"
#include "host/cancel.h"
#include "plan/cases.h"
#include "run/coverage-private.h"
#include "run/hold-private.h"
#include "run/machine-private.h"
#include "run/nodes-private.h"
#include "run/record-private.h"
#include "run/results-private.h"
#include "run/resume-private.h"
#include "run/setup-private.h"

#define BOOT_LOG_MAX (16u << 20)

/*
 * nokaslr and mitigations=off: symbols are where kallsyms says and memory can be read
 * from outside. panic=0: a panicked guest stops and does not reboot, so daxrig sees it.
 */
static const char cmdline[] = "console=" ARCH_CONSOLE " nokaslr mitigations=off panic=0 "
			      "loglevel=7 printk.time=1";

/* Reads the list of known findings. */
static struct err *read_known(struct run *r)
{
	const char *given = r->o->known;
	struct err *err;

	if (!given || strcmp(given, RUN_KNOWN_NONE) == 0)
		return NULL;
	r->known_list = *given ? xstrdup(given) : paths_known(&r->paths);
	err = known_read(r->known_list, &r->known);
	if (!err)
		r->shown.known = &r->known;
	else if (*given)
		err->code = ERR_USAGE;
	return err;
}

static struct err *choose_cases(struct run *r)
{
	struct err *err = NULL;

	if (r->o->plan)
		err = cases_from_plan(&r->paths, r->o->plan, &r->plan);
	for (int i = 0; i < r->o->nr_cases && !err; i++)
		err = cases_from_word(&r->paths, r->o->cases[i], &r->plan);
	if (!err && r->o->match)
		plan_match(&r->plan, r->o->match);
	if (!err && !r->plan.nr_cases)
		err = err_create(ERR_USAGE, "no case matches '%s'; 'daxrig list plan %s' names all",
				 r->o->match ? r->o->match : "*",
				 r->o->plan ? r->o->plan : "quick");
	if (err)
		return err;
	for (size_t i = 0; i < r->plan.nr_notes; i++)
		progress_line(&r->note, "%s", r->plan.notes[i]);
	if (r->o->shard.of > r->plan.nr_cases)
		return err_create(ERR_USAGE, "%u shards of %zu cases: some shards have no case",
				  r->o->shard.of, r->plan.nr_cases);
	run_record_list(r);
	if (r->o->shard.of)
		plan_take_shard(&r->plan, r->o->shard);
	err = plan_make_programs(&r->plan);
	if (err)
		return err;
	if (r->plan.nr_cases * MAX(r->o->repeat, 1u) > RUN_JSON_CASES_MAX)
		return err_create(ERR_USAGE, "%zu cases: a run has %u at most; use --shard",
				  r->plan.nr_cases * MAX(r->o->repeat, 1u), RUN_JSON_CASES_MAX);
	if (r->o->repeat > 1)
		plan_repeat(&r->plan, r->o->repeat);
	if (r->o->seed_given)
		plan_shuffle(&r->plan, r->o->seed);
	plan_put_first(&r->plan, r->o->first, r->o->nr_first);
	plan_write_texts(&r->plan);
	run_record_plan(r);
	return NULL;
}

/* The option --geometry overrides the plan's machine line. */
static struct err *choose_geometry(struct run *r)
{
	struct err *err = NULL;

	geometry_init(&r->geometry);
	if (r->plan.geometry)
		err = geometry_parse(&r->geometry, r->plan.geometry);
	if (!err && r->o->geometry)
		err = geometry_parse(&r->geometry, r->o->geometry);
	return err;
}

static struct err *choose_kernel(struct run *r)
{
	_cleanup_free_ char *agent = NULL;
	struct err *err = paths_agent(&r->paths, &agent);

	if (!err)
		err = kernel_get(r->paths.data, r->o->kernel, &r->say, &r->kernel);
	if (!err && run_cancelled(r))
		err = err_create(ERR_CANCELLED, "interrupted");
	if (!err)
		err = image_get(r->paths.cache, r->kernel, agent, &r->say, &r->image);
	return err;
}

/* Call it before fetching anything: an untrusted folder ends the run at once. */
static struct err *open_state(struct run *r)
{
	unsigned int removed = 0;
	struct err *err = paths_make(&r->paths);

	if (!err && !r->host.leftover)
		err = leftover_begin(r->paths.state, &r->host.leftover, &removed);
	if (!err && removed)
		progress_line(&r->say, "removed what %u ended run%s left behind", removed,
			      removed == 1 ? "" : "s");
	return err;
}

static struct err *make_folder(struct run *r)
{
	struct err *err = rundir_create(&r->dir, r->o->out ? r->o->out : r->paths.data, time(NULL),
					getpid());

	return err ? err : journal_lock(&r->journal, r->dir.path);
}

static struct err *open_folders(struct run *r)
{
	_cleanup_free_ char *guests = NULL;
	struct err *err = r->o->resume ? run_resume_check(r) : make_folder(r);

	if (!err && r->o->resume)
		err = run_resume_adopt(r);
	if (err)
		return err;
	r->has_dir = true;
	if (r->o->folder)
		*r->o->folder = xstrdup(r->dir.path);
	guests = xasprintf("%s/guests", r->dir.path);
	return dir_create(guests);
}

static struct err *open_virt(struct run *r)
{
	_cleanup_free_ char *root = xasprintf("%s/v", leftover_folder(r->host.leftover));
	_cleanup_free_ char *cache = xasprintf("%s/libvirt", r->paths.cache);
	struct err *err = clock_watch();

	if (!err && !r->host.virt)
		err = virt_open(r->o->uri, root, cache, &r->host.virt);
	return err ? err : virt_versions(r->host.virt, &r->versions);
}

static void fill_spec(struct run *r)
{
	struct domain_spec *s = &r->base.spec;

	r->base.virt = r->host.virt;
	r->base.cancel_fd = r->cancel_fd;
	r->base.limit_s = r->o->limit_s;
	s->arch = ARCH_HERE;
	s->vcpus = r->geometry.vcpus;
	s->memory = r->geometry.memory;
	s->kernel = r->kernel->image;
	s->initrd = r->image->path;
	s->cmdline = cmdline;
	s->emulator = r->versions.emulator;
}

static struct err *choose_accel(struct run *r)
{
	_cleanup_free_ char *memory = xasprintf("%s/accel", r->paths.cache);
	struct machine probe;
	struct accel accel;
	struct err *err;

	machine_init(&probe, &r->base, &r->geometry, r->host.leftover, 0);
	err = machine_make_nvdimms(&probe);
	if (!err)
		err = dir_create(r->paths.cache);
	if (!err)
		err = accel_choose(r->o->accel, r->host.virt, &probe.setup.spec, memory,
				   r->versions.qemu, r->kernel->key, r->cancel_fd, &accel);
	machine_drop_nvdimms(&probe);
	machine_deinit(&probe);
	if (err)
		return err;
	if (accel.fell_back && !accel.remembered)
		progress_line(&r->note, "this kernel printed nothing under KVM; using TCG");
	r->base.spec.accel = accel.accel;
	r->base.scale = accel.scale;
	return NULL;
}

/* Keeps what a template's kernel printed: it belongs to no case, but to the run. */
static void keep_boot_log(struct run *r, const struct run_template *t, const struct filesystem *fs)
{
	_cleanup_free_ char *from = xasprintf("%s/console", template_folder(t->template));
	_cleanup_free_ char *to = xasprintf("%s/guests/boot-%s.log", r->dir.path, fs->name);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(from, BOOT_LOG_MAX, &text);

	if (!err)
		err = file_write_atomic(to, buf_str(&text), text.len);
	if (err)
		progress_line(&r->say, "%s", err->message);
	err_free(err);
}

static struct err *find_template(struct run *r, const struct filesystem *fs)
{
	struct run_template *t = run_template(r, fs);
	struct machine probe;
	struct err *err;

	t->cmdline = xasprintf("%s daxrig.fs=%s", cmdline, fs->name);
	machine_init(&probe, &r->base, &r->geometry, r->host.leftover, 0);
	probe.setup.spec.cmdline = t->cmdline;
	err = template_get(r->host.virt,
			   &(struct template_inputs){
				   .cache = r->paths.cache,
				   .kernel = r->kernel->key,
				   .image = r->image->key,
				   .qemu = r->versions.qemu,
				   .spec = &probe.setup.spec,
				   .scale = r->base.scale,
				   .cancel_fd = r->cancel_fd,
				   .leftover = r->host.leftover,
				   .say = &r->note,
			   },
			   &t->template);
	machine_deinit(&probe);
	if (err)
		return err;
	keep_boot_log(r, t, fs);
	if (template_made_ns(t->template))
		progress_line(&r->say,
			      "made a template: a guest booted to a mounted %s, "
			      "in %.1f s",
			      fs->name, (double)template_made_ns(t->template) / 1e9);
	return NULL;
}

static bool plan_uses(const struct run *r, const struct filesystem *fs)
{
	for (size_t i = 0; i < r->plan.nr_cases; i++)
		if (r->plan.cases[i].fs == fs && !(r->records && r->records[i]))
			return true;
	return false;
}

/* Finds or makes the templates. Without one every guest is booted, which it notes once. */
static struct err *find_templates(struct run *r)
{
	struct err *err = NULL;

	if (r->o->no_fork)
		return NULL;
	if (!virt_is_private(r->host.virt)) {
		progress_line(&r->note,
			      "every guest is booted, which is slow: '%s' is not daxrig's own "
			      "connection",
			      r->o->uri);
		return NULL;
	}
	for (size_t i = 0; filesystems[i] && !err; i++)
		if (plan_uses(r, filesystems[i]))
			err = find_template(r, filesystems[i]);
	/* a guest whose agent does not answer now will not answer when it is booted for a case */
	if (!err || err->code == ERR_CANCELLED || err->code == ERR_TIMEOUT)
		return err;
	progress_line(&r->note, "guests are booted, which is slow: %s", err->message);
	err_free(err);
	return NULL;
}

/* The memory a fork needs besides the template, and a booted guest besides RAM and NVDIMMs. */
#define FORK_MEMORY (400ull << 20)
#define MEMORY_LEFT (1ull << 30)

static bool has_template(const struct run *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(r->templates); i++)
		if (r->templates[i].template)
			return true;
	return false;
}

/* One guest for each processor, fewer when memory is short. */
size_t run_jobs_auto(const struct run *r)
{
	uint64_t memory = (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t each = has_template(r) ? FORK_MEMORY :
					  r->geometry.memory + geometry_nvdimm_total(&r->geometry);
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	memory -= MIN(memory, MEMORY_LEFT);
	return MAX(MIN((uint64_t)MAX(cpus, 1), memory / each), 1u);
}

/* Once more, now that versions and accelerator are known; the journal goes on. */
static void keep_state(struct run *r)
{
	unsigned int journal = r->json.journal;

	run_record_begin(r);
	r->json.journal = journal;
}

struct err *run_prepare(struct run *r)
{
	struct err *err = paths_init(&r->paths);

	signal(SIGPIPE, SIG_IGN);
	/* first: run_deinit() copies it back to o->host */
	if (r->o->host)
		r->host = *r->o->host;
	if (!err && r->o->resume)
		err = run_resume_begin(r);
	if (r->is_complete)
		return err;
	if (!err)
		err = read_known(r);
	if (!err)
		err = choose_cases(r);
	if (!err)
		err = choose_geometry(r);
	if (!err)
		err = cancel_open(&r->cancel_fd);
	if (!err)
		err = open_state(r);
	if (!err)
		err = choose_kernel(r);
	if (!err)
		run_record_begin(r);
	if (!err)
		err = open_folders(r);
	/* from here on the run has a record, also when it fails */
	if (!err)
		err = run_record_open(r);
	if (!err)
		err = run_results_write(r, "the run did not end");
	if (!err)
		err = open_virt(r);
	if (err)
		return err;
	fill_spec(r);
	run_hold_open(r);
	err = choose_accel(r);
	if (!err && r->o->resume)
		err = run_resume_check_accel(r);
	if (!err)
		err = run_nodes_open(r);
	if (!err)
		err = find_templates(r);
	if (!err)
		err = run_coverage_open(r);
	if (err)
		return err;
	keep_state(r);
	/* only adds to what was written above; a full disk is told by the case that it costs */
	err = run_record_open(r);
	if (err)
		progress_line(&r->say, "%s", err->message);
	err_free(err);
	return NULL;
}

void run_host_close(struct run_host *host)
{
	virt_close(host->virt);
	leftover_end(host->leftover);
	*host = (struct run_host){ NULL, NULL };
}

void run_deinit(struct run *r)
{
	for (size_t i = 0; r->records && i < r->plan.nr_cases; i++)
		case_record_destroy(r->records[i]);
	free(r->records);
	for (size_t i = 0; i < ARRAY_SIZE(r->templates); i++) {
		template_put(r->templates[i].template);
		free(r->templates[i].cmdline);
	}
	run_coverage_close(r);
	run_nodes_close(r);
	if (r->o->host)
		*r->o->host = r->host;
	else
		run_host_close(&r->host);
	rundir_deinit(&r->dir);
	image_free(r->image);
	kernel_free(r->kernel);
	plan_deinit(&r->plan);
	journal_unlock(&r->journal);
	run_summary_deinit(&r->old);
	free(r->own_kernel);
	free(r->plan_text);
	run_hold_close(r);
	known_deinit(&r->known);
	free(r->known_list);
	for (size_t i = 0; i < r->nr_notes; i++)
		free((char *)r->notes[i]);
	free(r->notes);
	paths_deinit(&r->paths);
	cancel_close(&r->cancel_fd);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
