// SPDX-License-Identifier: GPL-2.0-only
/*
 * Four neighbouring bytes of each literal are its mark, chosen to be rare in kernel logs.
 * Each literal is in one of eight buckets, a bit each. For each byte of a mark, two tables
 * of 16 say which buckets have a mark with this low or this high half of a byte there. A
 * place may hold a mark if all eight answers share a bit; eight shuffles test 16 or 32
 * places at once. A hash of the bytes at the place leads to the literals to compare.
 */
#include "reports/splat/needles.h"

#include <stdio.h>
#include <string.h>

#define BUCKETS 8
#define MARK 4
#define MARK_HASHED NEEDLE_MIN /* all of the shortest literal; any byte is its fourth */
#define SLOTS 1024
#define COMMON_WORD 0.0005 /* about this share of all places holds a mark taken from one */

struct needle {
	unsigned char bytes[NEEDLE_MAX];
	uint32_t word; /* of the mark */
	uint8_t len;
	uint8_t mark; /* offset of the mark */
	uint8_t bucket;
	uint16_t next; /* number of the next one in the slot, from 1; 0: none */
};

struct needles {
	struct needle *v;
	size_t n;
	size_t mark_max; /* the largest of the marks' offsets */
	uint8_t low[MARK][16], high[MARK][16];
	uint8_t byte[MARK][256]; /* both halves at once, to look at one place */
	uint16_t slots[SLOTS];	 /* number of the first needle, from 1; 0: none */
	enum needles_way way;
};

/* The bytes of kernel logs, the most common first; all others are rarer. */
static const char common_bytes[] =
	" 0fe12a84x53c6t9_7r.d[]osinl:bp/+umkgR=(?vh)-CPSIy,AwTEBDGNLXMO>qFU*<zKYH}{&#\"jQW'V";

/* Words that kernels log often: a mark taken from one is common, whatever its bytes are. */
static const char common_words[] =
	" able account action active added address allocated already alternative area at attached "
	"available block boot bound buffer bus bytes cache channel class clean clock command complete "
	"configuration configured console control controller copy core count counter create data "
	"default detected device different direct disabled driver enabled encryption end entries entry "
	"error event external failed fault feature file filesystem firmware fixed for frame from "
	"function generic group handle handler hardware hash host in index initial initialized input "
	"inode instance interface internal interrupt invalid is journal kernel key level limit line "
	"linear link list loaded local lock locked log logical management mapping mapped mask master "
	"memory message mode module monitor mounted name network node non not null number object of "
	"on online operation optional order package page parent partition path pool port possible "
	"primary probe process processor profile protection protocol queue range read ready record "
	"region registered release remote request reserved resource ring root router running scheduler "
	"section sector security segment serial server service session set signature size socket "
	"software source space stack standard start starting state static status still storage string "
	"structure support switch system table target task than thread time timer to transport tree "
	"type unable under uncorrected unit unknown unmounted until unused update user using value "
	"vendor version virtual volume wait warning width window with while write zone Adding Config "
	"Console Copyright Driver Enabled Error Failed Freeing Function Hardware Init Interface "
	"Internal Interrupt Kernel Linux Management Memory Mount Mounting Network Notification Power "
	"Registered Security Service Software Started Starting Status Stopped Support System Unable "
	"Using Version ACPI: BIOS-e820: BTRFS CPU EFI ERROR EXT4-fs IOMMU IRQ NUMA PCI RAM SCSI SMP "
	"USB XFS ";

/* The halves of bytes, a bit each, that a bucket's marks have at one of their places. */
struct halves {
	uint16_t low, high;
};

static void fill_weights(double weights[256])
{
	double w = 0.06;

	for (size_t i = 0; i < 256; i++)
		weights[i] = 0.0001;
	for (const char *p = common_bytes; *p; p++, w *= 0.94)
		weights[(unsigned char)*p] = w;
}

/* The share of bytes that @h lets pass. */
static double halves_weight(struct halves h, const double weights[256])
{
	double sum = 0;

	for (unsigned int high = 0; high < 16; high++)
		for (unsigned int l = h.high >> high & 1 ? h.low : 0; l; l &= l - 1)
			sum += weights[high << 4 | (unsigned int)__builtin_ctz(l)];
	return sum;
}

/* Adds the mark of the literal @n that begins at @mark. */
static void halves_add(struct halves h[MARK], const struct needle *n, size_t mark)
{
	for (size_t i = 0; i < MARK; i++) {
		bool any = mark + i >= n->len;

		h[i].low |= any ? 0xffff : (uint16_t)(1 << (n->bytes[mark + i] & 15));
		h[i].high |= any ? 0xffff : (uint16_t)(1 << (n->bytes[mark + i] >> 4));
	}
}

/* The share of places where a bucket of these marks stops a search in vain. */
static double halves_cost(const struct halves h[MARK], const double weights[256])
{
	double cost = 1;

	for (size_t i = 0; i < MARK; i++)
		cost *= halves_weight(h[i], weights);
	return cost;
}

/* Chooses the mark and bucket that add the fewest places where a search stops in vain. */
static void place(struct needle *n, struct halves buckets[BUCKETS][MARK], const double weights[256])
{
	double before[BUCKETS], best = 2;

	for (size_t b = 0; b < BUCKETS; b++)
		before[b] = halves_cost(buckets[b], weights);
	for (uint8_t mark = 0; !mark || mark + MARK <= n->len; mark++) {
		double common = memmem(common_words, sizeof(common_words), n->bytes + mark, MARK) ?
					COMMON_WORD :
					0;

		for (uint8_t b = 0; b < BUCKETS; b++) {
			struct halves h[MARK];
			double more;

			memcpy(h, buckets[b], sizeof(h));
			halves_add(h, n, mark);
			more = halves_cost(h, weights) - before[b] + common;
			if (more < best) {
				best = more;
				n->mark = mark;
				n->bucket = b;
			}
		}
	}
	halves_add(buckets[n->bucket], n, n->mark);
}

static void fill_tables(struct needles *n, struct halves buckets[BUCKETS][MARK])
{
	for (size_t b = 0; b < BUCKETS; b++)
		for (size_t i = 0; i < MARK; i++)
			for (size_t half = 0; half < 16; half++) {
				n->low[i][half] |= (uint8_t)((buckets[b][i].low >> half & 1) << b);
				n->high[i][half] |= (uint8_t)((buckets[b][i].high >> half & 1)
							      << b);
			}
	for (size_t i = 0; i < MARK; i++)
		for (size_t c = 0; c < 256; c++)
			n->byte[i][c] = n->low[i][c & 15] & n->high[i][c >> 4];
}

static uint32_t word_of(const unsigned char *mark)
{
	_Static_assert(MARK_HASHED == 3, "the bytes of a word");
	return (uint32_t)(mark[0] | mark[1] << 8 | mark[2] << 16);
}

static size_t slot_of(uint32_t word)
{
	return (word * 0x9e3779b1u) >> 22;
}

struct needles *needles_create(const char *const *literals, size_t n)
{
	struct halves buckets[BUCKETS][MARK] = { 0 };
	struct needles *needles = xcalloc(1, sizeof(*needles));
	double weights[256];

	if (!n || n > NEEDLES_MAX) {
		fprintf(stderr, "daxrig: %zu needles\n", n);
		abort();
	}
	needles->v = xcalloc(n, sizeof(*needles->v));
	needles->n = n;
	fill_weights(weights);
	for (size_t i = 0; i < n; i++) {
		struct needle *v = &needles->v[i];
		size_t len = strlen(literals[i]);
		uint16_t *slot;

		if (len < NEEDLE_MIN || len > NEEDLE_MAX) {
			fprintf(stderr, "daxrig: bad needle '%s'\n", literals[i]);
			abort();
		}
		memcpy(v->bytes, literals[i], len);
		v->len = (uint8_t)len;
		place(v, buckets, weights);
		needles->mark_max = MAX(needles->mark_max, v->mark);
		v->word = word_of(v->bytes + v->mark);
		slot = &needles->slots[slot_of(v->word)];
		v->next = *slot;
		*slot = (uint16_t)(i + 1);
	}
	fill_tables(needles, buckets);
	if (!needles_set_way(needles, NEEDLES_AVX2))
		(void)!needles_set_way(needles, NEEDLES_SSSE3);
	return needles;
}

void needles_destroy(struct needles *n)
{
	if (!n)
		return;
	free(n->v);
	free(n);
}

struct search {
	const struct needles *n;
	const unsigned char *data;
	size_t len;
	size_t end; /* marks from here on do not matter */
	size_t at;  /* the best hit so far; len: none */
	size_t which;
};

/* Compares the literals whose mark is at @pos. */
static void compare(struct search *s, size_t pos)
{
	uint32_t word = word_of(s->data + pos);
	const struct needle *v;

	for (size_t i = s->n->slots[slot_of(word)]; i; i = v->next) {
		size_t at;

		v = &s->n->v[i - 1];
		at = pos - v->mark;
		if (v->word != word || pos < v->mark || s->len - at < v->len ||
		    s->data[at] != v->bytes[0] || at > s->at || (at == s->at && i - 1 > s->which) ||
		    memcmp(s->data + at, v->bytes, v->len) != 0)
			continue;
		s->at = at;
		s->which = i - 1;
		/* a literal that begins earlier may have its mark later */
		s->end = MIN(s->end, at + s->n->mark_max + 1);
	}
}

static void search_plain(struct search *s, size_t pos)
{
	const uint8_t(*byte)[256] = s->n->byte;

	for (; pos < s->end; pos++) {
		const unsigned char *p = s->data + pos;

		if (byte[0][p[0]] & byte[1][p[1]] & byte[2][p[2]] &
		    (pos + MARK_HASHED < s->len ? byte[3][p[3]] : 255))
			compare(s, pos);
	}
}

#ifdef __x86_64__
#include <immintrin.h>

/* @places: a bit for each place of the block at @pos that may hold a mark. */
static void compare_block(struct search *s, size_t pos, uint32_t places)
{
	for (; places; places &= places - 1)
		compare(s, pos + (unsigned int)__builtin_ctz(places));
}

/* The buckets whose marks may have the byte at @p, and at the next 15 places. */
static inline __attribute__((target("ssse3"), always_inline)) __m128i
look_ssse3(const unsigned char *p, __m128i low, __m128i high)
{
	const __m128i half = _mm_set1_epi8(15);
	__m128i v = _mm_loadu_si128((const __m128i *)p);

	return _mm_shuffle_epi8(low, v & half) &
	       _mm_shuffle_epi8(high, _mm_srli_epi16(v, 4) & half);
}

__attribute__((target("ssse3"))) static size_t search_ssse3(struct search *s)
{
	__m128i low[MARK], high[MARK], found;
	uint32_t none;
	size_t pos = 0;

	for (size_t i = 0; i < MARK; i++) {
		low[i] = _mm_loadu_si128((const __m128i *)s->n->low[i]);
		high[i] = _mm_loadu_si128((const __m128i *)s->n->high[i]);
	}
	for (; pos < s->end && s->len - pos >= sizeof(found) + MARK - 1; pos += sizeof(found)) {
		const unsigned char *p = s->data + pos;

		found = look_ssse3(p, low[0], high[0]) & look_ssse3(p + 1, low[1], high[1]) &
			look_ssse3(p + 2, low[2], high[2]) & look_ssse3(p + 3, low[3], high[3]);
		none = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(found, _mm_setzero_si128()));
		if (none != 0xffff)
			compare_block(s, pos, ~none & 0xffff);
	}
	return pos;
}

static inline __attribute__((target("avx2"), always_inline)) __m256i
look_avx2(const unsigned char *p, __m256i low, __m256i high)
{
	const __m256i half = _mm256_set1_epi8(15);
	__m256i v = _mm256_loadu_si256((const __m256i *)p);

	return _mm256_shuffle_epi8(low, v & half) &
	       _mm256_shuffle_epi8(high, _mm256_srli_epi16(v, 4) & half);
}

__attribute__((target("avx2"))) static size_t search_avx2(struct search *s)
{
	__m256i low[MARK], high[MARK], found;
	uint32_t none;
	size_t pos = 0;

	for (size_t i = 0; i < MARK; i++) {
		low[i] = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)s->n->low[i]));
		high[i] = _mm256_broadcastsi128_si256(
			_mm_loadu_si128((const __m128i *)s->n->high[i]));
	}
	for (; pos < s->end && s->len - pos >= sizeof(found) + MARK - 1; pos += sizeof(found)) {
		const unsigned char *p = s->data + pos;

		found = look_avx2(p, low[0], high[0]) & look_avx2(p + 1, low[1], high[1]) &
			look_avx2(p + 2, low[2], high[2]) & look_avx2(p + 3, low[3], high[3]);
		none = (uint32_t)_mm256_movemask_epi8(
			_mm256_cmpeq_epi8(found, _mm256_setzero_si256()));
		if (none != 0xffffffff)
			compare_block(s, pos, ~none);
	}
	return pos;
}

/* Returns the place from where search_plain() must go on. */
static size_t search_blocks(struct search *s)
{
	return s->n->way == NEEDLES_AVX2  ? search_avx2(s) :
	       s->n->way == NEEDLES_SSSE3 ? search_ssse3(s) :
					    0;
}

static bool way_works(enum needles_way way)
{
	return way == NEEDLES_PLAIN || (way == NEEDLES_SSSE3 && __builtin_cpu_supports("ssse3")) ||
	       (way == NEEDLES_AVX2 && __builtin_cpu_supports("avx2"));
}
#else
static size_t search_blocks(struct search *s)
{
	(void)s;
	return 0;
}

static bool way_works(enum needles_way way)
{
	return way == NEEDLES_PLAIN;
}
#endif

bool needles_set_way(struct needles *n, enum needles_way way)
{
	if (!way_works(way))
		return false;
	n->way = way;
	return true;
}

size_t needles_find(const struct needles *n, const void *data, size_t len, size_t *which)
{
	struct search s = { .n = n, .data = data, .len = len, .at = len };

	s.end = len < MARK_HASHED ? 0 : len - MARK_HASHED + 1;
	search_plain(&s, search_blocks(&s));
	if (s.at < len)
		*which = s.which;
	return s.at;
}
