/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-available.h"

#include <string.h>

#include "guests/store/apt.h"
#include "guests/store/kernel-deb.h"
#include "guests/store/kernel-store.h"

#define LISTS_WANTED (200ull << 20) /* bytes */

void kernel_offers_deinit(struct kernel_offers *offers)
{
	for (size_t i = 0; i < offers->n; i++) {
		free(offers->v[i].package);
		free(offers->v[i].version);
		free(offers->v[i].suite);
		free(offers->v[i].missing);
	}
	free(offers->v);
	memset(offers, 0, sizeof(*offers));
}

static bool has_package(const struct kernel_offers *offers, const char *package)
{
	for (size_t i = 0; i < offers->n; i++)
		if (!strcmp(offers->v[i].package, package))
			return true;
	return false;
}

void kernel_offers_new(const struct kernel_offers *offers, const char *names, struct buf *images)
{
	while (*names) {
		size_t len = strcspn(names, "\n");
		_cleanup_free_ char *name = xstrndup(names, len);

		if (kernel_spec_matches(name, "") && !has_package(offers, name))
			buf_addf(images, "%s\n", name);
		names += len;
		names += *names == '\n';
	}
}

void kernel_offers_add(struct kernel_offers *offers, const char *suite,
		       const struct apt_packages *images, const struct apt_packages *parts)
{
	for (size_t i = 0; i < images->n; i++) {
		const struct apt_package *p = &images->v[i];
		struct kernel_offer offer = {
			.package = xstrdup(p->name),
			.version = xstrdup(p->version),
			.suite = xstrdup(suite),
			.bytes = p->bytes,
		};
		size_t at = 0;
		char *name;

		while ((name = kernel_deb_part(p->depends, &at))) {
			const struct apt_package *part = apt_packages_find(parts, name);

			offer.bytes += part ? part->bytes : 0;
			if (!part && !offer.missing)
				offer.missing = take_ptr(name);
			free(name);
		}
		offers->v = xrealloc(offers->v, offers->n + 1, sizeof(offer));
		offers->v[offers->n++] = offer;
	}
}

static int newer_first(const void *a, const void *b)
{
	const struct kernel_offer *x = a, *y = b;

	return kernel_spec_compare(y->package, x->package);
}

void kernel_offers_sort(struct kernel_offers *offers)
{
	if (offers->n)
		qsort(offers->v, offers->n, sizeof(*offers->v), newer_first);
}

static void add_parts(const struct apt_packages *images, struct buf *names)
{
	for (size_t i = 0; i < images->n; i++) {
		size_t at = 0;
		char *name;

		while ((name = kernel_deb_part(images->v[i].depends, &at))) {
			buf_addf(names, "%s\n", name);
			free(name);
		}
	}
}

static struct err *ask_suite(const char *data_dir, const char *suite, const struct progress *say,
			     struct kernel_offers *out)
{
	_cleanup_buf_ struct buf names = BUF_INIT, image_names = BUF_INIT, part_names = BUF_INIT;
	struct apt_packages images = { 0 }, parts = { 0 };
	_cleanup_apt_ struct apt *apt = NULL;
	struct err *err = apt_open(data_dir, suite, say, &apt);

	if (!err)
		err = apt_names(apt, KERNEL_IMAGE_PREFIX, &names);
	if (err)
		return err;
	kernel_offers_new(out, buf_str(&names), &image_names);
	err = apt_show_all(apt, buf_str(&image_names), &images);
	add_parts(&images, &part_names);
	if (!err)
		err = apt_show_all(apt, buf_str(&part_names), &parts);
	if (!err)
		kernel_offers_add(out, suite ? suite : "native", &images, &parts);
	apt_packages_deinit(&images);
	apt_packages_deinit(&parts);
	return err;
}

struct err *kernel_available(const char *data_dir, const struct progress *say,
			     struct kernel_offers *out)
{
	struct err *err = store_room(data_dir, LISTS_WANTED);

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; !err && i < KERNEL_DEB_SUITES; i++) {
		err = ask_suite(data_dir, kernel_deb_suites[i], say, out);
		if (!err || err->code == ERR_CANCELLED || (i + 1 == KERNEL_DEB_SUITES && !out->n))
			continue;
		progress_line(say, "left out: %s", err->message);
		err_free(take_ptr(err));
	}
	if (err)
		kernel_offers_deinit(out);
	kernel_offers_sort(out);
	return err;
}
