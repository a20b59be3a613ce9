/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads known findings from files. */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "reports/record/finding.h"

static struct err *read_list(const char *path, struct known *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, KNOWN_TEXT_MAX, &text);

	return err ? err : known_parse(path, buf_str(&text), text.len, out);
}

/* @left: bytes that may still be read. */
static struct err *read_finding(const char *folder, const char *name, size_t *left,
				struct known *out)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", folder, name);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, *left, &text);

	if (err)
		return err;
	*left -= text.len;
	return finding_parse(path, name, buf_str(&text), text.len, out);
}

static int is_finding(const struct dirent *e)
{
	return e->d_name[0] != '.' && !str_ends(e->d_name, ".md");
}

static struct err *read_folder(const char *path, struct known *out)
{
	struct dirent **names;
	size_t left = KNOWN_TEXT_MAX;
	struct err *err = NULL;
	int n = scandir(path, &names, is_finding, alphasort);

	if (n < 0)
		return err_errno(errno, "cannot open folder '%s'", path);
	for (int i = 0; i < n; i++) {
		if (!err)
			err = read_finding(path, names[i]->d_name, &left, out);
		free(names[i]);
	}
	free(names);
	if (!err && !out->nr_findings)
		err = err_create(ERR_USAGE, "folder '%s' has no findings", path);
	return err ? err : findings_order(out);
}

struct err *known_read(const char *path, struct known *out)
{
	struct stat st;
	struct err *err;

	*out = (struct known){ 0 };
	if (path_is_stdin(path) || stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
		return read_list(path, out);
	err = read_folder(path, out);
	if (err)
		known_deinit(out);
	return err;
}
