// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>

#include "reports/splat/splat.h"

static const char *const class_names[] = {
	[SPLAT_WARNING] = "warning",
	[SPLAT_BUG] = "bug",
	[SPLAT_OOPS] = "oops",
	[SPLAT_LOCKDEP] = "lockdep",
	[SPLAT_REFCOUNT] = "refcount",
	[SPLAT_BAD_PAGE] = "bad-page",
	[SPLAT_ATOMIC_SLEEP] = "atomic-sleep",
	[SPLAT_SANITIZER] = "sanitizer",
	[SPLAT_HUNG_TASK] = "hung-task",
	[SPLAT_LOCKUP] = "lockup",
	[SPLAT_RCU_STALL] = "rcu-stall",
	[SPLAT_FS] = "fs-corruption",
	[SPLAT_PANIC] = "panic",
};

const char *splat_class_name(enum splat_class cls)
{
	return class_names[cls];
}

static char *strdup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

struct splat *splat_copy(const struct splat *splat)
{
	struct splat *copy = xcalloc(1, sizeof(*copy));

	*copy = *splat;
	copy->title = xstrdup(splat->title);
	copy->file = strdup_or_null(splat->file);
	copy->function = strdup_or_null(splat->function);
	copy->excerpt = xstrdup(splat->excerpt);
	copy->task = strdup_or_null(splat->task);
	copy->kernel = strdup_or_null(splat->kernel);
	copy->build = strdup_or_null(splat->build);
	copy->taint = strdup_or_null(splat->taint);
	copy->registers = strdup_or_null(splat->registers);
	copy->signature = strdup_or_null(splat->signature);
	for (size_t i = 0; i < copy->nr_frames; i++) {
		struct splat_frame *f = &copy->frames[i];

		f->function = xstrdup(f->function);
		f->module = strdup_or_null(f->module);
		for (size_t a = 0; a < SPLAT_AREAS; a++)
			if (splat->areas[a].function == splat->frames[i].function)
				copy->areas[a].function = f->function;
	}
	return copy;
}

void splat_frame_deinit(struct splat_frame *frame)
{
	free(frame->function);
	free(frame->module);
	*frame = (struct splat_frame){ 0 };
}

void splat_destroy(struct splat *splat)
{
	if (!splat)
		return;
	free(splat->title);
	free(splat->file);
	free(splat->function);
	free(splat->excerpt);
	free(splat->task);
	free(splat->kernel);
	free(splat->build);
	free(splat->taint);
	free(splat->registers);
	free(splat->signature);
	for (size_t i = 0; i < splat->nr_frames; i++)
		splat_frame_deinit(&splat->frames[i]);
	free(splat);
}
