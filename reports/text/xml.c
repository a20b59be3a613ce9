/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/text/xml.h"

#include <libxml/xmlwriter.h>
#include <string.h>

#include "reports/text/plain.h"

struct xml {
	xmlBuffer *buffer;
	xmlTextWriter *writer;
};

/* libxml2 fails only when memory runs out: its texts are valid. */
static void check(int ret)
{
	if (ret < 0)
		abort();
}

struct xml *xml_create(void)
{
	struct xml *x = xcalloc(1, sizeof(*x));

	x->buffer = xmlBufferCreate();
	x->writer = x->buffer ? xmlNewTextWriterMemory(x->buffer, 0) : NULL;
	if (!x->writer)
		abort();
	xmlBufferSetAllocationScheme(x->buffer, XML_BUFFER_ALLOC_DOUBLEIT);
	check(xmlTextWriterSetIndent(x->writer, 1));
	check(xmlTextWriterSetIndentString(x->writer, BAD_CAST " "));
	check(xmlTextWriterStartDocument(x->writer, NULL, "UTF-8", NULL));
	return x;
}

void xml_open(struct xml *x, const char *name)
{
	check(xmlTextWriterStartElement(x->writer, BAD_CAST name));
}

void xml_attr(struct xml *x, const char *name, const char *value)
{
	_cleanup_buf_ struct buf plain = BUF_INIT;

	plain_add(&plain, value, SIZE_MAX);
	check(xmlTextWriterWriteAttribute(x->writer, BAD_CAST name, BAD_CAST buf_str(&plain)));
}

void xml_attrf(struct xml *x, const char *name, const char *fmt, ...)
{
	_cleanup_free_ char *value = NULL;
	va_list ap;

	va_start(ap, fmt);
	value = xvasprintf(fmt, ap);
	va_end(ap);
	xml_attr(x, name, value);
}

void xml_text(struct xml *x, const char *text)
{
	_cleanup_buf_ struct buf plain = BUF_INIT;

	plain_add(&plain, text, SIZE_MAX);
	check(xmlTextWriterWriteString(x->writer, BAD_CAST buf_str(&plain)));
}

void xml_close(struct xml *x)
{
	check(xmlTextWriterEndElement(x->writer));
}

size_t xml_len(const struct xml *x)
{
	check(xmlTextWriterFlush(x->writer));
	return (size_t)xmlBufferLength(x->buffer);
}

char *xml_finish(struct xml *x, size_t *len)
{
	char *text;

	check(xmlTextWriterEndDocument(x->writer));
	xmlFreeTextWriter(x->writer);
	*len = (size_t)xmlBufferLength(x->buffer);
	text = xstrndup((const char *)xmlBufferContent(x->buffer), *len);
	xmlBufferFree(x->buffer);
	free(x);
	return text;
}
