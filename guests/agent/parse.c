/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/agent/parse.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ksym_scan_init(struct ksym_scan *s, const char *const *names)
{
	size_t n = 0;

	while (names[n])
		n++;
	*s = (struct ksym_scan){ .names = names, .line = BUF_INIT };
	s->hits = xcalloc(n, sizeof(*s->hits));
}

void ksym_scan_deinit(struct ksym_scan *s)
{
	free(s->hits);
	free(s->addrs);
	buf_deinit(&s->line);
}

static uint64_t hex_prefix(const char *line, size_t len)
{
	uint64_t v = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned int c = (unsigned char)line[i];

		if (c >= '0' && c <= '9')
			v = v << 4 | (c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v << 4 | (c - 'a' + 10);
		else
			break;
	}
	return v;
}

/* This parses some 200000 lines under emulation: no sscanf, no copy. */
static void scan_line(struct ksym_scan *s, const char *line, size_t len)
{
	const char *name = memchr(line, ' ', len), *end;

	if (!name || (size_t)(name - line) + 3 >= len)
		return;
	name += 3;
	if (s->n_addrs % 65536 == 0)
		s->addrs = xrealloc(s->addrs, s->n_addrs + 65536, sizeof(*s->addrs));
	s->addrs[s->n_addrs++] = hex_prefix(line, len);
	end = memchr(name, '\t', (size_t)(line + len - name));
	len = (size_t)((end ? end : line + len) - name);
	for (size_t i = 0; s->names[i]; i++)
		if (s->names[i][0] == name[0] && !s->hits[i].addr && strlen(s->names[i]) == len &&
		    memcmp(s->names[i], name, len) == 0)
			s->hits[i].addr = s->addrs[s->n_addrs - 1];
}

void ksym_scan_feed(struct ksym_scan *s, const char *data, size_t len)
{
	const char *nl;

	while ((nl = memchr(data, '\n', len))) {
		size_t n = (size_t)(nl - data);

		if (s->line.len) {
			buf_add(&s->line, data, n);
			scan_line(s, s->line.data, s->line.len);
			buf_reset(&s->line);
		} else {
			scan_line(s, data, n);
		}
		data += n + 1;
		len -= n + 1;
	}
	if (s->line.len + len < 4096)
		buf_add(&s->line, data, len);
}

bool ksym_scan_result(const struct ksym_scan *s, size_t i, char *out, size_t size)
{
	uint64_t addr = s->hits[i].addr, next = UINT64_MAX;

	if (!addr)
		return false;
	for (size_t k = 0; k < s->n_addrs; k++)
		if (s->addrs[k] > addr && s->addrs[k] < next)
			next = s->addrs[k];
	if (next == UINT64_MAX)
		next = addr;
	snprintf(out, size, "%s %" PRIx64 " %" PRIx64, s->names[i], addr, next - addr);
	return true;
}

bool gid_is_ipv4(const char *gid, uint32_t ipv4)
{
	char want[48];

	snprintf(want, sizeof(want), "0000:0000:0000:0000:0000:ffff:%04x:%04x", ipv4 >> 16,
		 ipv4 & 0xffff);
	return strncmp(gid, want, strlen(want)) == 0;
}

bool gid_type_is_v2(const char *type)
{
	return strncmp(type, "RoCE v2", 7) == 0;
}

bool order_next(const char **pos, char *path, size_t size)
{
	while (**pos) {
		const char *line = *pos;
		size_t len = strcspn(line, "\n");

		*pos += len + (line[len] == '\n');
		while (len && strchr(" \t\r", line[len - 1]))
			len--;
		while (len && strchr(" \t", line[0])) {
			line++;
			len--;
		}
		if (!len || line[0] == '#' || len >= size)
			continue;
		memcpy(path, line, len);
		path[len] = '\0';
		return true;
	}
	return false;
}

static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++, to++) {
		*to = *s;
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		}
	}
	*to = '\0';
}

bool mounts_next(const char **pos, char *dir, size_t size)
{
	while (**pos) {
		const char *line = *pos;
		size_t len = strcspn(line, "\n"), from = strcspn(line, " \n"), n;

		*pos += len + (line[len] == '\n');
		if (from == len)
			continue;
		n = strcspn(line + from + 1, " \n");
		if (!n || n >= size)
			continue;
		memcpy(dir, line + from + 1, n);
		dir[n] = '\0';
		unescape(dir);
		return true;
	}
	return false;
}

const struct filesystem *cmdline_fs(const char *cmdline)
{
	static const char key[] = "daxrig.fs=";
	_cleanup_free_ char *copy = xstrdup(cmdline);
	char *rest = copy, *word;

	while ((word = strsep(&rest, " \n")))
		if (strncmp(word, key, strlen(key)) == 0)
			return filesystem_find(word + strlen(key));
	return NULL;
}
