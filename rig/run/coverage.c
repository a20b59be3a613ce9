/* SPDX-License-Identifier: GPL-2.0-only */
#include "run/coverage-private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/code-map.h"
#include "base/code-runs.h"
#include "base/files.h"
#include "base/program.h"
#include "guest/names.h"
#include "run/machine-private.h"

#define PROBE_MS 20000
#define NAMES_MAX (64u << 20)

/* QEMU loads the plugin, which then ends it: see inject/coverage/plugin.c. */
static struct err *try_plugin(const struct run *r, const char *plugin)
{
	_cleanup_free_ char *file = xasprintf("file=%s", plugin);
	_cleanup_buf_ struct buf out = BUF_INIT;
	const char *argv[] = { r->versions.emulator,
			       "-M",
			       "none",
			       "-nodefaults",
			       "-display",
			       "none",
			       "-plugin",
			       file,
			       NULL };
	struct err *err = run_program(argv, PROBE_MS, &out);

	if (err && err->code != ERR_CANCELLED)
		err->code = ERR_USAGE;
	return err ? err_wrap(err, "this QEMU does not load the plugin") : NULL;
}

const char *run_coverage_refused(bool kvm, bool other, bool boots)
{
	return kvm   ? "guests run under KVM: give --accel tcg, too" :
	       other ? "it needs daxrig's own connection: leave out --connect" :
	       boots ? "a guest that boots would count its boot: leave out --no-fork" :
		       NULL;
}

/* Why coverage cannot be taken in this run; NULL: it can. */
static struct err *check(const struct run *r, const char *plugin)
{
	const char *why = run_coverage_refused(r->base.spec.accel == DOMAIN_ACCEL_KVM,
					       !virt_is_private(r->host.virt) || r->o->nr_also,
					       r->o->no_fork);

	if (why)
		return err_create(ERR_USAGE, "%s", why);
	if (!path_exists(plugin))
		return err_create(ERR_USAGE, "'%s' is missing: run 'make'", plugin);
	return try_plugin(r, plugin);
}

/* Of a resumed run the map is there, and goes on. */
static struct err *open_bits(const struct run *r, const char *fs, int *out)
{
	_cleanup_free_ char *path = xasprintf("%s/coverage/%s.bits", r->dir.path, fs);
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);

	if (fd < 0 || ftruncate(fd, (off_t)CODE_MAP_BYTES))
		return err_errno(errno, "cannot create '%s'", path);
	*out = take_fd(fd);
	return NULL;
}

/* The map of a resumed run is of no use if the modules are elsewhere now. */
static struct err *write_names(const struct run *r, const char *fs, const struct buf *names)
{
	_cleanup_free_ char *path = xasprintf("%s/coverage/%s.names", r->dir.path, fs);
	_cleanup_buf_ struct buf old = BUF_INIT;
	struct err *err;

	if (!path_exists(path))
		return file_write_atomic(path, names->data, names->len);
	err = file_read(path, NAMES_MAX, &old);
	if (!err && (old.len != names->len || memcmp(old.data, names->data, old.len)))
		err = err_create(ERR_USAGE, "the functions of '%s' were elsewhere when it began",
				 r->dir.path);
	return err;
}

/* A fork that runs no case tells where its functions are. */
static struct err *ask_names(struct run *r, struct run_template *t, struct buf *out)
{
	struct guest *g = NULL;
	struct machine probe;
	struct err *err;

	machine_init(&probe, &r->base, &r->geometry, r->host.leftover, 0);
	probe.setup.template = t->template;
	probe.setup.spec.cmdline = t->cmdline;
	err = guest_boot(&probe.setup, &g);
	if (!err)
		err = guest_names(g, out);
	guest_destroy(g);
	machine_deinit(&probe);
	return err;
}

/* All forks of a template have the same functions: they are asked once, and kept beside it. */
static struct err *find_names(struct run *r, struct run_template *t, struct buf *out)
{
	_cleanup_free_ char *path = xasprintf("%s/names", template_folder(t->template));
	struct err *err;

	if (path_exists(path))
		return file_read(path, NAMES_MAX, out);
	err = ask_names(r, t, out);
	return err ? err : file_write_atomic(path, out->data, out->len);
}

static struct err *open_one(struct run *r, const struct filesystem *fs, int plugin)
{
	struct run_template *t = run_template(r, fs);
	_cleanup_buf_ struct buf names = BUF_INIT;
	struct err *err = find_names(r, t, &names);

	if (!err)
		err = write_names(r, fs->name, &names);
	if (!err)
		err = open_bits(r, fs->name, &t->coverage.bits);
	if (!err)
		t->coverage.plugin = plugin;
	t->covered = !err;
	return err;
}

static struct err *open_all(struct run *r, const char *plugin, const char *folder)
{
	_cleanup_free_ char *each = xasprintf("%s/each", folder);
	struct err *err = dir_create(folder);

	r->each_coverage = r->o->resume ? path_exists(each) : r->o->each_coverage;
	if (!err && r->each_coverage)
		err = dir_create(each);
	if (!err)
		err = fork_hold(plugin, &r->plugin);
	for (size_t i = 0; filesystems[i] && !err; i++)
		if (run_template(r, filesystems[i])->template)
			err = open_one(r, filesystems[i], r->plugin);
	return err;
}

static bool has_template(struct run *r)
{
	for (size_t i = 0; filesystems[i]; i++)
		if (run_template(r, filesystems[i])->template)
			return true;
	return false;
}

struct err *run_coverage_open(struct run *r)
{
	_cleanup_free_ char *plugin = xasprintf("%s/build/daxrig-coverage.so", r->paths.home);
	_cleanup_free_ char *folder = xasprintf("%s/coverage", r->dir.path);
	bool began = r->o->resume && path_exists(folder);
	struct err *err;

	if (!r->o->coverage && !began)
		return NULL;
	if (r->o->resume && !began)
		return err_create(ERR_USAGE, "cannot take coverage: the run began without");
	err = check(r, plugin);
	if (!err && !has_template(r))
		err = err_create(ERR_USAGE, "there is no template to fork guests from");
	if (!err)
		err = open_all(r, plugin, folder);
	if (!err || err->code == ERR_CANCELLED)
		return err;
	err = err_wrap(err, "cannot take coverage");
	if (!r->o->coverage_or_not)
		return err;
	progress_line(&r->note, "%s", err->message);
	err_free(err);
	run_coverage_close(r);
	return tree_remove(folder);
}

struct err *run_coverage_begin(const struct run *r, struct fork_coverage *own)
{
	if (!r->each_coverage)
		return NULL;
	own->plugin = r->plugin;
	own->bits = memfd_create("coverage", MFD_CLOEXEC);
	if (own->bits < 0 || ftruncate(own->bits, (off_t)CODE_MAP_BYTES))
		return err_errno(errno, "cannot create a map of coverage");
	return NULL;
}

/* Sets the bits of @from, whose runs are @runs, in @to, too. */
static struct err *add_bits(int to, const struct buf *runs)
{
	uint8_t *map = mmap(NULL, CODE_MAP_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, to, 0);

	if (map == MAP_FAILED)
		return err_errno(errno, "cannot map the file of coverage");
	(void)code_runs_add(runs->data, runs->len, map);
	munmap(map, CODE_MAP_BYTES);
	return NULL;
}

struct err *run_coverage_keep(struct run *r, int bits, size_t place)
{
	_cleanup_free_ char *path = xasprintf("%s/coverage/each/%zu", r->dir.path, place + 1);
	const struct plan_case *c = &r->plan.cases[place];
	_cleanup_buf_ struct buf text = BUF_INIT, runs = BUF_INIT;
	struct err *err = code_runs_read(bits, "the map of coverage", &runs);

	if (err)
		return err;
	buf_addf(&text, "%s %s\n", c->fs->name, c->name);
	buf_add(&text, runs.data, runs.len);
	err = file_write_atomic(path, text.data, text.len);
	if (err)
		return err;
	pthread_mutex_lock(&r->lock);
	err = add_bits(run_template(r, c->fs)->coverage.bits, &runs);
	pthread_mutex_unlock(&r->lock);
	return err;
}

void run_coverage_close(struct run *r)
{
	for (size_t i = 0; filesystems[i]; i++) {
		struct run_template *t = run_template(r, filesystems[i]);

		if (t->covered)
			close_fd(&t->coverage.bits);
		t->covered = false;
	}
	close_fd(&r->plugin);
	r->plugin = -1;
}
