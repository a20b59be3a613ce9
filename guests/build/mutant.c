/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/build/mutant.h"

#include <string.h>

#include "base/buf.h"

#define HEADER_END "---\n"

void mutant_deinit(struct mutant *m)
{
	struct mutant_words *const all[] = { &m->rules, &m->sources, &m->cases };

	free(m->name);
	free(m->path);
	free(m->what);
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (size_t w = 0; w < all[i]->n; w++)
			free(all[i]->v[w]);
	*m = (struct mutant){ 0 };
}

bool mutant_words_have(const struct mutant_words *words, const char *word)
{
	for (size_t i = 0; i < words->n; i++)
		if (strcmp(words->v[i], word) == 0)
			return true;
	return false;
}

static struct err *bad(const struct mutant *m, const char *why, const char *what)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;

	buf_add_escaped(&shown, what, strcspn(what, "\n"), 100);
	return err_create(ERR_USAGE, "'%s' is not a mutant: %s '%s'", m->path, why,
			  buf_str(&shown));
}

static bool split(char *text, struct mutant_words *out)
{
	char *word;

	for (char *rest = text; (word = strsep(&rest, ", \n"));) {
		if (!*word)
			continue;
		if (out->n == MUTANT_WORDS_MAX)
			return false;
		out->v[out->n++] = xstrdup(word);
	}
	return out->n;
}

/* Reads one field, unfolded, and moves *@at after it. */
static char *take_value(const char **at)
{
	struct buf b = BUF_INIT;
	const char *p = *at;

	do {
		size_t len;

		p += strspn(p, " \t");
		len = strcspn(p, "\n");
		buf_addf(&b, "%s%.*s", b.len ? " " : "", (int)len, p);
		p += len;
		p += *p == '\n';
	} while (*p == ' ' || *p == '\t');
	*at = p;
	return buf_take(&b);
}

static struct err *take_field(struct mutant *m, const char **at)
{
	const struct {
		const char *label;
		struct mutant_words *words;
	} fields[] = { { "What:", NULL },
		       { "Rule:", &m->rules },
		       { "Sources:", &m->sources },
		       { "Cases:", &m->cases } };
	const char *line = *at;

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		_cleanup_free_ char *value = NULL;

		if (strncmp(line, fields[i].label, strlen(fields[i].label)))
			continue;
		*at += strlen(fields[i].label);
		value = take_value(at);
		if (!*value || (fields[i].words ? fields[i].words->n != 0 : m->what != NULL))
			return bad(m, "empty or repeated field", line);
		if (!fields[i].words)
			m->what = take_ptr(value);
		else if (!split(value, fields[i].words))
			return bad(m, "no words or too many in", line);
		return NULL;
	}
	return bad(m, "expected 'What:', 'Rule:', 'Sources:', 'Cases:' or '---', found", line);
}

struct err *mutant_parse(const char *path, const char *text, struct mutant *m)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	struct err *err = NULL;

	*m = (struct mutant){ .path = xstrdup(path) };
	m->name = xstrndup(name, strcspn(name, "."));
	while (!err && *text && strncmp(text, HEADER_END, strlen(HEADER_END)))
		err = take_field(m, &text);
	if (!err && (!*text || !m->what || !m->rules.n || !m->sources.n || !m->cases.n))
		err = bad(m, "What, Rule, Sources or Cases, or the '---' after them, is missing in",
			  m->name);
	return err;
}
