// SPDX-License-Identifier: GPL-2.0-only
/* All strings are printable ASCII already: see splat.h and symbols.h. */
#include <jansson.h>

#include "splat-places.h"

static void set(json_t *o, const char *key, json_t *value)
{
	if (json_object_set_new(o, key, value))
		abort();
}

static void set_text(json_t *o, const char *key, const char *text)
{
	if (text)
		set(o, key, json_string(text));
}

static void set_number(json_t *o, const char *key, json_int_t n)
{
	if (n >= 0)
		set(o, key, json_integer(n));
}

static json_t *json_places(const struct splat_frame_places *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n; i++) {
		json_t *o = json_object();

		set_text(o, "function", f->v[i].function);
		set_text(o, "file", f->v[i].file);
		if (f->v[i].line)
			set_number(o, "line", f->v[i].line);
		set(o, "inlined", json_boolean(f->v[i].inlined));
		json_array_append_new(list, o);
	}
	return list;
}

static json_t *json_frame(const struct splat_frame *f, const struct splat_frame_places *places)
{
	json_t *o = json_object();

	set_text(o, "function", f->function);
	set_text(o, "module", f->module);
	if (f->size) {
		set_number(o, "offset", (json_int_t)f->offset);
		set_number(o, "size", (json_int_t)f->size);
	}
	set(o, "sure", json_boolean(f->sure));
	set(o, "call", json_boolean(f->call));
	if (places && places->n)
		set(o, "places", json_places(places));
	if (places)
		set_text(o, "problem", places->problem);
	return o;
}

struct json_t *splat_json(const struct splat *s, const struct splat_places *places)
{
	json_t *o = json_object(), *frames = json_array(), *areas = json_object();

	set_text(o, "title", s->title);
	set_text(o, "type", s->type);
	set_text(o, "class", splat_class_name(s->cls));
	set_text(o, "signature", s->signature);
	set(o, "corrupted", json_boolean(s->corrupted));
	set(o, "panicked", json_boolean(s->panicked));
	set_text(o, "file", s->file);
	if (s->line)
		set_number(o, "line", s->line);
	set_text(o, "function", s->function);
	set_number(o, "offset", (json_int_t)s->offset);
	set_text(o, "task", s->task);
	set_number(o, "pid", s->pid);
	set_number(o, "cpu", s->cpu);
	set_text(o, "kernel", s->kernel);
	set_text(o, "taint", s->taint);
	set_text(o, "registers", s->registers);
	for (size_t i = 0; i < s->nr_frames; i++)
		json_array_append_new(frames,
				      json_frame(&s->frames[i], places ? &places->v[i] : NULL));
	set(o, "frames", frames);
	for (size_t i = 0; i < SPLAT_AREAS; i++)
		if (s->areas[i].function)
			set_text(areas, s->areas[i].name, s->areas[i].function);
	set(o, "areas", areas);
	set_text(o, "excerpt", s->excerpt);
	return o;
}

void splat_print_json(FILE *to, const struct splat *s, const struct splat_places *places)
{
	json_t *o = splat_json(s, places);

	if (json_dumpf(o, to, JSON_COMPACT | JSON_ENSURE_ASCII) == 0)
		fputc('\n', to);
	json_decref(o);
}
