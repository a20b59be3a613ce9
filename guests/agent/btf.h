/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own description of its types (/sys/kernel/btf/vmlinux), read for a few
 * of them: where a member lies, how large a structure is. Pure.
 */
#ifndef AGENT_BTF_H
#define AGENT_BTF_H

#include "base/buf.h"

/* Borrows the bytes it was opened on. */
struct btf {
	const uint8_t *types; /* the type section */
	uint32_t types_len;
	const char *strings;
	uint32_t strings_len;
	uint32_t *offsets; /* of type I in types; 0 is void */
	uint32_t count;	   /* of types, void included */
};

/* False when the bytes are no BTF, or damaged. btf_deinit() in any case. */
bool btf_init(struct btf *b, const void *data, size_t len);
void btf_deinit(struct btf *b);

/* The structure of that name, for the two below; 0 when there is none. */
uint32_t btf_struct(const struct btf *b, const char *name);

/* Bytes; -1 when there is no such structure. */
int64_t btf_struct_size(const struct btf *b, uint32_t id);

/*
 * Where @member of structure @id begins, in bytes, also inside structures and
 * unions without a name; -1 when there is none, or it is no whole number of bytes.
 */
int64_t btf_member_offset(const struct btf *b, uint32_t id, const char *member);

/* The value of @constant of enumeration @name; -1 when there is none. */
int64_t btf_enum_value(const struct btf *b, const char *name, const char *constant);

#endif
