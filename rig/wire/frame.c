/* SPDX-License-Identifier: GPL-2.0-only */
#include "wire/frame.h"

#include <endian.h>
#include <string.h>

#define FRAME_MAGIC 0x47525844u /* "DXRG" */

struct frame_header {
	uint32_t magic;
	uint16_t type;
	uint16_t seq;
	uint32_t len;
	uint32_t crc;
} __attribute__((packed));

_Static_assert(sizeof(struct frame_header) == FRAME_HEADER, "frame header size");

/* CRC-32 (IEEE 802.3) of each byte. */
static uint32_t crc_table[256];

static __attribute__((constructor)) void fill_crc_table(void)
{
	for (uint32_t i = 0; i < ARRAY_SIZE(crc_table); i++) {
		uint32_t crc = i;

		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
		crc_table[i] = crc;
	}
}

static uint32_t crc32(const uint8_t *p, size_t len)
{
	uint32_t crc = ~0u;

	while (len--)
		crc = crc >> 8 ^ crc_table[(crc ^ *p++) & 0xff];
	return ~crc;
}

void frame_encode(struct buf *out, uint16_t type, uint16_t seq, const void *payload, size_t len)
{
	struct frame_header h = {
		.magic = htole32(FRAME_MAGIC),
		.type = htole16(type),
		.seq = htole16(seq),
		.len = htole32((uint32_t)len),
		.crc = htole32(crc32(payload, len)),
	};

	buf_add(out, &h, sizeof(h));
	buf_add(out, payload, len);
}

void frame_decoder_init(struct frame_decoder *d)
{
	*d = (struct frame_decoder){ .in = BUF_INIT };
}

void frame_decoder_deinit(struct frame_decoder *d)
{
	buf_deinit(&d->in);
}

void frame_decoder_feed(struct frame_decoder *d, const void *data, size_t len)
{
	if (!d->broken)
		buf_add(&d->in, data, len);
}

static struct err *check_header(const struct frame_header *h, uint16_t seq)
{
	if (le32toh(h->magic) != FRAME_MAGIC)
		return err_create(ERR_INFRA, "the channel carries garbage: magic %#x",
				  le32toh(h->magic));
	if (le32toh(h->len) > FRAME_PAYLOAD_MAX)
		return err_create(ERR_INFRA, "a frame of %u bytes exceeds the limit of %u",
				  le32toh(h->len), FRAME_PAYLOAD_MAX);
	if (le16toh(h->seq) != seq)
		return err_create(ERR_INFRA, "frame %u came instead of frame %u", le16toh(h->seq),
				  seq);
	return NULL;
}

struct err *frame_decoder_next(struct frame_decoder *d, struct frame *f, bool *got)
{
	struct frame_header h;
	struct err *err;

	*got = false;
	if (d->broken)
		return err_create(ERR_INFRA, "the channel is broken");
	buf_consume(&d->in, d->used);
	d->used = 0;
	if (d->in.len < sizeof(h))
		return NULL;
	memcpy(&h, d->in.data, sizeof(h));
	err = check_header(&h, d->seq);
	if (err) {
		d->broken = true;
		return err;
	}
	f->type = le16toh(h.type);
	f->len = le32toh(h.len);
	f->payload = (const uint8_t *)d->in.data + sizeof(h);
	if (d->in.len < sizeof(h) + f->len)
		return NULL;
	if (crc32(f->payload, f->len) != le32toh(h.crc)) {
		d->broken = true;
		return err_create(ERR_INFRA, "frame %u has a wrong checksum", d->seq);
	}
	d->used = sizeof(h) + f->len;
	d->seq++;
	*got = true;
	return NULL;
}

bool frame_decoder_partial(const struct frame_decoder *d)
{
	return d->in.len > d->used;
}
