/* SPDX-License-Identifier: GPL-2.0-only */
#include "wire/msg.h"

#include <endian.h>
#include <string.h>

#define FIELD_HEADER 6u

void msg_put(struct buf *b, uint16_t tag, const void *data, size_t len)
{
	uint16_t t = htole16(tag);
	uint32_t l = htole32((uint32_t)len);

	buf_add(b, &t, sizeof(t));
	buf_add(b, &l, sizeof(l));
	buf_add(b, data, len);
}

void msg_put_str(struct buf *b, uint16_t tag, const char *s)
{
	msg_put(b, tag, s, strlen(s));
}

void msg_put_u64(struct buf *b, uint16_t tag, uint64_t v)
{
	uint64_t le = htole64(v);

	msg_put(b, tag, &le, sizeof(le));
}

void msg_reader_init(struct msg_reader *r, const uint8_t *payload, size_t len)
{
	*r = (struct msg_reader){ .pos = payload, .end = payload + len };
}

bool msg_next(struct msg_reader *r, struct msg_field *f)
{
	size_t left = (size_t)(r->end - r->pos);
	uint16_t tag;
	uint32_t len;

	if (!left || r->bad)
		return false;
	r->bad = true;
	if (left < FIELD_HEADER)
		return false;
	memcpy(&tag, r->pos, sizeof(tag));
	memcpy(&len, r->pos + sizeof(tag), sizeof(len));
	f->tag = le16toh(tag);
	f->len = le32toh(len);
	if (f->len > left - FIELD_HEADER)
		return false;
	f->data = r->pos + FIELD_HEADER;
	r->pos = f->data + f->len;
	r->bad = false;
	return true;
}

uint64_t msg_u64(const struct msg_field *f)
{
	uint64_t v;

	if (f->len != sizeof(v))
		return 0;
	memcpy(&v, f->data, sizeof(v));
	return le64toh(v);
}

char *msg_str(const struct msg_field *f, size_t max)
{
	return xstrndup((const char *)f->data, MIN(f->len, max));
}

bool msg_find(const uint8_t *payload, size_t len, uint16_t tag, struct msg_field *f)
{
	struct msg_reader r;

	msg_reader_init(&r, payload, len);
	while (msg_next(&r, f))
		if (f->tag == tag)
			return true;
	return false;
}
