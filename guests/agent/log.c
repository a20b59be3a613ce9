/* SPDX-License-Identifier: GPL-2.0-only */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guests/agent/agent.h"
#include "wire/msg.h"

void agent_log(const char *fmt, ...)
{
	struct buf line = BUF_INIT;
	char text[800];
	va_list ap;
	int fd;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	buf_adds(&line, "<6>" AGENT_LOG_HEAD);
	buf_add_escaped(&line, text, strlen(text), AGENT_LOG_MAX);
	buf_addc(&line, '\n');
	fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		fd = dup(STDERR_FILENO);
	if (fd >= 0) {
		(void)!write(fd, line.data, line.len);
		close(fd);
	}
	buf_deinit(&line);
}
