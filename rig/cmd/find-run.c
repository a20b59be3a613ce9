/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/find-run.h"

#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/nearest.h"

static char *find_record(const struct paths *p, const char *given)
{
	const char *word = given ? given : "latest";
	_cleanup_free_ char *own = xasprintf("%s/runs/%s", p->data, word);
	struct stat st;

	if (path_is_stdin(word))
		return xstrdup(word);
	if (given && stat(word, &st) == 0)
		return S_ISDIR(st.st_mode) ? xasprintf("%s/run.json", word) : xstrdup(word);
	if (!strchr(word, '/') && stat(own, &st) == 0)
		return xasprintf("%s/run.json", own);
	return NULL;
}

static struct err *unknown_run(const struct paths *p, const char *word)
{
	_cleanup_free_ char *expected = xasprintf(
		"expected the folder of a run, or its name in '%s/runs'", p->data);
	struct nearest n = { .word = word };

	nearest_offer(&n, "latest");
	return nearest_err(&n, "run", expected);
}

struct err *find_run(const struct paths *p, const char *word, char **path)
{
	*path = find_record(p, word);
	if (*path)
		return NULL;
	return word ? unknown_run(p, word) :
		      err_create(ERR_USAGE, "there is no run in '%s/runs' yet", p->data);
}
