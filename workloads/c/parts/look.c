/* SPDX-License-Identifier: GPL-2.0-only */
#include "task.c"

enum seen { OVER, BUSY, RESTS, WAITS };

static char place[160]; /* where it was seen, and in which state */
static char state;

static int read_task_file(const struct task *t, const char *file, char *buf, size_t size)
{
	char path[64];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", t->pid, t->tid, file);
	f = fopen(path, "r");
	n = f ? fread(buf, 1, size - 1, f) : 0;
	buf[n] = '\0';
	if (f)
		fclose(f);
	return n > 0;
}

/* Its CPU time in ms. */
static double sample(const struct task *t, char *where, size_t size)
{
	char text[1024], *p;
	unsigned long user = 0, kernel = 0;

	if (!read_task_file(t, "wchan", where, size))
		strcpy(where, "?");
	state = '?';
	if (read_task_file(t, "stat", text, sizeof(text)) && (p = strrchr(text, ')')))
		sscanf(p + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &state, &user,
		       &kernel);
	if (read_task_file(t, "schedstat", text, sizeof(text)))
		return strtod(text, NULL) / 1e6;
	return (double)(user + kernel) * 1e3 / (double)sysconf(_SC_CLK_TCK);
}

static int is_layout_wait(const char *where)
{
	return strstr(where, "dax_page") || strstr(where, "break_layout") ||
	       strstr(where, "break_dax_layout");
}

static enum seen look_once(struct task *t)
{
	char before[64], after[64];
	double from = now_ms(), cpu = sample(t, before, sizeof(before)), span;

	if (is_over(t, window_ms))
		return OVER;
	cpu = sample(t, after, sizeof(after)) - cpu;
	span = now_ms() - from;
	snprintf(place, sizeof(place), "state %c in %s, %.1f ms CPU in %.1f ms", state, after, cpu,
		 span);
	if (state == 'R' || cpu * 10 > span)
		return BUSY;
	return is_layout_wait(before) && is_layout_wait(after) ? WAITS : RESTS;
}

/* One that sleeps elsewhere may be waiting for the disk, one that runs may be at work: look on. */
static enum seen look(struct task *t)
{
	double end = now_ms() + (double)grace_ms;
	int rested = 0, busy = 0;
	enum seen seen;

	do {
		seen = look_once(t);
		rested = seen == RESTS ? rested + 1 : 0;
		busy = seen == BUSY ? busy + 1 : 0;
	} while (seen != OVER && seen != WAITS && rested < 5 && busy < 12 && now_ms() < end);
	return seen;
}

static void judge_wait(struct task *t, enum seen seen)
{
	if (seen == BUSY)
		fail("'%s' does not sleep while it waits: %s", t->name, place);
	else if (seen == RESTS)
		printf("# '%s' sleeps, but in no layout wait that is known: %s\n", t->name, place);
	else if (state == 'D' && !t->last_close)
		fail("'%s' waits so that no signal reaches it: %s", t->name, place);
}
