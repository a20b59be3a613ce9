/* SPDX-License-Identifier: GPL-2.0-only */
/* The `each` variables of a scenario. */
#include <ctype.h>
#include <string.h>

#include "workloads/lang/lexer.h"

#define EACH_MAX 4u
#define VARIANTS_MAX 256u

struct each {
	char name[32];
	char *values[SCENARIO_WORDS_MAX];
	unsigned int n;
};

struct eaches {
	struct each v[EACH_MAX];
	unsigned int n;
};

static void eaches_deinit(struct eaches *e)
{
	for (unsigned int i = 0; i < e->n; i++)
		for (unsigned int j = 0; j < e->v[i].n; j++)
			free(e->v[i].values[j]);
}

static struct err *read_each(struct line *l, struct eaches *e)
{
	const char *word;
	struct err *err = line_name(l, "a variable name", &word);
	struct each *each;

	if (err)
		return err;
	if (e->n == EACH_MAX)
		return line_error(l, "more than %u variables", EACH_MAX);
	each = &e->v[e->n++];
	strcpy(each->name, word);
	do {
		err = line_word(l, "a value", &word);
		if (err)
			return err;
		each->values[each->n++] = xstrdup(word);
	} while (line_peek(l));
	return NULL;
}

static struct err *collect(const char *origin, const char *text, const char *end, struct eaches *e)
{
	unsigned int number = 0;
	struct err *err;
	struct line l;

	while (text < end) {
		err = line_read(&l, origin, ++number, &text, end);
		if (!err && line_take(&l, "each"))
			err = read_each(&l, e);
		if (err)
			return err;
	}
	return NULL;
}

/* Appends the line to @out with its variables replaced; @pick[i] selects a value of e->v[i]. */
static struct err *fill_line(struct line *l, const struct eaches *e, const unsigned int *pick,
			     struct buf *out)
{
	const char *p = l->text;

	if (line_take(l, "each")) {
		buf_addf(out, "# %s\n", l->text);
		return NULL;
	}
	while (*p) {
		unsigned int i;
		size_t n = 0;

		if (*p != '$') {
			buf_addc(out, *p++);
			continue;
		}
		p++;
		while (islower((unsigned char)p[n]) || isdigit((unsigned char)p[n]))
			n++;
		for (i = 0; i < e->n; i++)
			if (strlen(e->v[i].name) == n && strncmp(e->v[i].name, p, n) == 0)
				break;
		if (i == e->n) {
			l->next = 1;
			return line_error(l, "'$%.*s' is not a variable of an 'each' line", (int)n,
					  p);
		}
		buf_adds(out, e->v[i].values[pick[i]]);
		p += n;
	}
	if (l->comment[0])
		buf_addf(out, "%s# %s", l->n ? " " : "", l->comment);
	buf_addc(out, '\n');
	return NULL;
}

static struct err *fill(const char *origin, const char *text, const char *end,
			const struct eaches *e, const unsigned int *pick,
			struct scenario_variant *out)
{
	_cleanup_buf_ struct buf filled = BUF_INIT;
	_cleanup_buf_ struct buf label = BUF_INIT;
	unsigned int number = 0;
	struct err *err;
	struct line l;

	while (text < end) {
		err = line_read(&l, origin, ++number, &text, end);
		if (!err)
			err = fill_line(&l, e, pick, &filled);
		if (err)
			return err;
	}
	for (unsigned int i = 0; i < e->n; i++)
		buf_addf(&label, "%s%s", i ? "/" : "", e->v[i].values[pick[i]]);
	out->label = buf_take(&label);
	out->text = buf_take(&filled);
	return NULL;
}

/* The last variable changes fastest. False after the last combination. */
static bool next_pick(const struct eaches *e, unsigned int *pick)
{
	for (unsigned int i = e->n; i-- > 0;) {
		if (++pick[i] < e->v[i].n)
			return true;
		pick[i] = 0;
	}
	return false;
}

struct err *scenario_expand(const char *origin, const char *text, size_t len,
			    struct scenario_variants *out)
{
	struct eaches e = { .n = 0 };
	unsigned int pick[EACH_MAX] = { 0 };
	struct err *err;

	*out = (struct scenario_variants){ 0 };
	err = collect(origin, text, text + len, &e);
	do {
		if (!err && out->n == VARIANTS_MAX)
			err = err_create(ERR_USAGE, "%s: more than %u variants", origin,
					 VARIANTS_MAX);
		if (err)
			break;
		out->v = xrealloc(out->v, out->n + 1, sizeof(*out->v));
		err = fill(origin, text, text + len, &e, pick, &out->v[out->n]);
		if (!err)
			out->n++;
	} while (!err && next_pick(&e, pick));
	eaches_deinit(&e);
	if (err)
		scenario_variants_deinit(out);
	return err;
}

void scenario_variants_deinit(struct scenario_variants *variants)
{
	for (size_t i = 0; i < variants->n; i++) {
		free(variants->v[i].label);
		free(variants->v[i].text);
	}
	free(variants->v);
	*variants = (struct scenario_variants){ 0 };
}
