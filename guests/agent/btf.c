/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parsed by hand: libbpf takes 1.5 times as long, and with libelf and zlib it adds half a
 * megabyte to the static agent that every guest unpacks.
 */
#include "guests/agent/btf.h"

#include <string.h>

#define BTF_MAGIC 0xeb9f
#define TYPES_MAX (1u << 24)
#define NESTING_MAX 16

enum btf_kind {
	KIND_INT = 1,
	KIND_PTR,
	KIND_ARRAY,
	KIND_STRUCT,
	KIND_UNION,
	KIND_ENUM,
	KIND_FWD,
	KIND_TYPEDEF,
	KIND_VOLATILE,
	KIND_CONST,
	KIND_RESTRICT,
	KIND_FUNC,
	KIND_FUNC_PROTO,
	KIND_VAR,
	KIND_DATASEC,
	KIND_FLOAT,
	KIND_DECL_TAG,
	KIND_TYPE_TAG,
	KIND_ENUM64,
	KIND_COUNT,
};

struct btf_header {
	uint16_t magic;
	uint8_t version, flags;
	uint32_t header_len;
	uint32_t types_off, types_len, strings_off, strings_len;
};

struct btf_type {
	uint32_t name, info, size;
};

struct btf_member {
	uint32_t name, type, offset;
};

/* Bytes that follow a type: a fixed number, and a number for each of its parts. */
static const struct {
	uint8_t once, each;
} tails[KIND_COUNT] = {
	[KIND_INT] = { 4, 0 },	   [KIND_ARRAY] = { 12, 0 },   [KIND_STRUCT] = { 0, 12 },
	[KIND_UNION] = { 0, 12 },  [KIND_ENUM] = { 0, 8 },     [KIND_FUNC_PROTO] = { 0, 8 },
	[KIND_VAR] = { 4, 0 },	   [KIND_DATASEC] = { 0, 12 }, [KIND_DECL_TAG] = { 4, 0 },
	[KIND_ENUM64] = { 0, 12 },
};

static unsigned int kind_of(const struct btf_type *t)
{
	return t->info >> 24 & 0x1f;
}

static unsigned int parts_of(const struct btf_type *t)
{
	return t->info & 0xffff;
}

static bool type_read(const struct btf *b, uint32_t id, struct btf_type *out)
{
	if (!id || id >= b->count)
		return false;
	memcpy(out, b->types + b->offsets[id], sizeof(*out));
	return true;
}

static const char *string_at(const struct btf *b, uint32_t off)
{
	return off < b->strings_len ? b->strings + off : "";
}

/* Copies @size bytes of part @i of type @id to @out. */
static void part_read(const struct btf *b, uint32_t id, unsigned int i, void *out, size_t size)
{
	struct btf_type t;

	type_read(b, id, &t);
	memcpy(out, b->types + b->offsets[id] + sizeof(t) + i * tails[kind_of(&t)].each, size);
}

static bool find_types(struct btf *b)
{
	uint32_t off = 0, room = 1 << 17;

	b->offsets = xrealloc(NULL, room, sizeof(*b->offsets));
	b->offsets[0] = 0;
	for (b->count = 1; off < b->types_len; b->count++) {
		struct btf_type t;
		uint64_t len;

		if (b->types_len - off < sizeof(t) || b->count == TYPES_MAX)
			return false;
		memcpy(&t, b->types + off, sizeof(t));
		if (!kind_of(&t) || kind_of(&t) >= KIND_COUNT)
			return false;
		len = sizeof(t) + tails[kind_of(&t)].once +
		      (uint64_t)parts_of(&t) * tails[kind_of(&t)].each;
		if (len > b->types_len - off)
			return false;
		if (b->count == room) {
			room *= 2;
			b->offsets = xrealloc(b->offsets, room, sizeof(*b->offsets));
		}
		b->offsets[b->count] = off;
		off += (uint32_t)len;
	}
	return true;
}

/* Does [@off, @off + @len) lie within the @room bytes after the header? */
static bool section_fits(uint32_t off, uint32_t len, size_t room)
{
	return off <= room && len <= room - off;
}

bool btf_init(struct btf *b, const void *data, size_t len)
{
	struct btf_header h;
	const uint8_t *body;

	*b = (struct btf){ 0 };
	if (len < sizeof(h))
		return false;
	memcpy(&h, data, sizeof(h));
	if (h.magic != BTF_MAGIC || h.header_len < sizeof(h) || h.header_len > len)
		return false;
	body = (const uint8_t *)data + h.header_len;
	len -= h.header_len;
	if (!section_fits(h.types_off, h.types_len, len) ||
	    !section_fits(h.strings_off, h.strings_len, len) || !h.strings_len)
		return false;
	b->types = body + h.types_off;
	b->types_len = h.types_len;
	b->strings = (const char *)body + h.strings_off;
	b->strings_len = h.strings_len;
	/* so that every string in it is terminated */
	return !b->strings[b->strings_len - 1] && find_types(b);
}

void btf_deinit(struct btf *b)
{
	free(b->offsets);
	*b = (struct btf){ 0 };
}

static uint32_t find_type(const struct btf *b, unsigned int kind, const char *name)
{
	for (uint32_t id = 1; id < b->count; id++) {
		struct btf_type t;

		type_read(b, id, &t);
		if (kind_of(&t) == kind && strcmp(string_at(b, t.name), name) == 0)
			return id;
	}
	return 0;
}

uint32_t btf_struct(const struct btf *b, const char *name)
{
	return find_type(b, KIND_STRUCT, name);
}

int64_t btf_struct_size(const struct btf *b, uint32_t id)
{
	struct btf_type t;

	return type_read(b, id, &t) ? (int64_t)t.size : -1;
}

/* The offset of @member in bits; -1: there is none. */
static int64_t find_member(const struct btf *b, uint32_t id, const char *member, unsigned int depth)
{
	struct btf_type t;

	if (!type_read(b, id, &t) || depth == NESTING_MAX ||
	    (kind_of(&t) != KIND_STRUCT && kind_of(&t) != KIND_UNION))
		return -1;
	for (unsigned int i = 0; i < parts_of(&t); i++) {
		struct btf_member m;
		const char *name;
		int64_t in = -1;

		part_read(b, id, i, &m, sizeof(m));
		/* with kind_flag the upper byte is the width of a bit field */
		if (t.info >> 31)
			m.offset &= 0xffffff;
		name = string_at(b, m.name);
		if (strcmp(name, member) == 0)
			return m.offset;
		if (!*name)
			in = find_member(b, m.type, member, depth + 1);
		if (in >= 0)
			return in + m.offset;
	}
	return -1;
}

int64_t btf_member_offset(const struct btf *b, uint32_t id, const char *member)
{
	int64_t bits = find_member(b, id, member, 0);

	return bits < 0 || bits % 8 ? -1 : bits / 8;
}

int64_t btf_enum_value(const struct btf *b, const char *name, const char *constant)
{
	uint32_t id = find_type(b, KIND_ENUM, name);
	struct btf_type t;

	if (!type_read(b, id, &t))
		return -1;
	for (unsigned int i = 0; i < parts_of(&t); i++) {
		struct {
			uint32_t name;
			int32_t value;
		} e;

		part_read(b, id, i, &e, sizeof(e));
		if (strcmp(string_at(b, e.name), constant) == 0)
			return e.value;
	}
	return -1;
}
