// SPDX-License-Identifier: GPL-2.0-only
#include "bisect/answer-file.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/files.h"
#include "base/glob.h"
#include "bisect/session-text.h"

#define ANSWER_MAX 65536	   /* bytes */
#define LOG_MAX ((size_t)64 << 20) /* as bisect/log.c reads */

/* "1234abcd5678 ("xfs: wait")" of "1234abcd5678 xfs: wait (2025-03-01)" */
static void add_commit(struct buf *out, const char *label)
{
	size_t id = strcspn(label, " ");
	const char *subject = label + id + (label[id] == ' ');
	const char *date = strrchr(subject, ' ');

	buf_addf(out, "commit\t%.*s (\"%.*s\")\n", (int)id, label,
		 (int)(date ? (size_t)(date - subject) : strlen(subject)), subject);
}

static void add_sought(struct buf *out, const char *key, const char *value)
{
	_cleanup_free_ char *field = log_field(value ? value : "-");

	buf_addf(out, "%s\t%s\n", key, field);
}

struct err *answer_file_write(const struct session *s)
{
	const struct candidates *h = s->history;
	_cleanup_free_ char *path = xasprintf(
		"%.*sanswer", (int)(strrchr(s->log->path, '/') + 1 - s->log->path), s->log->path);
	_cleanup_free_ char *good = NULL, *bad = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct bisect_answer a;

	bisect_best(&s->b, &a);
	good = candidate_text(h, a.first - 1);
	bad = candidate_text(h, a.first);
	buf_addf(&text, "good\t%s\nbad\t%s\n", good, bad);
	if (h->tree)
		add_commit(&text, h->v[candidates_change(h, a.first)].label);
	add_sought(&text, "rule", s->log->sought.rule);
	add_sought(&text, "title", s->log->sought.title);
	if (h->fixed)
		buf_adds(&text, "fixed\tyes\n");
	return file_write_atomic(path, buf_str(&text), text.len);
}

/* The text after "KEY<tab>" at the beginning of a line; free() it. */
static char *line_of(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		if (strncmp(text, key, len) == 0 && text[len] == '\t')
			return xstrndup(text + len + 1, strcspn(text + len + 1, "\n"));
	return NULL;
}

/* Does the log in the folder of @answer say that the case @name was asked for? */
static bool is_about(const char *answer, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%.*slog", (int)(strrchr(answer, '/') + 1 - answer),
					      answer);
	_cleanup_free_ char *field = log_field(name), *line = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, LOG_MAX, &text);

	err_free(err);
	line = xasprintf("\nask\tcase %s\n", field);
	return !err && strstr(buf_str(&text), line);
}

/* Another finding of the same case may have come in elsewhere. */
static bool is_shown(const struct case_record *rec, const char *rule, const char *title)
{
	for (size_t i = 0; i < rec->finding_count; i++) {
		const struct finding *f = &rec->findings[i];
		const char *found = f->found ? f->found : "";

		if ((strcmp(rule, "-") == 0 || strcmp(rule, f->rule) == 0) &&
		    (strcmp(title, "-") == 0 || strcmp(title, found) == 0 ||
		     glob_match(title, found)))
			return true;
	}
	return false;
}

/* False: the answer is about none of the findings of @rec, or cannot be read. */
static bool take(const char *path, const struct case_record *rec, struct bisect_found *out)
{
	_cleanup_free_ char *fixed = NULL, *rule = NULL, *title = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, ANSWER_MAX, &text);

	rule = line_of(buf_str(&text), "rule");
	title = line_of(buf_str(&text), "title");
	fixed = line_of(buf_str(&text), "fixed");
	if (err || !rule || !title || !is_shown(rec, rule, title)) {
		err_free(err);
		return false;
	}
	bisect_found_deinit(out);
	*out = (struct bisect_found){ .good = line_of(buf_str(&text), "good"),
				      .bad = line_of(buf_str(&text), "bad"),
				      .commit = line_of(buf_str(&text), "commit"),
				      .fixed = fixed };
	return true;
}

void answer_file_find(const char *data_dir, const char *name, const struct case_record *rec,
		      struct bisect_found *out)
{
	_cleanup_free_ char *folder = xasprintf("%s/bisect", data_dir);
	DIR *dir = opendir(folder);
	time_t newest = 0;
	struct dirent *e;

	*out = (struct bisect_found){ 0 };
	while (dir && (e = readdir(dir))) {
		_cleanup_free_ char *path = xasprintf("%s/%s/answer", folder, e->d_name);
		struct stat st;

		if (!stat(path, &st) && st.st_mtime >= newest && is_about(path, name) &&
		    take(path, rec, out))
			newest = st.st_mtime;
	}
	if (dir)
		closedir(dir);
}

void bisect_found_deinit(struct bisect_found *f)
{
	free(f->good);
	free(f->bad);
	free(f->commit);
	*f = (struct bisect_found){ 0 };
}
