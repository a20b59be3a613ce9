/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets members of JSON objects; texts may be any bytes. */
#ifndef REPORTS_JSON_SET_H
#define REPORTS_JSON_SET_H

#include <jansson.h>

#include "base/util.h"

#define JSON_TEXT_MAX 65536 /* bytes of one string; the rest is cut, with "..." */

/* Takes ownership of @value. */
void json_set(json_t *o, const char *key, json_t *value);

/*
 * A JSON string of @s, null for NULL. Valid UTF-8 stays as it is; other bytes are escaped
 * as "\x1b", and so are those of invisible or reordering characters and of control
 * characters except newline and tab.
 */
json_t *json_text(const char *s);
/* The same, cut after @max bytes. */
json_t *json_text_max(const char *s, size_t max);
void json_set_text(json_t *o, const char *key, const char *s);

/* The same, but sets nothing for NULL or "": most objects have few of their members. */
void json_set_some(json_t *o, const char *key, const char *s);
void json_set_num(json_t *o, const char *key, uint64_t v);

#endif
