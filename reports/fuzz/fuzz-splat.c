// SPDX-License-Identifier: GPL-2.0-only
/*
 * `make fuzz`: any bytes as a log, whole and in pieces. The same reports must come, and
 * each must be what splat.h promises. Where the pieces end, and whether and where both
 * are flushed, follows from the bytes.
 */
#include <stdio.h>
#include <string.h>

#include "reports/splat/splat-places.h"

#define SCANNER_LOGS 500 /* then new scanners: to make one costs more than a log does */
#define TITLE_MAX 1024

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A scanner and what it handed out of one log. */
struct reader {
	struct splat_scanner *scanner;
	const uint8_t *log;
	size_t len;
	uint64_t base;	 /* the scanner's offset of the log's first byte */
	uint64_t next;	 /* the least offset that the next report may have */
	struct buf text; /* all reports */
};

static struct reader whole, pieces;

static void __noreturn broken(const char *what, const char *detail)
{
	fprintf(stderr, "fuzz-splat: %s\n%s\n", what, detail);
	abort();
}

/* Printable ASCII; returns how many newlines there are, which is all else it may hold. */
static unsigned int check_text(const char *s, size_t max, const char *what)
{
	unsigned int lines = 0;

	if (strlen(s) > max)
		broken(what, "is too long");
	for (; *s; s++) {
		if (*s == '\n')
			lines++;
		else if (*s < 0x20 || *s > 0x7e)
			broken(what, "is not printable ASCII");
	}
	return lines;
}

static void check_line(const char *s, const char *what)
{
	if (s && check_text(s, TITLE_MAX, what))
		broken(what, "holds a newline");
}

static void check_offset(struct reader *r, uint64_t offset)
{
	if (offset < r->next || offset - r->base >= r->len)
		broken("the offset is not in the log, or before the last report", "");
	if (offset > r->base && r->log[offset - r->base - 1] != '\n')
		broken("the offset is not where a line begins", "");
	r->next = offset; /* lines of two CPUs may have become one */
}

static void check_explained(const struct splat *s)
{
	check_line(s->task, "task");
	check_line(s->kernel, "kernel");
	check_line(s->taint, "taint");
	check_line(s->signature, "signature");
	if (s->registers)
		check_text(s->registers, 2048, "registers");
	if (!s->signature || s->nr_frames > SPLAT_FRAMES_MAX)
		broken("no signature, or too many frames", s->title);
	for (size_t i = 0; i < s->nr_frames; i++) {
		if (!s->frames[i].function)
			broken("a frame without a function", s->title);
		check_line(s->frames[i].function, "frame");
		check_line(s->frames[i].module, "module");
	}
	for (size_t i = 0; i < SPLAT_AREAS; i++)
		if (!s->areas[i].name != !s->areas[i].function)
			broken("half an area", s->title);
}

static void check_splat(struct reader *r, const struct splat *s)
{
	unsigned int lines;

	if (!s->title || !s->excerpt || !splat_class_name(s->cls))
		broken("no title, excerpt or class", "");
	check_line(s->title, "title");
	check_line(s->type, "type");
	check_line(s->file, "file");
	check_line(s->function, "function");
	lines = check_text(s->excerpt, SPLAT_EXCERPT_MAX, "excerpt");
	if (!s->title[0] || !lines || lines > SPLAT_EXCERPT_LINES ||
	    s->excerpt[strlen(s->excerpt) - 1] != '\n')
		broken("an empty title, or an excerpt of no lines or too many", s->excerpt);
	check_offset(r, s->offset);
	check_explained(s);
}

/* All that a user gets to see of it. */
static void add_text(struct reader *r, struct splat *s)
{
	char *text = NULL;
	size_t len = 0;
	FILE *to = open_memstream(&text, &len);

	if (!to)
		abort();
	s->offset -= r->base;
	splat_print(to, s, NULL);
	splat_print_json(to, NULL, s, NULL);
	fclose(to);
	buf_addf(&r->text, "%s%s\n", text, s->excerpt);
	free(text);
}

static void take(void *arg, struct splat *splat)
{
	struct splat *copy = splat_copy(splat);
	struct reader *r = arg;

	splat_destroy(splat);
	if (!r->log)
		broken("a report in empty lines", copy->title);
	check_splat(r, copy);
	add_text(r, copy);
	splat_destroy(copy);
}

static void reader_begin(struct reader *r, const uint8_t *log, size_t len)
{
	if (!r->scanner)
		r->scanner = splat_scanner_create(take, r);
	r->log = log;
	r->len = len;
	r->base = r->next = splat_scanner_offset(r->scanner);
	buf_reset(&r->text);
}

/* Feeds up to the log's byte @end in pieces of up to @most bytes each; 0: in one. */
static void reader_feed(struct reader *r, size_t end, size_t most, uint32_t *random)
{
	size_t at = splat_scanner_offset(r->scanner) - r->base;

	while (at < end) {
		size_t n = most ? MIN(end - at, 1 + (*random >> 8) % most) : end - at;
		/* of its own, so that reading over its end is seen */
		_cleanup_free_ uint8_t *piece = xcalloc(n, 1);

		*random = *random * 1664525 + 1013904223;
		memcpy(piece, r->log + at, n);
		splat_scanner_feed(r->scanner, piece, n);
		at += n;
		if (splat_scanner_offset(r->scanner) != r->base + at)
			broken("the scanner's offset is not what it was fed", "");
	}
}

static void reader_flush(struct reader *r)
{
	splat_scanner_flush(r->scanner);
	buf_adds(&r->text, "flush\n");
}

/* Ends the log, such that the next one for this scanner begins as for a new one. */
static void reader_end(struct reader *r)
{
	static const char nothing[] = "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n";

	splat_scanner_finish(r->scanner);
	r->log = NULL;
	splat_scanner_feed(r->scanner, nothing, sizeof(nothing) - 1);
	splat_scanner_flush(r->scanner);
}

static void reader_deinit(struct reader *r)
{
	splat_scanner_destroy(r->scanner);
	buf_deinit(&r->text);
	*r = (struct reader){ 0 };
}

static uint32_t hash(const uint8_t *data, size_t size)
{
	uint32_t h = 2166136261;

	for (size_t i = 0; i < size; i++)
		h = (h ^ data[i]) * 16777619;
	return h ^ h >> 15;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const size_t most[] = { 1, 5, 60, 1000, 10000 };
	static unsigned int logs;
	uint32_t random = hash(data, size);
	size_t flush = random % 3 ? 0 : random / 3 % (size + 1);
	size_t piece = most[random % ARRAY_SIZE(most)];
	struct reader *readers[] = { &whole, &pieces };

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		reader_begin(readers[i], data, size);
		if (flush) {
			reader_feed(readers[i], flush, i ? piece : 0, &random);
			reader_flush(readers[i]);
		}
		reader_feed(readers[i], size, i ? piece : 0, &random);
		reader_end(readers[i]);
	}
	if (strcmp(buf_str(&whole.text), buf_str(&pieces.text)) != 0) {
		fprintf(stderr, "in pieces of up to %zu bytes:\n%s", piece, buf_str(&pieces.text));
		broken("and whole:", buf_str(&whole.text));
	}
	if (++logs % SCANNER_LOGS == 0) {
		reader_deinit(&whole);
		reader_deinit(&pieces);
	}
	return 0;
}
