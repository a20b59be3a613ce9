/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/text/mail.h"

#include <string.h>

#include "base/rule.h"
#include "reports/text/plain.h"

#define LINE_BYTES 1000 /* of a field, before it is folded */

#define BOUNDARY "=_end-of-part"
#define TEXT_PART                                                                                  \
	"Content-Type: text/plain; charset=us-ascii\n"                                             \
	"Content-Transfer-Encoding: 7bit\n"

void mail_add_header(struct buf *b, bool attached)
{
	buf_adds(b, "MIME-Version: 1.0\n");
	if (attached)
		buf_adds(b, "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"\n\n"
			    "--" BOUNDARY "\n");
	buf_adds(b, TEXT_PART "\n");
}

void mail_add_attachment(struct buf *b, const char *name, const char *text)
{
	buf_addf(b,
		 "\n--" BOUNDARY "\n" TEXT_PART
		 "Content-Disposition: attachment; filename=\"%s\"\n\n%s\n--" BOUNDARY "--\n",
		 name, text);
}

void mail_add_wide(struct buf *b, const char *label, const char *text)
{
	_cleanup_free_ char *first = xasprintf("%-9s ", label);

	plain_fold(b, first, MAIL_INDENT, text, MAIL_WIDTH);
}

void mail_add_field(struct buf *b, const char *label, const char *first, const char *second)
{
	_cleanup_buf_ struct buf line = BUF_INIT;

	plain_add_line(&line, first, LINE_BYTES);
	if (first && *first && second && *second)
		buf_adds(&line, ", ");
	plain_add_line(&line, second, LINE_BYTES);
	mail_add_wide(b, label, buf_str(&line));
}

void mail_add_verbatim(struct buf *b, const char *text, size_t max)
{
	_cleanup_buf_ struct buf plain = BUF_INIT;

	plain_add(&plain, text, max);
	plain_fold(b, "    ", "    ", buf_str(&plain), MAIL_WIDTH);
}

void mail_add_paragraph(struct buf *b, const char *text, size_t max)
{
	_cleanup_buf_ struct buf line = BUF_INIT, folded = BUF_INIT;

	plain_add_line(&line, text, max);
	/* a column is left for what must not begin a line */
	plain_fold(&folded, "", "", buf_str(&line), MAIL_WIDTH - 1);
	for (const char *p = buf_str(&folded); *p;) {
		size_t len = strcspn(p, "\n") + 1;

		if (*p == '.' || strncmp(p, "From ", 5) == 0)
			buf_addc(b, ' ');
		buf_add(b, p, len);
		p += len;
	}
	buf_addc(b, '\n');
}

/* A word between backquotes: a rule by what it means, all else as it is. */
static void add_code(struct buf *out, const char *word, size_t len)
{
	_cleanup_free_ char *name = xstrndup(word, len);
	enum rule rule;

	buf_adds(out, rule_find(name, &rule) ? rules[rule].meaning : name);
}

/* Appends a paragraph of Markdown, the @len bytes at @text, without its marks. */
static void add_unmarked(struct buf *out, const char *text, size_t len)
{
	for (const char *end = text + len; text < end; text++) {
		const char *close = *text == '`' ? memchr(text + 1, '`', (size_t)(end - text - 1)) :
						   NULL;

		if (!close) {
			buf_addc(out, *text);
			continue;
		}
		add_code(out, text + 1, (size_t)(close - text - 1));
		text = close;
	}
}

void mail_add_prose(struct buf *b, const char *text, size_t max)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");
		size_t len = end ? (size_t)(end - text) : strlen(text);
		_cleanup_buf_ struct buf one = BUF_INIT;

		add_unmarked(&one, text, len);
		while (one.len && one.data[one.len - 1] == '\n')
			one.data[--one.len] = '\0';
		if (one.len)
			mail_add_paragraph(b, buf_str(&one), max);
		text += len + strspn(text + len, "\n");
	}
}
