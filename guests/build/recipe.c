/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/build/recipe.h"

#include <string.h>

#include "base/files.h"
#include "guests/store/kernel-config.h"
#include "guests/build/profile.h"
#include "guests/archive/sha256.h"

#define PART_MAX (4u << 20) /* bytes */
#define KEY_HEX 12	    /* characters */
#define RECIPE_FORMAT "1"   /* raise it when the same parts result in another kernel */

static void add_part(struct recipe_part *parts, size_t *n, const char *name, char *text)
{
	parts[(*n)++] = (struct recipe_part){ xstrdup(name), text };
}

static struct err *add_file(struct recipe *r, const char *path, bool patch)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = file_read(path, PART_MAX, &text);

	if (err) {
		err->code = ERR_USAGE;
		return err;
	}
	if (patch)
		add_part(r->patches, &r->nr_patches, path, buf_take(&text));
	else
		add_part(r->fragments, &r->nr_fragments, path, buf_take(&text));
	return NULL;
}

static struct err *choose_profile(struct recipe *r, const struct kernel_spec *spec)
{
	for (size_t i = 0; i < spec->nr_extras; i++) {
		if (!profile_text(spec->extras[i]))
			continue;
		if (r->profile)
			return err_create(ERR_USAGE, "two profiles, '%s' and '%s', in '%s'",
					  r->profile, spec->extras[i], spec->text);
		r->profile = spec->extras[i];
	}
	if (!r->profile)
		r->profile = PROFILE_DEFAULT;
	return NULL;
}

struct err *recipe_read(const struct kernel_spec *spec, struct recipe *r)
{
	_cleanup_buf_ struct buf needs = BUF_INIT;
	struct err *err;

	*r = (struct recipe){ 0 };
	err = choose_profile(r, spec);
	if (err)
		return err;
	kernel_config_fragment(&needs);
	add_part(r->fragments, &r->nr_fragments, "what daxrig needs", buf_take(&needs));
	add_part(r->fragments, &r->nr_fragments, "the base of profiles", xstrdup(profile_base()));
	add_part(r->fragments, &r->nr_fragments, r->profile, xstrdup(profile_text(r->profile)));
	for (size_t i = 0; !err && i < spec->nr_extras; i++) {
		const char *extra = spec->extras[i];
		bool patch = str_ends(extra, ".patch") || str_ends(extra, ".diff");

		if (patch || str_ends(extra, ".config"))
			err = add_file(r, extra, patch);
		else
			err = err_wrap(profile_check(extra), "cannot build '%s'", spec->text);
	}
	return err;
}

static void free_parts(struct recipe_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(parts[i].name);
		free(parts[i].text);
	}
}

void recipe_deinit(struct recipe *r)
{
	free_parts(r->fragments, r->nr_fragments);
	free_parts(r->patches, r->nr_patches);
	*r = (struct recipe){ 0 };
}

static void hash_parts(struct sha256 *sha, const struct recipe_part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		sha256_adds(sha, parts[i].text);
	sha256_adds(sha, "");
}

char *recipe_key(const struct recipe *r, const char *source, const char *compiler)
{
	char hex[SHA256_HEX];
	struct sha256 sha;

	sha256_start(&sha);
	sha256_adds(&sha, RECIPE_FORMAT);
	sha256_adds(&sha, source);
	sha256_adds(&sha, compiler);
	hash_parts(&sha, r->fragments, r->nr_fragments);
	hash_parts(&sha, r->patches, r->nr_patches);
	sha256_end(&sha, hex);
	return xasprintf("%s-%s-%.*s", source, r->profile, KEY_HEX, hex);
}

/* A setting of an earlier fragment is lost if a later fragment overrides it. */
static char *rest_of(const struct recipe *r, size_t from)
{
	struct buf all = BUF_INIT;

	for (size_t i = from; i < r->nr_fragments; i++) {
		buf_adds(&all, r->fragments[i].text);
		buf_addc(&all, '\n');
	}
	return buf_take(&all);
}

struct err *recipe_check(const struct recipe *r, const char *title, const char *config,
			 struct buf *missed)
{
	_cleanup_buf_ struct buf lost = BUF_INIT;
	_cleanup_free_ char *wanted = rest_of(r, 1);
	struct kernel_need need;

	for (size_t i = 0; (need = kernel_need(i)).option; i++) {
		if (kernel_need_met(&need, config))
			continue;
		if (need.level == KERNEL_NEED_WISH)
			buf_addf(missed, "%s%s", missed->len ? ", " : "", need.option);
		else
			buf_addf(&lost, "%s%s=y", lost.len ? ", " : "", need.option);
	}
	profile_lost(wanted, config, &lost);
	if (!lost.len)
		return NULL;
	return err_create(ERR_USAGE, "cannot build %s: Kconfig rejects %s", title, buf_str(&lost));
}
