// SPDX-License-Identifier: GPL-2.0-only
/*
 * The history from one configuration to another, one option at a time. Each candidate is the
 * good end's source with a fragment that sets the first options as the bad end does, and the
 * others as the good end does.
 */
#include "bisect/candidates.h"

#include <string.h>

#include "base/files.h"
#include "guests/build/profile.h"
#include "guests/build/recipe.h"
#include "guests/archive/sha256.h"

#define SOURCE_ONLY 2 /* fragments every kernel has: the one daxrig needs, and the base */

/* An option and the lines that set it in each end; NULL: the end does not set it. */
struct option {
	char *name, *good, *bad;
};

struct options {
	struct option *v;
	size_t n;
};

static void options_deinit(struct options *o)
{
	for (size_t i = 0; i < o->n; i++) {
		free(o->v[i].name);
		free(o->v[i].good);
		free(o->v[i].bad);
	}
	free(o->v);
}

static struct option *find(struct options *o, const char *name, size_t len)
{
	for (size_t i = 0; i < o->n; i++)
		if (strlen(o->v[i].name) == len && !memcmp(o->v[i].name, name, len))
			return &o->v[i];
	o->v = xrealloc(o->v, o->n + 1, sizeof(*o->v));
	o->v[o->n] = (struct option){ .name = xstrndup(name, len) };
	return &o->v[o->n++];
}

/* Adds the settings of one end's fragments; the last one of an option wins. */
static void add_settings(struct options *o, const struct recipe *r, bool bad)
{
	for (size_t i = SOURCE_ONLY; i < r->nr_fragments; i++) {
		const char *p = r->fragments[i].text;
		struct profile_setting s;

		for (; *p; p += strcspn(p, "\n"), p += *p == '\n') {
			struct option *option;
			char **value;

			if (!profile_read_setting(p, &s))
				continue;
			option = find(o, s.name, s.name_len);
			value = bad ? &option->bad : &option->good;
			free(*value);
			*value = xstrndup(s.value, s.value_len);
		}
	}
}

static bool differs(const struct option *o)
{
	return strcmp(o->good ? o->good : "", o->bad ? o->bad : "") != 0;
}

static void add_line(struct buf *out, const struct option *o, const char *value)
{
	if (value && strcmp(value, "n") == 0)
		buf_addf(out, "# %s is not set\n", o->name);
	else if (value)
		buf_addf(out, "%s=%s\n", o->name, value);
}

/* Writes the fragment of the candidate after the first @changed of the differing options. */
static void write_fragment(const struct options *o, size_t changed, struct buf *out)
{
	size_t at = 0;

	for (size_t i = 0; i < o->n; i++) {
		bool bad = differs(&o->v[i]) && at++ < changed;

		add_line(out, &o->v[i], bad ? o->v[i].bad : o->v[i].good);
	}
}

/* The spec without its configuration, such as "src:7.2+x.patch"; free() it. */
static char *source_of(const struct kernel_spec *spec)
{
	struct buf b = BUF_INIT;

	buf_add(&b, spec->text, strcspn(spec->text, "+"));
	for (size_t i = 0; i < spec->nr_extras; i++) {
		if (!profile_text(spec->extras[i]) && !str_ends(spec->extras[i], ".config"))
			buf_addf(&b, "+%s", spec->extras[i]);
	}
	return buf_take(&b);
}

/*
 * Adds the candidate after @changed of the differing options. The name of its fragment is a
 * digest of the content, so the same question finds its runs again, and a question with
 * other files does not.
 */
static struct err *add_candidate(const char *dir, const char *source, const struct options *o,
				 size_t changed, const char *label, struct candidates *out)
{
	_cleanup_free_ char *name = NULL, *path = NULL, *spec = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err;

	write_fragment(o, changed, &text);
	name = sha256_name(buf_str(&text));
	path = xasprintf("%s/%s.config", dir, name);
	spec = xasprintf("%s+%s", source, path);
	err = file_write_atomic(path, buf_str(&text), text.len);
	if (!err)
		candidates_add(out, spec, label);
	return err;
}

static struct err *add_all(const char *dir, const char *source, const struct options *o,
			   struct candidates *out)
{
	struct err *err = add_candidate(dir, source, o, 0, "the good configuration", out);
	size_t changed = 0;

	for (size_t i = 0; !err && i < o->n; i++) {
		const struct option *option = &o->v[i];
		_cleanup_free_ char *label = xasprintf("%s=%s", option->name,
						       option->bad ? option->bad : "as it comes");

		if (differs(option))
			err = add_candidate(dir, source, o, ++changed, label, out);
	}
	return err;
}

struct err *candidates_of_config(const char *data_dir, const struct kernel_spec *good,
				 const struct kernel_spec *bad, struct candidates *out)
{
	_cleanup_free_ char *from = source_of(good), *to = source_of(bad);
	_cleanup_free_ char *dir = xasprintf("%s/bisect/configs", data_dir);
	struct recipe recipe = { 0 }, other = { 0 };
	struct options options = { NULL, 0 };
	struct err *err = NULL;

	*out = (struct candidates){ .unit = "option" };
	err = recipe_read(good, &recipe);
	if (!err)
		err = recipe_read(bad, &other);
	if (!err && strcmp(from, to))
		err = err_create(ERR_USAGE,
				 "cannot bisect from '%s' to '%s': expected one source with two "
				 "configurations, two packaged kernels or two revisions "
				 "tree:PATH@REV",
				 good->text, bad->text);
	if (!err)
		err = dir_create(dir);
	if (!err) {
		/* in the bad end's order: mostly an option follows the options it depends on */
		add_settings(&options, &other, true);
		add_settings(&options, &recipe, false);
		err = add_all(dir, from, &options, out);
	}
	if (!err && out->n < 2)
		err = err_create(ERR_USAGE, "'%s' and '%s' set the same options", good->text,
				 bad->text);
	recipe_deinit(&recipe);
	recipe_deinit(&other);
	options_deinit(&options);
	return err;
}
