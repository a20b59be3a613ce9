/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What schema 5.3 of kcidb-io demands of a report, written down as rules, with what only its
 * prose demands (ids are unique, what they refer to is there, nothing is null) and what we
 * demand beyond it (an excerpt is below 16384 bytes, not characters).
 */
#ifndef REPORTS_TESTS_KCIDB_RULES_H
#define REPORTS_TESTS_KCIDB_RULES_H

#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "base/buf.h"

typedef bool kcidb_check(const json_t *v);

struct kcidb_field {
	const char *key;
	kcidb_check *is;
	bool required;
};

static bool kcidb_text(const json_t *v)
{
	return json_is_string(v) && strlen(json_string_value(v)) == json_string_length(v);
}

static bool kcidb_of(const json_t *v, const char *bytes, size_t from, size_t to)
{
	const char *s = json_string_value(v);

	return kcidb_text(v) && strlen(s) >= from && strlen(s) <= to &&
	       strspn(s, bytes) == strlen(s);
}

#define KCIDB_LOWER "abcdefghijklmnopqrstuvwxyz"
#define KCIDB_DIGITS "0123456789"

static bool kcidb_origin(const json_t *v)
{
	return kcidb_of(v, KCIDB_LOWER KCIDB_DIGITS "_", 1, SIZE_MAX);
}

static bool kcidb_id(const json_t *v)
{
	const char *s = json_string_value(v);
	size_t n;

	if (!kcidb_text(v))
		return false;
	n = strspn(s, KCIDB_LOWER KCIDB_DIGITS "_");
	return n && s[n] == ':' && !strchr(s, '\n');
}

static bool kcidb_path(const json_t *v)
{
	const char *s = json_string_value(v);

	if (!kcidb_text(v))
		return false;
	for (const char *p = s; *p; p++) {
		if (*p == '.' && (p == s || !p[1] || p[1] == '.'))
			return false;
		if (!isascii(*p) || !(isalnum((unsigned char)*p) || strchr("._-", *p)))
			return false;
	}
	return true;
}

static bool kcidb_status(const json_t *v)
{
	static const char *const names[] = { "FAIL", "ERROR", "MISS", "PASS", "DONE", "SKIP" };

	for (size_t i = 0; kcidb_text(v) && i < ARRAY_SIZE(names); i++)
		if (strcmp(json_string_value(v), names[i]) == 0)
			return true;
	return false;
}

static bool kcidb_form(const char *s, const char *form)
{
	for (; *form; s++, form++)
		if (*form == '0' ? !isdigit((unsigned char)*s) : *s != *form)
			return false;
	return !*s;
}

/* RFC 3339 */
static bool kcidb_time(const json_t *v)
{
	const char *s = kcidb_text(v) ? json_string_value(v) : "";
	_cleanup_free_ char *date = xstrndup(s, 19);

	if (!kcidb_form(date, "0000-00-00T00:00:00"))
		return false;
	s += 19;
	if (*s == '.' && isdigit((unsigned char)s[1]))
		s += 1 + strspn(s + 1, KCIDB_DIGITS);
	return strcmp(s, "Z") == 0 || kcidb_form(s, "+00:00") || kcidb_form(s, "-00:00");
}

static bool kcidb_excerpt(const json_t *v)
{
	return kcidb_text(v) && json_string_length(v) < 16384;
}

static bool kcidb_uri(const json_t *v)
{
	return kcidb_text(v) && strstr(json_string_value(v), "://");
}

static bool kcidb_commit(const json_t *v)
{
	return kcidb_of(v, KCIDB_DIGITS "abcdef", 40, 40);
}

static bool kcidb_patches(const json_t *v)
{
	return kcidb_of(v, "", 0, 0) || kcidb_of(v, KCIDB_DIGITS "abcdef", 64, 64);
}

static bool kcidb_arch(const json_t *v)
{
	return kcidb_of(v, KCIDB_LOWER KCIDB_DIGITS "_", 0, SIZE_MAX);
}

static bool kcidb_bool(const json_t *v)
{
	return json_is_boolean(v);
}

static bool kcidb_number(const json_t *v)
{
	return json_is_number(v);
}

static bool kcidb_count(const json_t *v)
{
	return json_is_integer(v) && json_integer_value(v) >= 0;
}

static bool kcidb_object(const json_t *v)
{
	return json_is_object(v);
}

static bool kcidb_all(const json_t *list, kcidb_check *is)
{
	size_t i;
	const json_t *v;

	json_array_foreach(list, i, v)
	{
		if (!is(v))
			return false;
	}
	return json_is_array(list);
}

static bool kcidb_texts(const json_t *v)
{
	return kcidb_all(v, kcidb_text);
}

static bool kcidb_paths(const json_t *v)
{
	return kcidb_all(v, kcidb_path);
}

/* The key of @o that breaks a rule, or NULL. */
static const char *kcidb_fields(const json_t *o, const struct kcidb_field *fields)
{
	const char *key;
	json_t *v;

	if (!json_is_object(o))
		return "(no object)";
	json_object_foreach((json_t *)(uintptr_t)o, key, v)
	{
		const struct kcidb_field *f = fields;

		while (f->key && strcmp(f->key, key) != 0)
			f++;
		if (!f->key || !f->is(v))
			return key;
	}
	for (; fields->key; fields++)
		if (fields->required && !json_object_get(o, fields->key))
			return fields->key;
	return NULL;
}

static bool kcidb_resource(const json_t *v)
{
	static const struct kcidb_field fields[] = {
		{ "name", kcidb_text, true },
		{ "url", kcidb_uri, true },
		{ NULL, NULL, false },
	};
	const char *name = json_string_value(json_object_get(v, "name"));

	return !kcidb_fields(v, fields) && *name && !strchr(name, '/');
}

static bool kcidb_resources(const json_t *v)
{
	return kcidb_all(v, kcidb_resource);
}

static bool kcidb_environment(const json_t *v)
{
	static const struct kcidb_field fields[] = {
		{ "comment", kcidb_text, false },
		{ "compatible", kcidb_texts, false },
		{ "misc", kcidb_object, false },
		{ NULL, NULL, false },
	};

	return !kcidb_fields(v, fields);
}

static bool kcidb_result(const json_t *v)
{
	static const struct kcidb_field fields[] = {
		{ "value", kcidb_number, true },
		{ "unit", kcidb_text, false },
		{ "prefix", kcidb_text, false },
		{ NULL, NULL, false },
	};

	return !kcidb_fields(v, fields);
}

static bool kcidb_culprit(const json_t *v)
{
	static const struct kcidb_field fields[] = {
		{ "code", kcidb_bool, false },
		{ "tool", kcidb_bool, false },
		{ "harness", kcidb_bool, false },
		{ NULL, NULL, false },
	};

	return !kcidb_fields(v, fields);
}

static bool kcidb_version(const json_t *v)
{
	const json_t *minor = json_object_get(v, "minor");

	return json_object_size(v) == 2 && json_integer_value(json_object_get(v, "major")) == 5 &&
	       json_is_integer(minor) && json_integer_value(minor) == 3;
}

static const struct kcidb_field kcidb_checkout[] = {
	{ "id", kcidb_id, true },
	{ "origin", kcidb_origin, true },
	{ "tree_name", kcidb_text, false },
	{ "git_repository_url", kcidb_uri, false },
	{ "git_commit_hash", kcidb_commit, false },
	{ "git_commit_name", kcidb_text, false },
	{ "git_commit_tags", kcidb_texts, false },
	{ "git_commit_message", kcidb_text, false },
	{ "git_repository_branch", kcidb_text, false },
	{ "git_repository_branch_tip", kcidb_bool, false },
	{ "patchset_files", kcidb_resources, false },
	{ "patchset_hash", kcidb_patches, false },
	{ "message_id", kcidb_text, false },
	{ "comment", kcidb_text, false },
	{ "start_time", kcidb_time, false },
	{ "origin_builds_finish_time", kcidb_time, false },
	{ "origin_tests_finish_time", kcidb_time, false },
	{ "log_url", kcidb_uri, false },
	{ "log_excerpt", kcidb_excerpt, false },
	{ "valid", kcidb_bool, false },
	{ "misc", kcidb_object, false },
	{ NULL, NULL, false },
};

static const struct kcidb_field kcidb_build[] = {
	{ "checkout_id", kcidb_id, true },
	{ "id", kcidb_id, true },
	{ "origin", kcidb_origin, true },
	{ "comment", kcidb_text, false },
	{ "start_time", kcidb_time, false },
	{ "duration", kcidb_number, false },
	{ "architecture", kcidb_arch, false },
	{ "command", kcidb_text, false },
	{ "compiler", kcidb_text, false },
	{ "input_files", kcidb_resources, false },
	{ "output_files", kcidb_resources, false },
	{ "config_name", kcidb_text, false },
	{ "config_url", kcidb_uri, false },
	{ "log_url", kcidb_uri, false },
	{ "log_excerpt", kcidb_excerpt, false },
	{ "status", kcidb_status, false },
	{ "misc", kcidb_object, false },
	{ NULL, NULL, false },
};

static const struct kcidb_field kcidb_test[] = {
	{ "build_id", kcidb_id, true },
	{ "id", kcidb_id, true },
	{ "origin", kcidb_origin, true },
	{ "environment", kcidb_environment, false },
	{ "path", kcidb_path, false },
	{ "comment", kcidb_text, false },
	{ "log_url", kcidb_uri, false },
	{ "log_excerpt", kcidb_excerpt, false },
	{ "status", kcidb_status, false },
	{ "number", kcidb_result, false },
	{ "start_time", kcidb_time, false },
	{ "duration", kcidb_number, false },
	{ "input_files", kcidb_resources, false },
	{ "output_files", kcidb_resources, false },
	{ "misc", kcidb_object, false },
	{ NULL, NULL, false },
};

static const struct kcidb_field kcidb_issue[] = {
	{ "id", kcidb_id, true },
	{ "version", kcidb_count, true },
	{ "origin", kcidb_origin, true },
	{ "categories", kcidb_paths, false },
	{ "report_url", kcidb_uri, false },
	{ "report_subject", kcidb_text, false },
	{ "culprit", kcidb_culprit, false },
	{ "comment", kcidb_text, false },
	{ "misc", kcidb_object, false },
	{ NULL, NULL, false },
};

static const struct kcidb_field kcidb_incident[] = {
	{ "id", kcidb_id, true },	  { "origin", kcidb_origin, true },
	{ "issue_id", kcidb_id, true },	  { "issue_version", kcidb_count, true },
	{ "build_id", kcidb_id, false },  { "test_id", kcidb_id, false },
	{ "present", kcidb_bool, false }, { "comment", kcidb_text, false },
	{ "misc", kcidb_object, false },  { NULL, NULL, false },
};

/* Each list of a report, and which of its fields is the id of an object of another list. */
static const struct kcidb_list {
	const char *name;
	const struct kcidb_field *fields;
	struct {
		const char *key, *list;
	} refs[3];
} kcidb_lists[] = {
	{ "checkouts", kcidb_checkout, { { NULL, NULL } } },
	{ "builds", kcidb_build, { { "checkout_id", "checkouts" } } },
	{ "tests", kcidb_test, { { "build_id", "builds" } } },
	{ "issues", kcidb_issue, { { NULL, NULL } } },
	{ "incidents",
	  kcidb_incident,
	  { { "issue_id", "issues" }, { "build_id", "builds" }, { "test_id", "tests" } } },
};

/* No property can be null, at any depth. */
static bool kcidb_has_null(const json_t *v)
{
	const char *key;
	size_t i;
	json_t *in;

	json_array_foreach((json_t *)(uintptr_t)v, i, in)
	{
		if (kcidb_has_null(in))
			return true;
	}
	json_object_foreach((json_t *)(uintptr_t)v, key, in)
	{
		if (kcidb_has_null(in))
			return true;
	}
	return json_is_null(v);
}

/* The objects of a list by id; NULL when two have the same one. */
static json_t *kcidb_ids(const json_t *list)
{
	json_t *ids = json_object(), *o;
	size_t i;

	json_array_foreach((json_t *)(uintptr_t)list, i, o)
	{
		const char *id = json_string_value(json_object_get(o, "id"));

		if (!id || json_object_get(ids, id)) {
			json_decref(ids);
			return NULL;
		}
		json_object_set(ids, id, o);
	}
	return ids;
}

static char *kcidb_broken_object(const struct kcidb_list *l, size_t i, const json_t *o,
				 const json_t *ids)
{
	const char *key = kcidb_fields(o, l->fields);

	if (key)
		return xasprintf("%s[%zu].%s", l->name, i, key);
	for (size_t r = 0; r < ARRAY_SIZE(l->refs) && l->refs[r].key; r++) {
		const char *id = json_string_value(json_object_get(o, l->refs[r].key));

		if (id && !json_object_get(json_object_get(ids, l->refs[r].list), id))
			return xasprintf("%s[%zu].%s is of nothing", l->name, i, l->refs[r].key);
	}
	return NULL;
}

static char *kcidb_broken_list(const struct kcidb_list *l, const json_t *root, const json_t *ids)
{
	json_t *list = json_object_get(root, l->name), *o;
	char *broken = NULL;
	size_t i;

	if (list && !json_is_array(list))
		return xasprintf("%s is no list", l->name);
	json_array_foreach(list, i, o)
	{
		broken = broken ? broken : kcidb_broken_object(l, i, o, ids);
	}
	return broken;
}

/* Which rule @root breaks, as text; NULL: none. free() it. */
static char *kcidb_broken(const json_t *root)
{
	json_t *ids = json_object();
	const char *key;
	char *broken = NULL;
	json_t *v;

	if (!json_is_object(root) || !kcidb_version(json_object_get(root, "version")))
		broken = xstrdup("version");
	if (!broken && kcidb_has_null(root))
		broken = xstrdup("null");
	json_object_foreach((json_t *)(uintptr_t)root, key, v)
	{
		bool known = strcmp(key, "version") == 0;

		for (size_t i = 0; i < ARRAY_SIZE(kcidb_lists); i++)
			known |= strcmp(key, kcidb_lists[i].name) == 0;
		if (!broken && !known)
			broken = xasprintf("unknown key %s", key);
	}
	for (size_t i = 0; i < ARRAY_SIZE(kcidb_lists) && !broken; i++) {
		json_t *of = kcidb_ids(json_object_get(root, kcidb_lists[i].name));

		if (!of)
			broken = xasprintf("%s: an id is missing, or twice", kcidb_lists[i].name);
		else
			json_object_set_new(ids, kcidb_lists[i].name, of);
	}
	for (size_t i = 0; i < ARRAY_SIZE(kcidb_lists) && !broken; i++)
		broken = kcidb_broken_list(&kcidb_lists[i], root, ids);
	json_decref(ids);
	return broken;
}

#endif
