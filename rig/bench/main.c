/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * `make bench`: one line a figure, ratios taken in one run. Whatever cannot be
 * measured says so; the exit status is 0 unless the words are wrong.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "bench/bench.h"
#include "cmd.h"

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
	FIGURE_STEP, FIGURE_PLAN, FIGURE_RATE, FIGURE_MEMORY, FIGURE_BOOT, FIGURE_CYCLES,
	FIGURE_TWO, FIGURES,
};

static struct figure figures[FIGURES] = {
	[FIGURE_STEP] = { .name = "fork-to-first-step", .unit = "times" },
	[FIGURE_PLAN] = { .name = "warm-plan", .unit = "times" },
	[FIGURE_RATE] = { .name = "cases-a-minute", .unit = "cases" },
	[FIGURE_MEMORY] = { .name = "fork-memory", .unit = "MiB" },
	[FIGURE_BOOT] = { .name = "cold-boot", .unit = "%" },
	[FIGURE_CYCLES] = { .name = "cycles-in-guest", .unit = "%" },
	[FIGURE_TWO] = { .name = "two-jobs", .unit = "times" },
};

/* Does this daxrig know --jobs? */
static bool find_jobs(const struct bench *b)
{
	const char *const argv[] = { b->daxrig, "run", "--help", NULL };
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = run_program(argv, 10000, &text);

	return !err && strstr(buf_str(&text), "--jobs ");
}

/*
 * The first run makes templates and image, and says what it runs on: every other is
 * then warm.
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
	snprintf(b->accel, sizeof(b->accel), "%s", strcmp(r.accel, "kvm") ? "tcg,thread=multi" :
									     "kvm");
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

static void print_figure(const struct figure *f)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	figure_add_line(f, &line);
	fputs(buf_str(&line), stdout);
	fflush(stdout);
}

static void measure(struct bench *b)
{
	bench_boot(b, &figures[FIGURE_BOOT]);
	print_figure(&figures[FIGURE_BOOT]);
	bench_memory(b, &figures[FIGURE_MEMORY]);
	print_figure(&figures[FIGURE_MEMORY]);
	bench_jobs(b, &figures[FIGURE_RATE], &figures[FIGURE_TWO]);
	print_figure(&figures[FIGURE_RATE]);
	print_figure(&figures[FIGURE_TWO]);
	bench_warm(b, &figures[FIGURE_STEP], &figures[FIGURE_PLAN]);
	print_figure(&figures[FIGURE_STEP]);
	print_figure(&figures[FIGURE_PLAN]);
	figure_fail(&figures[FIGURE_CYCLES],
		    err_create(ERR_INFRA, "there is no such loop in the agent yet"));
	print_figure(&figures[FIGURE_CYCLES]);
}

static void fail_all(const struct err *err)
{
	for (size_t i = 0; i < FIGURES; i++) {
		figure_fail(&figures[i], err_create(err->code, "%s", err->message));
		print_figure(&figures[i]);
	}
}

static struct err *set_up(struct bench *b)
{
	char out[] = "/tmp/daxrig-bench-XXXXXX";
	_cleanup_free_ char *kernel = NULL;
	const struct sigaction act = { .sa_handler = on_signal };
	struct err *err = paths_init(&b->paths);

	if (err)
		return err;
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	b->daxrig = "./daxrig";
	b->deadline = now_ns() + WHOLE_NS;
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

int main(int argc, char **argv)
{
	_cleanup_free_ char *head = xstrdup(" \"processors\": null");
	_cleanup_err_ struct err *err = NULL, *written = NULL;
	struct bench b = { .deadline = 0 };

	if (argc != 1 && (argc != 3 || strcmp(argv[1], "--json") != 0)) {
		fprintf(stderr, "Usage: daxrig-bench [--json FILE], in the folder of daxrig\n");
		return EXIT_USAGE;
	}
	err = set_up(&b);
	if (!err)
		err = warm_up(&b, &head);
	if (err)
		fail_all(err);
	else
		measure(&b);
	if (argc == 3)
		written = write_json(argv[2], head);
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
