/* SPDX-License-Identifier: GPL-2.0-only */
/* Members of JSON objects, with text that may hold anything. */
#ifndef REPORTS_JSON_SET_H
#define REPORTS_JSON_SET_H

#include <jansson.h>

#include "base/util.h"

#define JSON_TEXT_MAX 65536 /* bytes of one string; the rest is cut, with "..." */

/* Takes @value. */
void json_set(json_t *o, const char *key, json_t *value);

/*
 * UTF-8 as it is; other bytes, and those of characters that do not show or turn the text
 * around, controls but newline and tab first of all, as "\x1b". NULL: null.
 */
json_t *json_text(const char *s);
void json_set_text(json_t *o, const char *key, const char *s);

/* As text only when it is there: most objects have little of what they can have. */
void json_set_some(json_t *o, const char *key, const char *s);
void json_set_num(json_t *o, const char *key, uint64_t v);

#endif
