/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig coverage': what the cases of a run, or of a second one beyond it, ran of the kernel. */
#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "run/covered.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-symbols.h"

#define KEEP_MAX (1u << 20)

static struct {
	const char *glob;
	bool missing;
	bool info;
	bool each;
	bool choose;
	const char *keep;
} options;

static struct err *read_scope(const struct paths *p, struct scope *out)
{
	_cleanup_free_ char *path = paths_scope(p);

	if (!options.glob)
		return scope_read(path, out);
	scope_of_glob(options.glob, out);
	return NULL;
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

static const struct case_record *find_record(const struct covered *r, const char *name)
{
	for (size_t i = 0; i < r->record.case_count; i++)
		if (!strcmp(r->record.cases[i]->name, name))
			return r->record.cases[i];
	return NULL;
}

/* A line of --keep: a case, '#', a reason. */
static struct err *keep(const struct covered *r, char *line)
{
	char *hash = strchr(line, '#'), *end = line + strcspn(line, " \t#");
	const char *why = hash ? hash + 1 + strspn(hash + 1, " \t") : "";
	bool found = false;

	*end = '\0';
	for (size_t i = 0; i < r->each.n && *line; i++)
		if (!strcmp(r->each.v[i].name, line)) {
			r->each.v[i].why = *why ? why : "is kept";
			found = true;
		}
	return found || !*line ? NULL :
				 err_create(ERR_USAGE, "--keep '%s': the run has no case '%s'",
					    options.keep, line);
}

static struct err *choose(const struct covered *r)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = options.keep ? file_read(options.keep, KEEP_MAX, &text) : NULL;
	char *save = NULL;
	size_t n;

	if (err)
		return err;
	buf_addc(&text, '\0');
	for (char *s = strtok_r(text.data, "\n", &save); s && !err; s = strtok_r(NULL, "\n", &save))
		err = keep(r, s);
	if (err)
		return err;
	for (size_t i = 0; i < r->each.n; i++) {
		const struct case_record *rec = find_record(r, r->each.v[i].name);

		r->each.v[i].barred = !rec || rec->verdict == VERDICT_ERROR;
		r->each.v[i].ns = rec ? rec->duration_ns : 0;
	}
	n = each_choose(&r->each, &r->coverage);
	fprintf(stderr, "%zu of %zu cases run all that they ran\n", n, r->each.n);
	return NULL;
}

static struct err *print(const struct paths *p, const struct covered runs[static 2], int n,
			 const struct scope *s)
{
	if (n == 2)
		return print_beyond(&runs[0], &runs[1], s);
	if (options.info)
		return print_info(p, &runs[0]);
	if (options.choose)
		return choose(&runs[0]);
	if (options.each) {
		each_print(&runs[0].each);
		return NULL;
	}
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
	if (n == 2 && (options.missing || options.info || options.each || options.choose))
		return err_create(ERR_USAGE,
				  "--missing, --info, --each and --choose are about one run");
	if (options.keep && !options.choose)
		return err_create(ERR_USAGE, "--keep goes with --choose");
	err = paths_init(&p);
	if (err)
		return err;
	err = read_scope(&p, &scope);
	for (int i = 0; i < MAX(n, 1) && !err; i++)
		err = covered_read(&p, n ? operands[i] : NULL, &scope,
				   options.each || options.choose, &runs[i]);
	if (options.glob)
		err = err_wrap(err, "--scope '%s'", options.glob);
	if (!err)
		err = print(&p, runs, n, &scope);
	for (size_t i = 0; i < ARRAY_SIZE(runs); i++)
		covered_deinit(&runs[i]);
	scope_deinit(&scope);
	paths_deinit(&p);
	return err;
}

enum { KEY_SCOPE = 256, KEY_MISSING, KEY_INFO, KEY_EACH, KEY_CHOOSE, KEY_KEEP };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	options.missing |= key == KEY_MISSING;
	options.info |= key == KEY_INFO;
	options.each |= key == KEY_EACH;
	options.choose |= key == KEY_CHOOSE;
	if (key == KEY_KEEP)
		options.keep = value;
	return key == KEY_SCOPE ? command_glob(value, &options.glob) : NULL;
}

static const struct command_option coverage_options[] = {
	{ "scope", "GLOB",
	  "the functions whose names match; default: those of reports/coverage/scope.txt",
	  KEY_SCOPE },
	{ "missing", NULL, "only the functions that no case entered, one a line", KEY_MISSING },
	{ "info", NULL, "a tracefile for genhtml, by lines: needs 'kernel fetch --symbols'",
	  KEY_INFO },
	{ "each", NULL, "what each case ran, and what none before it ran: see --each-coverage",
	  KEY_EACH },
	{ "choose", NULL,
	  "the few cases that run all that the run ran, as lines of a plan, each with its\n"
	  "reason",
	  KEY_CHOOSE },
	{ "keep", "FILE", "lines CASE # REASON of cases that --choose takes first", KEY_KEEP },
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
