/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes XML; with rig/host/domain-xml.c the owner of libxml2. Whatever bytes it gets, the
 * document is well-formed: texts become printable ASCII, see plain_add().
 *
 *	struct xml *x = xml_create();
 *	xml_open(x, "a"), xml_attr(x, "b", "..."), xml_text(x, "..."), xml_close(x);
 *	text = xml_finish(x, &len);
 */
#ifndef REPORTS_XML_H
#define REPORTS_XML_H

#include "base/util.h"

struct xml;

struct xml *xml_create(void) __must_check;

/* @name must be a name of XML. Attributes come before any text or element. */
void xml_open(struct xml *x, const char *name);
void xml_attr(struct xml *x, const char *name, const char *value);
void xml_attrf(struct xml *x, const char *name, const char *fmt, ...) __printf(3, 4);
void xml_text(struct xml *x, const char *text);
void xml_close(struct xml *x);

/* Bytes so far. */
size_t xml_len(const struct xml *x);

/* Closes what is open and returns the document, which the caller frees; frees @x. */
char *xml_finish(struct xml *x, size_t *len);

#endif
