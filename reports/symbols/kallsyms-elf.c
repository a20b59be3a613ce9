/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/symbols/kallsyms-elf.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/buf.h"

#define NAME_BYTES 512u
#define FUNCTION_MAX (1u << 20) /* bytes: the last name before a gap is not so long */

enum { TEXT = 1, SYMTAB, STRTAB, SECTIONS };

struct names {
	struct name {
		uint64_t addr;
		size_t at; /* in strings */
		bool code;
	} * v;
	size_t n, room;
	struct buf strings;
};

static void add_name(struct names *k, uint64_t addr, bool code, const char *name, size_t len)
{
	if (k->n == k->room) {
		k->room = k->room ? 2 * k->room : 65536;
		k->v = xrealloc(k->v, k->room, sizeof(*k->v));
	}
	k->v[k->n++] = (struct name){ addr, k->strings.len, code };
	buf_add(&k->strings, name, len);
	buf_addc(&k->strings, '\0');
}

/* "ffffffff81000000 T _text" or "ffffffffc0001000 t xfs_open\t[xfs]". */
static void add_line(struct names *k, const char *p, const char *end)
{
	char *rest;
	uint64_t addr = strtoull(p, &rest, 16);
	size_t len;

	if (rest + 3 >= end || *rest != ' ' || rest[2] != ' ' || addr >> 63 == 0)
		return;
	len = (size_t)(end - rest - 3);
	for (size_t i = 0; i < len; i++)
		if (rest[3 + i] <= ' ' || rest[3 + i] > '~')
			len = i;
	if (len && len < NAME_BYTES && k->n < KALLSYMS_NAMES_MAX)
		add_name(k, addr, strchr("tTwW", rest[1]) != NULL, rest + 3, len);
}

static int by_addr(const void *a, const void *b)
{
	const struct name *x = a, *y = b;

	return x->addr < y->addr ? -1 : x->addr > y->addr;
}

/* All up to the next other address, as the kernel itself counts. */
static uint64_t size_of(const struct names *k, size_t i)
{
	for (size_t j = i + 1; j < k->n; j++)
		if (k->v[j].addr != k->v[i].addr)
			return MIN(k->v[j].addr - k->v[i].addr, FUNCTION_MAX);
	return 1;
}

static void fill_symbols(const struct names *k, GElf_Sym *symbols)
{
	symbols[0] = (GElf_Sym){ 0 };
	for (size_t i = 0; i < k->n; i++)
		symbols[i + 1] = (GElf_Sym){
			.st_name = (GElf_Word)k->v[i].at,
			.st_info = GELF_ST_INFO(STB_GLOBAL, k->v[i].code ? STT_FUNC : STT_NOTYPE),
			.st_shndx = k->v[i].code ? TEXT : SHN_ABS,
			.st_value = k->v[i].addr,
			.st_size = k->v[i].code ? size_of(k, i) : 0,
		};
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

static bool write_elf(int fd, const struct names *k, GElf_Sym *symbols, uint64_t from, uint64_t to)
{
	/* the names of the sections are in the same table as the others */
	GElf_Word text = (GElf_Word)(k->strings.len - sizeof(".text\0.symtab\0.strtab"));
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
			 k->strings.data, k->strings.len) &&
	     elf_update(elf, ELF_C_WRITE) >= 0;
	elf_end(elf);
	return ok;
}

static struct err *write_names(struct names *k, const char *path)
{
	_cleanup_close_ int fd = -1;
	_cleanup_free_ GElf_Sym *symbols = NULL;
	uint64_t from = UINT64_MAX, to = 0;

	if (k->n)
		qsort(k->v, k->n, sizeof(*k->v), by_addr);
	for (size_t i = 0; i < k->n; i++) {
		if (!k->v[i].code)
			continue;
		from = MIN(from, k->v[i].addr);
		to = MAX(to, k->v[i].addr + size_of(k, i));
	}
	if (from >= to)
		return err_create(ERR_INFRA, "the guest's /proc/kallsyms shows no function");
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return err_errno(errno, "cannot create '%s'", path);
	symbols = xcalloc(k->n + 1, sizeof(*symbols));
	fill_symbols(k, symbols);
	elf_version(EV_CURRENT);
	return write_elf(fd, k, symbols, from, to) ?
		       NULL :
		       err_create(ERR_INFRA, "cannot write '%s': %s", path, elf_errmsg(-1));
}

struct err *kallsyms_write_elf(const char *text, size_t len, const char *path)
{
	static const char sections[] = ".text\0.symtab\0.strtab";
	struct names k = { .strings = BUF_INIT };
	struct err *err;

	buf_addc(&k.strings, '\0');
	for (const char *p = text, *end = text + len, *eol; p < end; p = eol + 1) {
		eol = memchr(p, '\n', (size_t)(end - p));
		if (!eol)
			break;
		add_line(&k, p, eol);
	}
	buf_add(&k.strings, sections, sizeof(sections));
	err = write_names(&k, path);
	free(k.v);
	buf_deinit(&k.strings);
	return err;
}
