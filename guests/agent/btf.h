/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A reader of the kernel's BTF (/sys/kernel/btf/vmlinux): the offset of a structure's
 * member, the size of a structure, the value of an enumerator. Pure.
 */
#ifndef AGENT_BTF_H
#define AGENT_BTF_H

#include "base/buf.h"

/* Borrows the bytes given to btf_init(). */
struct btf {
	const uint8_t *types; /* the type section */
	uint32_t types_len;
	const char *strings;
	uint32_t strings_len;
	uint32_t *offsets; /* by type id: its offset in types; id 0 is void */
	uint32_t count;	   /* number of types, void included */
};

/* False if the bytes are not BTF, or are damaged. btf_deinit() @b in any case. */
bool btf_init(struct btf *b, const void *data, size_t len);
void btf_deinit(struct btf *b);

/* The id of the structure @name, for the next two functions; 0 if there is none. */
uint32_t btf_struct(const struct btf *b, const char *name);

/* The size in bytes; -1 if there is no such structure. */
int64_t btf_struct_size(const struct btf *b, uint32_t id);

/*
 * The offset of @member of structure @id in bytes, also if it is inside an unnamed
 * structure or union; -1 if there is none, or it does not start at a whole byte.
 */
int64_t btf_member_offset(const struct btf *b, uint32_t id, const char *member);

/* The value of @constant in enum @name; -1 if there is none. */
int64_t btf_enum_value(const struct btf *b, const char *name, const char *constant);

#endif
