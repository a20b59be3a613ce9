// SPDX-License-Identifier: GPL-2.0-only
#include "guests/build/git.h"

#include <errno.h>
#include <string.h>

#include "base/program.h"

#define GIT_MS (30 * 60 * 1000) /* a checkout of a kernel, on a busy machine */
#define ARGS_MAX 16

struct err *git(const char *tree, struct buf *out, const char *const args[])
{
	const char *argv[ARGS_MAX + 5] = { "git", "--no-optional-locks", "-C", tree, NULL };
	size_t n = 4;

	for (size_t i = 0; args[i] && i < ARGS_MAX; i++)
		argv[n++] = args[i];
	buf_reset(out);
	return run_program(argv, GIT_MS, out);
}

size_t git_id_len(const char *line)
{
	size_t n = strspn(line, "0123456789abcdef");

	return n == 40 || n == 64 ? n : 0;
}

char *git_first_id(const char *text)
{
	while (*text) {
		size_t n = git_id_len(text);

		if (n)
			return xstrndup(text, n);
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	return NULL;
}

struct err *git_resolve(const char *tree, const char *rev, char **out)
{
	_cleanup_free_ char *commit = xasprintf("%s^{commit}", rev ? rev : "HEAD");
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = GIT(tree, &text, "rev-parse", "--verify", "--quiet", "--end-of-options",
			      commit);

	*out = err ? NULL : git_first_id(buf_str(&text));
	if (*out || (err && err->code != ERR_PROGRAM))
		return err;
	err_free(err);
	return err_create(ERR_USAGE, "cannot find '%s': '%s' has no such revision",
			  rev ? rev : "HEAD", tree);
}

struct err *git_tree(const char *path, char **out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;

	*out = realpath(path, NULL);
	if (!*out)
		return err_create(ERR_USAGE, "cannot use git tree '%s': %s", path, strerror(errno));
	err = GIT(*out, &text, "rev-parse", "--git-dir");
	if (err && err->code == ERR_PROGRAM) {
		err->code = ERR_USAGE;
		err = err_wrap(err, "cannot use git tree '%s'", path);
	}
	return err;
}

bool git_is_ancestor(const char *tree, const char *of, const char *id, struct err **err)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	if (*err)
		return false;
	*err = GIT(tree, &text, "merge-base", "--is-ancestor", of, id);
	if (!*err)
		return true;
	if ((*err)->code == ERR_PROGRAM) {
		err_free(*err);
		*err = NULL;
	}
	return false;
}

struct err *git_parents(const char *tree, const char *id, char ***out, size_t *n)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = GIT(tree, &text, "rev-list", "--parents", "--max-count=1", id);
	_cleanup_free_ char *self = err ? NULL : git_first_id(buf_str(&text));
	const char *p = self ? strstr(buf_str(&text), self) : NULL;

	*out = NULL;
	*n = 0;
	if (err)
		return err;
	if (!p)
		return err_create(ERR_INFRA, "git did not print the parents of '%s'", id);
	for (p += strlen(self); *p == ' ' && git_id_len(p + 1); p += 1 + git_id_len(p + 1)) {
		*out = xrealloc(*out, *n + 1, sizeof(**out));
		(*out)[(*n)++] = xstrndup(p + 1, git_id_len(p + 1));
	}
	return NULL;
}

void git_free_ids(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
	free(v);
}
