/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/symbols/symbols-private.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <string.h>

#include "base/buf.h"

#define DEPTH_MAX 64
#define NAME_MAX_LEN 512

/* The functions that contain an address, the outermost first. */
struct scopes {
	Dwarf_Die dies[DEPTH_MAX];
	size_t count;
};

/* Removes "." and "..", except from the front of a relative path. */
static char *normal_path(const char *path)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	bool absolute = *path == '/';

	buf_adds(&out, absolute ? "/" : "");
	while (*path) {
		size_t len = strcspn(path, "/"), floor = absolute ? 1 : 0;
		bool up = len == 2 && !memcmp(path, "..", 2);

		if (up && out.len > floor && !str_ends(buf_str(&out), "../")) {
			do
				out.data[--out.len] = '\0';
			while (out.len > floor && out.data[out.len - 1] != '/');
		} else if (len && !(len == 1 && *path == '.') && !(up && absolute)) {
			buf_add(&out, path, len);
			buf_adds(&out, path[len] ? "/" : "");
		}
		path += len + (path[len] == '/');
	}
	return buf_take(&out);
}

static bool starts(const char *s, const char *with)
{
	return !strncmp(s, with, strlen(with));
}

/* The bytes of the folders that @path and the folder @build share, with the slash. */
static size_t common_folders(const char *path, const char *build)
{
	size_t len = 0;

	for (size_t i = 0; path[i]; i++) {
		if (path[i] == '/' && (!build[i] || build[i] == '/'))
			len = i + 1;
		if (path[i] != build[i])
			break;
	}
	return len;
}

/* libdw 0.188 does not add @build; names that begin with a relative @build are whole. */
static char *whole_path(const char *path, const char *build)
{
	_cleanup_free_ char *joined = NULL;

	if (*path == '/' || !build ||
	    (*build != '/' && common_folders(path, build) > strlen(build)))
		return normal_path(path);
	joined = xasprintf("%s/%s", build, path);
	return normal_path(joined);
}

char *source_path(const char *path, const char *root, const char *build)
{
	_cleanup_free_ char *whole = whole_path(path, build);
	_cleanup_free_ char *folder = build ? normal_path(build) : NULL;
	size_t skip = 0;

	if (root && starts(whole, root))
		skip = strlen(root);
	else if (folder)
		skip = common_folders(whole, folder);
	/* they share nothing but "/" */
	return xstrdup(whole + (skip > 1 ? skip : 0));
}

/* Also finds a unit that .debug_aranges lacks, by the unit's own ranges. */
static Dwarf_Die *unit_at(struct image *image, uint64_t address, Dwarf_Addr *bias)
{
	Dwarf_Die *unit = dwfl_module_addrdie(image->module, address, bias);

	if (unit)
		return unit;
	while ((unit = dwfl_module_nextcu(image->module, unit, bias)))
		if (dwarf_haspc(unit, address - *bias) > 0)
			return unit;
	return NULL;
}

static const char *string_of(Dwarf_Die *die, unsigned int name)
{
	Dwarf_Attribute attribute;

	return dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
}

char *image_root(struct image *image)
{
	static const char main_file[] = "/init/main.c";
	_cleanup_free_ char *whole = NULL;
	const struct image_symbol *start;
	const char *name, *folder;
	Dwarf_Addr bias;
	Dwarf_Die *unit;

	if (!image->debug_info || image_named(image, "start_kernel", &start) != 1)
		return NULL;
	unit = unit_at(image, start->start, &bias);
	name = unit ? string_of(unit, DW_AT_name) : NULL;
	folder = unit ? string_of(unit, DW_AT_comp_dir) : NULL;
	if (!name)
		return NULL;
	whole = whole_path(name, folder);
	if (!str_ends(whole, main_file))
		return NULL;
	return xstrndup(whole, strlen(whole) - strlen(main_file) + 1);
}

static bool is_scope(Dwarf_Die *die)
{
	switch (dwarf_tag(die)) {
	case DW_TAG_subprogram:
	case DW_TAG_inlined_subroutine:
	case DW_TAG_lexical_block:
		return true;
	default:
		return false;
	}
}

/*
 * Finds the child of @parent that contains @pc. The offsets of siblings must increase: in a
 * broken file they could form a ring.
 */
static bool child_at(Dwarf_Die *parent, Dwarf_Addr pc, Dwarf_Die *child)
{
	Dwarf_Off at = dwarf_dieoffset(parent);

	if (dwarf_child(parent, child))
		return false;
	do {
		if (dwarf_dieoffset(child) <= at)
			return false;
		at = dwarf_dieoffset(child);
		if (is_scope(child) && dwarf_haspc(child, pc) > 0)
			return true;
	} while (!dwarf_siblingof(child, child));
	return false;
}

static void find_scopes(Dwarf_Die *unit, Dwarf_Addr pc, struct scopes *scopes)
{
	Dwarf_Die at = *unit, child;

	scopes->count = 0;
	while (scopes->count < DEPTH_MAX && child_at(&at, pc, &child)) {
		if (dwarf_tag(&child) != DW_TAG_lexical_block)
			scopes->dies[scopes->count++] = child;
		at = child;
	}
}

static char *printable(const char *s, size_t len)
{
	_cleanup_buf_ struct buf b = BUF_INIT;

	buf_add_escaped(&b, s, len, NAME_MAX_LEN);
	return buf_take(&b);
}

static char *place_file(const char *file, const char *root, Dwarf_Die *unit)
{
	_cleanup_free_ char *path = NULL;

	if (!file || !*file)
		return NULL;
	path = source_path(file, root, string_of(unit, DW_AT_comp_dir));
	return printable(path, strlen(path));
}

/* Takes @file. */
static void place_add(struct place_list *out, const char *function, size_t len, char *file,
		      unsigned int line, bool inlined)
{
	out->items = xrealloc(out->items, out->count + 1, sizeof(*out->items));
	out->items[out->count++] = (struct symbols_place){
		.function = printable(function, len),
		.file = file,
		.line = line,
		.inlined = inlined,
	};
}

/* The line that @scope was inlined at. */
static void call_site(Dwarf_Die *unit, Dwarf_Die *scope, const char **file, unsigned int *line)
{
	Dwarf_Attribute attribute;
	Dwarf_Word value;
	Dwarf_Files *files;
	size_t count;

	*file = NULL;
	*line = 0;
	if (!dwarf_formudata(dwarf_attr(scope, DW_AT_call_line, &attribute), &value))
		*line = value;
	if (!dwarf_formudata(dwarf_attr(scope, DW_AT_call_file, &attribute), &value) &&
	    !dwarf_getsrcfiles(unit, &files, &count) && value < count)
		*file = dwarf_filesrc(files, value, NULL, NULL);
}

bool image_places(struct image *image, uint64_t address, const char *symbol, const char *root,
		  struct place_list *out)
{
	Dwarf_Addr bias;
	Dwarf_Die *unit = unit_at(image, address, &bias);
	struct scopes scopes;
	Dwarf_Line *row;
	const char *file = NULL;
	int number = 0;
	unsigned int line;

	if (!unit)
		return false;
	row = dwarf_getsrc_die(unit, address - bias);
	if (row) {
		file = dwarf_linesrc(row, NULL, NULL);
		(void)dwarf_lineno(row, &number);
	}
	line = MAX(number, 0);
	find_scopes(unit, address - bias, &scopes);
	if (!row && !scopes.count)
		return false;
	for (size_t i = scopes.count; i-- > 0;) {
		Dwarf_Die *scope = &scopes.dies[i];
		const char *name = string_of(scope, DW_AT_name);

		if (dwarf_tag(scope) != DW_TAG_inlined_subroutine)
			break;
		name = name ? name : "?";
		place_add(out, name, strlen(name), place_file(file, root, unit), line, true);
		call_site(unit, scope, &file, &line);
	}
	place_add(out, symbol, strcspn(symbol, "."), place_file(file, root, unit), line, false);
	return true;
}

void place_list_deinit(struct place_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free((char *)list->items[i].function);
		free((char *)list->items[i].file);
	}
	free(list->items);
	memset(list, 0, sizeof(*list));
}
