/* SPDX-License-Identifier: GPL-2.0-only */
#include <stdio.h>

#include "reports/coverage/coverage.h"

static unsigned int percent(size_t part, size_t all)
{
	return all ? (unsigned int)(100 * part / all) : 0;
}

static const char *file_of(const struct scope *s, int line)
{
	return *s->lines[line].file ? s->lines[line].file : "functions";
}

static void print_name(const struct coverage_function *f)
{
	printf("%s", f->name);
	if (f->nth)
		printf(" (%u)", f->nth + 1);
	if (*f->module)
		printf(" [%s]", f->module);
}

struct sum {
	size_t ran, size, entered, functions;
};

static void count(struct sum *sum, const struct coverage_function *f)
{
	sum->ran += f->ran;
	sum->size += f->size;
	sum->entered += f->ran > 0;
	sum->functions++;
}

static void print_sum(const char *what, const struct sum *sum)
{
	printf("%s: %zu of %zu bytes (%u %%), %zu of %zu functions\n", what, sum->ran, sum->size,
	       percent(sum->ran, sum->size), sum->entered, sum->functions);
}

void coverage_print(const struct coverage *c, const struct scope *s)
{
	struct sum all = { 0, 0, 0, 0 };

	for (size_t i = 0, end; i < c->n; i = end) {
		struct sum sum = { 0, 0, 0, 0 };

		for (end = i; end < c->n && c->v[end].line == c->v[i].line; end++) {
			count(&sum, &c->v[end]);
			count(&all, &c->v[end]);
		}
		print_sum(file_of(s, c->v[i].line), &sum);
		for (size_t k = i; k < end; k++) {
			printf("  %3u %%  %5zu of %5zu  ", percent(c->v[k].ran, c->v[k].size),
			       c->v[k].ran, c->v[k].size);
			print_name(&c->v[k]);
			putchar('\n');
		}
	}
	print_sum("in all", &all);
}

void coverage_print_missing(const struct coverage *c, const struct scope *s)
{
	for (size_t i = 0; i < c->n; i++) {
		if (c->v[i].ran)
			continue;
		printf("%s: ", file_of(s, c->v[i].line));
		print_name(&c->v[i]);
		printf(", %zu bytes\n", c->v[i].size);
	}
}

static size_t beyond(const struct coverage_function *a, const struct coverage_function *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->size; i++)
		n += coverage_ran(b, i) && (!a || i >= a->size || !coverage_ran(a, i));
	return n;
}

size_t coverage_print_beyond(const struct coverage *a, const struct coverage *b,
			     const struct scope *s)
{
	size_t functions = 0, bytes = 0;

	for (size_t i = 0; i < b->n; i++) {
		const struct coverage_function *was = coverage_same(a, &b->v[i]);
		size_t n = beyond(was, &b->v[i]);

		if (!n)
			continue;
		printf("%s: ", file_of(s, b->v[i].line));
		print_name(&b->v[i]);
		printf(", %zu of %zu bytes%s\n", n, b->v[i].size,
		       was && was->ran ? "" : ", not entered before");
		functions++;
		bytes += n;
	}
	printf("%zu bytes in %zu functions\n", bytes, functions);
	return functions;
}
