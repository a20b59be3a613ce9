/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/coverage/coverage.h"

#include <string.h>
#include <unistd.h>

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

/* The bits of the function's bytes, which are not at the begin of a byte of the map. */
static struct err *read_bits(struct coverage_function *f, int map, const char *path)
{
	size_t from = code_map_byte(f->addr), len = code_map_byte(f->addr + f->size - 1) - from + 1;
	_cleanup_free_ uint8_t *bytes = xcalloc(1, len);
	ssize_t n = pread(map, bytes, len, (off_t)from);

	if (n != (ssize_t)len)
		return err_create(ERR_INFRA, "cannot read '%s': it is cut off", path);
	for (size_t i = 0; i < f->size; i++) {
		if (!(bytes[code_map_byte(f->addr + i) - from] & code_map_bit(f->addr + i)))
			continue;
		f->bits[i / 8] |= (uint8_t)(1u << (i % 8));
		f->ran++;
	}
	return NULL;
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
static struct err *take(struct coverage *c, const struct name *n, int line, int map,
			const char *path, const struct coverage_code *code)
{
	struct coverage_function f = {
		.line = line, .addr = n->addr, .size = n->size, .room = n->size
	};
	struct err *err;

	if (code_map_byte(f.addr + f.size - 1) >= CODE_MAP_BYTES)
		return NULL;
	f.name = xstrdup(n->name);
	f.module = xstrdup(n->module);
	f.bits = xcalloc(1, f.size / 8 + 1);
	err = read_bits(&f, map, path);
	if (err) {
		deinit_function(&f);
		return err;
	}
	trim(&f, code);
	c->v = xrealloc(c->v, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = f;
	return NULL;
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

static struct err *read_all(struct coverage *c, const struct scope *s, const struct names *names,
			    int bits, const char *path, const struct coverage_code *code)
{
	uint64_t last = 0;
	struct err *err = NULL;

	for (size_t i = 0; i < names->n && !err; i++) {
		const struct name *n = &names->v[i];
		int line = n->addr == last || is_other(names, n) ? -1 : scope_find(s, n->name);

		if (line < 0)
			continue;
		last = n->addr;
		err = take(c, n, line, bits, path, code);
	}
	return err;
}

/* Moves the functions of @from into @c. */
static void merge(struct coverage *c, struct coverage *from)
{
	size_t old = c->n;

	for (size_t i = 0; i < from->n; i++) {
		struct coverage_function *f = &from->v[i];
		const struct coverage known = { c->v, old };
		struct coverage_function *same = (struct coverage_function *)coverage_same(&known,
											   f);

		if (!same) {
			c->v = xrealloc(c->v, c->n + 1, sizeof(*c->v));
			c->v[c->n++] = *f;
			continue;
		}
		for (size_t k = 0; k < MIN(f->size, same->size); k++) {
			if (!coverage_ran(f, k) || coverage_ran(same, k))
				continue;
			same->bits[k / 8] |= (uint8_t)(1u << (k % 8));
			same->ran++;
		}
		deinit_function(f);
	}
	free(from->v);
	if (c->n)
		qsort(c->v, c->n, sizeof(*c->v), by_place);
}

struct err *coverage_add(struct coverage *c, const struct scope *s, const struct buf *names,
			 int bits, const char *path, const struct coverage_code *code)
{
	struct coverage one = { NULL, 0 };
	struct names parsed;
	struct err *err;

	names_parse(names, &parsed);
	if (parsed.n)
		err = read_all(&one, s, &parsed, bits, path, code);
	else
		err = err_create(ERR_INFRA, "the names beside '%s' show no function", path);
	names_deinit(&parsed);
	if (err) {
		coverage_deinit(&one);
		return err;
	}
	if (one.n)
		number(&one);
	merge(c, &one);
	return NULL;
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
