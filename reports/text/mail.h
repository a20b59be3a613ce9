/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of a mail for people: ASCII, MAIL_WIDTH columns, no line that a mailer takes for
 * another mail. A header, then a body of fields, paragraphs and quoted texts. Pure.
 */
#ifndef REPORTS_MAIL_H
#define REPORTS_MAIL_H

#include "base/buf.h"

#define MAIL_WIDTH 75
#define MAIL_INDENT "          " /* of a field's text */

/*
 * Appends the header after the subject, and the blank line. @attached: mail_add_attachment() follows
 * the body.
 */
void mail_add_header(struct buf *b, bool attached);

/* Ends the mail with the file @name, which must be safe; @text is printable ASCII and tabs. */
void mail_add_attachment(struct buf *b, const char *name, const char *text);

/*
 * Appends "LABEL     A, B" as a field: any bytes on one line, then folded; of NULL and "" nothing
 * is told.
 */
void mail_add_field(struct buf *b, const char *label, const char *first, const char *second);

/* The same for @text of any length, printable ASCII. */
void mail_add_wide(struct buf *b, const char *label, const char *text);

/* Appends @text, any bytes, line by line with an indentation; at most @max bytes. */
void mail_add_verbatim(struct buf *b, const char *text, size_t max);

/* Appends @text, any bytes on one line, as lines of a body, and a blank line; at most @max. */
void mail_add_paragraph(struct buf *b, const char *text, size_t max);

/*
 * Appends paragraphs of Markdown, a blank line between them, each as above. A rule between backquotes
 * becomes what it means: readers do not know it by name.
 */
void mail_add_prose(struct buf *b, const char *text, size_t max);

#endif
