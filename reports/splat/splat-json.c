// SPDX-License-Identifier: GPL-2.0-only
#include "reports/record/json-set.h"
#include "reports/splat/splat-places.h"

static json_t *json_places(const struct splat_frame_places *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++) {
		json_t *o = json_object();

		json_set_some(o, "function", f->v[i].function);
		json_set_some(o, "file", f->v[i].file);
		if (f->v[i].line)
			json_set_num(o, "line", f->v[i].line);
		json_set(o, "inlined", json_boolean(f->v[i].inlined));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_frame(const struct splat_frame *f, const struct splat_frame_places *places)
{
	json_t *o = json_object();

	json_set_some(o, "function", f->function);
	json_set_some(o, "module", f->module);
	if (f->size) {
		json_set_num(o, "offset", f->offset);
		json_set_num(o, "size", f->size);
	}
	json_set(o, "sure", json_boolean(f->sure));
	json_set(o, "call", json_boolean(f->call));
	if (places && places->n)
		json_set(o, "places", json_places(places));
	if (places)
		json_set_some(o, "problem", places->problem);
	return o;
}

struct json_t *splat_json(const struct splat *s, const struct splat_places *places)
{
	json_t *o = json_object(), *frames = json_array(), *areas = json_object();

	json_set_some(o, "title", s->title);
	json_set_some(o, "type", s->type);
	json_set_some(o, "class", splat_class_name(s->cls));
	json_set_some(o, "signature", s->signature);
	json_set(o, "corrupted", json_boolean(s->corrupted));
	json_set(o, "panicked", json_boolean(s->panicked));
	json_set_some(o, "file", s->file);
	if (s->line)
		json_set_num(o, "line", s->line);
	json_set_some(o, "function", s->function);
	json_set_num(o, "offset", s->offset);
	json_set_some(o, "task", s->task);
	if (s->pid >= 0)
		json_set_num(o, "pid", (uint64_t)s->pid);
	if (s->cpu >= 0)
		json_set_num(o, "cpu", (uint64_t)s->cpu);
	json_set_some(o, "kernel", s->kernel);
	json_set_some(o, "build", s->build);
	json_set_some(o, "taint", s->taint);
	json_set_some(o, "registers", s->registers);
	for (size_t i = 0; i < s->nr_frames; i++)
		json_array_append_new(frames,
				      json_frame(&s->frames[i], places ? &places->v[i] : NULL));
	json_set(o, "frames", frames);
	for (size_t i = 0; i < SPLAT_AREAS; i++)
		if (s->areas[i].function)
			json_set_some(areas, s->areas[i].name, s->areas[i].function);
	json_set(o, "areas", areas);
	json_set_some(o, "excerpt", s->excerpt);
	return o;
}

void splat_print_json(FILE *to, const char *log, const struct splat *s,
		      const struct splat_places *places)
{
	json_t *o = splat_json(s, places);

	json_set_some(o, "log", log);
	if (json_dumpf(o, to, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		fputc('\n', to);
	json_decref(o);
}
