/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-build-id.h"

#include <elf.h>
#include <string.h>

#include "guests/store/kernel-unpack.h"

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static char *find_note(const uint8_t *p, size_t len)
{
	while (len >= sizeof(Elf64_Nhdr)) {
		_cleanup_buf_ struct buf hex = BUF_INIT;
		size_t name, desc;
		Elf64_Nhdr note;

		memcpy(&note, p, sizeof(note));
		p += sizeof(note);
		len -= sizeof(note);
		name = align4(note.n_namesz);
		desc = align4(note.n_descsz);
		if (name > len || desc > len - name)
			return NULL;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && !memcmp(p, "GNU", 4)) {
			for (size_t i = 0; i < note.n_descsz; i++)
				buf_addf(&hex, "%02x", p[name + i]);
			return buf_take(&hex);
		}
		p += name + desc;
		len -= name + desc;
	}
	return NULL;
}

char *kernel_elf_build_id(const void *data, size_t len)
{
	const uint8_t *p = data;
	Elf64_Ehdr e;
	char *hex = NULL;

	if (len < sizeof(e))
		return NULL;
	memcpy(&e, p, sizeof(e));
	if (memcmp(e.e_ident, ELFMAG, SELFMAG) || e.e_ident[EI_CLASS] != ELFCLASS64 ||
	    e.e_phentsize != sizeof(Elf64_Phdr) || e.e_phoff > len ||
	    (len - e.e_phoff) / sizeof(Elf64_Phdr) < e.e_phnum)
		return NULL;
	for (size_t i = 0; !hex && i < e.e_phnum; i++) {
		Elf64_Phdr ph;

		memcpy(&ph, p + e.e_phoff + i * sizeof(ph), sizeof(ph));
		if (ph.p_type == PT_NOTE && ph.p_offset <= len && ph.p_filesz <= len - ph.p_offset)
			hex = find_note(p + ph.p_offset, ph.p_filesz);
	}
	return hex;
}

struct err *kernel_build_id(const char *image, char **hex)
{
	_cleanup_buf_ struct buf vmlinux = BUF_INIT;
	struct err *err = kernel_unpack(image, &vmlinux);

	*hex = NULL;
	if (!err)
		*hex = kernel_elf_build_id(vmlinux.data, vmlinux.len);
	if (!err && !*hex)
		err = err_create(ERR_INFRA, "the kernel was linked without a build id");
	return err_wrap(err, "cannot read the build id of '%s'", image);
}
