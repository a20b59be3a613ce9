// SPDX-License-Identifier: GPL-2.0-only
/* Functions for all histories, and the histories of packages. */
#include "bisect/candidates.h"

#include <string.h>

#include "guests/store/kernel-available.h"
#include "guests/store/kernel-list.h"

void candidates_deinit(struct candidates *h)
{
	for (size_t i = 0; i < h->n; i++) {
		free(h->v[i].spec);
		free(h->v[i].label);
	}
	free(h->v);
	free(h->tree);
	free(h->extras);
	free(h->note);
	*h = (struct candidates){ 0 };
}

void candidates_add(struct candidates *h, const char *spec, const char *label)
{
	h->v = xrealloc(h->v, h->n + 1, sizeof(*h->v));
	h->v[h->n++] = (struct candidate){ xstrdup(spec), xstrdup(label) };
}

void candidates_turn(struct candidates *h)
{
	for (size_t i = 0; i < h->n / 2; i++) {
		struct candidate c = h->v[i];

		h->v[i] = h->v[h->n - 1 - i];
		h->v[h->n - 1 - i] = c;
	}
}

/* Compares versions: names of old kernels, 6.1.0-56, do not contain the upstream version. */
static int older_first(const void *a, const void *b)
{
	const struct build *x = a, *y = b;
	int ret = kernel_spec_compare(x->version, y->version);

	return ret ? ret : kernel_spec_compare(x->package, y->package);
}

static size_t place_of(const struct build *v, size_t n, const char *package)
{
	size_t i = 0;

	while (i < n && strcmp(v[i].package, package))
		i++;
	return i;
}

static struct err *no_build(const char *package)
{
	return err_create(ERR_USAGE,
			  "kernel 'deb:%s' is not in the store, and the archive no longer has it "
			  "or its parts; 'daxrig kernel list --available' lists what it "
			  "has",
			  package + strlen(KERNEL_IMAGE_PREFIX));
}

struct err *candidates_of_builds(const struct build *builds, size_t n, const char *good,
				 const char *bad, struct candidates *out)
{
	_cleanup_free_ struct build *v = xcalloc(n + 1, sizeof(*v));
	size_t first, last, kept = 0;

	*out = (struct candidates){ .unit = "version" };
	for (size_t i = 0; i < n; i++)
		if (place_of(v, kept, builds[i].package) == kept)
			v[kept++] = builds[i];
	qsort(v, kept, sizeof(*v), older_first);
	first = place_of(v, kept, good);
	last = place_of(v, kept, bad);
	if (first == kept || last == kept)
		return no_build(first == kept ? good : bad);
	if (first == last)
		return err_create(ERR_USAGE,
				  "the good kernel and the bad one are the same, 'deb:%s'",
				  good + strlen(KERNEL_IMAGE_PREFIX));
	for (size_t i = MIN(first, last); i <= MAX(first, last); i++) {
		_cleanup_free_ char *spec = xasprintf("deb:%s",
						      v[i].package + strlen(KERNEL_IMAGE_PREFIX));

		candidates_add(out, spec, v[i].version);
	}
	out->fixed = first > last;
	if (out->fixed)
		candidates_turn(out);
	return NULL;
}

struct builds {
	struct build *v;
	size_t n;
};

static void builds_deinit(struct builds *b)
{
	for (size_t i = 0; i < b->n; i++) {
		free(b->v[i].package);
		free(b->v[i].version);
	}
	free(b->v);
}

static void builds_add(struct builds *b, const char *package, const char *version)
{
	b->v = xrealloc(b->v, b->n + 1, sizeof(*b->v));
	b->v[b->n++] = (struct build){ xstrdup(package), xstrdup(version) };
}

/* Adds the stored kernels: they can run even if the archive no longer has them. */
static struct err *add_stored(const char *data_dir, struct builds *b)
{
	struct kernel_entries list;
	struct err *err = kernel_list(data_dir, &list);

	if (err)
		return err;
	for (size_t i = 0; i < list.n; i++) {
		_cleanup_free_ char *package = NULL;

		if (!list.v[i].version || !list.v[i].release || strncmp(list.v[i].spec, "deb:", 4))
			continue;
		package = xasprintf(KERNEL_IMAGE_PREFIX "%s", list.v[i].spec + 4);
		if (kernel_spec_matches(package, ""))
			builds_add(b, package, list.v[i].version);
	}
	kernel_entries_deinit(&list);
	return NULL;
}

/* Adds the archive's kernels. When it cannot be reached, uses only the store. */
static struct err *add_offered(const char *data_dir, const struct progress *say, struct builds *b)
{
	struct kernel_offers offers;
	struct err *err = kernel_available(data_dir, say, &offers);
	size_t broken = 0;

	if (err && (err->code == ERR_CANCELLED || !b->n))
		return err;
	if (err) {
		progress_line(say, "using only kernels of the store: %s", err->message);
		err_free(err);
		return NULL;
	}
	for (size_t i = 0; i < offers.n; i++) {
		if (offers.v[i].missing)
			broken++;
		else
			builds_add(b, offers.v[i].package, offers.v[i].version);
	}
	kernel_offers_deinit(&offers);
	if (broken)
		progress_line(say,
			      "%zu kernel%s cannot be fetched, since parts are no longer in the "
			      "archive: left out, except those in the store",
			      broken, broken == 1 ? "" : "s");
	return NULL;
}

/* Finds the package that @spec means; resolves a metapackage by fetching its kernel. */
static struct err *find_package(const char *data_dir, const struct kernel_spec *spec,
				const struct builds *b, const struct progress *say, char **out)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf names = BUF_INIT;
	struct err *err;

	*out = NULL;
	if (spec->kind == KERNEL_SPEC_EXACT) {
		*out = xstrdup(spec->name);
		return NULL;
	}
	if (spec->kind == KERNEL_SPEC_PACKAGE || spec->kind == KERNEL_SPEC_STORE) {
		err = kernel_get(data_dir, spec->text, say, &k);
		if (!err && !k->package)
			err = err_create(ERR_USAGE,
					 "cannot bisect from '%s': it is not from a package",
					 spec->text);
		*out = err ? NULL : xstrdup(k->package);
		return err;
	}
	for (size_t i = 0; i < b->n; i++)
		buf_addf(&names, "%s\n", b->v[i].package);
	err = kernel_spec_choose(spec, buf_str(&names), out);
	if (!err && !*out)
		err = err_create(ERR_USAGE,
				 "unknown kernel '%s': neither the archive nor the store "
				 "has one",
				 spec->text);
	return err;
}

static struct err *between_packages(const char *data_dir, const struct kernel_spec *good,
				    const struct kernel_spec *bad, const struct progress *say,
				    struct candidates *out)
{
	_cleanup_free_ char *first = NULL, *last = NULL;
	struct builds b = { 0 };
	struct err *err = add_stored(data_dir, &b);

	if (!err)
		err = add_offered(data_dir, say, &b);
	if (!err)
		err = find_package(data_dir, good, &b, say, &first);
	if (!err)
		err = find_package(data_dir, bad, &b, say, &last);
	if (!err)
		err = candidates_of_builds(b.v, b.n, first, last, out);
	builds_deinit(&b);
	return err;
}

static bool is_package(const struct kernel_spec *spec)
{
	return spec->kind != KERNEL_SPEC_FILE && !kernel_spec_is_built(spec);
}

static bool same_rev(const struct kernel_spec *a, const struct kernel_spec *b)
{
	return !strcmp(a->rev ? a->rev : "HEAD", b->rev ? b->rev : "HEAD");
}

static struct err *between(const char *data_dir, const struct kernel_spec *good,
			   const struct kernel_spec *bad, const struct progress *say,
			   struct candidates *out)
{
	if (good->kind == KERNEL_SPEC_TREE && bad->kind == KERNEL_SPEC_TREE &&
	    (!same_rev(good, bad) || !strcmp(kernel_spec_extras(good), kernel_spec_extras(bad))))
		return candidates_of_tree(good, bad, out);
	if (kernel_spec_is_built(good) && kernel_spec_is_built(bad))
		return candidates_of_config(data_dir, good, bad, out);
	if (is_package(good) && is_package(bad))
		return between_packages(data_dir, good, bad, say, out);
	return err_create(ERR_USAGE,
			  "cannot bisect from '%s' to '%s': give two packaged kernels, "
			  "two revisions tree:PATH@REV of one tree, or one source with two "
			  "configurations",
			  good->text, bad->text);
}

struct err *candidates_between(const char *data_dir, const char *good, const char *bad,
			       const struct progress *say, struct candidates *out)
{
	struct kernel_spec from, to;
	struct err *err = kernel_spec_parse(good, &from);

	*out = (struct candidates){ 0 };
	if (err)
		return err;
	err = kernel_spec_parse(bad, &to);
	if (!err) {
		err = between(data_dir, &from, &to, say, out);
		kernel_spec_deinit(&to);
	}
	kernel_spec_deinit(&from);
	return err;
}
