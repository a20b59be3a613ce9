/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/render/render.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/files.h"
#include "reports/history/identity.h"
#include "reports/text/plain.h"

#define TEXT_SHOWN 1000	      /* bytes */
#define WORD_MAX 1000	      /* bytes of a word of a command */
#define CONFIG_MAX (4u << 20) /* bytes of a kernel's .config */

const struct renderer *const renderers[] = {
	&renderer_ktap,	    &renderer_live,	  &renderer_summary, &renderer_brief,
	&renderer_cases,    &renderer_kinds,	  &renderer_known,   &renderer_timing,
	&renderer_html,	    &renderer_junit,	  &renderer_kcidb,   &renderer_mail,
	&renderer_upstream, &renderer_prometheus, &renderer_null,    NULL,
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

int render_cases(const struct renderer *renderer, FILE *out, const struct render_run *run,
		 struct case_record *const *cases, size_t n, const char *reason)
{
	struct render r;

	render_start(&r, renderer, out, run);
	for (size_t i = 0; i < n; i++)
		if (cases[i])
			render_case(&r, 0, cases[i]);
	return render_end(&r, 0, reason);
}

struct err *render_write(const struct renderer *renderer, const char *path,
			 const struct render_run *run, struct case_record *const *cases, size_t n,
			 const char *reason)
{
	_cleanup_free_ char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return err_errno(errno, "cannot write '%s'", path);
	render_cases(renderer, out, run, cases, n, reason);
	if (fclose(out))
		return err_errno(errno, "cannot write '%s'", path);
	return file_write_atomic(path, text, len);
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

struct standing render_standing(const struct render *r, const struct case_record *rec)
{
	return standing_of(r->run->history, r->run->run, rec);
}

void render_statuses(const struct render *r, size_t counts[STATUSES])
{
	const struct history *h = r->run->history;

	memset(counts, 0, STATUSES * sizeof(*counts));
	if (h) {
		memcpy(counts, h->runs[r->run->run].statuses, STATUSES * sizeof(*counts));
		return;
	}
	for (size_t i = 0; i < r->nr_cases; i++)
		counts[render_standing(r, r->cases[i]).status]++;
}

const char *render_source(const char *plan, const struct run_choices *choices)
{
	if (plan && str_ends(plan, ".plan"))
		return plan;
	if (!choices || choices->nr_cases != 1)
		return NULL;
	return str_ends(choices->cases[0], ".scn") || strchr(choices->cases[0], ' ') ?
		       choices->cases[0] :
		       NULL;
}

struct render_run render_run_of(const struct run_summary *s, const char *path)
{
	return (struct render_run){
		.planned = s->planned,
		.path = path,
		.started = s->started,
		.kernel_release = s->kernel_release,
		.kernel_spec = s->kernel_spec,
		.plan = s->plan,
		.accel = s->accel,
		.duration_ns = s->duration_ns,
		.incomplete = !s->complete,
		.end_reason = s->end_reason,
		.version = s->version,
		.night = s->night,
		.self_test = s->self_test,
		.recheck_of = s->recheck_of,
		.kernel_package = s->kernel_package,
		.kernel_key = s->kernel_key,
		.kernel_image = s->kernel_image,
		.kernel_config = s->kernel_config,
		.image_key = s->image_key,
		.geometry = s->geometry,
		.host_kernel = s->host_kernel,
		.qemu = s->qemu,
		.libvirt = s->libvirt,
		.plan_text = s->plan_text,
		.plan_match = s->plan_match,
		.plan_shard = s->plan_shard,
		.source = render_source(s->plan, s->has_choices ? &s->choices : NULL),
	};
}

char *render_compiler(const char *config)
{
	static const char option[] = "CONFIG_CC_VERSION_TEXT=\"";
	const char *at = strstr(config, option);

	/* the beginning of a line; a comment names no value */
	while (at && at != config && at[-1] != '\n')
		at = strstr(at + 1, option);
	if (!at)
		return NULL;
	at += sizeof(option) - 1;
	return xstrndup(at, strcspn(at, "\"\n"));
}

char *render_read_compiler(const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	/* the record may come from anybody, and "-" would be standard input */
	if (*path != '/')
		return NULL;
	err_free(file_read(path, CONFIG_MAX, &text));
	return render_compiler(buf_str(&text));
}

/* No name is that long, and the command would be of no use. */
static void add_word(struct buf *out, const char *s)
{
	_cleanup_free_ char *cut = xstrndup(s, WORD_MAX);

	plain_add_word(out, cut);
}

static void add_option(struct buf *out, const char *option, const char *value)
{
	if (!value || !*value)
		return;
	buf_addf(out, " %s ", option);
	add_word(out, value);
}

void render_again(const struct render_run *run, const char *name, struct buf *out)
{
	_cleanup_free_ char *one = identity_case(name);

	buf_adds(out, "daxrig run");
	add_option(out, "--kernel", run->kernel_spec);
	add_option(out, "--self-test", run->self_test);
	if (run->source && str_ends(run->source, ".plan")) {
		add_option(out, "--plan", run->source);
		add_option(out, "--match", one);
		return;
	}
	if (run->source) {
		buf_addc(out, ' ');
		add_word(out, run->source);
		add_option(out, "--match", one);
		return;
	}
	/* a name is no option, whatever a record has for one */
	buf_adds(out, *one == '-' ? " -- " : " ");
	add_word(out, one);
}
