/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/pack-files.h"

#include <errno.h>
#include <fts.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "cmd/mail-facts.h"
#include "guest/hold.h"
#include "guests/archive/archive-io.h"
#include "guests/store/kernel-build-id.h"
#include "guests/store/kernel-list.h"
#include "plan/case-pack.h"
#include "reports/record/rundir.h"

#define LINE_MAX 1000 /* bytes */

static struct err *put(const char *to, const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", to, name);

	return text && *text ? file_write_atomic(path, text, strlen(text)) : NULL;
}

/* The record of this case alone; paths and words of this machine stay here. */
static struct err *put_record(const struct one_case *c, const char *to)
{
	const struct run_summary *s = &c->s;
	_cleanup_free_ char *names = xasprintf("%s\n", c->rec->name);
	struct case_record *cases[] = { c->rec };
	_cleanup_buf_ struct buf text = BUF_INIT;
	uint64_t seed = strtoull(s->seed, NULL, 16);
	struct err *err = run_json_format(
		&(struct run_record){
			.version = s->version,
			.started = s->started,
			.seed = seed,
			.plan_name = s->plan,
			.plan_text = names,
			.accel = s->accel,
			.host_kernel = s->host_kernel,
			.qemu_version = s->qemu,
			.libvirt_version = s->libvirt,
			.kernel_spec = s->kernel_spec,
			.kernel_release = s->kernel_release,
			.kernel_package = s->kernel_package,
			.kernel_key = s->kernel_key,
			.image_key = s->image_key,
			.geometry = s->geometry,
			.self_test = s->self_test,
			.planned = 1,
			.cases = cases,
			.case_count = 1,
			.duration_ns = s->duration_ns,
			.complete = true,
		},
		CASE_PACK_RECORD_MAX, &text);

	return err ? err : put(to, "run.json", buf_str(&text));
}

/* The part of @path up to its last '/', if it is that of a case's evidence in a run; else NULL. */
static char *evidence_folder(const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	/* the record may come from anybody: no other file of this machine goes into a pack */
	if (!slash || strncmp(path, "cases/", 6) != 0 || slash < path + 6 || strstr(path, ".."))
		return NULL;
	return xstrndup(path, (size_t)(slash - path));
}

static struct err *bring_evidence(const struct case_evidence *e, const char *from, const char *to)
{
	_cleanup_free_ char *folder = evidence_folder(e->path);
	_cleanup_free_ char *source = NULL, *target = NULL, *target_folder = NULL;
	struct err *err;

	if (!folder)
		return NULL;
	source = xasprintf("%s/%s", from, e->path);
	target = xasprintf("%s/%s", to, e->path);
	target_folder = xasprintf("%s/%s", to, folder);
	if (!path_exists(source) || path_exists(target))
		return NULL;
	err = dir_create(target_folder);
	return err ? err : rundir_bring(source, target);
}

static bool is_vmcore(const struct case_evidence *e)
{
	return e->path && strcmp(e->name, HOLD_VMCORE) == 0;
}

static bool has_vmcore(const struct one_case *c)
{
	for (size_t i = 0; i < c->rec->evidence_count; i++)
		if (is_vmcore(&c->rec->evidence[i]))
			return true;
	return false;
}

/* What the case left: of an old run it is in an archive. */
static struct err *put_evidence(const struct one_case *c, bool vmcore, const char *to)
{
	_cleanup_free_ char *packed = xasprintf("%s/" RUNDIR_PACKED, c->folder);
	_cleanup_free_ char *unpacked = xasprintf("%s.evidence", to);
	bool is_packed = path_exists(packed);
	struct err *err = is_packed ? tree_unpack(packed, unpacked) : NULL;

	for (size_t i = 0; i < c->rec->evidence_count && !err; i++) {
		const struct case_evidence *e = &c->rec->evidence[i];

		if (vmcore || !is_vmcore(e))
			err = bring_evidence(e, is_packed ? unpacked : c->folder, to);
	}
	return err;
}

static void add_line(struct buf *out, const char *key, const char *value)
{
	if (!value || !*value)
		return;
	buf_addf(out, "%-10s", key);
	buf_add_escaped(out, value, strlen(value), LINE_MAX);
	buf_addc(out, '\n');
}

/* Copies the regular files below the folder @from into the new folder @to. */
static struct err *bring_tree(const char *from, const char *to)
{
	char *const tops[] = { (char *)(uintptr_t)from, NULL };
	FTS *fts = fts_open(tops, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, NULL);
	struct err *err = NULL;
	FTSENT *f;

	if (!fts)
		return err_errno(errno, "cannot read '%s'", from);
	while (!err && (f = fts_read(fts))) {
		_cleanup_free_ char *target = xasprintf("%s%s", to, f->fts_path + strlen(from));

		if (f->fts_info == FTS_D)
			err = dir_create(target);
		else if (f->fts_info == FTS_F)
			err = rundir_bring(f->fts_path, target);
		else if (f->fts_info == FTS_DNR || f->fts_info == FTS_ERR || f->fts_info == FTS_NS)
			err = err_errno(f->fts_errno, "cannot read '%s'", f->fts_path);
	}
	fts_close(fts);
	return err;
}

static struct err *put_image(const struct kernel *k, const char *to)
{
	_cleanup_free_ char *image = xasprintf("%s/kernel/vmlinuz", to);
	_cleanup_free_ char *folder = xasprintf("%s/kernel/lib/modules", to);
	_cleanup_free_ char *modules = xasprintf("%s/%s", folder, k->release);
	struct err *err = dir_create(folder);

	if (!err)
		err = rundir_bring(k->image, image);
	if (!err && k->moddir)
		err = bring_tree(k->moddir, modules);
	return err;
}

/* What is known of the kernel; with @k, which may be NULL, its config. */
static struct err *put_kernel(const struct one_case *c, const struct kernel *k, const char *to)
{
	_cleanup_free_ char *config = xasprintf("%s/config", to), *build_id = NULL;
	_cleanup_free_ char *spec = case_pack_kernel_spec(c->s.kernel_package, c->s.kernel_spec);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = k ? kernel_build_id(k->image, &build_id) : NULL;

	err_free(err);
	add_line(&text, "spec", spec ? spec : c->s.kernel_spec);
	add_line(&text, "release", c->s.kernel_release);
	add_line(&text, "package", c->s.kernel_package);
	add_line(&text, "version", k ? k->version : NULL);
	add_line(&text, "build id", build_id);
	err = put(to, "kernel.txt", buf_str(&text));
	if (!err && k && k->config)
		err = rundir_bring(k->config, config);
	return err;
}

/* How to see it again: with the kernel in the pack, or with that of its name. */
static void add_run(struct buf *b, const struct one_case *c, const struct kernel *packed)
{
	_cleanup_free_ char *safe = rundir_safe_name(c->name);
	_cleanup_free_ char *spec = case_pack_kernel_spec(c->s.kernel_package, c->s.kernel_spec);

	if (packed)
		buf_addf(b, "    daxrig kernel add file:kernel/vmlinuz%s%s%s   # prints SPEC\n",
			 packed->moddir ? ",modules=kernel/lib/modules/" : "",
			 packed->moddir ? packed->release : "",
			 packed->config ? ",config=config" : "");
	buf_addf(b, "    daxrig run %s%s" CASE_PACK_SUFFIX "\n",
		 packed || !spec ? "--kernel SPEC " : "", safe);
	if (!packed)
		buf_addf(b, "    daxrig show %s" CASE_PACK_SUFFIX "\n", safe);
}

/* Three commands, and what else is there. @packed: the kernel, if the pack has it. */
static struct err *put_readme(const struct one_case *c, const struct mail_facts *f, const char *to,
			      const struct kernel *packed)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_addf(&b, "%s: %s on ", c->shown, verdict_name(c->rec->verdict));
	buf_add_escaped(&b, c->s.kernel_release, strlen(c->s.kernel_release), LINE_MAX);
	buf_addc(&b, '\n');
	add_line(&b, "", c->rec->reason);
	buf_adds(&b,
		 "\nA case of daxrig, which boots kernels under QEMU, holds pages of files on DAX\n"
		 "filesystems, operates on the files, and judges what the kernel did. To see it "
		 "again:\n\n");
	add_run(&b, c, packed);
	buf_adds(&b, f->program ? "    cc -O2 -pthread case.c -o case && ./case /mnt/dax\n\n"
				  "The last one needs no daxrig, but a mounted DAX filesystem.\n" :
				  "    daxrig report --as cases run.json\n");
	buf_adds(&b, "\nrun.json    the record, from which 'daxrig run' takes the case\n"
		     "case.scn    its steps\n"
		     "case.c      the same as a program in C, where it can be told\n"
		     "trace       the kernel's report, or a stack, with files and lines if known\n"
		     "kernel.txt  which kernel, and config its options\n"
		     "cases/      what the case left: console, stacks of tasks\n");
	return put(to, "README", buf_str(&b));
}

static struct err *put_all(struct one_case *c, const struct mail_facts *f, const struct kernel *k,
			   const struct pack_extras *extras, const char *to)
{
	const struct finding *traced = upstream_traced(c->rec);
	const char *trace = f->trace ? f->trace : traced ? traced->detail : NULL;
	struct err *err = put_record(c, to);

	if (!err)
		err = put(to, "case.scn", c->rec->scenario);
	if (!err)
		err = put(to, "case.c", f->program);
	if (!err)
		err = put(to, "trace", trace);
	if (!err)
		err = put_kernel(c, k, to);
	if (!err)
		err = put_evidence(c, extras->vmcore, to);
	return err ? err : put_readme(c, f, to, extras->kernel ? k : NULL);
}

struct err *pack_files_write(struct one_case *c, const char *to, const struct pack_extras *extras,
			     const struct progress *say)
{
	_cleanup_free_ char *spec = xasprintf("store:%s", c->s.kernel_key);
	_cleanup_kernel_ struct kernel *k = NULL;
	struct mail_facts f = { 0 };
	struct err *err;

	if (extras->vmcore && !has_vmcore(c))
		return err_create(ERR_USAGE,
				  "%s left no vmcore: only a run with --vmcore keeps one",
				  c->shown);
	err = kernel_find(c->past.paths.data, spec, &k);

	if (err && !extras->kernel) {
		progress_line(say, "the pack is without the kernel's config and build id: %s",
			      err->message);
		err_free(take_ptr(err));
	}
	if (!err && extras->kernel)
		err = put_image(k, to);
	if (!err) {
		mail_facts_find(&f, c, say);
		err = put_all(c, &f, k, extras, to);
	}
	mail_facts_deinit(&f);
	return err;
}
