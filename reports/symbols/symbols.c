/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/symbols/symbols.h"

#include <errno.h>
#include <fts.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arch.h"
#include "base/buf.h"
#include "reports/symbols/symbols-private.h"

struct module {
	char *name; /* with '_' only */
	char *path;
	struct image *image; /* NULL: not opened yet, or bad */
	char *bad;	     /* why it cannot be read */
};

struct symbols {
	struct image *kernel;
	char *folder; /* NULL: none */
	bool listed;
	struct module *modules;
	size_t count;
	bool rooted; /* root is set */
	char *root;  /* from image_root() */
	char *problem;
};

/* What may follow ".ko", in order of preference. */
static const char *const endings[] = { ".debug", "",	 ".debug.xz", ".debug.zst",
				       ".xz",	 ".zst", ".gz",	      ".bz2" };

struct err *symbols_open(const char *vmlinux, const char *modules, struct symbols **out)
{
	struct symbols *s = xcalloc(1, sizeof(*s));
	struct err *err = NULL;
	struct stat st;

	*out = NULL;
	if (modules && stat(modules, &st))
		err = err_create(ERR_USAGE, "cannot look for modules in '%s': %s", modules,
				 strerror(errno));
	else if (modules && !S_ISDIR(st.st_mode))
		err = err_create(ERR_USAGE, "cannot look for modules in '%s': it is not a folder",
				 modules);
	if (!err)
		err = image_open(vmlinux, &s->kernel);
	if (err) {
		symbols_close(s);
		return err;
	}
	s->folder = modules ? xstrdup(modules) : NULL;
	*out = s;
	return NULL;
}

void symbols_close(struct symbols *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++) {
		image_close(s->modules[i].image);
		free(s->modules[i].name);
		free(s->modules[i].path);
		free(s->modules[i].bad);
	}
	free(s->modules);
	image_close(s->kernel);
	free(s->folder);
	free(s->root);
	free(s->problem);
	free(s);
}

const char *symbols_banner(const struct symbols *s)
{
	return s->kernel->banner;
}

const char *symbols_problem(const struct symbols *s)
{
	return s->problem;
}

static char *module_name(const char *name, size_t len)
{
	char *copy = xstrndup(name, len);

	for (char *p = copy; *p; p++)
		if (*p == '-')
			*p = '_';
	return copy;
}

/* The index in endings[] of what follows ".ko"; ARRAY_SIZE(): @name is not that of a module. */
static size_t ending_rank(const char *name, size_t *stem)
{
	const char *ko = NULL;
	size_t rank = 0;

	for (const char *p = name; (p = strstr(p, ".ko")); p++)
		ko = p;
	if (!ko || ko == name)
		return ARRAY_SIZE(endings);
	while (rank < ARRAY_SIZE(endings) && strcmp(ko + 3, endings[rank]))
		rank++;
	*stem = ko - name;
	return rank;
}

static int fts_by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

/* By name, then by preference. */
static int by_module(const void *a, const void *b)
{
	const struct module *x = a, *y = b;
	int d = strcmp(x->name, y->name);
	size_t stem, i, j;

	if (d)
		return d;
	i = ending_rank(strrchr(x->path, '/') + 1, &stem);
	j = ending_rank(strrchr(y->path, '/') + 1, &stem);
	return i != j ? (i < j ? -1 : 1) : strcmp(x->path, y->path);
}

static void list_modules(struct symbols *s)
{
	char *const top[] = { s->folder, NULL };
	size_t room = 0, stem;
	FTS *fts = fts_open(top, FTS_PHYSICAL | FTS_COMFOLLOW | FTS_NOCHDIR, fts_by_name);
	FTSENT *entry;

	s->listed = true;
	while (fts && (entry = fts_read(fts))) {
		if ((entry->fts_info != FTS_F && entry->fts_info != FTS_SL) ||
		    ending_rank(entry->fts_name, &stem) == ARRAY_SIZE(endings))
			continue;
		if (s->count == room) {
			room = room ? 2 * room : 256;
			s->modules = xrealloc(s->modules, room, sizeof(*s->modules));
		}
		s->modules[s->count++] = (struct module){
			.name = module_name(entry->fts_name, stem),
			.path = xstrdup(entry->fts_path),
		};
	}
	if (fts)
		fts_close(fts);
	if (s->count)
		qsort(s->modules, s->count, sizeof(*s->modules), by_module);
}

static struct module *find_module(struct symbols *s, const char *name)
{
	_cleanup_free_ char *plain = module_name(name, strlen(name));

	if (s->folder && !s->listed)
		list_modules(s);
	for (size_t i = 0; i < s->count; i++)
		if (!strcmp(s->modules[i].name, plain))
			return &s->modules[i];
	return NULL;
}

static enum symbols_answer answer(struct symbols *s, enum symbols_answer a, char *problem)
{
	free(s->problem);
	s->problem = problem;
	return a;
}

static enum symbols_answer open_module(struct symbols *s, const char *name, struct image **image)
{
	struct module *module = find_module(s, name);

	if (!module && s->folder)
		return answer(s, SYMBOLS_NO_MODULE,
			      xasprintf("no module '%s' below '%s'", name, s->folder));
	if (!module)
		return answer(
			s, SYMBOLS_NO_MODULE,
			xasprintf("cannot find module '%s' without a folder of modules", name));
	if (!module->image && !module->bad) {
		struct err *err = image_open(module->path, &module->image);

		module->bad = err ? xstrdup(err->message) : NULL;
		err_free(err);
	}
	*image = module->image;
	if (module->bad)
		return answer(s, SYMBOLS_BAD_MODULE, xstrdup(module->bad));
	return SYMBOLS_FOUND;
}

/* See symbols_find(). The room is less than the size if the function has a label. */
static bool fits(const struct image_symbol *symbol, const struct symbols_frame *frame)
{
	uint64_t most = symbol->room == UINT64_MAX ? symbol->size + PAGE : symbol->room;

	if (!frame->size)
		return frame->offset <= most;
	return frame->size == symbol->room || (frame->size >= symbol->size && frame->size <= most);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

static bool same_places(const struct place_list *a, const struct place_list *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = a->items[i].line == b->items[i].line &&
		       same_text(a->items[i].function, b->items[i].function) &&
		       same_text(a->items[i].file, b->items[i].file);
	return same;
}

/* A return address comes after the call, and may be the end of the function. */
static uint64_t frame_address(const struct image_symbol *symbol, const struct symbols_frame *frame)
{
	return symbol->start + frame->offset - (frame->call && frame->offset ? 1 : 0);
}

/* The places that all the symbols agree on. */
static enum symbols_answer agree(struct symbols *s, struct image *image,
				 const struct symbols_frame *frame,
				 const struct image_symbol *symbol, size_t count, bool exact,
				 struct place_list *out)
{
	size_t tried = 0;

	for (size_t i = 0; i < count; i++) {
		struct place_list places = { NULL, 0 };
		bool same;

		if (!fits(&symbol[i], frame) || (exact && symbol[i].room != frame->size))
			continue;
		(void)image_places(image, frame_address(&symbol[i], frame), frame->function,
				   s->root, &places);
		if (!tried++) {
			*out = places;
			continue;
		}
		same = same_places(out, &places);
		place_list_deinit(&places);
		if (!same)
			return answer(s, SYMBOLS_AMBIGUOUS,
				      xasprintf("'%s' has more than one '%s' of that size",
						image->path, frame->function));
	}
	if (!out->count)
		return answer(s, SYMBOLS_NO_LINE,
			      xasprintf("the debug info of '%s' has no line for '%s+%#" PRIx64 "'",
					image->path, frame->function, frame->offset));
	return SYMBOLS_FOUND;
}

static enum symbols_answer find_in(struct symbols *s, struct image *image,
				   const struct symbols_frame *frame, struct place_list *out)
{
	const struct image_symbol *first;
	size_t count, fit = 0, exact = 0;

	if (!image->debug_info)
		return answer(s, SYMBOLS_NO_DEBUG_INFO,
			      xasprintf("'%s' has no debug info: use the file before it was "
					"stripped, or that of the -dbg package",
					image->path));
	count = image_named(image, frame->function, &first);
	if (!count)
		return answer(s, SYMBOLS_NO_FUNCTION,
			      xasprintf("'%s' has no '%s': it may be from another build",
					image->path, frame->function));
	for (size_t i = 0; i < count; i++) {
		fit += fits(&first[i], frame);
		exact += first[i].room == frame->size;
	}
	if (!fit)
		return answer(
			s, SYMBOLS_OTHER_SIZE,
			xasprintf(
				"'%s' seems to be from another build: its '%s' does not have %#" PRIx64
				" bytes",
				image->path, frame->function, frame->size));
	if (frame->offset - (frame->call && frame->offset) >= frame->size && frame->size)
		return answer(s, SYMBOLS_NO_LINE,
			      xasprintf("'%s+%#" PRIx64 "' is outside of the function",
					frame->function, frame->offset));
	if (!s->rooted) {
		s->root = image_root(s->kernel);
		s->rooted = true;
	}
	return agree(s, image, frame, first, count, exact > 0, out);
}

enum symbols_answer symbols_find(struct symbols *s, const struct symbols_frame *frame,
				 symbols_fn *fn, void *arg)
{
	struct place_list places = { NULL, 0 };
	struct image *image = s->kernel;
	enum symbols_answer a = answer(s, SYMBOLS_FOUND, NULL);

	if (frame->module)
		a = open_module(s, frame->module, &image);
	if (a == SYMBOLS_FOUND)
		a = find_in(s, image, frame, &places);
	for (size_t i = 0; a == SYMBOLS_FOUND && i < places.count; i++)
		fn(arg, &places.items[i]);
	place_list_deinit(&places);
	return a;
}
