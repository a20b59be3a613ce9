/* SPDX-License-Identifier: GPL-2.0-only */
/* One QEMU's monitor, spoken to in JSON. For one thread. Errors are ERR_INFRA or ERR_TIMEOUT. */
#ifndef RIG_QMP_H
#define RIG_QMP_H

#include "base/buf.h"
#include "base/err.h"

enum qmp_migration {
	QMP_MIGRATION_NONE,
	QMP_MIGRATION_COMPLETED,
	QMP_MIGRATION_FAILED,
};

struct qmp {
	int fd; /* owned */
	struct buf in;
	enum qmp_migration migration; /* the last end of one that QEMU told of */
};

/* Takes @fd, a connected socket. */
void qmp_init(struct qmp *q, int fd);
void qmp_deinit(struct qmp *q);

/* Hears QEMU's greeting and answers it. @deadline as in now_ns(), here and below. */
struct err *qmp_greet(struct qmp *q, uint64_t deadline) __must_check;

/*
 * Gives the command @text, a JSON object, and waits for its reply: *@reply (NULL: not
 * wanted) is that object's text, free() it. QEMU's refusal is an error.
 */
struct err *qmp_command(struct qmp *q, const char *text, uint64_t deadline, char **reply)
	__must_check;

/* The same with the open file @fd, which stays the caller's, for QEMU to take. */
struct err *qmp_command_fd(struct qmp *q, const char *text, int fd, uint64_t deadline, char **reply)
	__must_check;

/* The same for a line for people; *@reply is what QEMU would print. */
struct err *qmp_human(struct qmp *q, const char *line, uint64_t deadline, char **reply)
	__must_check;

/*
 * Lets the guest's state, without RAM that is shared, out to or in from the open file
 * @fd, which stays the caller's, and waits until it is done.
 */
struct err *qmp_migrate(struct qmp *q, bool incoming, int fd, uint64_t deadline) __must_check;

#endif
