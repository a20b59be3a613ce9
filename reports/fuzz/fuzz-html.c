// SPDX-License-Identifier: GPL-2.0-only
/* Any bytes as text, lines, prose, path and attribute of a page: it stays XML. */
#include <libxml/parser.h>

#include "reports/site/html.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *text = fuzz_text(data, MIN(size, (size_t)65536));
	_cleanup_buf_ struct buf b = BUF_INIT, path = BUF_INIT;
	xmlDoc *doc;

	html_begin(&b, text, NULL);
	buf_adds(&b, "<p title=\"");
	html_text(&b, text, 100);
	buf_adds(&b, "\"><a href=\"");
	html_path(&path, text);
	buf_add(&b, buf_str(&path), path.len);
	buf_adds(&b, "\">");
	html_text(&b, text, size);
	buf_adds(&b, "</a></p><pre>");
	html_lines(&b, text, size);
	buf_adds(&b, "</pre>");
	html_prose(&b, text);
	buf_adds(&b, "</body></html>");
	require(!strpbrk(buf_str(&path), ":\"'<>&?# \\"));
	doc = xmlReadMemory(b.data, (int)b.len, "page", "UTF-8",
			    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	require(doc);
	xmlFreeDoc(doc);
	return 0;
}
