// SPDX-License-Identifier: GPL-2.0-only
/* Reading the journal; the file is untrusted. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reports/record/journal-private.h"
#include "reports/record/journal.h"

#define CHUNK (256u << 10)

struct err *journal_reader_open(struct journal_reader *r, const char *folder, bool raw)
{
	struct stat st;

	*r = (struct journal_reader){ .path = xasprintf("%s/" JOURNAL_NAME, folder), .raw = raw };
	r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	if (r->fd < 0 && errno == ENOENT)
		return NULL;
	if (r->fd < 0 || fstat(r->fd, &st))
		return err_errno(errno, "cannot open '%s'", r->path);
	if (!S_ISREG(st.st_mode))
		return err_create(ERR_INFRA, "cannot read '%s': not a regular file", r->path);
	return NULL;
}

void journal_reader_close(struct journal_reader *r)
{
	close_fd(&r->fd);
	buf_deinit(&r->text);
	free(r->path);
	*r = (struct journal_reader){ .fd = -1 };
}

/* Sets *@line to the next complete line in @r->text, without its newline; NULL: none yet. */
static struct err *read_line(struct journal_reader *r, char **line, size_t *len)
{
	*line = NULL;
	for (size_t seen = 0;;) {
		const char *start = buf_str(&r->text) + r->from;
		char *end = memchr(start + seen, '\n', r->text.len - r->from - seen);
		_cleanup_free_ char *chunk = NULL;
		ssize_t n;

		if (end) {
			*line = (char *)start;
			*len = (size_t)(end - start);
			r->from += *len + 1;
			r->lines++;
			return NULL;
		}
		buf_consume(&r->text, r->from);
		r->from = 0;
		seen = r->text.len;
		if (seen > JOURNAL_LINE_MAX)
			return err_create(ERR_INFRA, "cannot read '%s': line %zu has over %u bytes",
					  r->path, r->lines + 1, JOURNAL_LINE_MAX);
		chunk = xcalloc(1, CHUNK);
		do
			n = read(r->fd, chunk, CHUNK);
		while (n < 0 && errno == EINTR);
		if (n < 0)
			return err_errno(errno, "cannot read '%s'", r->path);
		if (!n)
			return NULL;
		buf_add(&r->text, chunk, (size_t)n);
	}
}

static uint64_t number(const json_t *o, const char *key)
{
	json_int_t v = json_integer_value(json_object_get(o, key));

	return v > 0 ? (uint64_t)v : 0;
}

static void take_head(const json_t *o, struct journal_line *out)
{
	const char *host = json_string_value(json_object_get(o, "host"));

	out->kind = JOURNAL_HEAD;
	out->generation = (unsigned int)number(o, "journal");
	out->pid = (pid_t)number(o, "pid");
	out->host = xstrdup(host ? host : "");
	out->time = (int64_t)number(o, "time");
	out->elapsed_ns = number(o, "elapsed_ns");
}

/* Sets out->kind; JOURNAL_NOTHING when it is none of ours. */
static void take_line(const json_t *o, struct journal_line *out)
{
	const char *begin = json_string_value(json_object_get(o, "begin"));
	const char *note = json_string_value(json_object_get(o, "note"));

	if (json_is_integer(json_object_get(o, "journal"))) {
		take_head(o, out);
	} else if (begin || note) {
		out->kind = begin ? JOURNAL_BEGIN : JOURNAL_NOTE;
		out->text = xstrdup(begin ? begin : note);
	} else {
		out->rec = run_json_take_case(o);
		out->kind = out->rec ? JOURNAL_CASE : JOURNAL_NOTHING;
	}
}

struct err *journal_next(struct journal_reader *r, struct journal_line *out)
{
	struct err *err;
	size_t len = 0;
	char *line;
	json_t *o;

	*out = (struct journal_line){ .kind = JOURNAL_NOTHING };
	if (r->fd < 0)
		return NULL;
	err = read_line(r, &line, &len);
	if (err || !line)
		return err;
	o = json_loadb(line, len, JSON_REJECT_DUPLICATES, NULL);
	if (o)
		take_line(o, out);
	json_decref(o);
	if (out->kind == JOURNAL_NOTHING)
		return err_create(ERR_INFRA, "cannot read '%s': line %zu is not a journal's",
				  r->path, r->lines);
	if (out->kind == JOURNAL_CASE && r->raw)
		out->rec->raw = xstrndup(line, len);
	return NULL;
}

void journal_line_deinit(struct journal_line *line)
{
	free(line->host);
	free(line->text);
	case_record_destroy(line->rec);
	*line = (struct journal_line){ .kind = JOURNAL_NOTHING };
}

#define NO_VERDICT ((enum verdict)(VERDICT_ERROR + 1))
#define VERDICT_MARK "\",\"verdict\":\""
#define VERDICT_WITHIN 65536 /* bytes of a line; a name is shorter */

struct err *journal_next_verdict(struct journal_reader *r, enum verdict *out, bool *over)
{
	struct err *err;
	size_t len = 0;
	char *line, *mark;

	*out = NO_VERDICT;
	*over = true;
	if (r->fd < 0)
		return NULL;
	err = read_line(r, &line, &len);
	if (err || !line)
		return err;
	*over = false;
	if (strncmp(line, "{\"name\":", 8))
		return NULL;
	/* within a name a quote is escaped */
	mark = memmem(line, MIN(len, VERDICT_WITHIN), VERDICT_MARK, strlen(VERDICT_MARK));
	for (int v = VERDICT_PASS; mark && v <= VERDICT_ERROR; v++) {
		const char *name = verdict_name((enum verdict)v);
		const char *word = mark + strlen(VERDICT_MARK);

		if (!strncmp(word, name, strlen(name)) && word[strlen(name)] == '"')
			*out = (enum verdict)v;
	}
	return NULL;
}
