/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/symbols/names.h"

#include <string.h>

#include "base/code-map.h"

#define NAME_BYTES 512u

/* The length of the word at @p, printable and not too long; 0: there is none. */
static size_t word_len(const char *p, const char *end)
{
	size_t n = 0;

	while (p + n < end && p[n] > ' ' && p[n] <= '~')
		n++;
	return n < NAME_BYTES ? n : 0;
}

static const char *keep(struct names *k, const char *p, size_t len)
{
	size_t at = k->strings.len;

	buf_add(&k->strings, p, len);
	buf_addc(&k->strings, '\0');
	/* an offset until all are there: the buffer moves */
	return (const char *)(uintptr_t)at;
}

/* "ffffffffc0001000 t xfs_open\t[xfs]" */
static void add_line(struct names *k, size_t *room, const char *p, const char *end)
{
	size_t len, module = 0;
	const char *mod = end;
	char *rest;
	uint64_t addr = strtoull(p, &rest, 16);

	if (rest + 3 >= end || *rest != ' ' || !strchr("tTwW", rest[1]) || rest[2] != ' ' ||
	    addr < CODE_MAP_FROM || k->n == NAMES_COUNT_MAX)
		return;
	p = rest + 3;
	len = word_len(p, end);
	if (!len)
		return;
	if (p + len + 2 < end && p[len] == '\t' && p[len + 1] == '[') {
		mod = p + len + 2;
		module = word_len(mod, end);
		module -= module && mod[module - 1] == ']';
	}
	if (k->n == *room) {
		*room = *room ? 2 * *room : 65536;
		k->v = xrealloc(k->v, *room, sizeof(*k->v));
	}
	k->v[k->n].addr = addr;
	k->v[k->n].name = keep(k, p, len);
	k->v[k->n++].module = keep(k, mod, module);
}

static int by_addr(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return strcmp(x->name, y->name);
}

static size_t size_of(const struct names *k, size_t i)
{
	uint64_t page = PAGE - k->v[i].addr % PAGE, next = NAMES_FUNCTION_MAX;
	size_t j = i + 1;

	while (j < k->n && k->v[j].addr == k->v[i].addr)
		j++;
	if (j < k->n)
		next = MIN(k->v[j].addr - k->v[i].addr, next);
	return j == k->n || strcmp(k->v[j].module, k->v[i].module) != 0 ? MIN(next, page) : next;
}

void names_parse(const struct buf *text, struct names *out)
{
	const char *end = text->data + text->len;
	size_t room = 0;

	*out = (struct names){ .strings = BUF_INIT };
	for (const char *p = text->data, *eol; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (!eol)
			break;
		add_line(out, &room, p, eol);
	}
	for (size_t i = 0; i < out->n; i++) {
		out->v[i].name = out->strings.data + (uintptr_t)out->v[i].name;
		out->v[i].module = out->strings.data + (uintptr_t)out->v[i].module;
	}
	if (out->n)
		qsort(out->v, out->n, sizeof(*out->v), by_addr);
	for (size_t i = 0; i < out->n; i++) {
		out->v[i].size = size_of(out, i);
		if (!strcmp(out->v[i].name, "_sinittext"))
			out->init_from = out->v[i].addr;
		if (!strcmp(out->v[i].name, "_einittext"))
			out->init_to = out->v[i].addr;
	}
}

void names_deinit(struct names *n)
{
	free(n->v);
	buf_deinit(&n->strings);
	*n = (struct names){ .strings = BUF_INIT };
}
