/* SPDX-License-Identifier: GPL-2.0-only */
/* 'daxrig kernel': lists the store of kernels, adds to it, and removes from it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/nearest.h"
#include "host/cancel.h"
#include "cmd/cmd.h"
#include "guests/store/kernel-add.h"
#include "guests/store/kernel-available.h"
#include "guests/store/kernel-describe.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-symbols.h"
#include "host/paths.h"

#define TEXT_SHOWN 200 /* bytes */

static struct {
	bool available, symbols;
} options;

static int cancel = -1; /* readable: stop, and remove what is half made */

static double mib(uint64_t bytes)
{
	return (double)bytes / (1 << 20);
}

/* Files may hold anything; the terminal gets printable ASCII. */
static char *shown(const char *s)
{
	struct buf b = BUF_INIT;

	buf_add_escaped(&b, s, strlen(s), TEXT_SHOWN);
	return buf_take(&b);
}

static struct err *list_builds(const char *data)
{
	struct build_entry *v;
	size_t n;
	struct err *err = kernel_list_builds(data, &v, &n);

	for (size_t i = 0; !err && i < n; i++) {
		printf("%-40s %-26s %9.1f  objects and source, for the next build\n", v[i].spec, "",
		       mib(v[i].bytes));
		free(v[i].spec);
	}
	if (!err)
		free(v);
	return err;
}

static struct err *list_stored(const char *data)
{
	struct kernel_entries list;
	struct err *err = kernel_list(data, &list);

	if (err)
		return err;
	printf("%-40s %-26s %9s  %-16s  %s\n", "name", "release", "MiB", "fetched", "origin");
	for (size_t i = 0; i < list.n; i++) {
		const struct kernel_entry *e = &list.v[i];
		_cleanup_free_ char *name = shown(e->spec);
		_cleanup_free_ char *release = shown(e->release ? e->release : "damaged");
		_cleanup_free_ char *origin = shown(e->origin ? e->origin : "not known");
		char when[32] = "not known";
		struct tm tm;

		if (e->fetched && localtime_r(&e->fetched, &tm))
			strftime(when, sizeof(when), "%F %H:%M", &tm);
		printf("%-40s %-26s %9.1f  %-16s  %s%s%s%s\n", name, release, mib(e->bytes), when,
		       origin, e->version ? ", package " : "", e->version ? e->version : "",
		       e->symbols ? ", with symbols" : "");
	}
	kernel_entries_deinit(&list);
	return list_builds(data);
}

static struct err *list_available(const char *data)
{
	size_t broken = 0;
	struct kernel_entries list;
	struct kernel_offers offers;
	struct err *err = cancel_open(&cancel);

	if (!err)
		err = kernel_available(data, &command_say, &offers);
	if (err)
		return err;
	err = kernel_list(data, &list);
	if (!err)
		printf("%-40s %-26s %9s  %-20s\n", "name", "package", "MB", "suite");
	for (size_t i = 0; !err && i < offers.n; i++) {
		const struct kernel_offer *o = &offers.v[i];
		_cleanup_free_ char *key = kernel_key_of_package(o->package);
		const struct kernel_entry *e = kernel_entries_find(&list, key);
		const char *mark = !e || !e->version ? "" :
				   strcmp(e->version, o->version) ?
						       "in the store, another version" :
						       "in the store";

		if (o->missing) {
			broken++;
			continue;
		}
		printf("deb:%-36s %-26s %9.1f  %-20s%s%s\n",
		       o->package + strlen(KERNEL_IMAGE_PREFIX), o->version, (double)o->bytes / 1e6,
		       o->suite, *mark ? "  " : "", mark);
	}
	if (!err)
		kernel_entries_deinit(&list);
	kernel_offers_deinit(&offers);
	if (broken)
		progress_line(&command_say,
			      "left out %zu whose modules are no longer in the archive", broken);
	return err;
}

static struct err *list(const char *data, char **words, int n)
{
	(void)words;
	(void)n;
	return options.available ? list_available(data) : list_stored(data);
}

/* Fails unless @action is the one that puts a kernel with such a SPEC into the store. */
static struct err *check_action(const char *word, const char *action)
{
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(word, &spec);
	const char *its;

	if (err)
		return err;
	its = spec.kind == KERNEL_SPEC_FILE ? "add" :
	      kernel_spec_is_built(&spec)   ? "build" :
					      "fetch";
	if (strcmp(its, action))
		err = err_create(ERR_USAGE, "cannot %s '%s': use 'daxrig kernel %s'", action,
				 spec.text, its);
	kernel_spec_deinit(&spec);
	return err;
}

/* A built kernel includes its symbols: this does not build one for its symbols alone. */
static struct err *get_symbols(const char *data, const char *word)
{
	_cleanup_free_ char *vmlinux = NULL, *modules = NULL;
	_cleanup_kernel_ struct kernel *k = NULL;
	struct kernel_spec spec;
	struct err *err = kernel_spec_parse(word, &spec);

	if (err)
		return err;
	err = kernel_spec_is_built(&spec) ? kernel_find(data, word, &k) :
					    kernel_get(data, word, &command_say, &k);
	kernel_spec_deinit(&spec);
	if (!err)
		err = kernel_symbols_fetch(data, k, &command_say);
	if (!err)
		err = kernel_symbols(k, &vmlinux, &modules);
	if (!err)
		printf("%s: symbols in '%s'\n", word, vmlinux);
	return err;
}

static struct err *get(const char *data, const char *word, const char *action)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	struct err *err = check_action(word, action);

	if (!err)
		err = kernel_get_all(data, word, &command_say, &k);
	if (!err)
		printf("%s: %s in '%s'\n", word, k->release, k->dir);
	return err;
}

static struct err *get_all(const char *data, char **words, int n, const char *action)
{
	struct err *err = cancel_open(&cancel);

	for (int i = 0; !err && i < n; i++) {
		err = options.symbols ? get_symbols(data, words[i]) : get(data, words[i], action);
		fflush(stdout);
	}
	return err;
}

static struct err *fetch(const char *data, char **words, int n)
{
	return get_all(data, words, n, "fetch");
}

static struct err *build(const char *data, char **words, int n)
{
	return get_all(data, words, n, "build");
}

static struct err *add(const char *data, char **words, int n)
{
	struct err *err = NULL;

	for (int i = 0; !err && i < n; i++) {
		_cleanup_free_ char *spec = NULL;

		err = kernel_add(data, words[i], &spec);
		if (!err)
			puts(spec);
	}
	return err;
}

static struct err *show_one(const char *data, const char *word)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = kernel_find(data, word, &k);

	if (!err)
		err = kernel_describe(k, &text);
	if (!err)
		fputs(buf_str(&text), stdout);
	return err;
}

static struct err *show(const char *data, char **words, int n)
{
	struct err *err = NULL;

	for (int i = 0; !err && i < n; i++) {
		if (i)
			putchar('\n');
		err = show_one(data, words[i]);
	}
	return err;
}

static struct err *rm(const char *data, char **words, int n)
{
	struct err *err = NULL;

	for (int i = 0; !err && i < n; i++) {
		_cleanup_free_ char *key = NULL;

		if (!strncmp(words[i], "build:", 6)) {
			err = kernel_remove_build(data, words[i]);
		} else {
			err = kernel_list_key(data, words[i], true, &key);
			if (!err)
				err = kernel_remove(data, key);
		}
		if (!err)
			printf("removed %s\n", key ? key : words[i]);
	}
	return err;
}

static struct err *config(const char *data, char **words, int n)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	(void)data;
	(void)words;
	(void)n;
	kernel_config_fragment(&text);
	fputs(buf_str(&text), stdout);
	return NULL;
}

static const struct {
	const char *name;
	bool takes_words;
	struct err *(*run)(const char *data, char **words, int n);
} actions[] = {
	{ "list", false, list },     { "fetch", true, fetch }, { "build", true, build },
	{ "add", true, add },	     { "show", true, show },   { "rm", true, rm },
	{ "config", false, config },
};

static struct err *kernel(void *state, char **operands, int n, int *status)
{
	struct nearest near = { .word = n ? operands[0] : "" };
	struct paths p;
	struct err *err;
	size_t i = 0;

	(void)state;
	(void)status;
	if (!n)
		return err_create(ERR_USAGE, "no action given; see 'daxrig kernel --help'");
	for (; i < ARRAY_SIZE(actions) && strcmp(operands[0], actions[i].name); i++)
		nearest_offer(&near, actions[i].name);
	if (i == ARRAY_SIZE(actions))
		return nearest_err(&near, "kernel action", "see 'daxrig kernel --help'");
	if (actions[i].takes_words != (n > 1))
		return err_create(ERR_USAGE,
				  actions[i].takes_words ?
					  "'kernel %s' needs a kernel; see 'daxrig kernel --help'" :
					  "'kernel %s' takes no operands",
				  operands[0]);
	if (options.available && actions[i].run != list)
		return err_create(ERR_USAGE, "--available goes with 'kernel list' alone");
	if (options.symbols && actions[i].run != fetch)
		return err_create(ERR_USAGE, "--symbols goes with 'kernel fetch' alone");
	err = paths_init(&p);
	if (err)
		return err;
	err = actions[i].run(p.data, operands + 1, n - 1);
	paths_deinit(&p);
	return err;
}

enum kernel_option { OPTION_AVAILABLE = 256, OPTION_SYMBOLS };

static struct err *option(void *state, int key, const char *value)
{
	(void)state;
	(void)value;
	if (key == OPTION_AVAILABLE)
		options.available = true;
	else
		options.symbols = true;
	return NULL;
}

static const struct command_option kernel_options[] = {
	{ "available", NULL, "with list: the kernels that can be fetched, newest first",
	  OPTION_AVAILABLE },
	{ "symbols", NULL, "with fetch: also their symbols, for 'daxrig splat', about 1 GB each",
	  OPTION_SYMBOLS },
	{ NULL, NULL, NULL, 0 },
};

const struct command cmd_kernel = {
	.name = "kernel",
	.operands = "ACTION [SPEC...]",
	.summary = "list, fetch, build, add, show and remove kernels",
	.help = "Actions:\n"
		"  list           the kernels of the store, newest first\n"
		"  fetch SPEC...  get Debian's kernels into the store\n"
		"  build SPEC...  build kernels from source, src: or tree:, into the store\n"
		"  add SPEC...    copy your own kernels, file:BZIMAGE[,modules=DIR]\n"
		"                 [,config=FILE], into the store, and print their names there\n"
		"  show SPEC...   origin, version, build id, and what daxrig needs of it\n"
		"  rm SPEC...     remove kernels that no running daxrig uses; also what builds\n"
		"                 left for the next build, named build:NAME by 'list'\n"
		"  config         a fragment of a .config with what daxrig needs\n"
		"\nSPEC is " KERNEL_SPEC_FORMS "\n",
	.options = kernel_options,
	.option = option,
	.run = kernel,
};
