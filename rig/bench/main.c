/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `make bench`: prints one line for each figure; ratios are taken within one run. A figure
 * that cannot be measured says why; the exit status is 0 unless the arguments are wrong.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "bench/bench.h"
#include "cmd/cmd.h"

#define WANTED_KERNEL "7.2.13+deb14-amd64"
#define WHOLE_NS 570000000000ull

static volatile sig_atomic_t interrupted;

bool bench_interrupted(void)
{
	return interrupted;
}

static void on_signal(int signo)
{
	(void)signo;
	interrupted = 1;
}

bool bench_has_time(const struct bench *b, uint64_t ns)
{
	return !interrupted && now_ns() + ns < b->deadline;
}

void figure_set(struct figure *f, double value, char *text)
{
	f->measured = true;
	f->value = value;
	free(f->text);
	f->text = text;
}

void figure_fail(struct figure *f, struct err *err)
{
	f->measured = false;
	free(f->text);
	f->text = xstrdup(err->message);
	err_free(err);
}

enum {
	FIGURE_STEP,
	FIGURE_PLAN,
	FIGURE_RATE,
	FIGURE_MEMORY,
	FIGURE_BOOT,
	FIGURE_CYCLES,
	FIGURE_TWO,
	FIGURE_ORACLES,
	FIGURE_COVERAGE,
	FIGURE_SPLAT,
	FIGURE_SPLAT_MEMORY,
	FIGURE_SITE,
	FIGURES,
};

static struct figure figures[FIGURES] = {
	[FIGURE_STEP] = { .name = "fork-to-first-step", .unit = "times" },
	[FIGURE_PLAN] = { .name = "warm-plan", .unit = "times" },
	[FIGURE_RATE] = { .name = "cases-a-minute", .unit = "cases" },
	[FIGURE_MEMORY] = { .name = "fork-memory", .unit = "MiB" },
	[FIGURE_BOOT] = { .name = "cold-boot", .unit = "%" },
	[FIGURE_CYCLES] = { .name = "cycles-in-guest", .unit = "times" },
	[FIGURE_TWO] = { .name = "two-jobs", .unit = "times" },
	[FIGURE_ORACLES] = { .name = "oracles", .unit = "%" },
	[FIGURE_COVERAGE] = { .name = "coverage", .unit = "%" },
	[FIGURE_SPLAT] = { .name = "splat-speed", .unit = "times" },
	[FIGURE_SPLAT_MEMORY] = { .name = "splat-memory", .unit = "MiB" },
	[FIGURE_SITE] = { .name = "site", .unit = "s" },
};

/* Does this daxrig have the option --jobs? */
static bool find_jobs(const struct bench *b)
{
	const char *const argv[] = { b->daxrig, "run", "--help", NULL };
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = run_program(argv, 10000, &text);

	return !err && strstr(buf_str(&text), "--jobs ");
}

/*
 * The first run makes templates and image, so that all others are warm, and tells which kernel
 * and accelerator it used.
 */
static struct err *warm_up(struct bench *b, char **head)
{
	static const char *const args[] = { "--match", "*/vmsplice/mapped/punch", NULL };
	_cleanup_buf_ struct buf text = BUF_INIT, line = BUF_INIT;
	double load[3] = { 0 };
	struct run_summary r;
	struct err *err;

	(void)!getloadavg(load, 3);
	err = bench_run(b, args, NULL, &r);
	if (err)
		return err;
	snprintf(b->accel, sizeof(b->accel), "%s",
		 strcmp(r.accel, "kvm") ? "tcg,thread=multi" : "kvm");
	buf_addf(&text, " \"processors\": %ld,\n \"load\": %.2f,\n \"accel\": ",
		 sysconf(_SC_NPROCESSORS_ONLN), load[0]);
	json_add_string(r.accel, &text);
	buf_adds(&text, ",\n \"kernel\": ");
	json_add_string(r.kernel_release, &text);
	*head = buf_take(&text);
	buf_add_escaped(&line, r.kernel_release, strlen(r.kernel_release), 100);
	fprintf(stderr, "bench: kernel %s, %s, %ld processors, load %.2f at the start\n",
		buf_str(&line), b->accel, sysconf(_SC_NPROCESSORS_ONLN), load[0]);
	run_summary_deinit(&r);
	return NULL;
}

static bool is_wanted(const struct figure *f, char **names)
{
	bool any = !*names;

	for (; *names; names++)
		any |= strcmp(f->name, *names) == 0;
	return any;
}

static void print_figure(const struct figure *f)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	figure_add_line(f, &line);
	fputs(buf_str(&line), stdout);
	fflush(stdout);
}

static void cycles(struct bench *b, struct figure *f, struct figure *none)
{
	(void)none;
	bench_cycles(b, f);
}

static void boot(struct bench *b, struct figure *f, struct figure *none)
{
	(void)none;
	bench_boot(b, f);
}

static void site(struct bench *b, struct figure *f, struct figure *none)
{
	(void)none;
	bench_site(b, f);
}

static void oracles(struct bench *b, struct figure *f, struct figure *none)
{
	(void)none;
	bench_oracles(b, f);
}

static void coverage(struct bench *b, struct figure *f, struct figure *none)
{
	(void)none;
	bench_coverage(b, f);
}

static void memory(struct bench *b, struct figure *f, struct figure *none)
{
	(void)none;
	bench_memory(b, f);
}

/* One or two figures from the same runs. */
static const struct {
	void (*measure)(struct bench *b, struct figure *f, struct figure *other);
	struct figure *f, *other;
	bool no_guest;
} groups[] = {
	{ bench_splat, &figures[FIGURE_SPLAT], &figures[FIGURE_SPLAT_MEMORY], true },
	{ site, &figures[FIGURE_SITE], NULL, true },
	{ boot, &figures[FIGURE_BOOT], NULL, false },
	{ memory, &figures[FIGURE_MEMORY], NULL, false },
	{ bench_jobs, &figures[FIGURE_RATE], &figures[FIGURE_TWO], false },
	{ bench_warm, &figures[FIGURE_STEP], &figures[FIGURE_PLAN], false },
	{ cycles, &figures[FIGURE_CYCLES], NULL, false },
	{ oracles, &figures[FIGURE_ORACLES], NULL, false },
	{ coverage, &figures[FIGURE_COVERAGE], NULL, false },
};

static bool group_is_wanted(size_t i, char **names)
{
	return is_wanted(groups[i].f, names) ||
	       (groups[i].other && is_wanted(groups[i].other, names));
}

static bool guests_are_wanted(char **names)
{
	bool any = false;

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++)
		any |= !groups[i].no_guest && group_is_wanted(i, names);
	return any;
}

/* With @none it measures nothing, with @no_guest nothing that needs a guest. */
static void measure(struct bench *b, char **names, const struct err *none,
		    const struct err *no_guest)
{
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		struct figure *v[] = { groups[i].f, groups[i].other };
		const struct err *why = none || groups[i].no_guest ? none : no_guest;

		if (group_is_wanted(i, names) && !why)
			groups[i].measure(b, v[0], v[1]);
		for (size_t j = 0; j < ARRAY_SIZE(v) && v[j]; j++) {
			if (why)
				figure_fail(v[j], err_create(why->code, "%s", why->message));
			if (!v[j]->text)
				v[j]->text = xstrdup("not selected");
			if (is_wanted(v[j], names))
				print_figure(v[j]);
		}
	}
}

static struct err *set_up(struct bench *b)
{
	char out[] = "/tmp/daxrig-bench-XXXXXX";
	_cleanup_free_ char *kernel = NULL;
	char *cache;
	const struct sigaction act = { .sa_handler = on_signal };
	struct err *err = paths_init(&b->paths);

	if (err)
		return err;
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGHUP, &act, NULL);
	sigaction(SIGQUIT, &act, NULL);
	b->daxrig = "./daxrig";
	b->deadline = now_ns() + WHOLE_NS;
	/* smaps shows paths without symbolic links */
	cache = realpath(b->paths.cache, NULL);
	if (cache) {
		free(b->paths.cache);
		b->paths.cache = cache;
	}
	kernel = xasprintf("%s/kernels/deb-" WANTED_KERNEL, b->paths.data);
	b->kernel = path_exists(kernel) ? "deb:" WANTED_KERNEL : NULL;
	if (!mkdtemp(out))
		return err_errno(errno, "cannot create a folder in '/tmp'");
	b->out = xstrdup(out);
	b->has_jobs = find_jobs(b);
	return NULL;
}

static struct err *write_json(const char *path, const char *head)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	figures_add_json(figures, FIGURES, head, &text);
	return file_write_atomic(path, buf_str(&text), text.len);
}

static bool parse_words(int argc, char **argv, const char **json, char ***names)
{
	bool has_json = argc > 1 && strcmp(argv[1], "--json") == 0;

	*json = has_json ? argv[2] : NULL;
	*names = argv + (has_json ? MIN(argc, 3) : 1);
	for (char **name = *names; *name; name++) {
		bool known = false;

		for (size_t i = 0; i < FIGURES; i++)
			known |= strcmp(figures[i].name, *name) == 0;
		if (!known)
			return false;
	}
	return !has_json || *json;
}

int main(int argc, char **argv)
{
	_cleanup_free_ char *head = xstrdup(" \"processors\": null");
	_cleanup_err_ struct err *err = NULL, *no_guest = NULL, *written = NULL;
	struct bench b = { .deadline = 0 };
	const char *json;
	char **names;

	if (!parse_words(argc, argv, &json, &names)) {
		fprintf(stderr, "Usage: daxrig-bench [--json FILE] [FIGURE...], in the folder of "
				"daxrig\nFigures:");
		for (size_t i = 0; i < FIGURES; i++)
			fprintf(stderr, " %s", figures[i].name);
		fputc('\n', stderr);
		return EXIT_USAGE;
	}
	err = set_up(&b);
	if (!err && guests_are_wanted(names))
		no_guest = warm_up(&b, &head);
	measure(&b, names, err, no_guest);
	if (json)
		written = write_json(json, head);
	if (written)
		fprintf(stderr, "bench: %s\n", written->message);
	if (b.out)
		err_free(tree_remove(b.out));
	free(b.out);
	for (size_t i = 0; i < FIGURES; i++)
		free(figures[i].text);
	paths_deinit(&b.paths);
	return 0;
}
