/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/files.h"
#include "reports/record/known.h"

struct err *known_read(const char *path, struct known *out)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, KNOWN_TEXT_MAX, &text);

	*out = (struct known){ 0 };
	return err ? err : known_parse(path, buf_str(&text), text.len, out);
}
