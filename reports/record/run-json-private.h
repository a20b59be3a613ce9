/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared by the files run-json*.c only. */
#ifndef REPORTS_RUN_JSON_PRIVATE_H
#define REPORTS_RUN_JSON_PRIVATE_H

#include <jansson.h>

#include "base/err.h"

/*
 * Reads @len bytes at @text into *@root, which json_decref() frees; @name is for messages. An
 * error when they are not JSON, or not a record of RUN_JSON_FORMAT.
 */
struct err *run_json_load(const char *name, const char *text, size_t len, json_t **root)
	__must_check;

/* The text of @root, which it takes ownership of; free() it. */
char *run_json_dump(json_t *root);

#endif
