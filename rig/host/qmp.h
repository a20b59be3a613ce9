/* SPDX-License-Identifier: GPL-2.0-only */
/* The JSON monitor (QMP) of one QEMU. Not thread-safe. Errors are ERR_INFRA or ERR_TIMEOUT. */
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
	enum qmp_migration migration; /* how the last migration ended, by QEMU's event */
};

/* Takes @fd, a connected socket. */
void qmp_init(struct qmp *q, int fd);
void qmp_deinit(struct qmp *q);

/* Reads QEMU's greeting and answers it. @deadline is a time of now_ns(), here and below. */
struct err *qmp_greet(struct qmp *q, uint64_t deadline) __must_check;

/*
 * Sends the command @text, a JSON object, and waits for the reply: *@reply (NULL: not
 * wanted) becomes the text of the reply's object; free() it. An error reply of QEMU is an error.
 */
struct err *qmp_command(struct qmp *q, const char *text, uint64_t deadline, char **reply)
	__must_check;

/* The same, and passes the open file @fd to QEMU; @fd stays the caller's. */
struct err *qmp_command_fd(struct qmp *q, const char *text, int fd, uint64_t deadline, char **reply)
	__must_check;

/* The same for @line, a command of the human monitor; *@reply is what QEMU would print. */
struct err *qmp_human(struct qmp *q, const char *line, uint64_t deadline, char **reply)
	__must_check;

/*
 * Migrates the guest's state, without shared RAM, to the open file @fd, or from it when
 * @incoming, and waits until that is done. @fd stays the caller's.
 */
struct err *qmp_migrate(struct qmp *q, bool incoming, int fd, uint64_t deadline) __must_check;

#endif
