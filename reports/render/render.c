/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/render/render.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"

#define TEXT_SHOWN 1000 /* bytes */

const struct renderer *const renderers[] = {
	&renderer_ktap,
	&renderer_live,
	&renderer_summary,
	&renderer_brief,
	&renderer_cases,
	&renderer_kinds,
	&renderer_known,
	&renderer_timing,
	&renderer_html,
	&renderer_null,
	NULL,
};

void render_start(struct render *r, const struct renderer *renderer, FILE *out,
		  const struct render_run *run)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	*r = (struct render){ .renderer = renderer, .out = out, .run = run };
	r->terminal = isatty(fileno(out)) && term && strcmp(term, "dumb");
	r->color = r->terminal && !(no_color && *no_color);
	if (renderer->start)
		renderer->start(r);
	fflush(out);
}

void render_begin(struct render *r, uint64_t now, const char *name)
{
	r->now = now;
	if (r->renderer->begin)
		r->renderer->begin(r, name);
	fflush(r->out);
}

static void take_case(struct render *r, const struct case_record *rec)
{
	/* grow to powers of two: a plan has thousands of cases */
	if (!(r->nr_cases & (r->nr_cases - 1)))
		r->cases = xrealloc(r->cases, r->nr_cases ? 2 * r->nr_cases : 1,
				    sizeof(struct case_record *));
	r->cases[r->nr_cases++] = rec;
	r->counts[rec->verdict]++;
}

void render_old(struct render *r, const struct case_record *rec)
{
	take_case(r, rec);
	r->nr_old++;
}

void render_case(struct render *r, uint64_t now, const struct case_record *rec)
{
	r->now = now;
	take_case(r, rec);
	if (r->renderer->one)
		r->renderer->one(r, rec);
	fflush(r->out);
}

void render_tick(struct render *r, uint64_t now)
{
	r->now = now;
	if (r->renderer->tick)
		r->renderer->tick(r);
	fflush(r->out);
}

void render_say(struct render *r, uint64_t now, const char *text)
{
	r->now = now;
	if (r->renderer->say)
		r->renderer->say(r, text);
	fflush(r->out);
}

void render_clear(struct render *r)
{
	if (r->renderer->clear)
		r->renderer->clear(r);
	fflush(r->out);
}

int render_end(struct render *r, uint64_t now, const char *reason)
{
	r->now = now;
	if (r->renderer->end)
		r->renderer->end(r, reason);
	fflush(r->out);
	free(r->cases);
	r->cases = NULL;
	r->renderer = NULL;
	return ferror(r->out) ? -1 : r->status;
}

unsigned int render_width(const struct render *r)
{
	struct winsize size;

	if (r->width)
		return r->width;
	if (!r->terminal)
		return 0;
	if (ioctl(fileno(r->out), TIOCGWINSZ, &size) || !size.ws_col)
		return 80;
	return size.ws_col;
}

void render_text(const struct render *r, const char *s)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_add_escaped(&b, s, strlen(s), TEXT_SHOWN);
	fputs(buf_str(&b), r->out);
}

const char *render_reason(const struct case_record *rec)
{
	return rec->reason && *rec->reason ? rec->reason : "no reason is recorded";
}
