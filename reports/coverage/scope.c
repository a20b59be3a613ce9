/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/coverage/scope.h"

#include <ctype.h>
#include <string.h>

#include "base/files.h"
#include "base/glob.h"

#define NAME_MAX_BYTES 512u
#define SCOPE_MAX (1u << 20) /* bytes */

static struct scope_line *add_line(struct scope *s, const char *file, size_t len)
{
	s->lines = xrealloc(s->lines, s->nr_lines + 1, sizeof(*s->lines));
	s->lines[s->nr_lines] = (struct scope_line){ .file = xstrndup(file, len) };
	return &s->lines[s->nr_lines++];
}

static void add_glob(struct scope_line *l, const char *glob, size_t len)
{
	l->globs = xrealloc(l->globs, l->nr_globs + 1, sizeof(*l->globs));
	l->globs[l->nr_globs++] = xstrndup(glob, len);
}

/* Takes the line from @p to @end; @number is for the error. */
static struct err *take_line(struct scope *s, const char *p, const char *end, unsigned int number)
{
	size_t blank = strspn(p, " \t"), file = strcspn(p + blank, ": \t\n");
	struct scope_line *l;

	p += blank;
	if (p >= end)
		return NULL;
	for (const char *c = p; c < end; c++)
		if (*c != '\t' && (*c < ' ' || *c > '~'))
			return err_create(ERR_USAGE, "line %u: a byte that is no text", number);
	if (!file || p + file >= end || p[file] != ':')
		return err_create(ERR_USAGE, "line %u: expected FILE: GLOB GLOB ...", number);
	l = add_line(s, p, file);
	for (p += file + 1;; p += strcspn(p, " \t\n#")) {
		struct err *err;

		p += strspn(p, " \t");
		if (p >= end)
			break;
		add_glob(l, p, MIN(strcspn(p, " \t\n#"), (size_t)(end - p)));
		err = glob_check(l->globs[l->nr_globs - 1]);
		if (err)
			return err_wrap(err, "line %u", number);
	}
	return l->nr_globs ? NULL :
			     err_create(ERR_USAGE, "line %u: no glob after '%s:'", number, l->file);
}

struct err *scope_parse(const char *text, struct scope *out)
{
	struct err *err = NULL;

	*out = (struct scope){ NULL, 0 };
	for (unsigned int number = 1; *text && !err; number++) {
		size_t len = strcspn(text, "\n");

		err = take_line(out, text, text + MIN(len, strcspn(text, "#")), number);
		text += len + (text[len] == '\n');
	}
	if (!err && !out->nr_lines)
		err = err_create(ERR_USAGE, "no line FILE: GLOB ...");
	return err;
}

struct err *scope_read(const char *path, struct scope *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, SCOPE_MAX, &text);

	*out = (struct scope){ NULL, 0 };
	return err ? err : err_wrap(scope_parse(buf_str(&text), out), "'%s'", path);
}

void scope_of_glob(const char *glob, struct scope *out)
{
	*out = (struct scope){ NULL, 0 };
	add_glob(add_line(out, "", 0), glob, strlen(glob));
}

void scope_deinit(struct scope *s)
{
	for (size_t i = 0; i < s->nr_lines; i++) {
		for (size_t j = 0; j < s->lines[i].nr_globs; j++)
			free(s->lines[i].globs[j]);
		free(s->lines[i].globs);
		free(s->lines[i].file);
	}
	free(s->lines);
	*s = (struct scope){ NULL, 0 };
}

/* Most globs begin with letters, and then this is quicker. */
static bool may_match(const char *glob, const char *name)
{
	return *glob == *name || (*glob != '_' && !isalnum((unsigned char)*glob));
}

int scope_find(const struct scope *s, const char *name)
{
	char plain[NAME_MAX_BYTES];
	/* a name may begin with a dot, ".slowpath", but then has no suffix */
	size_t len = strcspn(name, ".");

	if (!len || len >= sizeof(plain))
		return -1;
	memcpy(plain, name, len);
	plain[len] = '\0';
	for (size_t i = 0; i < s->nr_lines; i++)
		for (size_t j = 0; j < s->lines[i].nr_globs; j++)
			if (may_match(s->lines[i].globs[j], plain) &&
			    glob_match(s->lines[i].globs[j], plain))
				return (int)i;
	return -1;
}
