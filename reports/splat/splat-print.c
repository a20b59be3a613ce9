// SPDX-License-Identifier: GPL-2.0-only
#include <inttypes.h>
#include <string.h>

#include "reports/splat/splat-explain.h"
#include "reports/splat/splat-places.h"

#define PLACE_COLUMN 56

static void print_task(FILE *to, const struct splat *s)
{
	if (!s->task)
		return;
	fprintf(to, "  task: %s, pid %d", s->task, s->pid);
	if (s->cpu >= 0)
		fprintf(to, " on CPU %d", s->cpu);
	fprintf(to, ", kernel %s%s%s\n", s->kernel ? s->kernel : "not known", s->build ? " #" : "",
		s->build ? s->build : "");
	if (!s->taint)
		return;
	fprintf(to, "  tainted:");
	for (const char *p = s->taint, *comma = ""; *p; p++) {
		const char *word = splat_taint_word(*p);

		/* G: no proprietary module is loaded */
		if (*p == ' ' || *p == 'G')
			continue;
		fprintf(to, "%s %c %s", comma, *p, word ? word : "not known");
		comma = ",";
	}
	fputc('\n', to);
}

static void print_areas(FILE *to, const struct splat *s)
{
	bool some = false;

	for (size_t i = 0; i < SPLAT_AREAS; i++) {
		if (!s->areas[i].function)
			continue;
		fprintf(to, "%s%s %s", some ? ", " : "  through: ", s->areas[i].name,
			s->areas[i].function);
		some = true;
	}
	if (some)
		fputc('\n', to);
}

static void print_frame(FILE *to, const struct splat_frame *f,
			const struct splat_frame_places *places)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	size_t n = places ? places->n : 0;

	/* an inlined function stands above its caller, as in a trace */
	for (size_t i = 0; i + 1 < n; i++)
		fprintf(to, "    | %-*s %s:%u\n", PLACE_COLUMN - 2, places->v[i].function,
			places->v[i].file ? places->v[i].file : "?", places->v[i].line);
	buf_addf(&b, "%s%s", f->sure ? "" : "? ", f->function);
	if (f->size)
		buf_addf(&b, "+0x%lx/0x%lx", f->offset, f->size);
	if (f->module)
		buf_addf(&b, " [%s]", f->module);
	fprintf(to, "  %s ", f->call ? " " : ">");
	if (n)
		fprintf(to, "%-*s %s:%u\n", PLACE_COLUMN, buf_str(&b),
			places->v[n - 1].file ? places->v[n - 1].file : "?", places->v[n - 1].line);
	else
		fprintf(to, "%s\n", buf_str(&b));
}

void splat_print(FILE *to, const struct splat *s, const struct splat_places *places)
{
	const char *problem = NULL;

	fprintf(to, "%s\n  %s (%s)", s->title, splat_class_name(s->cls), s->type);
	if (s->line)
		fprintf(to, " at %s:%u", s->file ? s->file : "?", s->line);
	fprintf(to, ", byte %" PRIu64 " of the log%s%s\n", s->offset,
		s->panicked ? "; the kernel panicked" : "",
		s->corrupted ? "; the log is damaged there" : "");
	print_task(to, s);
	print_areas(to, s);
	fprintf(to, "  signature: %s\n", s->signature);
	for (const char *p = s->registers; p && *p; p += strcspn(p, "\n") + 1)
		fprintf(to, "    %.*s\n", (int)strcspn(p, "\n"), p);
	for (size_t i = 0; i < s->nr_frames; i++) {
		print_frame(to, &s->frames[i], places ? &places->v[i] : NULL);
		if (places && !problem)
			problem = places->v[i].problem;
	}
	if (problem)
		fprintf(to, "  frames without a line: %s\n", problem);
}
