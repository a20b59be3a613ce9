/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/build/make.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "base/program.h"
#include "guests/build/make-env.h"
#include "guests/image/tools.h"
#include "guests/store/kernel-store.h"

#define CONFIG_MAX (4u << 20)
#define SAY_NS (10ull * 1000000000) /* between two lines of progress */
#define MAKE_WORDS 24

static const char *const make_words[] = {
	MAKE_ENV,
	"KBUILD_BUILD_TIMESTAMP=@0",
	"KBUILD_BUILD_USER=daxrig",
	"KBUILD_BUILD_HOST=daxrig",
};

/* Writes make's and the compiler's output to the log, and "  CC      fs/dax.o" as progress. */
static void take_line(void *arg, const char *line)
{
	struct make *b = arg;
	uint64_t now = now_ns();
	char kind[16], what[160];

	fprintf(b->log, "%s\n", line);
	if (!b->first_error && (strstr(line, "error: ") || strstr(line, "undefined reference") ||
				strstr(line, "No space left on device")))
		b->first_error = xstrndup(line, 300);
	if (*line != ' ' || sscanf(line, " %15s %159s", kind, what) != 2)
		return;
	b->lines++;
	if (now - b->said_ns < SAY_NS)
		return;
	b->said_ns = now;
	progress_line(b->say, "building %s, %s: %zu files, now %s", b->source->title,
		      b->recipe->profile, b->lines, what);
}

/* Runs make with its usual arguments, then @goals, NULL-terminated. */
static struct err *run(struct make *b, const char *const *goals, int timeout_ms)
{
	const char *argv[ARRAY_SIZE(make_words) + MAKE_WORDS] = { NULL };
	_cleanup_free_ char *arch = xasprintf("ARCH=%s", ARCH_HERE->name);
	size_t n = ARRAY_SIZE(make_words);
	struct err *err;

	memcpy(argv, make_words, sizeof(make_words));
	argv[n++] = b->basedir_arg;
	argv[n++] = "make";
	argv[n++] = "-C";
	argv[n++] = b->src;
	argv[n++] = b->obj_arg;
	argv[n++] = b->jobs_arg;
	argv[n++] = arch;
	if (b->cc_arg)
		argv[n++] = b->cc_arg;
	while (*goals)
		argv[n++] = *goals++;
	err = run_program_lines(argv, timeout_ms, take_line, b);
	fflush(b->log);
	if (!err || err->code != ERR_PROGRAM || !b->first_error)
		return err;
	err_free(err);
	return err_create(ERR_PROGRAM, "%s", b->first_error);
}

/* A failed build is the source's fault, unless the disk is full. */
static struct err *blame(const struct make *b, struct err *err)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;
	enum err_code code;

	if (!err || err->code != ERR_PROGRAM)
		return err_wrap(err, "cannot build %s", b->source->title);
	code = strstr(err->message, "No space left on device") ? ERR_INFRA : ERR_BUILD;
	buf_add_escaped(&shown, err->message, strlen(err->message), 300);
	err_free(err);
	return err_create(code, "cannot build %s: %s; see '%s'", b->source->title, buf_str(&shown),
			  b->log_path);
}

/* Writes the fragments to files beside the objects; @paths gets their paths, free() them. */
static struct err *write_fragments(const struct make *b, char **paths, struct buf *all)
{
	struct err *err = NULL;

	for (size_t i = 0; !err && i < b->recipe->nr_fragments; i++) {
		const char *text = b->recipe->fragments[i].text;

		paths[i] = xasprintf("%s/daxrig-%zu.config", b->obj, i);
		err = file_write_atomic(paths[i], text, strlen(text));
		buf_adds(all, text);
		buf_addc(all, '\0');
	}
	return err;
}

/* Merges the fragments into tinyconfig by the kernel's own script. */
static struct err *merge(struct make *b, char **paths)
{
	_cleanup_free_ char *config = xasprintf("%s/.config", b->obj);
	_cleanup_free_ char *tool = xasprintf("%s/scripts/kconfig/merge_config.sh", b->src);
	const char *argv[6 + ARRAY_SIZE(b->recipe->fragments)] = { tool, "-m", "-O", b->obj,
								   config };
	struct err *err = run(b, (const char *const[]){ "tinyconfig", NULL }, MAKE_CONFIG_MS);

	for (size_t i = 0; i < b->recipe->nr_fragments; i++)
		argv[5 + i] = paths[i];
	if (!err)
		err = run_program_lines(argv, MAKE_CONFIG_MS, take_line, b);
	if (!err)
		err = run(b, (const char *const[]){ "olddefconfig", NULL }, MAKE_CONFIG_MS);
	return blame(b, err);
}

/* Keeps a .config made from the same fragments: a new one makes Kbuild check everything. */
struct err *make_configure(struct make *b)
{
	_cleanup_free_ char *config = xasprintf("%s/.config", b->obj);
	_cleanup_free_ char *stamp = xasprintf("%s/daxrig-merged", b->obj);
	_cleanup_buf_ struct buf all = BUF_INIT, old = BUF_INIT, text = BUF_INIT, missed = BUF_INIT;
	char *paths[ARRAY_SIZE(b->recipe->fragments)] = { NULL };
	_cleanup_err_ struct err *none = file_read(stamp, CONFIG_MAX, &old);
	struct err *err = write_fragments(b, paths, &all);
	bool same = !none && old.len == all.len && !memcmp(old.data, all.data, all.len) &&
		    path_exists(config);

	if (!err && !same) {
		unlink(stamp);
		err = merge(b, paths);
	}
	if (!err)
		err = file_read(config, CONFIG_MAX, &text);
	if (!err)
		err = recipe_check(b->recipe, b->source->title, buf_str(&text), &missed);
	if (!err && !same)
		err = file_write_atomic(stamp, all.data, all.len);
	if (!err && !same && missed.len)
		progress_line(b->say, "%s has no %s", b->source->title, buf_str(&missed));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		free(paths[i]);
	return err;
}

struct err *make_open(struct make *b)
{
	_cleanup_free_ char *ccache = tools_find("ccache");
	struct err *err;

	b->src = xasprintf("%s/src", b->source->dir);
	b->obj = xasprintf("%s/obj-%s", b->source->dir, b->recipe->profile);
	b->log_path = xasprintf("%s/build.log", b->obj);
	b->basedir_arg = xasprintf("CCACHE_BASEDIR=%.*s",
				   (int)(strrchr(b->source->dir, '/') - b->source->dir),
				   b->source->dir);
	b->obj_arg = xasprintf("O=%s", b->obj);
	b->jobs_arg = xasprintf("-j%ld", sysconf(_SC_NPROCESSORS_ONLN));
	b->cc_arg = ccache ? "CC=ccache gcc" : NULL;
	b->said_ns = now_ns();
	/* 7.2.13: 1.7 GiB of source, and 2.0 GiB of objects under profile fast */
	err = path_exists(b->obj) ? NULL : store_room(b->source->dir, tree_size(b->src) * 5 / 4);
	if (!err)
		err = dir_create(b->obj);
	if (err)
		return err;
	b->log = fopen(b->log_path, "we");
	return b->log ? NULL : err_errno(errno, "cannot create '%s'", b->log_path);
}

void make_close(struct make *b)
{
	if (b->log)
		fclose(b->log);
	free(b->src);
	free(b->obj);
	free(b->log_path);
	free(b->basedir_arg);
	free(b->obj_arg);
	free(b->jobs_arg);
	free(b->first_error);
}

struct err *make_run(struct make *b, const char *const *goals, int timeout_ms)
{
	b->said_ns = now_ns();
	free(take_ptr(b->first_error));
	return blame(b, run(b, goals, timeout_ms));
}
