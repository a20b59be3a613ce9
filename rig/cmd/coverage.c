/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig coverage': what the cases of a run, or of a second one beyond it, ran of the kernel. */
#include "reports/coverage/coverage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-symbols.h"
#include "guests/store/kernel-unpack.h"
#include "host/runs.h"
#include "reports/record/run-json.h"

#define NAMES_MAX (64u << 20) /* bytes */
#define SCOPE_MAX (1u << 20)

static struct {
	const char *glob;
	bool missing;
	bool info;
} options;

/* One run. */
struct covered {
	char *folder;
	struct run_summary record;
	struct coverage coverage;
};

static struct err *read_scope(const struct paths *p, struct scope *out)
{
	_cleanup_free_ char *path = paths_scope(p);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;

	*out = (struct scope){ NULL, 0 };
	if (options.glob) {
		scope_of_glob(options.glob, out);
		return NULL;
	}
	err = file_read(path, SCOPE_MAX, &text);
	return err ? err : err_wrap(scope_parse(buf_str(&text), out), "'%s'", path);
}

/* Without the code the numbers are still right but for what is between functions. */
static void read_code(const struct covered *r, struct buf *vmlinux, struct coverage_code *out)
{
	const char *image = r->record.kernel_image;
	struct err *err = kernel_unpack(image, vmlinux);
	size_t at, size;
	uint64_t addr;

	*out = (struct coverage_code){ 0, NULL, 0 };
	if (!err && !kernel_elf_code(vmlinux->data, vmlinux->len, &at, &size, &addr))
		err = err_create(ERR_INFRA, "it has no code");
	if (err) {
		_cleanup_buf_ struct buf shown = BUF_INIT;

		buf_add_escaped(&shown, image, strlen(image), 400);
		fprintf(stderr, "daxrig: the padding between functions counts as code: '%s': %s\n",
			buf_str(&shown), err->message);
		err_free(err);
		return;
	}
	*out = (struct coverage_code){ addr, (const uint8_t *)vmlinux->data + at, size };
}

/* Adds the guests that used the filesystem of the map @name, "xfs.bits". */
static struct err *add_map(struct covered *r, const struct scope *s, const char *name,
			   const struct coverage_code *code)
{
	_cleanup_free_ char *bits = xasprintf("%s/coverage/%s", r->folder, name);
	_cleanup_free_ char *names = xasprintf("%.*s.names", (int)strlen(bits) - 5, bits);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_close_ int fd = -1;
	struct err *err = file_open(bits, &fd);

	if (!err)
		err = file_read(names, NAMES_MAX, &text);
	return err ? err : coverage_add(&r->coverage, s, &text, fd, bits, code);
}

static struct err *add_maps(struct covered *r, const struct scope *s)
{
	_cleanup_free_ char *path = xasprintf("%s/coverage", r->folder);
	_cleanup_buf_ struct buf vmlinux = BUF_INIT;
	struct coverage_code code;
	DIR *dir = opendir(path);
	size_t maps = 0;
	struct err *err = NULL;
	struct dirent *e;

	if (dir)
		read_code(r, &vmlinux, &code);
	while (dir && !err && (e = readdir(dir)) != NULL) {
		if (!str_ends(e->d_name, ".bits"))
			continue;
		err = add_map(r, s, e->d_name, &code);
		maps++;
	}
	if (dir)
		closedir(dir);
	return err || maps ?
		       err :
		       err_create(ERR_USAGE, "'%s' has no coverage: run the cases with --coverage",
				  r->folder);
}

static struct err *read_run(const struct paths *p, const char *word, const struct scope *s,
			    struct covered *out)
{
	_cleanup_free_ char *path = NULL;
	struct err *err = run_find(p, word, &out->folder);

	if (err)
		return err;
	path = xasprintf("%s/run.json", out->folder);
	err = run_json_read(path, &out->record);
	if (!err)
		err = add_maps(out, s);
	if (!err && !out->coverage.n)
		err = err_create(ERR_USAGE, "no function of this kernel matches '%s'",
				 options.glob ? options.glob : "the scope");
	return err;
}

static void print_head(const struct covered *r, const char *what)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *name = strrchr(r->folder, '/');

	buf_adds(&text, what);
	buf_add_escaped(&text, r->record.kernel_release, strlen(r->record.kernel_release), 200);
	buf_adds(&text, ", ");
	name = name ? name + 1 : r->folder;
	buf_add_escaped(&text, name, strlen(name), 200);
	printf("%s: %zu case%s\n", buf_str(&text), r->record.case_count,
	       r->record.case_count == 1 ? "" : "s");
}

static struct err *print_beyond(const struct covered *a, const struct covered *b,
				const struct scope *s)
{
	if (strcmp(a->record.kernel_key, b->record.kernel_key) != 0)
		return err_create(ERR_USAGE, "the runs are of two kernels: '%s' and '%s'",
				  a->record.kernel_key, b->record.kernel_key);
	print_head(a, "a ");
	print_head(b, "b ");
	printf("beyond a, b ran\n");
	coverage_print_beyond(&a->coverage, &b->coverage, s);
	return NULL;
}

/* The symbols must be there: lines come from nowhere else. */
static struct err *print_info(const struct paths *p, const struct covered *r)
{
	_cleanup_free_ char *vmlinux = NULL, *modules = NULL;
	_cleanup_kernel_ struct kernel *k = NULL;
	struct symbols *symbols;
	size_t unknown;
	struct err *err = kernel_find(p->data, r->record.kernel_spec, &k);

	if (!err && strcmp(k->key, r->record.kernel_key) != 0)
		err = err_create(ERR_USAGE, "'%s' is another build now: the run was of '%s'",
				 r->record.kernel_spec, r->record.kernel_key);
	if (!err)
		err = kernel_symbols(k, &vmlinux, &modules);
	if (!err)
		err = symbols_open(vmlinux, modules, &symbols);
	if (err)
		return err;
	unknown = coverage_print_info(&r->coverage, symbols);
	if (unknown)
		fprintf(stderr, "daxrig: of %zu functions the symbols have no lines\n", unknown);
	symbols_close(symbols);
	return NULL;
}

static struct err *print(const struct paths *p, const struct covered runs[static 2], int n,
			 const struct scope *s)
{
	if (n == 2)
		return print_beyond(&runs[0], &runs[1], s);
	if (options.info)
		return print_info(p, &runs[0]);
	if (options.missing) {
		coverage_print_missing(&runs[0].coverage, s);
		return NULL;
	}
	print_head(&runs[0], "");
	coverage_print(&runs[0].coverage, s);
	return NULL;
}

static struct err *coverage(void *state, char **operands, int n, int *status)
{
	struct covered runs[2] = { { 0 }, { 0 } };
	struct scope scope = { NULL, 0 };
	struct paths p;
	struct err *err;

	(void)state;
	(void)status;
	if (n > 2)
		return err_create(ERR_USAGE, "unexpected '%s': 'coverage' takes one run or two",
				  operands[2]);
	if (n == 2 && (options.missing || options.info))
		return err_create(ERR_USAGE, "--missing and --info are about one run");
	err = paths_init(&p);
	if (err)
		return err;
	err = read_scope(&p, &scope);
	for (int i = 0; i < MAX(n, 1) && !err; i++)
		err = read_run(&p, n ? operands[i] : NULL, &scope, &runs[i]);
	if (!err)
		err = print(&p, runs, n, &scope);
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++) {
		coverage_deinit(&runs[i].coverage);
		run_summary_deinit(&runs[i].record);
		free(runs[i].folder);
	}
	scope_deinit(&scope);
	paths_deinit(&p);
	return err;
}

enum { KEY_SCOPE = 256, KEY_MISSING, KEY_INFO };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	options.missing |= key == KEY_MISSING;
	options.info |= key == KEY_INFO;
	return key == KEY_SCOPE ? command_glob(value, &options.glob) : NULL;
}

static const struct command_option coverage_options[] = {
	{ "scope", "GLOB",
	  "the functions whose names match; default: those of reports/coverage/scope.txt",
	  KEY_SCOPE },
	{ "missing", NULL, "only the functions that no case entered, one a line", KEY_MISSING },
	{ "info", NULL, "a tracefile for genhtml, by lines: needs 'kernel fetch --symbols'",
	  KEY_INFO },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_coverage = {
	.name = "coverage",
	.operands = "[RUN [RUN]]",
	.summary = "show which code of the kernel the cases of a run ran",
	.help = "RUN is a run that was started with 'run --coverage', as 'report' takes it; default:\n"
		"the latest. Of two runs it shows what the second ran beyond the first. Counted are\n"
		"bytes of instructions.\n"
		"Exit status: 0 the coverage was read, 2 usage, 3 it cannot be read.\n",
	.options = coverage_options,
	.option = option,
	.run = coverage,
};
