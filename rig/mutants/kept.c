/* SPDX-License-Identifier: GPL-2.0-only */
#include "mutants/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>

#include "base/digest.h"
#include "base/files.h"
#include "plan/cases.h"
#include "reports/history/identity.h"

#define CLEAN_MAX (64u << 20) /* bytes */
#define VERDICT_MAX 8192

/* Names and texts of the plan's cases, the kernel, the agent and daxrig, as it runs now. */
static struct err *key_of(const struct paths *p, const char *kernel, const char *name,
			  char out[IDENTITY_HASH])
{
	_cleanup_free_ char *agent = NULL;
	_cleanup_close_ int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	_cleanup_buf_ struct buf all = BUF_INIT;
	struct plan plan = { 0 };
	struct digest agents, own;
	struct err *err = cases_from_plan(p, name, &plan);

	if (!err)
		err = paths_agent(p, &agent);
	if (!err)
		err = digest_file(agent, &agents);
	if (!err)
		err = digest_fd(self, "/proc/self/exe", &own);
	if (!err) {
		plan_write_texts(&plan);
		buf_addf(&all, "%s\n" DIGEST_FMT "\n" DIGEST_FMT "\n", kernel, agents.size,
			 agents.sum, own.size, own.sum);
		for (size_t i = 0; i < plan.nr_cases; i++)
			buf_addf(&all, "%s\n%s\n", plan.cases[i].name,
				 plan.cases[i].text ? plan.cases[i].text : "");
		identity_hash(buf_str(&all), out);
	}
	plan_deinit(&plan);
	return err;
}

static struct err *lock(struct kept *k)
{
	_cleanup_free_ char *path = xasprintf("%s/.lock", k->dir);

	k->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (k->lock < 0)
		return err_errno(errno, "cannot open '%s'", path);
	if (!flock(k->lock, LOCK_EX | LOCK_NB))
		return NULL;
	return errno == EWOULDBLOCK ?
		       err_create(ERR_USAGE, "another daxrig runs these mutants: it has '%s'",
				  path) :
		       err_errno(errno, "cannot lock '%s'", path);
}

struct err *kept_open(const struct paths *p, const char *kernel, const char *plan, struct kept *out)
{
	char key[IDENTITY_HASH];
	struct err *err = key_of(p, kernel, plan, key);

	*out = (struct kept){ .lock = -1 };
	if (err)
		return err;
	out->dir = xasprintf("%s/mutants/results/%s", p->data, key);
	err = dir_create(out->dir);
	return err ? err : lock(out);
}

void kept_close(struct kept *k)
{
	free(k->dir);
	close_fd(&k->lock);
	*k = (struct kept){ .lock = -1 };
}

void kept_read_clean(const struct kept *k, struct clean *out)
{
	_cleanup_free_ char *path = xasprintf("%s/clean", k->dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;

	*out = (struct clean){ 0 };
	if (!path_exists(path))
		return;
	err = file_read(path, CLEAN_MAX, &text);
	if (!err)
		err = clean_parse(buf_str(&text), out);
	if (err) {
		fprintf(stderr, "daxrig: running the clean kernel again: '%s': %s\n", path,
			err->message);
		clean_deinit(out);
	}
}

struct err *kept_write_clean(const struct kept *k, const struct clean *c)
{
	_cleanup_free_ char *path = xasprintf("%s/clean", k->dir);
	_cleanup_buf_ struct buf text = BUF_INIT;

	clean_format(c, &text);
	return file_write_atomic(path, buf_str(&text), text.len);
}

char *kept_read_reach(const struct kept *k)
{
	_cleanup_free_ char *path = xasprintf("%s/reach", k->dir), *folder = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = path_exists(path) ? file_read(path, PATH_MAX, &text) : NULL;

	folder = xstrndup(buf_str(&text), strcspn(buf_str(&text), "\n"));
	return !err && *folder && path_exists(folder) ? take_ptr(folder) : NULL;
}

struct err *kept_write_reach(const struct kept *k, const char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/reach", k->dir);
	_cleanup_free_ char *text = xasprintf("%s\n", folder);

	return file_write_atomic(path, text, strlen(text));
}

void verdict_lines_deinit(struct verdict_lines *v)
{
	free(v->rule);
	free(v->in_case);
	free(v->after);
	*v = (struct verdict_lines){ 0 };
}

/* The first line: what the verdict is about, and what it was judged against. */
static char *head_of(const char *text, unsigned int clean)
{
	char hash[IDENTITY_HASH];

	identity_hash(text, hash);
	return xasprintf("%s %u", hash, clean);
}

bool kept_read(const struct kept *k, const char *name, const char *text, unsigned int clean,
	       struct verdict_lines *out)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", k->dir, name), *head = head_of(text, clean);
	_cleanup_buf_ struct buf old = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;
	char *lines[5], *rest;

	*out = (struct verdict_lines){ 0 };
	if (!path_exists(path))
		return false;
	err = file_read(path, VERDICT_MAX, &old);
	rest = old.data;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		lines[i] = rest ? strsep(&rest, "\n") : NULL;
	if (err || !lines[4] || strcmp(lines[0], head))
		return false;
	*out = (struct verdict_lines){ .caught = strcmp(lines[1], "caught") == 0,
				       .rule = xstrdup(lines[2]),
				       .in_case = xstrdup(lines[3]),
				       .after = xstrdup(lines[4]) };
	return true;
}

struct err *kept_write(const struct kept *k, const char *name, const char *text, unsigned int clean,
		       const struct verdict_lines *v)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", k->dir, name), *head = head_of(text, clean);
	_cleanup_buf_ struct buf out = BUF_INIT;

	buf_addf(&out, "%s\n%s\n%s\n%s\n%s\n", head, v->caught ? "caught" : "survived", v->rule,
		 v->in_case, v->after);
	return file_write_atomic(path, out.data, out.len);
}
