/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/template.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/files.h"
#include "guest/console.h"
#include "host/fork.h"
#include "host/proc.h"
#include "guests/geometry.h"
#include "host/template-store.h"

#define FORMAT "2"
#define READY "daxrig: boot: ready at "
/* Longer than BOOT_MS in guest.c: a template is made once, so it may take its time. */
#define BOOT_NS 30000000000ull
/* What QEMU waited for a processor does not count, up to this many times the limit. */
#define STARVED_MAX 3
/* After the agent is ready the kernel still frees its init memory; then it prints nothing more. */
#define QUIET_MS 300
/* Longer than another daxrig needs to make it. */
#define LOCK_NS 120000000000ull
/* Shorter: a damaged template may stay in use for long, and then it cannot be made again. */
#define LOCK_ALONE_NS 30000000000ull
#define UUID "6461786d-0000-4000-8000-74656d706c61"

struct template
{
	struct virt *virt;
	char key[SHA256_HEX];
	char *folder;
	struct qemu_argv argv; /* libvirt's command line */
	bool gdb;
	size_t nvdimms;
	int kernel, initrd; /* from fork_hold(), for all QEMUs; initrd -1: none */
	int lock;
	uint64_t made_ns;
};

struct making {
	const struct template_inputs *in;
	struct template *t;
	char *folder; /* its name while the template is being made */
	const char *names[TEMPLATE_FILES_MAX + 1];
	char nvdimms[GEOMETRY_NVDIMMS_MAX][32];
	struct console console;
	struct virt_domain *domain;
};

const char *template_folder(const struct template *t)
{
	return t->folder;
}

uint64_t template_made_ns(const struct template *t)
{
	return t->made_ns;
}

/* Asks libvirt for its command line for @spec, with placeholder paths. */
static struct err *ask_argv(struct virt *v, const struct domain_spec *spec, struct qemu_argv *out)
{
	struct domain_nvdimm nvdimms[GEOMETRY_NVDIMMS_MAX];
	struct domain_spec own = *spec;
	_cleanup_free_ char *native = NULL;
	struct err *err;

	own.name = "daxrig";
	own.uuid = UUID;
	own.console = "/console";
	own.channel = "/channel";
	own.gdb = spec->gdb ? "/gdb" : NULL;
	own.nvdimms = nvdimms;
	for (size_t i = 0; i < spec->nvdimm_count; i++) {
		nvdimms[i] = spec->nvdimms[i];
		nvdimms[i].path = "/nvdimm";
	}
	err = virt_native(v, &own, &native);
	return err ? err : qemu_argv_parse(native, out);
}

/* Under KVM the guest sees the host's processor and the host kernel's clocks. */
static void add_host(struct sha256 *sha)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read("/proc/cpuinfo", 1u << 24, &text);
	static const char *const lines[] = { "\nmodel name", "\nmicrocode", "\nflags" };
	struct utsname host;

	uname(&host);
	sha256_adds(sha, host.release);
	for (size_t i = 0; i < ARRAY_SIZE(lines) && !err; i++) {
		const char *line = strstr(buf_str(&text), lines[i]);

		if (line)
			sha256_add(sha, line + 1, strcspn(line + 1, "\n"));
	}
}

/*
 * The command line determines the shape, the accelerator, the kernel's command line and the
 * machine. The contents of the files it names are covered by their keys, and QEMU by stat().
 */
static struct err *make_key(const struct template_inputs *in, const struct qemu_argv *argv,
			    char key[static SHA256_HEX])
{
	const struct qemu_places nowhere = { .name = "daxrig", .gdb = in->spec->gdb };
	struct qemu_argv placed;
	struct sha256 sha;
	struct stat st;
	struct err *err = qemu_argv_place(argv, &nowhere, &placed);

	if (err)
		return err;
	sha256_start(&sha);
	sha256_adds(&sha, FORMAT);
	sha256_adds(&sha, in->kernel);
	sha256_adds(&sha, in->image);
	sha256_adds(&sha, in->qemu);
	for (size_t i = 0; i < placed.n; i++)
		sha256_adds(&sha, placed.v[i]);
	if (stat(placed.v[0], &st)) {
		err = err_errno(errno, "cannot look at '%s'", placed.v[0]);
	} else {
		sha256_add(&sha, &st.st_size, sizeof(st.st_size));
		sha256_add(&sha, &st.st_mtim, sizeof(st.st_mtim));
	}
	if (in->spec->accel == DOMAIN_ACCEL_KVM)
		add_host(&sha);
	sha256_end(&sha, key);
	qemu_argv_deinit(&placed);
	return err;
}

static struct err *make_files(struct making *m)
{
	const struct domain_spec *spec = m->in->spec;
	struct err *err = NULL;
	size_t n = 0;

	m->names[n++] = "ram";
	for (size_t i = 0; i < spec->nvdimm_count; i++) {
		snprintf(m->nvdimms[i], sizeof(m->nvdimms[i]), "nvdimm%zu", i);
		m->names[n++] = m->nvdimms[i];
	}
	for (size_t i = 0; i < n && !err; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", m->folder, m->names[i]);

		err = nvdimm_create(path, i ? spec->nvdimms[i - 1].size : spec->memory);
	}
	m->names[n++] = "state";
	m->names[n++] = "console";
	return err;
}

static struct fork_files fork_files(const struct template *t, const struct domain_spec *spec,
				    const char *folder, const char *console)
{
	return (struct fork_files){
		.channel = spec->channel,
		.gdb = t->gdb ? spec->gdb : NULL,
		.console = console,
		.folder = folder,
		.nvdimms = t->nvdimms,
		.kernel = t->kernel,
		.initrd = t->initrd,
	};
}

static struct err *start_guest(struct making *m)
{
	_cleanup_free_ char *console = xasprintf("%s/console", m->folder);
	const struct qemu_places places = { .name = m->in->spec->channel,
					    .shared = true,
					    .gdb = m->in->spec->gdb };
	const struct fork_files files = fork_files(m->t, m->in->spec, m->folder, console);
	struct qemu_argv argv;
	struct err *err = qemu_argv_place(&m->t->argv, &places, &argv);

	if (err)
		return err;
	err = console_open(&m->console, console);
	if (!err)
		err = fork_start(m->t->virt, &argv, &files, &m->domain);
	qemu_argv_deinit(&argv);
	if (!err)
		err = qmp_command(fork_qmp(m->domain), "{\"execute\":\"cont\"}",
				  now_ns() + FORK_LIMIT_NS, NULL);
	return err;
}

/* A kernel with a splat during boot gets no template: a booted guest reports the splat. */
static struct err *clean_boot(struct making *m)
{
	struct splat *s = console_take_splat(&m->console, true);
	struct err *err;

	if (!s)
		return NULL;
	err = err_create(ERR_INFRA, "the kernel reported '%s' while it booted", s->title);
	splat_destroy(s);
	return err;
}

/* Waits until the agent waits for a host and the guest prints nothing more. */
static struct err *wait_ready(struct making *m)
{
	uint64_t limit = (uint64_t)((double)BOOT_NS * MAX(m->in->scale, 1.0));
	uint64_t deadline = now_ns() + limit, seen = 0;
	struct pollfd p[] = {
		{ .fd = m->console.watch_fd, .events = POLLIN },
		{ .fd = virt_domain_event_fd(m->domain), .events = POLLIN },
		{ .fd = m->in->cancel_fd, .events = POLLIN },
	};

	console_expect(&m->console, READY);
	for (;;) {
		int n = poll(p, ARRAY_SIZE(p), m->console.marked ? QUIET_MS : 1000);

		console_read(&m->console);
		if (p[2].revents)
			return err_create(ERR_CANCELLED, "interrupted");
		if (p[1].revents)
			return err_create(ERR_INFRA, virt_domain_was_killed(m->domain) ?
							     "QEMU was killed while it booted" :
							     "the guest ended while it booted");
		if (m->console.panicked)
			return err_create(ERR_INFRA, "the kernel panicked while it booted");
		if (n == 0 && m->console.marked && m->console.size == seen)
			return clean_boot(m);
		seen = m->console.size;
		if (now_ns() >=
		    deadline + MIN(proc_run_delay(virt_domain_pid(m->domain)), STARVED_MAX * limit))
			return err_create(ERR_TIMEOUT, "the agent was not ready within %.0f s",
					  (double)limit / 1e9);
	}
}

static struct err *write_state(struct making *m, int state)
{
	struct qmp *qmp = fork_qmp(m->domain);
	uint64_t deadline = now_ns() + FORK_LIMIT_NS;
	struct err *err = qmp_command(qmp, "{\"execute\":\"stop\"}", deadline, NULL);

	return err ? err : qmp_migrate(qmp, false, state, deadline);
}

static struct err *boot(struct making *m)
{
	_cleanup_free_ char *path = xasprintf("%s/state", m->folder);
	_cleanup_close_ int state = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct err *err;

	if (state < 0)
		return err_errno(errno, "cannot create '%s'", path);
	err = start_guest(m);
	if (!err)
		err = wait_ready(m);
	if (!err)
		err = write_state(m, state);
	virt_domain_destroy(m->domain);
	if (m->console.path)
		console_close(&m->console);
	return err;
}

static struct err *finish(struct making *m)
{
	_cleanup_free_ char *notes = xasprintf(
		"kernel %s\nimage %s\nqemu %s\naccel %s", m->in->kernel, m->in->image, m->in->qemu,
		m->in->spec->accel == DOMAIN_ACCEL_KVM ? "kvm" : "tcg");
	struct err *err = NULL;

	for (size_t i = 0; i <= m->in->spec->nvdimm_count && !err; i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", m->folder, m->names[i]);

		err = template_punch(path);
	}
	if (!err)
		err = template_mark_write(m->folder, m->t->key, notes, m->names);
	if (!err && rename(m->folder, m->t->folder))
		err = err_errno(errno, "cannot create '%s'", m->t->folder);
	return err;
}

/* Frees room for the largest file: see nvdimm_create(). */
static void make_room(const struct template_inputs *in)
{
	_cleanup_free_ char *store = xasprintf("%s/templates", in->cache);
	uint64_t need = in->spec->memory;

	for (size_t i = 0; i < in->spec->nvdimm_count; i++)
		need = MAX(need, in->spec->nvdimms[i].size);
	(void)template_make_room(store, need);
}

/* Call it with the lock held exclusively. */
static struct err *make(struct template *t, const struct template_inputs *in)
{
	struct making m = { .in = in, .t = t };
	uint64_t start = now_ns();
	struct err *err;

	make_room(in);
	m.folder = xasprintf("%s/templates/making-%d-%.16s", in->cache, getpid(), t->key);
	err = tree_remove(t->folder);
	if (!err)
		err = tree_remove(m.folder);
	if (!err)
		err = leftover_mkdir(in->leftover, m.folder);
	if (!err)
		err = make_files(&m);
	if (!err)
		err = boot(&m);
	if (!err)
		err = finish(&m);
	if (err)
		err_free(tree_remove(m.folder));
	free(m.folder);
	t->made_ns = now_ns() - start;
	return err;
}

/* True, with the lock held shared, when the cache has a complete template. */
static bool take(struct template *t, const char *lock, int cancel_fd, struct err **err)
{
	_cleanup_err_ struct err *wrong = NULL;
	_cleanup_close_ int fd = -1;
	_cleanup_free_ char *mark = xasprintf("%s/" TEMPLATE_MARK, t->folder);

	*err = template_lock(lock, false, LOCK_NS, cancel_fd, &fd);
	if (*err)
		return false;
	wrong = template_check(t->folder, t->key);
	if (wrong)
		return false;
	/* Its mtime is the time of the last use. */
	utimensat(AT_FDCWD, mark, NULL, 0);
	t->lock = take_fd(fd);
	return true;
}

static struct err *take_or_make(struct template *t, const struct template_inputs *in)
{
	_cleanup_free_ char *lock = xasprintf("%s.lock", t->folder);
	struct err *err = NULL;

	/* Another daxrig may make or remove it between two attempts. */
	for (int i = 0; i < 3 && !err; i++) {
		_cleanup_close_ int fd = -1;
		_cleanup_err_ struct err *wrong = NULL;

		if (take(t, lock, in->cancel_fd, &err))
			return NULL;
		if (!err)
			err = template_lock(lock, true, LOCK_ALONE_NS, in->cancel_fd, &fd);
		if (err)
			break;
		wrong = template_check(t->folder, t->key);
		if (wrong && path_exists(t->folder))
			progress_line(in->say, "a template is damaged; making it again: %s",
				      wrong->message);
		if (wrong)
			err = make(t, in);
		if (err)
			unlink(lock);
	}
	return err ? err :
		     err_create(ERR_INFRA, "'%s' disappeared each time it was made", t->folder);
}

struct err *template_get(struct virt *v, const struct template_inputs *in, struct template **out)
{
	_cleanup_free_ char *store = xasprintf("%s/templates", in->cache);
	struct template *t = xcalloc(1, sizeof(*t));
	struct err *err = dir_create(store);

	t->virt = v;
	t->lock = t->kernel = t->initrd = -1;
	t->gdb = in->spec->gdb != NULL;
	t->nvdimms = in->spec->nvdimm_count;
	if (!err)
		err = ask_argv(v, in->spec, &t->argv);
	if (!err)
		err = fork_hold(in->spec->kernel, &t->kernel);
	if (!err && in->spec->initrd)
		err = fork_hold(in->spec->initrd, &t->initrd);
	if (!err)
		err = make_key(in, &t->argv, t->key);
	if (!err) {
		t->folder = xasprintf("%s/%s", store, t->key);
		err = take_or_make(t, in);
	}
	if (err) {
		template_put(t);
		return err;
	}
	if (t->made_ns)
		template_trim(store, TEMPLATE_CACHE_MAX);
	*out = t;
	return NULL;
}

void template_put(struct template *t)
{
	if (!t)
		return;
	close_fd(&t->lock);
	close_fd(&t->kernel);
	close_fd(&t->initrd);
	qemu_argv_deinit(&t->argv);
	free(t->folder);
	free(t);
}

static struct err *let_in(struct virt_domain *d, int state)
{
	uint64_t deadline = now_ns() + FORK_LIMIT_NS;
	struct err *err = qmp_migrate(fork_qmp(d), true, state, deadline);

	return err ? err : qmp_command(fork_qmp(d), "{\"execute\":\"cont\"}", deadline, NULL);
}

struct err *template_fork(const struct template *t, const struct domain_spec *spec,
			  const struct fork_coverage *coverage, struct virt_domain **out)
{
	const struct qemu_places places = {
		.name = spec->channel, .incoming = true, .plugin = coverage != NULL, .gdb = t->gdb
	};
	struct fork_files files = fork_files(t, spec, t->folder, spec->console);
	_cleanup_free_ char *path = xasprintf("%s/state", t->folder);
	_cleanup_close_ int state = open(path, O_RDONLY | O_CLOEXEC);
	struct qemu_argv argv;
	struct virt_domain *d;
	struct err *err;

	if (state < 0)
		return err_errno(errno, "cannot open '%s'", path);
	err = qemu_argv_place(&t->argv, &places, &argv);
	if (err)
		return err;
	files.coverage = coverage;
	err = fork_start(t->virt, &argv, &files, &d);
	qemu_argv_deinit(&argv);
	if (err)
		return err;
	err = let_in(d, state);
	if (err) {
		virt_domain_destroy(d);
		return err;
	}
	*out = d;
	return NULL;
}
