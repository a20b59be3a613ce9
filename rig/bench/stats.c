/* SPDX-License-Identifier: GPL-2.0-only */
#include "bench/stats.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void samples_add(struct samples *s, double value)
{
	s->v = xrealloc(s->v, s->n + 1, sizeof(*s->v));
	s->v[s->n++] = value;
}

void samples_deinit(struct samples *s)
{
	free(s->v);
	*s = (struct samples){ 0 };
}

static int less(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

double samples_median(const struct samples *s)
{
	_cleanup_free_ double *v = xcalloc(s->n + 1, sizeof(*v));

	if (!s->n)
		return 0;
	memcpy(v, s->v, s->n * sizeof(*v));
	qsort(v, s->n, sizeof(*v), less);
	return s->n % 2 ? v[s->n / 2] : (v[s->n / 2 - 1] + v[s->n / 2]) / 2;
}

/* Is @line the head of a mapping, "55d0-55d1 r-xp 0 08:01 4 /path"? Sets *@path, or to "". */
static bool mapping_path(const char *line, const char **path)
{
	int end = 0;

	if (sscanf(line, "%*x-%*x %*4s %*x %*x:%*x %*u%n", &end) != 0 || !end)
		return false;
	*path = line + end + strspn(line + end, " ");
	return true;
}

static uint64_t kilobytes(const char *line, const char *name)
{
	size_t n = strlen(name);
	uint64_t kb = 0;

	if (strncmp(line, name, n) == 0)
		(void)sscanf(line + n, " %" SCNu64 " kB", &kb);
	return kb;
}

uint64_t smaps_beyond(const char *smaps, const char *folder)
{
	_cleanup_free_ char *copy = xstrdup(smaps), *below = xasprintf("%s/", folder);
	bool shared = false;
	const char *path;
	uint64_t kb = 0;
	char *save = NULL;

	for (char *l = strtok_r(copy, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		if (mapping_path(l, &path))
			shared = strncmp(path, below, strlen(below)) == 0;
		else
			kb += kilobytes(l, shared ? "Anonymous:" : "Pss:");
	}
	return kb * 1024;
}

void figure_add_line(const struct figure *f, struct buf *out)
{
	if (f->measured)
		buf_addf(out, "%s: %.*f %s (%s)\n", f->name, f->value < 10 ? 2 : 1, f->value,
			 f->unit, f->text);
	else
		buf_addf(out, "%s: not measured (%s)\n", f->name, f->text);
}

void json_add_string(const char *s, struct buf *out)
{
	buf_addc(out, '"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			buf_addf(out, "\\%c", *s);
		else if ((unsigned char)*s < 0x20 || (unsigned char)*s >= 0x7f)
			buf_addf(out, "\\u%04x", (unsigned char)*s);
		else
			buf_addc(out, *s);
	}
	buf_addc(out, '"');
}

void figures_add_json(const struct figure *v, size_t n, const char *head, struct buf *out)
{
	buf_addf(out, "{\n%s,\n \"figures\": [", head);
	for (size_t i = 0; i < n; i++) {
		buf_addf(out, "%s\n  {\"name\": ", i ? "," : "");
		json_add_string(v[i].name, out);
		if (v[i].measured)
			buf_addf(out, ", \"value\": %.3f", v[i].value);
		else
			buf_adds(out, ", \"value\": null");
		buf_adds(out, ", \"unit\": ");
		json_add_string(v[i].unit, out);
		buf_adds(out, ", \"text\": ");
		json_add_string(v[i].text, out);
		buf_addc(out, '}');
	}
	buf_adds(out, "\n ]\n}\n");
}
