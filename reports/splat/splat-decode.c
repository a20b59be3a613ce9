/* SPDX-License-Identifier: GPL-2.0-only */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "reports/splat/splat-line.h"
#include "reports/splat/splat-places.h"
#include "reports/splat/splat-private.h"

struct decode {
	struct buf *out;
	const char *line;
	size_t len;
	unsigned int indent; /* of the frame */
};

/* What is inlined stands above its caller, as in a trace; the caller ends the frame's own line. */
static void add_place(void *arg, const struct symbols_place *p)
{
	const struct decode *d = arg;

	if (p->inlined)
		buf_addf(d->out, "%*s| %s", (int)d->indent, "", p->function);
	else
		buf_add(d->out, d->line, d->len);
	if (p->file)
		buf_addf(d->out, " (%s:%u)", p->file, p->line);
	buf_addc(d->out, '\n');
}

static uint64_t number(const char *line, struct regex_group g)
{
	return g.set ? strtoull(line + g.start, NULL, 16) : 0;
}

static bool decode_line(struct symbols *symbols, struct regex *frame, const struct decode *d)
{
	_cleanup_free_ char *function = NULL, *module = NULL;
	struct regex_group full;

	if (!regex_match(frame, d->line, d->len))
		return false;
	full = regex_group(frame, "full");
	function = regex_group_str(frame, d->line, "full", SPLAT_LINE_MAX);
	module = regex_group_str(frame, d->line, "module", SPLAT_LINE_MAX);
	if (!full.set || regex_group(frame, "unsure").set)
		return false;
	return symbols_find(symbols,
			    &(struct symbols_frame){
				    .function = function,
				    .module = module,
				    .offset = number(d->line, regex_group(frame, "offset")),
				    .size = number(d->line, regex_group(frame, "size")),
				    .call = !regex_group(frame, "pc").set,
			    },
			    add_place, (void *)(uintptr_t)d) == SYMBOLS_FOUND;
}

size_t splat_decode(struct symbols *symbols, const char *text, struct buf *out)
{
	struct regex *frame = symbols ? regex_create(splat_frame_pattern) : NULL;
	size_t decoded = 0;

	while (*text) {
		size_t len = strcspn(text, "\n");
		struct splat_line line;
		struct decode d;

		splat_line_read(text, text + len, &line);
		d = (struct decode){ out, line.msg, line.len,
				     (unsigned int)strspn(line.msg, " ") + 4 };
		if (frame && decode_line(symbols, frame, &d)) {
			decoded++;
		} else {
			buf_add(out, line.msg, line.len);
			buf_addc(out, '\n');
		}
		text += len + (text[len] == '\n');
	}
	regex_destroy(frame);
	return decoded;
}
