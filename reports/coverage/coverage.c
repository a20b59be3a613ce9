/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/coverage/coverage.h"

#include <string.h>

#include "base/code-map.h"
#include "reports/symbols/names.h"

/* What assemblers fill with between functions, the longest first. */
static const struct {
	const char *bytes;
	size_t len;
} padding[] = {
	{ "\x66\x2e\x0f\x1f\x84\0\0\0\0\0", 10 },
	{ "\x66\x0f\x1f\x84\0\0\0\0\0", 9 },
	{ "\x0f\x1f\x84\0\0\0\0\0", 8 },
	{ "\x0f\x1f\x80\0\0\0\0", 7 },
	{ "\x66\x0f\x1f\x44\0\0", 6 },
	{ "\x0f\x1f\x44\0\0", 5 },
	{ "\x0f\x1f\x40\0", 4 },
	{ "\x0f\x1f\0", 3 },
	{ "\x66\x90", 2 },
	{ "\x90", 1 },
	{ "\xcc", 1 },
};

size_t coverage_trim(const uint8_t *code, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(padding); i++) {
		if (len > padding[i].len &&
		    !memcmp(code + len - padding[i].len, padding[i].bytes, padding[i].len)) {
			len -= padding[i].len;
			/* prefixes that only make the instruction longer */
			while (padding[i].len == 10 && len > 1 && code[len - 1] == 0x66)
				len--;
			i = SIZE_MAX; /* from the longest again */
		}
	}
	return len;
}

static int compare(const struct coverage_function *x, const struct coverage_function *y)
{
	int d = x->line != y->line ? (x->line < y->line ? -1 : 1) : strcmp(x->name, y->name);

	d = d ? d : strcmp(x->module, y->module);
	return d ? d : (x->nth > y->nth) - (x->nth < y->nth);
}

static int by_place(const void *a, const void *b)
{
	return compare(a, b);
}

static int by_place_and_addr(const void *a, const void *b)
{
	const struct coverage_function *x = a, *y = b;
	int d = compare(x, y);

	return d ? d : (x->addr > y->addr) - (x->addr < y->addr);
}

static void deinit_function(struct coverage_function *f)
{
	free(f->name);
	free(f->module);
	free(f->bits);
}

/* Takes the bits of the function's bytes from the map. */
static void read_bits(struct coverage_function *f, const uint8_t *map)
{
	for (size_t i = 0; i < f->size; i++) {
		if (!(map[code_map_byte(f->addr + i)] & code_map_bit(f->addr + i)))
			continue;
		f->bits[i / 8] |= (uint8_t)(1u << (i % 8));
		f->ran++;
	}
}

static void trim(struct coverage_function *f, const struct coverage_code *code)
{
	size_t len;

	if (*f->module || f->addr < code->from || f->addr - code->from >= code->len ||
	    f->size > code->len - (f->addr - code->from))
		return;
	len = coverage_trim(code->data + (f->addr - code->from), f->size);
	/* what ran is no padding */
	while (len < f->size && coverage_ran(f, len))
		len++;
	for (size_t i = len; i < f->size; i++)
		f->ran -= coverage_ran(f, i);
	f->size = len;
}

/* Takes the function @n, the first at its address that is in the scope. */
static void take(struct coverage *c, const struct name *n, int line, const uint8_t *map,
		 const struct coverage_code *code)
{
	struct coverage_function f = {
		.line = line, .addr = n->addr, .size = n->size, .room = n->size
	};

	if (code_map_byte(f.addr + f.size - 1) >= CODE_MAP_BYTES)
		return;
	f.name = xstrdup(n->name);
	f.module = xstrdup(n->module);
	f.bits = xcalloc(1, f.size / 8 + 1);
	read_bits(&f, map);
	trim(&f, code);
	c->v = xrealloc(c->v, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = f;
}

/* Numbers the functions of one name, by address. */
static void number(struct coverage *c)
{
	qsort(c->v, c->n, sizeof(*c->v), by_place_and_addr);
	for (size_t i = 1; i < c->n; i++)
		if (!strcmp(c->v[i].name, c->v[i - 1].name) &&
		    !strcmp(c->v[i].module, c->v[i - 1].module))
			c->v[i].nth = c->v[i - 1].nth + 1;
}

/* Does @name stand for what is before a function, or for code that is gone after the boot? */
static bool is_other(const struct names *all, const struct name *n)
{
	return !strncmp(n->name, "__pfx_", 6) || !strncmp(n->name, "__cfi_", 6) ||
	       (n->addr >= all->init_from && n->addr < all->init_to);
}

static void read_all(struct coverage *c, const struct scope *s, const struct names *names,
		     const uint8_t *map, const struct coverage_code *code)
{
	uint64_t last = 0;

	for (size_t i = 0; i < names->n; i++) {
		const struct name *n = &names->v[i];
		int line = n->addr == last || is_other(names, n) ? -1 : scope_find(s, n->name);

		if (line < 0)
			continue;
		last = n->addr;
		take(c, n, line, map, code);
	}
}

struct err *coverage_read(struct coverage *out, const struct scope *s, const struct buf *names,
			  const uint8_t *map, const struct coverage_code *code)
{
	struct names parsed;
	bool any;

	*out = (struct coverage){ NULL, 0 };
	names_parse(names, &parsed);
	any = parsed.n > 0;
	read_all(out, s, &parsed, map, code);
	names_deinit(&parsed);
	if (out->n)
		number(out);
	return any ? NULL : err_create(ERR_INFRA, "they show no function");
}

static struct coverage_function copy(const struct coverage_function *f)
{
	struct coverage_function c = *f;

	c.name = xstrdup(f->name);
	c.module = xstrdup(f->module);
	c.bits = xcalloc(1, f->room / 8 + 1);
	memcpy(c.bits, f->bits, f->room / 8 + 1);
	return c;
}

void coverage_merge(struct coverage *c, const struct coverage *from)
{
	struct coverage known;

	c->v = xrealloc(c->v, c->n + from->n + 1, sizeof(*c->v));
	known = *c;
	for (size_t i = 0; i < from->n; i++) {
		const struct coverage_function *f = &from->v[i];
		struct coverage_function *same;

		same = (struct coverage_function *)coverage_same(&known, f);
		for (size_t k = 0; same && k < MIN(f->size, same->size); k++) {
			if (!coverage_ran(f, k) || coverage_ran(same, k))
				continue;
			same->bits[k / 8] |= (uint8_t)(1u << (k % 8));
			same->ran++;
		}
	}
	for (size_t i = 0; i < from->n; i++) {
		if (!coverage_same(&known, &from->v[i]))
			c->v[c->n++] = copy(&from->v[i]);
	}
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_place);
}

void coverage_deinit(struct coverage *c)
{
	for (size_t i = 0; i < c->n; i++)
		deinit_function(&c->v[i]);
	free(c->v);
	*c = (struct coverage){ NULL, 0 };
}

const struct coverage_function *coverage_same(const struct coverage *c,
					      const struct coverage_function *f)
{
	return c->n ? bsearch(f, c->v, c->n, sizeof(*f), by_place) : NULL;
}
