/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Compares a cold boot by daxrig with one by a minimal QEMU command line. Kernel, image and
 * kernel command line are those of daxrig's guest; machine and shape are the same.
 */
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "bench/bench.h"
#include "host/domain-xml.h"
#include "guests/geometry.h"

#define ROUNDS 3
#define CASE "xfs/4k/vmsplice/mapped/punch"
#define READY "daxrig: boot: ready at "
#define BOOT_NS 120000000000ull
#define LOOK_MS 5
#define LOG_MAX (16u << 20)

/* What daxrig's guest was booted from. */
struct seen {
	char *kernel, *initrd, *append;
};

struct boot {
	const struct bench *b;
	struct seen seen;
	char *console; /* NULL: daxrig has not started its guest yet */
	char *runs;
	size_t before; /* earlier runs: they must not be taken for this one */
	uint64_t start_ns, ready_ns;
};

static void look_for_ready(struct boot *boot)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;

	if (boot->ready_ns)
		return;
	err = file_read(boot->console, LOG_MAX, &text);
	if (!err && text.len && memmem(text.data, text.len, READY, strlen(READY)))
		boot->ready_ns = now_ns();
}

/* Sets *@last (NULL: not wanted) to the newest console file of a first guest; their number. */
static size_t find_consoles(const struct boot *boot, char **last)
{
	_cleanup_free_ char *pattern = xasprintf("%s/2*/guests/console-1.log", boot->runs);
	glob_t found;
	size_t n = glob(pattern, 0, NULL, &found) ? 0 : found.gl_pathc;

	/* runs are named by the time at which they began */
	if (n > boot->before && last)
		*last = xstrdup(found.gl_pathv[n - 1]);
	globfree(&found);
	return n;
}

/* daxrig makes a guest's console file when it begins to start it. */
static void look_at_daxrig(void *arg)
{
	struct boot *boot = arg;

	if (!boot->console) {
		find_consoles(boot, &boot->console);
		boot->start_ns = now_ns();
	}
	if (boot->console)
		look_for_ready(boot);
}

/* Reads the kernel command line from the guest's log. */
static char *read_append(const char *console)
{
	static const char label[] = "Command line: ";
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read(console, LOG_MAX, &text);
	const char *at = err || !text.len ? NULL :
					    memmem(text.data, text.len, label, strlen(label));

	if (!at)
		return NULL;
	at += strlen(label);
	return xstrndup(at, strcspn(at, "\r\n"));
}

static void seen_deinit(struct seen *s)
{
	free(s->kernel);
	free(s->initrd);
	free(s->append);
	*s = (struct seen){ 0 };
}

static void see(struct boot *boot, const struct run_summary *r)
{
	seen_deinit(&boot->seen);
	boot->seen = (struct seen){
		.kernel = xstrdup(r->kernel_image),
		.initrd = xasprintf("%s/images/%s.img", boot->b->paths.cache, r->image_key),
		.append = boot->console ? read_append(boot->console) : NULL,
	};
}

static struct err *by_daxrig(struct boot *boot, struct samples *out)
{
	static const char *const args[] = { "--match", CASE, "--no-fork", NULL };
	const struct watcher w = { look_at_daxrig, boot, LOOK_MS };
	struct run_summary r;
	struct err *err;

	boot->before = find_consoles(boot, NULL);
	free(boot->console);
	boot->console = NULL;
	boot->ready_ns = 0;
	err = bench_run(boot->b, args, &w, &r);
	if (err)
		return err;
	see(boot, &r);
	run_summary_deinit(&r);
	if (!boot->ready_ns || !boot->seen.append)
		return err_create(ERR_INFRA, "daxrig's guest was not seen to boot");
	samples_add(out, (double)(boot->ready_ns - boot->start_ns) / 1e9);
	return NULL;
}

struct words {
	const char *v[64];
	size_t n;
	char *own[32]; /* the strings of v to free */
	size_t nr_own;
};

static void add(struct words *w, const char *option, const char *value)
{
	w->v[w->n++] = option;
	w->v[w->n++] = value;
}

static void add_own(struct words *w, const char *option, char *value)
{
	add(w, option, value);
	w->own[w->nr_own++] = value;
}

static struct err *add_nvdimm(const struct boot *boot, struct words *w, const struct geometry *g,
			      unsigned int i)
{
	const char *folder = nvdimm_folder(geometry_nvdimm_total(g), "/dev/shm", boot->b->out);
	char *path = xasprintf("%s/daxrig-bench-%d-nvdimm%u", folder, getpid(), i);

	add_own(w, "-object",
		xasprintf("memory-backend-file,id=m%u,share=on,size=%llu,align=%llu,"
			  "pmem=on,mem-path=%s",
			  i, (unsigned long long)g->size[i], (unsigned long long)g->align, path));
	add_own(w, "-device", xasprintf("nvdimm,id=n%u,memdev=m%u", i, i));
	w->own[w->nr_own++] = path;
	return nvdimm_create(path, g->size[i]);
}

static void drop_nvdimms(const struct words *w)
{
	for (size_t i = 0; i < w->nr_own; i++)
		if (*w->own[i] == '/')
			unlink(w->own[i]);
}

static struct err *hand_words(const struct boot *boot, const char *accel, struct words *w)
{
	const struct seen *s = &boot->seen;
	struct geometry g;
	struct err *err = NULL;

	geometry_init(&g);
	err = geometry_parse(&g, "vcpus=1"); /* as the quick plan says */
	if (err)
		return err;
	w->v[w->n++] = (char *)ARCH_HERE->emulator;
	w->v[w->n++] = "-nodefaults";
	add(w, "-display", "none");
	add_own(w, "-machine", xasprintf("%s,nvdimm=on", ARCH_HERE->machine));
	add_own(w, "-accel", xstrdup(accel));
	add(w, "-cpu", strcmp(accel, "kvm") ? "max" : "host");
	add_own(w, "-smp", xasprintf("%u", g.vcpus));
	add_own(w, "-m",
		xasprintf("%lluM,slots=%u,maxmem=%lluM", (unsigned long long)g.memory >> 20,
			  g.nvdimms,
			  (unsigned long long)(g.memory + geometry_nvdimm_total(&g)) >> 20));
	add(w, "-kernel", s->kernel);
	add(w, "-initrd", s->initrd);
	add(w, "-append", s->append);
	add_own(w, "-serial", xasprintf("file:%s", boot->console));
	add(w, "-device", "virtio-serial-pci");
	add_own(w, "-chardev",
		xasprintf("socket,id=c,path=%s/agent,server=on,wait=off", boot->b->out));
	add(w, "-device", "virtserialport,chardev=c,name=" DOMAIN_CHANNEL_NAME);
	for (unsigned int i = 0; i < g.nvdimms && !err; i++)
		err = add_nvdimm(boot, w, &g, i);
	return err;
}

static void look_at_hand(void *arg)
{
	struct boot *boot = arg;

	look_for_ready(boot);
}

/* Ends the guest when it is ready: it would wait for a host forever. */
static struct err *wait_hand(struct boot *boot, pid_t pid)
{
	uint64_t deadline = now_ns() + BOOT_NS;
	const struct watcher w = { look_at_hand, boot, LOOK_MS };

	return child_until(pid, deadline, &w, &boot->ready_ns);
}

static struct err *by_hand(struct boot *boot, const char *accel, struct samples *out)
{
	_cleanup_free_ char *log = xasprintf("%s/hand.log", boot->b->out);
	struct words w = { .n = 0 };
	struct err *err;
	pid_t pid;

	free(boot->console);
	boot->console = xasprintf("%s/hand-console.log", boot->b->out);
	unlink(boot->console);
	boot->ready_ns = 0;
	err = hand_words(boot, accel, &w);
	boot->start_ns = now_ns();
	if (!err)
		err = child_start(w.v, log, &pid);
	if (!err)
		err = wait_hand(boot, pid);
	drop_nvdimms(&w);
	for (size_t i = 0; i < w.nr_own; i++)
		free(w.own[i]);
	if (!err)
		samples_add(out, (double)(boot->ready_ns - boot->start_ns) / 1e9);
	return err_wrap(err, "the boot by hand");
}

static struct err *measure(struct boot *boot, struct samples *ours, struct samples *hand)
{
	struct err *err = NULL;

	for (int i = 0; i < ROUNDS && !err; i++) {
		uint64_t start = now_ns();

		err = by_daxrig(boot, ours);
		if (!err)
			err = by_hand(boot, boot->b->accel, hand);
		if (!bench_has_time(boot->b, now_ns() - start))
			break;
	}
	return err;
}

void bench_boot(struct bench *b, struct figure *f)
{
	struct boot boot = { .b = b };
	struct samples ours = { 0 }, hand = { 0 };
	struct err *err;
	double a, c;

	boot.runs = xasprintf("%s/runs", b->out);
	err = measure(&boot, &ours, &hand);
	a = samples_median(&ours);
	c = samples_median(&hand);
	if (err)
		figure_fail(f, err);
	else
		figure_set(
			f, 100 * (a / c - 1),
			xasprintf(
				"more than a QEMU command line by hand, "
				"from start to the agent's ready line, same kernel and image: %.2f s "
				"against %.2f s, medians of %zu boots each, in turn",
				a, c, ours.n));
	samples_deinit(&ours);
	samples_deinit(&hand);
	seen_deinit(&boot.seen);
	free(boot.console);
	free(boot.runs);
}
