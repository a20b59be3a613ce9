/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/coverage/each.h"

#include <string.h>
#include <sys/mman.h>

#include "base/code-map.h"
#include "base/code-runs.h"

#define NAME_MAX_BYTES 512

static bool has(const uint8_t *map, uint64_t addr)
{
	return map[code_map_byte(addr)] & code_map_bit(addr);
}

/* The bytes of functions before @f, which is one of @all. */
static size_t number_of(const struct coverage *all, const struct coverage_function *f)
{
	size_t sum = 0;

	for (const struct coverage_function *g = all->v; g < f; g++)
		sum += g->size;
	return sum;
}

/* Sets the bits of @c by the @map of its guest, in which functions are where @place says. */
static void read_map(struct each_case *c, const struct coverage *all, const struct coverage *place,
		     const uint8_t *map)
{
	for (size_t i = 0; i < place->n; i++) {
		const struct coverage_function *f = &place->v[i], *same = coverage_same(all, f);
		size_t at = same && f->ran ? number_of(all, same) : 0;

		for (size_t k = 0; same && f->ran && k < MIN(f->size, same->size); k++) {
			if (!has(map, f->addr + k))
				continue;
			c->bits[(at + k) / 8] |= (uint8_t)(1u << ((at + k) % 8));
			c->ran++;
		}
	}
}

static const struct coverage *find_place(const struct each_place *places, const char *fs,
					 size_t len)
{
	for (; places->fs; places++)
		if (strlen(places->fs) == len && !memcmp(places->fs, fs, len))
			return places->functions;
	return NULL;
}

/* The name in @text, from after "FS " to the newline at @end; NULL: there is none. */
static char *read_name(const char *text, const char *end)
{
	struct buf name = BUF_INIT;

	if (!end || end <= text || end - text > NAME_MAX_BYTES)
		return NULL;
	buf_add_escaped(&name, text, (size_t)(end - text), SIZE_MAX);
	return buf_take(&name);
}

struct err *each_add(struct each *e, const struct coverage *all, const struct each_place *places,
		     const struct buf *text)
{
	const char *data = buf_str(text), *end = memchr(data, '\n', text->len);
	const char *space = memchr(data, ' ', end ? (size_t)(end - data) : 0);
	const struct coverage *place = space ? find_place(places, data, (size_t)(space - data)) :
					       NULL;
	struct each_case c = { .name = space ? read_name(space + 1, end) : NULL };
	uint8_t *map;
	bool whole;

	if (!c.name || !place) {
		free(c.name);
		return err_create(ERR_INFRA, "its first line names no case of this run");
	}
	map = mmap(NULL, CODE_MAP_BYTES, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (map == MAP_FAILED) {
		free(c.name);
		return err_create(ERR_INFRA, "no memory for a map of the code");
	}
	whole = code_runs_add(end + 1, text->len - (size_t)(end + 1 - data), map);
	e->bytes = all->n ? number_of(all, &all->v[all->n]) : 0;
	c.bits = xcalloc(1, e->bytes / 8 + 1);
	read_map(&c, all, place, map);
	munmap(map, CODE_MAP_BYTES);
	e->v = xrealloc(e->v, e->n + 1, sizeof(*e->v));
	e->v[e->n++] = c;
	return whole ? NULL : err_create(ERR_INFRA, "it is damaged or cut off");
}

void each_deinit(struct each *e)
{
	for (size_t i = 0; i < e->n; i++) {
		free(e->v[i].name);
		free(e->v[i].bits);
	}
	free(e->v);
	*e = (struct each){ NULL, 0, 0 };
}
