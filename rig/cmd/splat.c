/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig splat': finds and names the kernel's reports in console logs, and resolves frames. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-symbols.h"
#include "host/paths.h"
#include "reports/splat/splat-places.h"

#define CHUNK (64 << 10) /* bytes; stays in the processor's cache */

static struct {
	bool json;
	const char *vmlinux, *modules, *kernel;
} options;

struct reading {
	const char *name;	 /* of the log */
	bool several;		 /* several logs: each report names its log */
	struct symbols *symbols; /* NULL: none wanted */
	bool warned;		 /* the user knows that the symbols are of another build */
	int found;
};

/* Does @text contain @word, followed by a blank or its end? */
static bool has_word(const char *text, const char *word)
{
	const char *at = strstr(text, word);

	return at && (at[strlen(word)] == ' ' || !at[strlen(word)]);
}

/* Does the banner, "Linux version 6.1.0-49-amd64 (...) ... #1 SMP ...", name this build? */
static bool same_build(const char *banner, const struct splat *s)
{
	_cleanup_free_ char *release = xasprintf("Linux version %s", s->kernel);
	_cleanup_free_ char *build = xasprintf(" #%s", s->build ? s->build : "");

	return has_word(banner, release) && (!s->build || has_word(banner, build));
}

/* Are the symbols those of the kernel that wrote this report, by the report's own header? */
static bool symbols_fit(struct reading *r, const struct splat *s)
{
	const char *banner = symbols_banner(r->symbols);

	if (!banner || !s->kernel || same_build(banner, s))
		return true;
	if (!r->warned)
		fprintf(stderr, "daxrig: '%s' is of kernel %s%s%s, but the symbols are of '%s'\n",
			r->name, s->kernel, s->build ? " #" : "", s->build ? s->build : "", banner);
	r->warned = true;
	return false;
}

static void take_splat(void *arg, struct splat *s)
{
	struct reading *r = arg;
	struct splat_places places = { NULL, 0 };
	bool fit = r->symbols && symbols_fit(r, s);

	if (fit)
		splat_places_find(r->symbols, s, &places);
	if (options.json) {
		splat_print_json(stdout, r->several ? r->name : NULL, s, fit ? &places : NULL);
	} else {
		if (r->found)
			putchar('\n');
		if (r->several)
			printf("%s: ", r->name);
		splat_print(stdout, s, fit ? &places : NULL);
	}
	r->found++;
	splat_places_deinit(&places);
	splat_destroy(s);
}

static struct err *scan(int fd, struct reading *r)
{
	struct splat_scanner *s = splat_scanner_create(take_splat, r);
	_cleanup_free_ char *chunk = xcalloc(1, CHUNK);
	ssize_t n;

	while ((n = read(fd, chunk, CHUNK)) > 0 || (n < 0 && errno == EINTR))
		splat_scanner_feed(s, chunk, n > 0 ? (size_t)n : 0);
	n = n < 0 ? -errno : 0;
	splat_scanner_finish(s);
	splat_scanner_destroy(s);
	return n ? err_errno((int)-n, "cannot read '%s'", r->name) : NULL;
}

static struct err *open_symbols(struct symbols **out)
{
	_cleanup_free_ char *vmlinux = NULL, *modules = NULL;
	_cleanup_kernel_ struct kernel *k = NULL;
	struct paths p;
	struct err *err;

	*out = NULL;
	if (options.kernel && options.vmlinux)
		return err_create(ERR_USAGE, "--kernel and --vmlinux do not go together");
	if (options.modules && !options.vmlinux)
		return err_create(ERR_USAGE, "--modules goes with --vmlinux");
	if (options.vmlinux)
		return symbols_open(options.vmlinux, options.modules, out);
	if (!options.kernel)
		return NULL;
	err = paths_init(&p);
	if (err)
		return err;
	err = kernel_find(p.data, options.kernel, &k);
	if (!err)
		err = kernel_symbols(k, &vmlinux, &modules);
	if (!err)
		err = symbols_open(vmlinux, modules, out);
	paths_deinit(&p);
	return err;
}

static struct err *splat(void *state, char **operands, int n, int *status)
{
	struct reading r = { .name = "standard input", .several = n > 1 };
	struct err *err = open_symbols(&r.symbols);

	(void)state;
	if (!err && !n)
		err = scan(STDIN_FILENO, &r);
	/* a log that cannot be read does not hide the reports of the others */
	for (int i = 0; i < n && (!err || i); i++) {
		_cleanup_close_ int fd = -1;
		struct err *its = file_open(operands[i], &fd);

		r.name = path_is_stdin(operands[i]) ? "standard input" : operands[i];
		if (its)
			its->code = ERR_USAGE;
		else
			its = scan(fd, &r);
		if (err)
			err_free(its);
		else
			err = its;
	}
	symbols_close(r.symbols);
	*status = r.found ? EXIT_CASE_FAILED : EXIT_ALL_PASSED;
	return err;
}

enum splat_option { OPTION_JSON = 256, OPTION_VMLINUX, OPTION_MODULES, OPTION_KERNEL };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	if (key == OPTION_JSON)
		options.json = true;
	else if (key == OPTION_VMLINUX)
		options.vmlinux = value;
	else if (key == OPTION_MODULES)
		options.modules = value;
	else
		options.kernel = value;
	return NULL;
}

static const struct command_option splat_options[] = {
	{ "json", NULL, "print a JSON object for each report, one a line", OPTION_JSON },
	{ "vmlinux", "FILE",
	  "that kernel's, with debug info: frames get file, line and what is\n"
	  "inlined there",
	  OPTION_VMLINUX },
	{ "modules", "DIR", "with --vmlinux: the folder of its modules, with debug info",
	  OPTION_MODULES },
	{ "kernel", "SPEC", "as --vmlinux, of a kernel of the store", OPTION_KERNEL },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_splat = {
	.name = "splat",
	.operands = "[FILE...]",
	.summary = "find, name and explain the kernel's reports in console logs",
	.help = "Reads console logs or the output of dmesg; without operands, or for '-',\n"
		"standard input.\n"
		"Exit status: 0 nothing found, 1 something found, 2 usage, 3 a log cannot be read.\n",
	.options = splat_options,
	.option = option,
	.run = splat,
};
