/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/symbols/kallsyms-elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/buf.h"

enum { TEXT = 1, SYMTAB, STRTAB, SECTIONS };

/* The names of the sections are in the same table as the others, and come first. */
#define SECTION_NAMES "\0.text\0.symtab\0.strtab"

static void fill_tables(const struct names *k, GElf_Sym *symbols, struct buf *strings)
{
	buf_add(strings, SECTION_NAMES, sizeof(SECTION_NAMES));
	symbols[0] = (GElf_Sym){ 0 };
	for (size_t i = 0; i < k->n; i++) {
		symbols[i + 1] = (GElf_Sym){
			.st_name = (GElf_Word)strings->len,
			.st_info = GELF_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = TEXT,
			.st_value = k->v[i].addr,
			.st_size = k->v[i].size,
		};
		buf_add(strings, k->v[i].name, strlen(k->v[i].name) + 1);
	}
}

static bool add_section(Elf *elf, GElf_Shdr header, void *data, size_t size)
{
	Elf_Scn *section = elf_newscn(elf);
	Elf_Data *d = section ? elf_newdata(section) : NULL;

	if (!d)
		return false;
	d->d_buf = data;
	d->d_size = size;
	d->d_align = 8;
	d->d_type = header.sh_type == SHT_SYMTAB ? ELF_T_SYM : ELF_T_BYTE;
	d->d_version = EV_CURRENT;
	header.sh_size = size;
	return gelf_update_shdr(section, &header);
}

static bool write_elf(int fd, const struct names *k, GElf_Sym *symbols, const struct buf *strings)
{
	uint64_t from = k->v[0].addr, to = k->v[k->n - 1].addr + k->v[k->n - 1].size;
	const GElf_Word text = 1;
	Elf *elf = elf_begin(fd, ELF_C_WRITE, NULL);
	GElf_Ehdr header = { .e_ident[EI_DATA] = ELFDATA2LSB,
			     .e_type = ET_EXEC,
			     .e_machine = (GElf_Half)ARCH_HERE->elf_machine,
			     .e_version = EV_CURRENT,
			     .e_shstrndx = STRTAB };
	bool ok = elf && gelf_newehdr(elf, ELFCLASS64) && gelf_update_ehdr(elf, &header);

	ok = ok &&
	     add_section(elf,
			 (GElf_Shdr){ .sh_name = text,
				      .sh_type = SHT_NOBITS,
				      .sh_flags = SHF_ALLOC | SHF_EXECINSTR,
				      .sh_addr = from,
				      .sh_addralign = 16 },
			 NULL, to - from) &&
	     add_section(elf,
			 (GElf_Shdr){ .sh_name = text + sizeof(".text"),
				      .sh_type = SHT_SYMTAB,
				      .sh_link = STRTAB,
				      .sh_info = 1,
				      .sh_entsize = sizeof(Elf64_Sym),
				      .sh_addralign = 8 },
			 symbols, (k->n + 1) * sizeof(*symbols)) &&
	     add_section(elf,
			 (GElf_Shdr){ .sh_name = text + sizeof(".text\0.symtab"),
				      .sh_type = SHT_STRTAB,
				      .sh_addralign = 1 },
			 strings->data, strings->len) &&
	     elf_update(elf, ELF_C_WRITE) >= 0;
	elf_end(elf);
	return ok;
}

struct err *kallsyms_write_elf(const struct names *names, const char *path)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ GElf_Sym *symbols = NULL;
	_cleanup_buf_ struct buf strings = BUF_INIT;

	if (!names->n)
		return err_create(ERR_INFRA, "the guest's /proc/kallsyms shows no function");
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(errno, "cannot create '%s'", path);
	symbols = xcalloc(names->n + 1, sizeof(*symbols));
	fill_tables(names, symbols, &strings);
	elf_version(EV_CURRENT);
	return write_elf(fd, names, symbols, &strings) ?
		       NULL :
		       err_create(ERR_INFRA, "cannot write '%s': %s", path, elf_errmsg(-1));
}
