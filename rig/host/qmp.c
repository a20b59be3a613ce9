/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/qmp.h"

#include <errno.h>
#include <jansson.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define LINE_MAX_BYTES (16u << 20)

static void free_json(json_t **j)
{
	json_decref(*j);
}
#define _cleanup_json_ _cleanup_(free_json)

void qmp_init(struct qmp *q, int fd)
{
	*q = (struct qmp){ .fd = fd, .in = BUF_INIT };
}

void qmp_deinit(struct qmp *q)
{
	close_fd(&q->fd);
	buf_deinit(&q->in);
	q->fd = -1;
}

static struct err *fill(struct qmp *q, uint64_t deadline)
{
	struct pollfd p = { .fd = q->fd, .events = POLLIN };
	uint64_t now = now_ns();
	char chunk[16384];
	ssize_t n;

	if (q->in.len > LINE_MAX_BYTES)
		return err_create(ERR_INFRA, "QEMU's monitor sent a line that is too long");
	if (now >= deadline || poll(&p, 1, (int)MIN((deadline - now) / 1000000 + 1, 3600000u)) == 0)
		return err_create(ERR_TIMEOUT, "QEMU's monitor did not answer in time");
	n = recv(q->fd, chunk, sizeof(chunk), MSG_DONTWAIT);
	if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN))
		return err_create(ERR_INFRA, "QEMU ended");
	if (n > 0)
		buf_add(&q->in, chunk, (size_t)n);
	return NULL;
}

static void note_event(struct qmp *q, const char *event, json_t *message)
{
	json_t *data = json_object_get(message, "data");
	const char *status = json_string_value(json_object_get(data, "status"));

	if (strcmp(event, "MIGRATION") || !status)
		return;
	if (!strcmp(status, "completed"))
		q->migration = QMP_MIGRATION_COMPLETED;
	else if (!strcmp(status, "failed"))
		q->migration = QMP_MIGRATION_FAILED;
}

/* Reads the next message. Records what an event says, and returns events too. */
static struct err *next(struct qmp *q, uint64_t deadline, json_t **out)
{
	const char *event, *end;
	json_t *message;

	while (!q->in.len || !(end = memchr(q->in.data, '\n', q->in.len))) {
		struct err *err = fill(q, deadline);

		if (err)
			return err;
	}
	message = json_loadb(q->in.data, (size_t)(end - q->in.data), JSON_DISABLE_EOF_CHECK, NULL);
	buf_consume(&q->in, (size_t)(end - q->in.data) + 1);
	if (!json_is_object(message)) {
		json_decref(message);
		return err_create(ERR_INFRA, "QEMU's monitor sent a line that is not JSON");
	}
	event = json_string_value(json_object_get(message, "event"));
	if (event)
		note_event(q, event, message);
	*out = message;
	return NULL;
}

static struct err *next_reply(struct qmp *q, uint64_t deadline, json_t **out)
{
	struct err *err = next(q, deadline, out);

	while (!err && json_object_get(*out, "event")) {
		json_decref(*out);
		err = next(q, deadline, out);
	}
	return err;
}

static struct err *refusal(json_t *error)
{
	_cleanup_buf_ struct buf why = BUF_INIT;
	const char *text = json_string_value(json_object_get(error, "desc"));

	text = text ? text : "no reason given";
	buf_add_escaped(&why, text, strlen(text), 400);
	return err_create(ERR_INFRA, "QEMU refuses: %s", buf_str(&why));
}

/* Sends @line, and with it @fd (-1: none). */
static bool send_line(struct qmp *q, char *line, int fd)
{
	struct iovec iov = { .iov_base = line, .iov_len = strlen(line) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct cmsghdr *c;

	if (fd >= 0) {
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&msg);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	return sendmsg(q->fd, &msg, MSG_NOSIGNAL) == (ssize_t)iov.iov_len;
}

static struct err *converse(struct qmp *q, const char *text, int fd, uint64_t deadline,
			    json_t **out)
{
	_cleanup_free_ char *line = xasprintf("%s\n", text);
	json_t *error;
	struct err *err;

	if (!send_line(q, line, fd))
		return err_create(ERR_INFRA, "QEMU ended");
	err = next_reply(q, deadline, out);
	if (err)
		return err;
	error = json_object_get(*out, "error");
	if (error) {
		err = refusal(error);
		json_decref(*out);
	}
	return err;
}

struct err *qmp_greet(struct qmp *q, uint64_t deadline)
{
	_cleanup_json_ json_t *greeting = NULL;
	struct err *err = next_reply(q, deadline, &greeting);

	return err ? err : qmp_command(q, "{\"execute\":\"qmp_capabilities\"}", deadline, NULL);
}

struct err *qmp_command_fd(struct qmp *q, const char *text, int fd, uint64_t deadline, char **reply)
{
	json_t *message = NULL;
	struct err *err = converse(q, text, fd, deadline, &message);

	if (err)
		return err_wrap(err, "cannot give QEMU the command '%s'", text);
	if (reply)
		*reply = json_dumps(message, JSON_COMPACT);
	json_decref(message);
	return NULL;
}

struct err *qmp_command(struct qmp *q, const char *text, uint64_t deadline, char **reply)
{
	return qmp_command_fd(q, text, -1, deadline, reply);
}

struct err *qmp_human(struct qmp *q, const char *line, uint64_t deadline, char **reply)
{
	_cleanup_json_ json_t *command = json_pack("{s:s,s:{s:s}}", "execute",
						   "human-monitor-command", "arguments",
						   "command-line", line);
	_cleanup_free_ char *text = command ? json_dumps(command, JSON_COMPACT) : NULL;
	json_t *message = NULL;
	const char *said;
	struct err *err;

	if (!text)
		return err_create(ERR_INFRA, "a monitor command is not UTF-8");
	err = converse(q, text, -1, deadline, &message);
	if (err)
		return err_wrap(err, "cannot give QEMU the command '%s'", line);
	said = json_string_value(json_object_get(message, "return"));
	if (reply)
		*reply = xstrdup(said ? said : "");
	json_decref(message);
	return NULL;
}

struct err *qmp_migrate(struct qmp *q, bool incoming, int fd, uint64_t deadline)
{
	const char *go = incoming ?
				 "{\"execute\":\"migrate-incoming\","
				 "\"arguments\":{\"uri\":\"fd:state\"}}" :
				 "{\"execute\":\"migrate\",\"arguments\":{\"uri\":\"fd:state\"}}";
	struct err *err = qmp_command(q,
				      "{\"execute\":\"migrate-set-capabilities\","
				      "\"arguments\":{\"capabilities\":["
				      "{\"capability\":\"x-ignore-shared\",\"state\":true},"
				      "{\"capability\":\"events\",\"state\":true}]}}",
				      deadline, NULL);

	q->migration = QMP_MIGRATION_NONE;
	if (!err)
		err = qmp_command_fd(q,
				     "{\"execute\":\"getfd\",\"arguments\":"
				     "{\"fdname\":\"state\"}}",
				     fd, deadline, NULL);
	if (!err)
		err = qmp_command(q, go, deadline, NULL);
	while (!err && q->migration == QMP_MIGRATION_NONE) {
		_cleanup_json_ json_t *message = NULL;

		err = next(q, deadline, &message);
	}
	if (!err && q->migration == QMP_MIGRATION_FAILED)
		err = err_create(ERR_INFRA, "QEMU's migration failed");
	return err_wrap(err, "cannot %s the guest's state", incoming ? "read" : "write");
}
