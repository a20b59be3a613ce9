/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/model/shadow.h"

#include <string.h>

#include "workloads/model/pattern.h"

void shadow_deinit(struct shadow *s)
{
	free(s->v);
	*s = (struct shadow)SHADOW_INIT;
}

/* Whether @b, which follows @a, continues it. */
static bool goes_on(const struct piece *a, const struct piece *b)
{
	return a->kind == b->kind && a->origin == b->origin && a->gen == b->gen &&
	       (a->kind == PIECE_ZERO || a->kind == PIECE_ANY || a->kind == PIECE_BELOW ||
		a->src + a->len == b->src);
}

static void push(struct shadow *s, struct piece p)
{
	struct piece *last = s->n ? &s->v[s->n - 1] : NULL;

	if (!p.len)
		return;
	if (last && goes_on(last, &p)) {
		last->len += p.len;
		return;
	}
	/* the array is full when @n is a power of two: double it */
	if (!(s->n & (s->n - 1)))
		s->v = xrealloc(s->v, s->n ? 2 * s->n : 2, sizeof(*s->v));
	s->v[s->n++] = p;
}

/* The part of @p that lies in [from, to), moved to @at. */
static struct piece cut(const struct piece *p, uint64_t from, uint64_t to, uint64_t at)
{
	struct piece c = *p;
	uint64_t start = MAX(p->off, from);
	uint64_t end = MIN(p->off + p->len, to);

	c.len = end > start ? end - start : 0;
	c.src += start - p->off;
	c.off = at + start - from;
	return c;
}

/* Appends the part [from, to) of @s to @out, at @at. */
static void append_range(struct shadow *out, const struct shadow *s, uint64_t from, uint64_t to,
			 uint64_t at)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].off < to && s->v[i].off + s->v[i].len > from)
			push(out, cut(&s->v[i], from, to, at));
}

static void replace(struct shadow *s, struct shadow *with, uint64_t size)
{
	free(s->v);
	*s = *with;
	s->size = size;
}

void shadow_resize(struct shadow *s, uint64_t size, enum piece_kind fill)
{
	struct shadow out = SHADOW_INIT;

	if (size >= s->size) {
		push(s, (struct piece){ .off = s->size, .len = size - s->size, .kind = fill });
		s->size = size;
		return;
	}
	append_range(&out, s, 0, size, 0);
	replace(s, &out, size);
}

/* Whether [off, off + len) is as @p already. */
static bool is_set(const struct shadow *s, uint64_t off, uint64_t len, const struct piece *p)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct piece *v = &s->v[i];

		if (v->off <= off && off + len <= v->off + v->len)
			return v->kind == p->kind &&
			       ((v->kind != PIECE_DATA && v->kind != PIECE_DMA) ||
				(v->origin == p->origin && v->gen == p->gen &&
				 v->src + (off - v->off) == p->src));
	}
	return false;
}

/* If one piece has exactly the range of @p, sets it to @p and returns true. */
static bool set_piece(struct shadow *s, const struct piece *p)
{
	for (size_t i = 0; i < s->n; i++) {
		struct piece *v = &s->v[i];

		if (v->off != p->off || v->len != p->len)
			continue;
		if ((i && goes_on(v - 1, p)) || (i + 1 < s->n && goes_on(p, v + 1)))
			return false;
		*v = *p;
		return true;
	}
	return false;
}

void shadow_set(struct shadow *s, uint64_t off, uint64_t len, const struct piece *p)
{
	struct shadow out = SHADOW_INIT;
	struct piece mid = *p;

	if (is_set(s, off, len, p))
		return;
	mid.off = off;
	mid.len = len;
	if (set_piece(s, &mid))
		return;
	if (off + len > s->size)
		shadow_resize(s, off + len, PIECE_ZERO);
	append_range(&out, s, 0, off, 0);
	push(&out, mid);
	append_range(&out, s, off + len, s->size, off + len);
	replace(s, &out, s->size);
}

void shadow_collapse(struct shadow *s, uint64_t off, uint64_t len)
{
	struct shadow out = SHADOW_INIT;

	append_range(&out, s, 0, off, 0);
	append_range(&out, s, off + len, s->size, off);
	replace(s, &out, s->size - len);
}

void shadow_insert(struct shadow *s, uint64_t off, uint64_t len)
{
	struct shadow out = SHADOW_INIT;

	append_range(&out, s, 0, off, 0);
	push(&out, (struct piece){ .off = off, .len = len, .kind = PIECE_ZERO });
	append_range(&out, s, off, s->size, off + len);
	replace(s, &out, s->size + len);
}

/* Whether any piece there is PIECE_BELOW, or (not @below) anything else. */
static bool any_below(const struct shadow *s, uint64_t off, uint64_t len, bool below)
{
	for (size_t i = 0; i < s->n; i++)
		if ((s->v[i].kind == PIECE_BELOW) == below && s->v[i].off < off + len &&
		    s->v[i].off + s->v[i].len > off)
			return true;
	return false;
}

void shadow_copy(struct shadow *dst, uint64_t off, const struct shadow *src, uint64_t soff,
		 uint64_t len)
{
	struct shadow part = SHADOW_INIT;

	if (dst != src && off == dst->size && !any_below(src, soff, len, true)) {
		append_range(dst, src, soff, soff + len, off);
		dst->size += MIN(soff + len, src->size) - MIN(soff, src->size);
		return;
	}
	if (!any_below(src, soff, len, false))
		return;
	append_range(&part, src, soff, soff + len, off);
	for (size_t i = 0; i < part.n; i++)
		if (part.v[i].kind != PIECE_BELOW)
			shadow_set(dst, part.v[i].off, part.v[i].len, &part.v[i]);
	shadow_deinit(&part);
}

static bool same_piece(const struct piece *a, const struct piece *b)
{
	return a->off == b->off && a->len == b->len && a->kind == b->kind &&
	       (a->kind != PIECE_DATA ||
		(a->origin == b->origin && a->gen == b->gen && a->src == b->src));
}

static bool same_pieces(const struct shadow *a, const struct shadow *b)
{
	size_t i = 0;

	while (i < a->n && i < b->n && same_piece(&a->v[i], &b->v[i]))
		i++;
	return i == a->n && i == b->n;
}

static bool is_known(const struct shadow *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].kind != PIECE_DATA && s->v[i].kind != PIECE_ZERO)
			return false;
	return true;
}

/* Two words of different pieces have bytes in common: a generation is only in two of the eight. */
bool shadow_equal(const struct shadow *a, const struct shadow *b)
{
	uint8_t x[4096], y[4096];

	if (a->size != b->size)
		return false;
	if (same_pieces(a, b))
		return true;
	if (!is_known(a) || !is_known(b))
		return false;
	for (uint64_t off = 0; off < a->size; off += sizeof(x)) {
		shadow_render(a, off, x, sizeof(x));
		shadow_render(b, off, y, sizeof(y));
		if (memcmp(x, y, sizeof(x)) != 0)
			return false;
	}
	return true;
}

static uint64_t load_word(const uint8_t *p, size_t len)
{
	uint64_t word = 0;

	memcpy(&word, p, MIN(len, sizeof(word)));
	return word;
}

static bool is_dma_origin(uint64_t word)
{
	return pattern_origin(word) >= ORIGIN_PIN && !pattern_is_stale(word);
}

/* Whether the @n bytes at @got are those that piece @p demands @at bytes from its start. */
static bool word_matches(const struct piece *p, uint64_t at, const uint8_t *got, size_t n)
{
	uint64_t src = p->src + at, want, word = 0;
	uint8_t expect[8] = { 0 };

	switch (p->kind) {
	case PIECE_ANY:
	case PIECE_BELOW:
		return true;
	case PIECE_DATA:
		pattern_fill(expect, n, p->origin, p->gen, src);
		return memcmp(got, expect, n) == 0;
	case PIECE_DMA:
		memcpy((uint8_t *)&word + src % 8, got, n);
		want = pattern_word(p->origin, pattern_gen(word), src);
		return memcmp((uint8_t *)&want + src % 8, got, n) == 0;
	case PIECE_ZERO:
		break;
	}
	return memcmp(got, expect, n) == 0;
}

static void note_mismatch(struct mismatch *m, const struct piece *p, uint64_t off,
			  const uint8_t *got, size_t left, size_t n)
{
	uint64_t word = load_word(got, left);

	if (!m->bytes) {
		m->off = off;
		m->expected = *p;
		m->found = word;
	}
	if (!m->dma_origin && is_dma_origin(word)) {
		m->dma_origin = pattern_origin(word);
		m->dma_off = off;
	}
	m->bytes += n;
}

/*
 * Whether all whole words of the @len bytes at @got match @p from @at bytes on. The fast
 * path, as nearly all bytes match.
 */
static bool words_match(const struct piece *p, uint64_t at, const uint8_t *got, size_t len)
{
	uint64_t step = p->kind == PIECE_DATA, differs = 0;
	uint64_t want = step ? pattern_word(p->origin, p->gen, p->src + at) : 0;

	if ((p->kind != PIECE_ZERO && !step) || (step && (p->src + at) % 8))
		return false;
#pragma GCC unroll 8
	for (size_t i = 0; i < len / 8; i++, want += step) {
		uint64_t word;

		memcpy(&word, got + i * 8, sizeof(word));
		differs |= word ^ want;
	}
	return !differs;
}

/* Checks [off, off + len), all of it in piece @p, in steps of source words. */
static void check_piece(const struct piece *p, uint64_t off, const uint8_t *data, size_t len,
			size_t left, struct mismatch *m)
{
	if (words_match(p, off - p->off, data, len)) {
		size_t n = len / 8 * 8;

		off += n;
		data += n;
		len -= n;
		left -= n;
	}
	while (len) {
		uint64_t at = off - p->off;
		size_t phase = p->kind == PIECE_ZERO ? off % 8 : (p->src + at) % 8;
		size_t n = MIN(8 - phase, len);

		if (!word_matches(p, at, data, n))
			note_mismatch(m, p, off, data, left, n);
		off += n;
		data += n;
		len -= n;
		left -= n;
	}
}

bool shadow_check(const struct shadow *s, uint64_t off, const void *data, size_t len,
		  struct mismatch *m)
{
	const struct piece past = { .off = s->size,
				    .len = UINT64_MAX - s->size,
				    .kind = PIECE_ZERO };
	uint64_t end = off + len;
	const uint8_t *p = data;

	*m = (struct mismatch){ 0 };
	for (size_t i = 0; i <= s->n; i++) {
		const struct piece *piece = i < s->n ? &s->v[i] : &past;
		uint64_t from = MAX(piece->off, off);
		uint64_t to = MIN(piece->off + piece->len, end);

		if (from < to)
			check_piece(piece, from, p + (from - off), to - from, end - from, m);
	}
	return m->bytes == 0;
}

void shadow_render(const struct shadow *s, uint64_t off, void *data, size_t len)
{
	memset(data, 0, len);
	for (size_t i = 0; i < s->n; i++) {
		const struct piece *p = &s->v[i];
		uint64_t from = MAX(p->off, off);
		uint64_t to = MIN(p->off + p->len, off + len);

		if (from < to && p->kind == PIECE_DATA)
			pattern_fill((uint8_t *)data + (from - off), to - from, p->origin, p->gen,
				     p->src + (from - p->off));
	}
}

void pattern_describe(struct buf *out, uint64_t word,
		      const char *(*name)(void *arg, unsigned int origin), void *arg)
{
	unsigned int origin = pattern_origin(word);
	const char *who = origin ? name(arg, origin) : NULL;

	if (!word)
		buf_adds(out, "zeroes");
	else if (pattern_is_stale(word))
		buf_addf(out, "stale bytes of the disk, %s (%#018llx)",
			 origin == ORIGIN_STALE ? "from before any case" : "of an earlier case",
			 (unsigned long long)word);
	else if (!who)
		buf_addf(out, "foreign bytes %#018llx", (unsigned long long)word);
	else
		buf_addf(out, "%s offset %#llx generation %u", who,
			 (unsigned long long)pattern_off(word), pattern_gen(word));
}
