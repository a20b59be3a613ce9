/* SPDX-License-Identifier: GPL-2.0-only */
/* Small things every room uses. Pure: no I/O. */
#ifndef BASE_UTIL_H
#define BASE_UTIL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))
#define __must_check __attribute__((warn_unused_result))
#define __noreturn __attribute__((noreturn))

/* Scope-based cleanup: `_cleanup_free_ char *s = ...`. */
#define _cleanup_(fn) __attribute__((cleanup(fn)))
#define _cleanup_free_ _cleanup_(free_ptr)
#define _cleanup_close_ _cleanup_(close_fd)

static inline void free_ptr(void *p)
{
	free(*(void **)p);
}

/* Closes the descriptor unless it is negative; errno is kept. */
void close_fd(const int *fd);

/* Takes the pointer out of a _cleanup_ variable. */
#define take_ptr(p)                                                                                \
	({                                                                                         \
		__typeof__(p) __p = (p);                                                           \
		(p) = NULL;                                                                        \
		__p;                                                                               \
	})
#define take_fd(fd)                                                                                \
	({                                                                                         \
		int __f = (fd);                                                                    \
		(fd) = -1;                                                                         \
		__f;                                                                               \
	})

/*
 * These end the program with a message if memory runs out, which is not expected on
 * the host. The caller frees the results.
 */
void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
char *xstrndup(const char *s, size_t n);
char *xasprintf(const char *fmt, ...) __printf(1, 2);
char *xvasprintf(const char *fmt, va_list ap) __printf(1, 0);

/*
 * Read a size such as "4096", "64K", "2M" or "1G" (powers of 1024) from all of
 * @s. Returns false, and leaves *@out alone, for anything else or past 2^63-1.
 */
bool parse_size(const char *s, uint64_t *out);

/* The shortest exact form of @size: "2M", "4096", "1G". @buf holds 24 bytes. */
const char *format_size(uint64_t size, char *buf);

/* strcmp() == 0 for short words: in an emulated guest the call itself costs more. */
static inline bool word_eq(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

/* Does @s end with @end? */
bool str_ends(const char *s, const char *end);

/* Monotonic time in nanoseconds in which this process could run: see clock.h. */
uint64_t now_ns(void);

/* strerrorname_np(), or "ERR<number>" for an unknown number; static storage. */
const char *errno_name(int err);

/* The errno of a name such as "EINTR"; -1 if it is unknown. */
int errno_by_name(const char *name);

#endif
