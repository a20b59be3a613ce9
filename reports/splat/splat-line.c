// SPDX-License-Identifier: GPL-2.0-only
#include "reports/splat/splat-line.h"

#include <ctype.h>
#include <string.h>

#define SECONDS_MAX 10 /* digits before a time stamp's point */
#define MICROSECONDS 6 /* digits after it */
#define TIME_MAX 64    /* bytes of any other time stamp */
#define DAEMON_MAX 100 /* bytes that a log daemon puts before a message */

static size_t digits(const char *p, const char *end)
{
	const char *from = p;

	while (p < end && isdigit((unsigned char)*p))
		p++;
	return (size_t)(p - from);
}

static const char *blanks(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

/* Skips "[   12.345678]" at @p; NULL: there is none. */
static const char *after_time(const char *p, const char *end)
{
	size_t n;

	if (p == end || *p++ != '[')
		return NULL;
	p = blanks(p, end);
	n = digits(p, end);
	if (!n || n > SECONDS_MAX || (size_t)(end - p) < n + MICROSECONDS + 2 || p[n] != '.')
		return NULL;
	p += n + 1;
	if (digits(p, end) != MICROSECONDS || p[MICROSECONDS] != ']')
		return NULL;
	return p + MICROSECONDS + 1;
}

/* Copies "[  T123]" or "[ C0]" at @p, maybe after a blank, to @tag and skips it; else returns @p. */
static const char *after_tag(const char *p, const char *end, char *tag)
{
	const char *from = p < end && *p == ' ' ? p + 1 : p;
	size_t n;

	from = from == end || *from != '[' ? end : blanks(from + 1, end);
	if (from == end || (*from != 'T' && *from != 'C'))
		return p;
	n = 1 + digits(from + 1, end);
	if (n < 2 || n >= SPLAT_TAG_MAX || (size_t)(end - from) <= n || from[n] != ']')
		return p;
	memcpy(tag, from, n);
	tag[n] = '\0';
	return from + n + 1;
}

/* "<6>" */
static const char *after_priority(const char *p, const char *end)
{
	size_t n = p == end || *p != '<' ? 0 : digits(p + 1, end);

	return n && n <= 3 && (size_t)(end - p) > n + 1 && p[n + 1] == '>' ? p + n + 2 : p;
}

/* Skips the colours of dmesg: "\033[32m". */
static const char *after_colours(const char *p, const char *end)
{
	while (end - p > 3 && p[0] == '\033' && p[1] == '[') {
		const char *m = p + 2;

		while (m < end && (isdigit((unsigned char)*m) || *m == ';'))
			m++;
		if (m == end || *m != 'm')
			break;
		p = m + 1;
	}
	return p;
}

/*
 * Skips a time stamp of dmesg -T, -d, -H and the like: "[Sat Nov 21 19:00:00 2026]",
 * "[    5.123456 <    0.000001>]", "[  +0.000012]", "[    5.123456]" of any precision.
 */
static const char *after_other_time(const char *p, const char *end)
{
	const char *close = p < end && *p == '[' ?
				    memchr(p, ']', MIN((size_t)(end - p), TIME_MAX)) :
				    NULL;
	bool number = false, mark = false, word = false;

	for (const char *c = p + 1; close && c < close; c++) {
		number |= isdigit((unsigned char)*c) != 0;
		mark |= *c == '.' || *c == ':';
		word |= isalpha((unsigned char)*c) != 0;
		if (!isalnum((unsigned char)*c) && !strchr(" .:+-<>,", *c))
			return NULL;
	}
	/* only a date has letters, and it has a time of day */
	return close && number && mark && (!word || memchr(p, ':', (size_t)(close - p))) ?
		       close + 1 :
		       NULL;
}

/* "4,1234,5123456,-,caller=T12;" of /dev/kmsg and netconsole. */
static const char *after_record(const char *p, const char *end, char *tag)
{
	const char *at = p, *semicolon, *caller;

	for (int i = 0; i < 3; i++) {
		size_t n = digits(at, end);

		if (!n || (size_t)(end - at) <= n || at[n] != ',')
			return p;
		at += n + 1;
	}
	semicolon = memchr(at, ';', MIN((size_t)(end - at), TIME_MAX));
	if (!semicolon)
		return p;
	caller = memmem(at, (size_t)(semicolon - at), "caller=", 7);
	if (caller && (size_t)(semicolon - caller) - 7 < SPLAT_TAG_MAX) {
		memcpy(tag, caller + 7, (size_t)(semicolon - caller) - 7);
		tag[semicolon - caller - 7] = '\0';
	}
	return semicolon + 1;
}

/* "19:00" somewhere */
static bool has_time_of_day(const char *p, const char *end)
{
	for (p++; p < end && (p = memchr(p, ':', (size_t)(end - p))) != NULL;) {
		if (p + 1 < end && isdigit((unsigned char)p[-1]) && isdigit((unsigned char)p[1]))
			return true;
		p++;
	}
	return false;
}

/*
 * Skips "Nov 21 19:00:00 host kernel: " of a log daemon, "2026-11-21T19:00:00,123456+00:00 "
 * before it or alone; after a time stamp (@stamped) only "host kernel: ".
 */
static const char *after_daemon(const char *p, const char *end, bool stamped)
{
	size_t len = MIN((size_t)(end - p), DAEMON_MAX);
	const char *kernel = memmem(p, len, " kernel: ", 9);
	const char *blank = memchr(p, ' ', len);

	if (kernel && ((stamped && kernel == blank) || has_time_of_day(p, kernel)))
		return kernel + 9;
	/* the form of a date is enough */
	return blank && blank - p >= 19 && p[4] == '-' && p[7] == '-' && p[10] == 'T' &&
			       p[13] == ':' ?
		       blank + 1 :
		       p;
}

const char *splat_line_read(const char *at, const char *end, struct splat_line *out)
{
	const char *msg = after_priority(after_colours(at, end), end), *stamp, *next;

	*out = (struct splat_line){ .line = at };
	msg = after_record(msg, end, out->tag);
	msg = after_daemon(msg, end, false);
	stamp = after_colours(blanks(msg, end), end);
	stamp = after_other_time(stamp, end);
	if (stamp) {
		msg = after_tag(after_colours(stamp, end), end, out->tag);
		/* the first blank belongs to the stamp, the others to the message */
		msg += msg < end && *msg == ' ';
		msg = after_colours(after_daemon(msg, end, true), end);
	} else {
		next = after_tag(msg, end, out->tag);
		msg = next > msg && next < end && *next == ' ' ? next + 1 : next;
	}
	for (next = msg; next < end && (next = memchr(next, '[', (size_t)(end - next))); next++)
		if (after_time(next, end))
			break;
	if (next == end)
		next = NULL;
	out->line_len = (size_t)((next ? next : end) - at);
	out->msg = msg;
	out->len = (size_t)((next ? next : end) - msg);
	return next;
}
