// SPDX-License-Identifier: GPL-2.0-only
#include "reports/splat/splat-places.h"

#include <string.h>

static void add_place(void *arg, const struct symbols_place *place)
{
	struct splat_frame_places *f = arg;

	f->v = xrealloc(f->v, f->n + 1, sizeof(*f->v));
	f->v[f->n++] = (struct splat_place){
		.function = xstrdup(place->function),
		.file = place->file ? xstrdup(place->file) : NULL,
		.line = place->line,
		.inlined = place->inlined,
	};
}

void splat_places_find(struct symbols *symbols, const struct splat *splat, struct splat_places *out)
{
	*out = (struct splat_places){ xcalloc(splat->nr_frames, sizeof(*out->v)),
				      splat->nr_frames };
	for (size_t i = 0; i < splat->nr_frames; i++) {
		const struct splat_frame *f = &splat->frames[i];
		struct symbols_frame frame = { .function = f->function,
					       .module = f->module,
					       .offset = f->offset,
					       .size = f->size,
					       .call = f->call };

		if (symbols_find(symbols, &frame, add_place, &out->v[i]) != SYMBOLS_FOUND)
			out->v[i].problem = xstrdup(symbols_problem(symbols));
	}
}

void splat_places_deinit(struct splat_places *places)
{
	for (size_t i = 0; i < places->n; i++) {
		struct splat_frame_places *f = &places->v[i];

		for (size_t k = 0; k < f->n; k++) {
			free(f->v[k].function);
			free(f->v[k].file);
		}
		free(f->v);
		free(f->problem);
	}
	free(places->v);
	*places = (struct splat_places){ NULL, 0 };
}
