// SPDX-License-Identifier: GPL-2.0-only
/* Reads the beginning of a run.json: what stands before its cases. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/files.h"
#include "reports/record/journal-private.h"

#define CHUNK (64u << 10)
/* A string of JSON has no newline, so these stand only where daxrig wrote the members. */
#define CASES_MARK "\n \"cases\": ["
#define PLAN_MARK "\n  \"text\": "

/* Reads @path into @text, up to where its cases begin; false: they are not found. */
static struct err *read_head(const char *path, struct buf *text, bool *found)
{
	_cleanup_close_ int fd = -1;
	struct err *err = file_open(path, &fd);
	_cleanup_free_ char *chunk = xcalloc(1, CHUNK);
	size_t looked = 0;

	*found = false;
	while (!err && text->len < RUN_JSON_FILE_MAX) {
		ssize_t n = read(fd, chunk, CHUNK);
		char *mark;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_errno(errno, "cannot read '%s'", path);
		if (!n)
			break;
		buf_add(text, chunk, (size_t)n);
		mark = memmem(text->data + looked, text->len - looked, CASES_MARK,
			      strlen(CASES_MARK));
		if (mark) {
			text->len = (size_t)(mark - text->data);
			text->data[text->len] = '\0';
			*found = true;
			return NULL;
		}
		looked = text->len - MIN(text->len, strlen(CASES_MARK));
	}
	return err;
}

/* The newlines in the JSON string at @text, which ends with its line. */
static size_t count_names(const char *text)
{
	size_t n = 0;

	for (; *text && *text != '\n'; text++) {
		if (*text != '\\')
			continue;
		n += *++text == 'n';
		if (!*text)
			break;
	}
	return n;
}

/* Takes the names of the plan's cases out of @text; returns their number. */
static size_t drop_plan(struct buf *text)
{
	char *start = strstr(text->data, PLAN_MARK), *end;
	size_t n;

	if (!start)
		return 0;
	start += strlen(PLAN_MARK);
	end = strchr(start, '\n');
	if (!end || end - start < 3)
		return 0;
	n = count_names(start);
	if (end[-1] == ',')
		end--;
	memmove(start + 2, end, strlen(end) + 1);
	memcpy(start, "\"\"", 2);
	text->len = strlen(text->data);
	return n;
}

struct err *run_json_read_head(const char *path, struct run_summary *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t planned;
	struct err *err;
	bool found;

	*out = (struct run_summary){ 0 };
	if (path_is_stdin(path))
		return run_json_read(path, out);
	err = read_head(path, &text, &found);
	if (err)
		return err;
	/* written by another program, or cut: the other reader knows */
	if (!found || strlen(text.data) != text.len)
		return run_json_read(path, out);
	planned = drop_plan(&text);
	buf_adds(&text, CASES_MARK "]}");
	err = run_json_parse(path, buf_str(&text), text.len, out);
	if (err)
		return err;
	if (!out->planned)
		out->planned = planned;
	if (out->journal)
		journal_count(path, out);
	return NULL;
}
