/* SPDX-License-Identifier: GPL-2.0-only */
/* fnmatch(3) tries alternatives one after another, which can take exponential time. This code
   follows all of them at once, as the set of places in the name that the glob can have reached. */
#include "base/glob.h"

#include <fnmatch.h>
#include <string.h>

#include "base/buf.h"

#define GLOB_SHOWN 200 /* bytes of a glob in an error */

/* A set of places in the name, all within [lo, hi). */
struct set {
	size_t lo, hi;
	bool *on;
};

struct name {
	const char *s;
	size_t places; /* strlen(s) + 1 */
};

static bool is_choice(const char *p)
{
	return *p && strchr("@?*+!", *p) && p[1] == '(';
}

/* Returns what follows the "[...]" at @p; NULL if it is not closed. */
static const char *bracket_end(const char *p)
{
	p += p[1] == '!' || p[1] == '^' ? 2 : 1;
	if (*p == ']')
		p++;
	for (; *p != ']'; p++) {
		char kind = *p == '[' && p[1] && strchr(":.=", p[1]) ? p[1] : '\0';

		if (kind) {
			const char end[] = { kind, ']', '\0' };
			const char *stop = strstr(p + 2, end);

			p = stop ? stop + 1 : p;
		} else if (*p == '\\') {
			p++;
		}
		if (!*p)
			return NULL;
	}
	return p + 1;
}

/* Returns NULL or what is wrong with the glob, and then sets *@at to the place. */
static const char *find_fault(const char *glob, const char **at)
{
	const char *open[GLOB_DEPTH_MAX];
	size_t depth = 0;

	for (const char *p = glob; *p; p++) {
		*at = p;
		if (*p == '\\' && !*++p)
			return "nothing follows the backslash";
		if (*p == '[' && p == *at) {
			p = bracket_end(p);
			if (!p)
				return "the bracket is not closed";
			p--;
		} else if (is_choice(p) && p == *at) {
			if (depth == GLOB_DEPTH_MAX)
				return "this choice is nested too deeply";
			open[depth++] = p++;
		} else if (*p == ')' && p == *at && depth) {
			depth--;
		}
	}
	if (!depth)
		return NULL;
	*at = open[depth - 1];
	return "the choice is not closed";
}

struct err *glob_check(const char *glob)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;
	const char *at, *fault = find_fault(glob, &at);

	if (!fault)
		return NULL;
	buf_add_escaped(&shown, glob, strlen(glob), GLOB_SHOWN);
	return err_create(ERR_USAGE, "bad glob '%s', column %zu: %s", buf_str(&shown),
			  (size_t)(at - glob) + 1, fault);
}

/* Returns what follows the part of the glob at @p, which must be valid. */
static const char *part_end(const char *p)
{
	if (*p == '\\')
		return p + 2;
	if (*p == '[')
		return bracket_end(p);
	if (!is_choice(p))
		return p + 1;
	for (p += 2; *p != ')';)
		p = part_end(p);
	return p + 1;
}

static struct set set_create(const struct name *name)
{
	return (struct set){ .lo = name->places, .on = xcalloc(name->places, sizeof(bool)) };
}

static void set_deinit(struct set *s)
{
	free(s->on);
}

#define _cleanup_set_ _cleanup_(set_deinit)

static bool set_is_empty(const struct set *s)
{
	return s->lo >= s->hi;
}

static void set_add(struct set *s, size_t place)
{
	s->on[place] = true;
	s->lo = MIN(s->lo, place);
	s->hi = MAX(s->hi, place + 1);
}

static void set_clear(struct set *s, const struct name *name)
{
	memset(s->on, 0, name->places * sizeof(bool));
	s->lo = name->places;
	s->hi = 0;
}

static void set_add_all(struct set *s, const struct set *more)
{
	for (size_t i = more->lo; i < more->hi; i++)
		if (more->on[i])
			set_add(s, i);
}

static bool is_char(const char *p, const char *bracket, char c)
{
	const char text[] = { c, '\0' };

	if (bracket)
		return fnmatch(bracket, text, 0) == 0;
	return *p == '?' || (*p == '\\' ? p[1] : *p) == c;
}

/* Matches one character at each place. */
static void step(const struct name *name, const char *p, const char *end, struct set *s)
{
	_cleanup_free_ char *bracket = *p == '[' ? xstrndup(p, (size_t)(end - p)) : NULL;
	size_t lo = s->lo, hi = s->hi;

	s->lo = name->places;
	s->hi = 0;
	for (size_t i = hi; i-- > lo;) {
		bool was = s->on[i];

		s->on[i] = false;
		if (was && name->s[i] && is_char(p, bracket, name->s[i]))
			set_add(s, i + 1);
	}
}

static void walk(const struct name *name, const char *p, const char *end, struct set *s);

/* Adds to @out the places that the parts of the choice "(a|b)" at @p reach from @from. */
static void add_parts(const struct name *name, const char *p, const struct set *from,
		      struct set *out)
{
	do {
		const char *part = ++p;
		_cleanup_set_ struct set s = set_create(name);

		while (*p != '|' && *p != ')')
			p = part_end(p);
		set_add_all(&s, from);
		walk(name, part, p, &s);
		set_add_all(out, &s);
	} while (*p != ')');
}

/* Matches the choice any number of times: goes on from each new place until none is new. */
static void repeat(const struct name *name, const char *p, const struct set *from, struct set *out)
{
	_cleanup_set_ struct set last = set_create(name);

	set_add_all(&last, from);
	while (!set_is_empty(&last)) {
		_cleanup_set_ struct set next = set_create(name);

		add_parts(name, p, &last, &next);
		set_clear(&last, name);
		for (size_t i = next.lo; i < next.hi; i++)
			if (next.on[i] && !out->on[i])
				set_add(&last, i);
		set_add_all(out, &next);
	}
}

static void all_others(const struct name *name, const char *p, const struct set *from,
		       struct set *out)
{
	for (size_t i = from->lo; i < from->hi; i++) {
		_cleanup_set_ struct set one = set_create(name), parts = set_create(name);

		if (!from->on[i])
			continue;
		set_add(&one, i);
		add_parts(name, p, &one, &parts);
		for (size_t k = i; k < name->places; k++)
			if (!parts.on[k])
				set_add(out, k);
	}
}

static void choose(const struct name *name, const char *p, struct set *s)
{
	_cleanup_set_ struct set out = set_create(name);

	if (*p == '*' || *p == '?')
		set_add_all(&out, s);
	if (*p == '*' || *p == '+')
		repeat(name, p + 1, s, &out);
	else if (*p == '!')
		all_others(name, p + 1, s, &out);
	else
		add_parts(name, p + 1, s, &out);
	set_clear(s, name);
	set_add_all(s, &out);
}

/* Moves @s through the parts of the glob in [@p, @end). */
static void walk(const struct name *name, const char *p, const char *end, struct set *s)
{
	while (p < end && !set_is_empty(s)) {
		const char *next = part_end(p);

		if (is_choice(p))
			choose(name, p, s);
		else if (*p == '*')
			for (size_t i = s->lo; i < name->places; i++)
				set_add(s, i);
		else
			step(name, p, next, s);
		p = next;
	}
}

bool glob_match(const char *glob, const char *s)
{
	const struct name name = { s, strlen(s) + 1 };
	_cleanup_set_ struct set set = set_create(&name);
	const char *at;

	if (find_fault(glob, &at))
		return false;
	set_add(&set, 0);
	walk(&name, glob, glob + strlen(glob), &set);
	return set.on[name.places - 1];
}
