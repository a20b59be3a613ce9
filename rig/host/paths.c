/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/paths.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"

#define SOURCE_MAX (1u << 20)

/* $@own, else a folder below $@xdg, else below @fallback in the home folder; NULL without one. */
static char *user_dir(const char *own, const char *xdg, const char *fallback)
{
	const char *home = getenv("HOME");
	const char *base = getenv(own);

	if (base && *base)
		return xstrdup(base);
	base = getenv(xdg);
	if (base && *base == '/')
		return xasprintf("%s/daxrig", base);
	/* never a place that all users share: daxrig trusts the files there */
	return home && *home == '/' ? xasprintf("%s/%s/daxrig", home, fallback) : NULL;
}

/* The session's folder, which disappears with the session's processes; else a lasting one. */
static char *state_dir(void)
{
	const char *own = getenv("DAXRIG_STATE"), *session = getenv("XDG_RUNTIME_DIR");
	struct stat st;

	if ((!own || !*own) && session && *session == '/' && !lstat(session, &st) &&
	    S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (st.st_mode & 0777) == 0700)
		return xasprintf("%s/daxrig", session);
	return user_dir("DAXRIG_STATE", "XDG_STATE_HOME", ".local/state");
}

static bool trusted(const struct stat *st)
{
	return !st->st_uid || st->st_uid == geteuid();
}

/*
 * Checks the folder @path, whose files daxrig boots and runs. It may be missing. @shared:
 * the administrator or the user may have made it writable for a group.
 */
static struct err *check_folder(const char *path, bool shared)
{
	struct stat link, st;

	if (lstat(path, &link) || stat(path, &st))
		return NULL;
	/* a symbolic link to it must be trusted too */
	if (trusted(&st))
		st.st_uid = link.st_uid;
	if (!trusted(&st))
		return err_create(ERR_INFRA, "cannot trust '%s': it belongs to user %u", path,
				  (unsigned int)st.st_uid);
	if (st.st_mode & (shared ? S_IWOTH : S_IWGRP | S_IWOTH))
		return err_create(ERR_INFRA, "cannot trust '%s': other users can write it", path);
	return NULL;
}

static struct err *check_all(const struct paths *p)
{
	struct err *err;

	if (!p->data || !p->cache || !p->state)
		return err_create(ERR_INFRA, "HOME is not set: set it, or DAXRIG_DATA, "
					     "DAXRIG_CACHE and DAXRIG_STATE");
	err = check_folder(p->data, true);
	return err ? err : check_folder(p->cache, false);
}

struct err *paths_init(struct paths *p)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct err *err;

	if (n <= 0)
		return err_errno(errno, "cannot find the program's own folder");
	exe[n] = '\0';
	*strrchr(exe, '/') = '\0';
	*p = (struct paths){
		.home = xstrdup(*exe ? exe : "/"),
		.data = user_dir("DAXRIG_DATA", "XDG_DATA_HOME", ".local/share"),
		.cache = user_dir("DAXRIG_CACHE", "XDG_CACHE_HOME", ".cache"),
		.state = state_dir(),
	};
	err = check_all(p);
	if (err)
		paths_deinit(p);
	return err;
}

struct err *paths_make(const struct paths *p)
{
	struct err *err = dir_create(p->data);

	if (!err)
		err = dir_create(p->cache);
	/* again: another user could have made them since the first check */
	return err ? err : check_all(p);
}

void paths_deinit(struct paths *p)
{
	free(p->home);
	free(p->data);
	free(p->cache);
	free(p->state);
	*p = (struct paths){ 0 };
}

char *paths_known(const struct paths *p)
{
	return xasprintf("%s/reports/known.txt", p->home);
}

char *paths_scope(const struct paths *p)
{
	return xasprintf("%s/reports/coverage/scope.txt", p->home);
}

char *paths_findings(const struct paths *p)
{
	return xasprintf("%s/reports/findings", p->home);
}

struct err *paths_agent(const struct paths *p, char **out)
{
	*out = xasprintf("%s/build/daxrig-agent", p->home);
	if (path_exists(*out))
		return NULL;
	free(*out);
	*out = NULL;
	return err_create(ERR_INFRA, "'%s/build/daxrig-agent' is missing: run 'make'", p->home);
}

struct err *library_add_file(struct library *lib, const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *slash = strrchr(path, '/');
	const char *name = path_is_stdin(path) ? "stdin" : slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	struct err *err = file_read(path, SOURCE_MAX, &text);
	size_t len;

	if (err) {
		err->code = ERR_USAGE;
		return err;
	}
	len = text.len;
	lib->v = xrealloc(lib->v, lib->n + 1, sizeof(*lib->v));
	lib->v[lib->n++] = (struct plan_source){
		.name = xstrndup(name, dot ? (size_t)(dot - name) : strlen(name)),
		.path = xstrdup(path),
		.len = len,
		.text = buf_take(&text),
	};
	return NULL;
}

static int by_name(const void *a, const void *b)
{
	const struct plan_source *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* Adds @path with the reason why it could not be read. Takes @err. */
static void add_bad(struct library *lib, const char *path, struct err *err)
{
	const char *name = strrchr(path, '/') + 1;

	lib->v = xrealloc(lib->v, lib->n + 1, sizeof(*lib->v));
	lib->v[lib->n++] = (struct plan_source){
		.name = xstrndup(name, (size_t)(strrchr(name, '.') - name)),
		.path = xstrdup(path),
		.text = xstrdup(""),
		.bad = xstrdup(err->message),
	};
	err_free(err);
}

/* @all: one that cannot be read is an error; else it is kept with the reason. */
static struct err *read_folder(const struct paths *p, const char *folder, const char *suffix,
			       bool all, struct library *out)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", p->home, folder);
	DIR *dir = opendir(path);
	struct err *err = NULL;
	struct dirent *e;

	*out = (struct library){ 0 };
	if (!dir)
		return err_errno(errno, "cannot open folder '%s'", path);
	while (!err && (e = readdir(dir)) != NULL) {
		_cleanup_free_ char *file = xasprintf("%s/%s", path, e->d_name);

		if (str_ends(e->d_name, suffix))
			err = library_add_file(out, file);
		if (err && !all)
			add_bad(out, file, take_ptr(err));
	}
	closedir(dir);
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_name);
	if (err)
		library_deinit(out);
	return err;
}

struct err *library_scenarios(const struct paths *p, struct library *out)
{
	return read_folder(p, "workloads/scenarios", ".scn", false, out);
}

struct err *library_plans(const struct paths *p, struct library *out)
{
	return read_folder(p, "rig/plans", ".plan", false, out);
}

struct err *library_mutants(const struct paths *p, struct library *out)
{
	return read_folder(p, "guests/mutants", ".patch", true, out);
}

void library_deinit(struct library *lib)
{
	for (size_t i = 0; i < lib->n; i++) {
		free(lib->v[i].name);
		free(lib->v[i].path);
		free(lib->v[i].text);
		free(lib->v[i].bad);
	}
	free(lib->v);
	*lib = (struct library){ 0 };
}
