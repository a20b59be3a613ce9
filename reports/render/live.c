// SPDX-License-Identifier: GPL-2.0-only
#include "reports/render/live.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define NS_PER_S 1000000000ull
#define REDRAW_NS (NS_PER_S / 10)
#define SPEAK_NS (10 * NS_PER_S)
#define SPEAK_CASES 20
#define TEXT_BYTES 300
/* The speed of fewer cases, or of a shorter time, says nothing of the rest. */
#define SPEED_CASES 5
#define SPEED_NS (2 * NS_PER_S)

void live_init(struct live *l, FILE *out, size_t total)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	*l = (struct live){ .out = out, .total = total, .began_ns = UINT64_MAX };
	l->terminal = isatty(fileno(out)) && term && strcmp(term, "dumb");
	l->color = l->terminal && !(no_color && *no_color);
}

static unsigned int live_width(const struct live *l)
{
	struct winsize size;

	if (l->width)
		return l->width;
	if (ioctl(fileno(l->out), TIOCGWINSZ, &size) || !size.ws_col)
		return 80;
	return size.ws_col;
}

static size_t live_done(const struct live *l)
{
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_SIZE(l->counts); i++)
		n += l->counts[i];
	return n;
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

/* "[12/80] 1:05 pass 9 fail 2 skip 1", errors only when there are some */
static void add_counts(struct buf *b, const struct live *l, uint64_t now)
{
	buf_addf(b, "[%zu/%zu] ", live_done(l), l->total);
	add_time(b, now / NS_PER_S);
	buf_addf(b, " pass %zu fail %zu skip %zu", l->counts[VERDICT_PASS], l->counts[VERDICT_FAIL],
		 l->counts[VERDICT_SKIP]);
	if (l->counts[VERDICT_ERROR])
		buf_addf(b, " error %zu", l->counts[VERDICT_ERROR]);
}

static void add_rate(struct buf *b, size_t cases, uint64_t ns)
{
	double rate = (double)cases * 60 * NS_PER_S / (double)ns;

	buf_addf(b, rate < 9.95 ? "  %.1f/min" : "  %.0f/min", rate);
}

/*
 * "  84/min, 0:48 left": by the last cases, and up to now, so that one that hangs
 * shows. Nothing before there is something to go by, nor behind the last case.
 */
static void add_speed(struct buf *b, const struct live *l, uint64_t now)
{
	size_t done = live_done(l), n = done;
	uint64_t from = l->began_ns;

	if (done > LIVE_WINDOW) {
		n = LIVE_WINDOW - 1;
		from = l->ends_ns[done % LIVE_WINDOW];
	}
	if (done < SPEED_CASES || done >= l->total || now < l->began_ns ||
	    now - l->began_ns < SPEED_NS || now <= from)
		return;
	add_rate(b, n, now - from);
	buf_adds(b, ", ");
	add_time(b, (uint64_t)((double)(now - from) / (double)n * (double)(l->total - done) /
				       NS_PER_S +
			       0.5));
	buf_adds(b, " left");
}

/* The case that has run longest, and how many more do. */
static void add_running(struct buf *b, const struct live *l)
{
	if (!l->nr_running)
		return;
	buf_adds(b, "  ");
	buf_add_escaped(b, l->running[0], strlen(l->running[0]), TEXT_BYTES);
	if (l->nr_running > 1)
		buf_addf(b, " +%zu", l->nr_running - 1);
}

void live_clear(struct live *l)
{
	if (!l->drawn)
		return;
	fputs("\r\033[K", l->out);
	fflush(l->out);
	l->drawn = false;
}

static void live_draw(struct live *l, uint64_t now)
{
	_cleanup_buf_ struct buf b = BUF_INIT, speed = BUF_INIT;
	unsigned int width = live_width(l);

	if (!l->terminal)
		return;
	add_counts(&b, l, now);
	add_speed(&speed, l, now);
	/* half a number would be another one */
	if (b.len + speed.len < width)
		buf_adds(&b, buf_str(&speed));
	add_running(&b, l);
	/* the last column stays free: some terminals wrap when it is written */
	if (b.len >= width)
		b.len = width ? width - 1 : 0;
	fprintf(l->out, "\r%.*s\033[K", (int)b.len, buf_str(&b));
	fflush(l->out);
	l->drawn = true;
	l->drawn_ns = now;
}

/* A plain line of counts, when it is time for one. */
static void live_speak(struct live *l, uint64_t now)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	if (l->terminal ||
	    (now - l->spoke_ns < SPEAK_NS && live_done(l) - l->spoke_done < SPEAK_CASES))
		return;
	add_counts(&b, l, now);
	add_speed(&b, l, now);
	add_running(&b, l);
	fprintf(l->out, "%s\n", buf_str(&b));
	fflush(l->out);
	l->spoke_ns = now;
	l->spoke_done = live_done(l);
}

void live_start(struct live *l, uint64_t now, const char *name)
{
	l->running = xrealloc(l->running, l->nr_running + 1, sizeof(*l->running));
	l->running[l->nr_running++] = xstrdup(name);
	l->began_ns = MIN(l->began_ns, now);
	live_draw(l, now);
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

void live_case(struct live *l, uint64_t now, const struct case_record *rec)
{
	bool bad = rec->verdict == VERDICT_FAIL || rec->verdict == VERDICT_ERROR;
	_cleanup_buf_ struct buf b = BUF_INIT;

	l->ends_ns[live_done(l) % LIVE_WINDOW] = now;
	l->counts[rec->verdict]++;
	forget_running(l, rec->name);
	if (bad) {
		live_clear(l);
		if (l->color)
			buf_adds(&b, rec->verdict == VERDICT_FAIL ? "\033[31m" : "\033[33m");
		buf_adds(&b, verdict_name(rec->verdict));
		if (l->color)
			buf_adds(&b, "\033[0m");
		buf_addc(&b, ' ');
		buf_add_escaped(&b, rec->name, strlen(rec->name), TEXT_BYTES);
		if (rec->reason) {
			buf_adds(&b, ": ");
			buf_add_escaped(&b, rec->reason, strlen(rec->reason), TEXT_BYTES);
		}
		fprintf(l->out, "%s\n", buf_str(&b));
		fflush(l->out);
	}
	live_draw(l, now);
	live_speak(l, now);
}

void live_tick(struct live *l, uint64_t now)
{
	if (l->terminal && (!l->drawn || now - l->drawn_ns >= REDRAW_NS))
		live_draw(l, now);
	live_speak(l, now);
}

void live_say(struct live *l, uint64_t now, const char *text)
{
	_cleanup_buf_ struct buf b = BUF_INIT;
	bool drawn = l->drawn;

	live_clear(l);
	buf_add_escaped(&b, text, strlen(text), 4096);
	fprintf(l->out, "%s\n", buf_str(&b));
	fflush(l->out);
	if (drawn)
		live_draw(l, now);
}

void live_deinit(struct live *l, uint64_t now)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	live_clear(l);
	if (l->total) {
		add_counts(&b, l, now);
		if (live_done(l) >= SPEED_CASES && now > l->began_ns)
			add_rate(&b, live_done(l), now - l->began_ns);
		fprintf(l->out, "%s\n", buf_str(&b));
		fflush(l->out);
	}
	while (l->nr_running)
		free(l->running[--l->nr_running]);
	free(l->running);
	l->running = NULL;
}
