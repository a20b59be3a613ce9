/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one error channel. A function that can fail returns `struct err *`: NULL
 * is success, anything else belongs to the caller, who passes it up (perhaps
 * with err_wrap()) or ends it with err_free(). It is printed once, by main().
 *
 * Messages: lower case, what failed first, the subject quoted, then the cause
 * or what to do, no full stop: "cannot open 'x.scn': No such file or directory".
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/util.h"

enum err_code {
	ERR_USAGE,     /* the user's input is wrong: exit 2 */
	ERR_INFRA,     /* the host or the rig failed: exit 3 */
	ERR_CANCELLED, /* a signal asked us to stop: exit 3 */
	ERR_TIMEOUT,   /* a wait timed out, or its event can no longer come: exit 3 */
	ERR_PROGRAM,   /* run_program(): the program exited with a status other than 0: exit 3 */
	ERR_BUILD,     /* kernel_get(): the source does not compile: exit 3 */
};

struct err {
	enum err_code code;
	char *message;
};

struct err *err_create(enum err_code code, const char *fmt, ...) __printf(2, 3) __must_check;

/* As err_create(ERR_INFRA), with ": " and strerror(@errnum) appended. */
struct err *err_errno(int errnum, const char *fmt, ...) __printf(2, 3) __must_check;

/*
 * Puts "<fmt>: " before @err's message; takes @err and returns it. NULL stays
 * NULL. ERR_CANCELLED stays as it is: the interrupted work is not at fault.
 */
struct err *err_wrap(struct err *err, const char *fmt, ...) __printf(2, 3) __must_check;

/* NULL is fine. */
void err_free(struct err *err);

static inline void err_free_ptr(struct err **err)
{
	err_free(*err);
}
#define _cleanup_err_ _cleanup_(err_free_ptr)

#endif
