/* SPDX-License-Identifier: GPL-2.0-only */
/* A git tree made for the tests of bisections; include cmocka.h first. */
#ifndef RIG_TESTS_COMMITS_H
#define RIG_TESTS_COMMITS_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "bisect/candidates.h"

/*
 *	a0 -- a1 -- a2 -- a3(M) -- a4 ------ a5(O) -- a6
 *	       \         /                  /
 *	        s1 -- s2(N) -- s3(=M^2) ...x1, y1: an octopus, from a4
 *	         \   /
 *	          t1
 */
enum { A0, A1, A2, A3, A4, A5, A6, S1, S2, S3, T1, X1, Y1, COMMITS };

static const struct {
	const char *name;
	int parents[3]; /* -1 after the last */
} commits[] = {
	[A0] = { "a0", { -1 } },     [A1] = { "a1", { A0, -1 } },
	[A2] = { "a2", { A1, -1 } }, [S1] = { "s1", { A1, -1 } },
	[T1] = { "t1", { S1, -1 } }, [S2] = { "s2", { S1, T1, -1 } },
	[S3] = { "s3", { S2, -1 } }, [A3] = { "a3", { A2, S3, -1 } },
	[A4] = { "a4", { A3, -1 } }, [X1] = { "x1", { A4, -1 } },
	[Y1] = { "y1", { A4, -1 } }, [A5] = { "a5", { A4, X1, Y1 } },
	[A6] = { "a6", { A5, -1 } },
};

/* Each after its parents. */
static const int order[] = { A0, A1, A2, S1, T1, S2, S3, A3, A4, X1, Y1, A5, A6 };

static char tree[64];
static char *ids[COMMITS];

static char *git_line(const char *const argv[])
{
	_cleanup_buf_ struct buf out = BUF_INIT;

	assert_null(run_program(argv, 60000, &out));
	return xstrndup(buf_str(&out), strcspn(buf_str(&out), "\n"));
}

static void commit(int c, const char *files)
{
	const char *argv[16] = { "git", "-C", tree, "commit-tree", files, "-m", commits[c].name };
	size_t n = 7;

	for (size_t i = 0; i < 3 && commits[c].parents[i] >= 0 && (i == 0 || c != A0); i++) {
		argv[n++] = "-p";
		argv[n++] = ids[commits[c].parents[i]];
	}
	ids[c] = git_line(argv);
	assert_int_equal(strlen(ids[c]), 40);
	_cleanup_free_ char *ref = xasprintf("refs/tags/%s", commits[c].name);

	free(git_line((const char *const[]){ "git", "-C", tree, "update-ref", ref, ids[c], NULL }));
}

static int make_tree(void **state)
{
	static const char *const env[] = { "GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL",
					   "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL" };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(env); i++)
		setenv(env[i], "tester", 1);
	setenv("GIT_AUTHOR_DATE", "2026-11-01T12:00:00Z", 1);
	setenv("GIT_COMMITTER_DATE", "2026-11-01T12:00:00Z", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	snprintf(tree, sizeof(tree), "/tmp/daxrig-test-tree-XXXXXX");
	if (!mkdtemp(tree))
		return -1;
	free(git_line((const char *const[]){ "git", "init", "-q", tree, NULL }));
	_cleanup_free_ char *files = git_line(
		(const char *const[]){ "git", "-C", tree, "mktree", NULL });
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		commit(order[i], files);
	return 0;
}

static int remove_tree(void **state)
{
	(void)state;
	for (size_t i = 0; i < COMMITS; i++)
		free(ids[i]);
	err_free(tree_remove(tree));
	return 0;
}

static struct err *of_tree(const char *good, const char *bad, struct candidates *h)
{
	_cleanup_free_ char *from = xasprintf("tree:%s@%s", tree, good);
	_cleanup_free_ char *to = xasprintf("tree:%s/.@%s", tree, bad);

	return candidates_between("/proc/none", from, to, NULL, h);
}

#endif
