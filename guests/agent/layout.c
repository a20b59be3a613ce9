/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "guests/agent/agent.h"
#include "guests/agent/btf.h"

#define BTF_FILE "/sys/kernel/btf/vmlinux"
#define BTF_MAX (64u << 20)
#define CHUNK (1u << 20)

static void put(struct buf *out, const char *name, int64_t value)
{
	char line[64];

	if (value < 0)
		return;
	snprintf(line, sizeof(line), "%s %" PRId64, name, value);
	msg_put_str(out, TAG_LAYOUT, line);
}

/* The names are those of inject/pages/ledger-page.c. */
static void put_layout(const struct btf *b, struct buf *out)
{
	static const struct {
		const char *name, *member;
	} page[] = {
		{ "page.flags", "flags" },
		{ "page.refcount", "_refcount" },
		{ "page.mapcount", "_mapcount" },
		{ "page.mapping", "mapping" },
		/* the same word; later kernels renamed it */
		{ "page.share", "index" },
		{ "page.share", "share" },
		{ "page.head", "compound_head" },
		{ "page.head", "compound_info" },
	}, folio[] = {
		{ "folio.share", "share" },
		{ "folio.flags1", "_flags_1" },
		{ "folio.mapcount", "_large_mapcount" },
		{ "folio.pincount", "_pincount" },
	};
	uint32_t p = btf_struct(b, "page"), f = btf_struct(b, "folio");

	put(out, "page.size", btf_struct_size(b, p));
	put(out, "flag.head", btf_enum_value(b, "pageflags", "PG_head"));
	for (size_t i = 0; i < ARRAY_SIZE(page); i++)
		put(out, page[i].name, btf_member_offset(b, p, page[i].member));
	for (size_t i = 0; i < ARRAY_SIZE(folio); i++)
		put(out, folio[i].name, btf_member_offset(b, f, folio[i].member));
}

/* Reads in large pieces, because each read() has a cost in the kernel. */
static bool read_all(struct buf *out)
{
	int fd = open(BTF_FILE, O_RDONLY | O_CLOEXEC);
	char *chunk = xcalloc(1, CHUNK);
	ssize_t n = -1;

	while (fd >= 0 && out->len < BTF_MAX && (n = read(fd, chunk, CHUNK)) > 0)
		buf_add(out, chunk, (size_t)n);
	free(chunk);
	if (fd >= 0)
		close(fd);
	return n == 0;
}

void hello_layout(struct buf *out)
{
	struct buf text = BUF_INIT;
	struct btf b = { 0 };

	if (!read_all(&text))
		agent_log("cannot read " BTF_FILE ": %s", strerror(errno));
	else if (!btf_init(&b, text.data, text.len))
		agent_log(BTF_FILE " is damaged");
	else
		put_layout(&b, out);
	btf_deinit(&b);
	buf_deinit(&text);
}
