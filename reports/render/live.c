// SPDX-License-Identifier: GPL-2.0-only
#include "reports/record/tally.h"
#include "reports/render/render.h"

#include <string.h>

#define NS_PER_S 1000000000ull
#define REDRAW_NS (NS_PER_S / 10)
#define SPEAK_NS (10 * NS_PER_S)
#define SPEAK_CASES 20
#define TEXT_BYTES 300
/* Fewer cases, or a shorter time, do not predict the speed of the rest. */
#define SPEED_CASES 5
#define SPEED_NS (2 * NS_PER_S)
#define WINDOW 32 /* the speed is that of the last so many cases */

struct live {
	char **running; /* names, the first started first */
	size_t nr_running;
	uint64_t began_ns;	  /* when the first case started; UINT64_MAX: none yet */
	uint64_t ends_ns[WINDOW]; /* of the last cases, each at its number modulo */
	size_t known;		  /* fails by known findings alone */
	bool drawn;		  /* the terminal shows a line without its newline */
	uint64_t drawn_ns;
	uint64_t spoke_ns; /* time of the last plain line of counts */
	size_t spoke_done;
};

static void live_start(struct render *r)
{
	struct live *l = xcalloc(1, sizeof(*l));

	l->began_ns = UINT64_MAX;
	r->state = l;
}

/* "1:05", "1:02:05" */
static void add_time(struct buf *b, uint64_t s)
{
	if (s >= 3600)
		buf_addf(b, "%llu:%02u:%02u", (unsigned long long)(s / 3600),
			 (unsigned int)(s / 60 % 60), (unsigned int)(s % 60));
	else
		buf_addf(b, "%u:%02u", (unsigned int)(s / 60), (unsigned int)(s % 60));
}

/* "[12/80] 1:05 pass 9 fail 2 (1 known) skip 1", known and errors only when there are some */
static void add_counts(struct buf *b, const struct render *r)
{
	const struct live *l = r->state;

	buf_addf(b, "[%zu/%zu] ", r->nr_cases, r->run->planned);
	add_time(b, r->now / NS_PER_S);
	buf_addf(b, " pass %zu fail %zu", r->counts[VERDICT_PASS], r->counts[VERDICT_FAIL]);
	if (l->known)
		buf_addf(b, " (%zu known)", l->known);
	buf_addf(b, " skip %zu", r->counts[VERDICT_SKIP]);
	if (r->counts[VERDICT_ERROR])
		buf_addf(b, " error %zu", r->counts[VERDICT_ERROR]);
}

static void add_rate(struct buf *b, size_t cases, uint64_t ns)
{
	double rate = (double)cases * 60 * NS_PER_S / (double)ns;

	buf_addf(b, rate < 9.95 ? "  %.1f/min" : "  %.0f/min", rate);
}

/*
 * "  84/min, 0:48 left": the speed of the last cases until now, so that it drops when a case
 * hangs. Nothing until there are enough cases, nor after the last one.
 */
static void add_speed(struct buf *b, const struct render *r)
{
	const struct live *l = r->state;
	size_t done = r->nr_cases - r->nr_old, n = done, total = r->run->planned - r->nr_old;
	uint64_t from = l->began_ns, now = r->now;

	if (done > WINDOW) {
		n = WINDOW - 1;
		from = l->ends_ns[done % WINDOW];
	}
	if (done < SPEED_CASES || done >= total || now < l->began_ns ||
	    now - l->began_ns < SPEED_NS || now <= from)
		return;
	add_rate(b, n, now - from);
	buf_adds(b, ", ");
	add_time(b,
		 (uint64_t)((double)(now - from) / (double)n * (double)(total - done) / NS_PER_S +
			    0.5));
	buf_adds(b, " left");
}

/* The case that has run longest, and how many more do. */
static void add_running(struct buf *b, const struct render *r)
{
	const struct live *l = r->state;

	if (!l->nr_running)
		return;
	buf_adds(b, "  ");
	buf_add_escaped(b, l->running[0], strlen(l->running[0]), TEXT_BYTES);
	if (l->nr_running > 1)
		buf_addf(b, " +%zu", l->nr_running - 1);
}

static void live_clear(struct render *r)
{
	struct live *l = r->state;

	if (l->drawn)
		fputs("\r\033[K", r->out);
	l->drawn = false;
}

static void live_draw(struct render *r)
{
	_cleanup_buf_ struct buf b = BUF_INIT, speed = BUF_INIT;
	unsigned int width = render_width(r);
	struct live *l = r->state;

	if (!r->terminal)
		return;
	add_counts(&b, r);
	add_speed(&speed, r);
	/* do not cut within a number, which would show another number */
	if (b.len + speed.len < width)
		buf_adds(&b, buf_str(&speed));
	add_running(&b, r);
	/* the last column stays free: some terminals wrap when it is written */
	if (b.len >= width)
		b.len = width ? width - 1 : 0;
	fprintf(r->out, "\r%.*s\033[K", (int)b.len, buf_str(&b));
	l->drawn = true;
	l->drawn_ns = r->now;
}

/* Prints a plain line of counts when it is time for one. */
static void live_speak(struct render *r)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct live *l = r->state;

	if (r->terminal ||
	    (r->now - l->spoke_ns < SPEAK_NS && r->nr_cases - l->spoke_done < SPEAK_CASES))
		return;
	add_counts(&b, r);
	add_speed(&b, r);
	add_running(&b, r);
	fprintf(r->out, "%s\n", buf_str(&b));
	l->spoke_ns = r->now;
	l->spoke_done = r->nr_cases;
}

static void live_begin(struct render *r, const char *name)
{
	struct live *l = r->state;

	l->running = xrealloc(l->running, l->nr_running + 1, sizeof(*l->running));
	l->running[l->nr_running++] = xstrdup(name);
	l->began_ns = MIN(l->began_ns, r->now);
	live_draw(r);
}

static void forget_running(struct live *l, const char *name)
{
	size_t i = 0;

	while (i < l->nr_running && strcmp(l->running[i], name) != 0)
		i++;
	if (i == l->nr_running)
		return;
	free(l->running[i]);
	l->nr_running--;
	memmove(l->running + i, l->running + i + 1, (l->nr_running - i) * sizeof(*l->running));
}

/* A fail that is not known, or an error, gets a line that stays. */
static void print_bad(struct render *r, const struct case_record *rec)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	live_clear(r);
	if (r->color)
		buf_adds(&b, rec->verdict == VERDICT_FAIL ? "\033[31m" : "\033[33m");
	buf_adds(&b, verdict_name(rec->verdict));
	if (r->color)
		buf_adds(&b, "\033[0m");
	buf_addc(&b, ' ');
	buf_add_escaped(&b, rec->name, strlen(rec->name), TEXT_BYTES);
	if (rec->reason) {
		buf_adds(&b, ": ");
		buf_add_escaped(&b, rec->reason, strlen(rec->reason), TEXT_BYTES);
	}
	fprintf(r->out, "%s\n", buf_str(&b));
}

static void live_one(struct render *r, const struct case_record *rec)
{
	struct live *l = r->state;
	bool new = !r->run->known || case_is_new(rec);

	l->ends_ns[(r->nr_cases - r->nr_old - 1) % WINDOW] = r->now;
	l->known += rec->verdict == VERDICT_FAIL && !new;
	forget_running(l, rec->name);
	if (rec->verdict == VERDICT_ERROR || (rec->verdict == VERDICT_FAIL && new))
		print_bad(r, rec);
	live_draw(r);
	live_speak(r);
}

static void live_tick(struct render *r)
{
	const struct live *l = r->state;

	if (r->terminal && (!l->drawn || r->now - l->drawn_ns >= REDRAW_NS))
		live_draw(r);
	live_speak(r);
}

static void live_say(struct render *r, const char *text)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	bool drawn = ((struct live *)r->state)->drawn;

	live_clear(r);
	buf_add_escaped(&b, text, strlen(text), 4096);
	fprintf(r->out, "%s\n", buf_str(&b));
	if (drawn)
		live_draw(r);
}

/* The last line: counts, elapsed time and speed, if any cases were planned. */
static void live_end(struct render *r, const char *reason)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	struct live *l = r->state;

	(void)reason;
	live_clear(r);
	if (r->run->planned) {
		add_counts(&b, r);
		if (r->nr_cases - r->nr_old >= SPEED_CASES && r->now > l->began_ns)
			add_rate(&b, r->nr_cases - r->nr_old, r->now - l->began_ns);
		fprintf(r->out, "%s\n", buf_str(&b));
	}
	while (l->nr_running)
		free(l->running[--l->nr_running]);
	free(l->running);
	free(l);
}

const struct renderer renderer_live = {
	.name = "live",
	.summary = "what fails, and one line of counts, redrawn on a terminal",
	.start = live_start,
	.begin = live_begin,
	.one = live_one,
	.tick = live_tick,
	.say = live_say,
	.clear = live_clear,
	.end = live_end,
};
