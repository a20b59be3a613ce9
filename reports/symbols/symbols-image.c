/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/symbols/symbols-private.h"

#include <gelf.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/files.h"

#define BANNER_MAX 1024

/* Without these two, libdwfl searches this machine, and even asks servers. */
static int no_elf(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base, char **path,
		  Elf **elf)
{
	(void)module, (void)data, (void)name, (void)base, (void)path, (void)elf;
	return -1;
}

static int no_debuginfo(Dwfl_Module *module, void **data, const char *name, Dwarf_Addr base,
			const char *file, const char *link, GElf_Word crc, char **path)
{
	(void)module, (void)data, (void)name, (void)base;
	(void)file, (void)link, (void)crc, (void)path;
	return -1;
}

static const Dwfl_Callbacks callbacks = {
	.find_elf = no_elf,
	.find_debuginfo = no_debuginfo,
	.section_address = dwfl_offline_section_address,
};

/* Returns which sections hold code; sets image->debug_info. */
static bool *code_sections(struct image *image, Elf *elf, size_t *count)
{
	size_t names = 0;
	bool *code;

	if (elf_getshdrnum(elf, count))
		*count = 0;
	code = xcalloc(*count + 1, sizeof(*code));
	(void)elf_getshdrstrndx(elf, &names);
	for (size_t i = 1; i < *count; i++) {
		Elf_Scn *section = elf_getscn(elf, i);
		GElf_Shdr mem, *header = gelf_getshdr(section, &mem);
		const char *name;

		if (!header)
			continue;
		code[i] = (header->sh_flags & SHF_ALLOC) && (header->sh_flags & SHF_EXECINSTR);
		name = elf_strptr(elf, names, header->sh_name);
		if (name && header->sh_type != SHT_NOBITS &&
		    (!strcmp(name, ".debug_info") || !strcmp(name, ".zdebug_info")))
			image->debug_info = true;
	}
	return code;
}

static void read_banner(struct image *image, Elf *elf, const GElf_Sym *sym, GElf_Addr value,
			size_t shndx)
{
	Elf_Scn *section = elf_getscn(elf, shndx);
	GElf_Shdr mem, *header = section ? gelf_getshdr(section, &mem) : NULL;
	Elf_Data *data;
	_cleanup_buf_ struct buf text = BUF_INIT;
	const char *start;
	size_t len;

	if (!header || header->sh_type == SHT_NOBITS || value < header->sh_addr)
		return;
	value -= header->sh_addr;
	data = elf_rawdata(section, NULL);
	if (!data || !data->d_buf || value >= data->d_size)
		return;
	start = (const char *)data->d_buf + value;
	len = strnlen(start, MIN(data->d_size - value, sym->st_size));
	while (len && start[len - 1] == '\n')
		len--;
	buf_add_escaped(&text, start, len, BANNER_MAX);
	free(image->banner);
	image->banner = buf_take(&text);
}

static int by_place(const void *a, const void *b)
{
	const struct image_symbol *x = a, *y = b;

	if (x->section != y->section)
		return x->section < y->section ? -1 : 1;
	return (x->start > y->start) - (x->start < y->start);
}

static int by_name(const void *a, const void *b)
{
	const struct image_symbol *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d ? d : by_place(a, b);
}

/* Whether kallsyms has the symbol; see is_ignored_symbol() and scripts/mksysmap. */
static bool counts(const char *name, const GElf_Sym *sym)
{
	int type = GELF_ST_TYPE(sym->st_info);

	return *name && *name != '$' && strncmp(name, ".L", 2) &&
	       (type == STT_FUNC || type == STT_NOTYPE || type == STT_OBJECT ||
		type == STT_GNU_IFUNC);
}

static void read_symbols(struct image *image, const bool *code, size_t sections)
{
	int n = dwfl_module_getsymtab(image->module);
	size_t room = 0;

	for (int i = 1; i < n; i++) {
		GElf_Sym sym;
		GElf_Addr address, bias;
		GElf_Word shndx;
		Elf *elf;
		const char *name = dwfl_module_getsym_info(image->module, i, &sym, &address, &shndx,
							   &elf, &bias);

		if (!name || shndx == SHN_UNDEF || shndx >= sections || !counts(name, &sym))
			continue;
		if (!strcmp(name, "linux_banner"))
			read_banner(image, elf, &sym, sym.st_value, shndx);
		if (!code[shndx])
			continue;
		if (image->count == room) {
			room = room ? 2 * room : 1024;
			image->symbols = xrealloc(image->symbols, room, sizeof(*image->symbols));
		}
		image->symbols[image->count++] = (struct image_symbol){
			.name = name,
			.start = address,
			.size = sym.st_size,
			.room = UINT64_MAX,
			.section = shndx,
		};
	}
}

static void sort_symbols(struct image *image)
{
	struct image_symbol *s = image->symbols;

	if (!image->count)
		return;
	qsort(s, image->count, sizeof(*s), by_place);
	for (size_t i = image->count - 1; i-- > 0;) {
		if (s[i].section != s[i + 1].section)
			continue;
		if (s[i].start < s[i + 1].start)
			s[i].room = s[i + 1].start - s[i].start;
		else
			s[i].room = s[i + 1].room;
	}
	qsort(s, image->count, sizeof(*s), by_name);
}

size_t image_named(const struct image *image, const char *name, const struct image_symbol **first)
{
	size_t low = 0, high = image->count, n = 0;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(image->symbols[middle].name, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*first = image->symbols + low;
	while (low + n < image->count && !strcmp((*first)[n].name, name))
		n++;
	return n;
}

static struct err *bad_elf(const char *path)
{
	return err_create(ERR_USAGE, "cannot read '%s' as an ELF file: %s%s", path, dwfl_errmsg(-1),
			  str_ends(path, ".zst") ? "; if libdw was built without zstd, unpack it" :
						   "");
}

static struct err *image_load(struct image *image, int *fd)
{
	_cleanup_free_ bool *code = NULL;
	GElf_Addr bias;
	size_t sections;
	Elf *elf;

	image->dwfl = dwfl_begin(&callbacks);
	if (!image->dwfl)
		return bad_elf(image->path);
	image->module = dwfl_report_offline(image->dwfl, "image", image->path, *fd);
	if (!image->module)
		return bad_elf(image->path);
	(void)take_fd(*fd);
	if (dwfl_report_end(image->dwfl, NULL, NULL))
		return bad_elf(image->path);
	elf = dwfl_module_getelf(image->module, &bias);
	if (!elf)
		return bad_elf(image->path);
	code = code_sections(image, elf, &sections);
	read_symbols(image, code, sections);
	sort_symbols(image);
	return NULL;
}

struct err *image_open(const char *path, struct image **out)
{
	struct image *image = xcalloc(1, sizeof(*image));
	_cleanup_close_ int fd = -1;
	struct err *err;

	*out = NULL;
	image->path = xstrdup(path);
	err = file_open(path, &fd);
	if (err)
		err->code = ERR_USAGE;
	if (!err)
		err = image_load(image, &fd);
	if (err) {
		image_close(image);
		return err;
	}
	*out = image;
	return NULL;
}

void image_close(struct image *image)
{
	if (!image)
		return;
	if (image->dwfl)
		dwfl_end(image->dwfl);
	free(image->symbols);
	free(image->banner);
	free(image->path);
	free(image);
}
