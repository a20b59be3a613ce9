/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/kselftest-list.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/files.h"

#define LIST_MAX (1u << 20)

struct err *kselftest_list_read(const struct paths *p, struct kselftest_list *out)
{
	_cleanup_free_ char *path = xasprintf("%s/rig/plans/kselftest.list", p->home);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, LIST_MAX, &text);

	return err ? err : kselftest_list_parse(path, buf_str(&text), text.len, out);
}

struct err *kselftest_list_print(const struct paths *p)
{
	struct kselftest_list list;
	struct err *err = kselftest_list_read(p, &list);

	if (err)
		return err;
	for (size_t i = 0; i < list.n; i++) {
		const struct kselftest_entry *e = &list.v[i];

		if (e->reason)
			printf("%-40s left out: %s\n", e->name, e->reason);
		else
			printf("%-40s %s%s\n", e->name, e->keys, e->words);
	}
	kselftest_list_deinit(&list);
	return NULL;
}
