/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/site/site.h"

#include <string.h>

#include "base/files.h"
#include "reports/site/site-private.h"
#include "reports/site/pages.h"

/* The first page last: what it links to is there before it. */
const struct page_kind *const page_kinds[] = {
	&page_case,	&page_run,   &page_finding, &page_diff, &page_area,
	&page_findings, &page_cases, &page_index,   NULL,
};

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static struct err *write_page(struct site *s, const struct page_kind *kind, size_t i,
			      const char *folder, struct buf *b, struct site_result *result)
{
	struct page p = { .s = s, .b = b, .up = *kind->folder ? "../" : "" };
	_cleanup_free_ char *path = xasprintf("%s/%s.html", folder, kind->name(s, i));
	bool written;
	struct err *err;

	buf_reset(b);
	kind->write(&p, i);
	err = pages_write(path, b, &written);
	result->pages++;
	result->written += !err && written;
	return err;
}

static struct err *write_kind(struct site *s, const struct page_kind *kind,
			      struct site_result *result)
{
	_cleanup_free_ char *folder = *kind->folder ?
					      xasprintf("%s/%s", s->o->folder, kind->folder) :
					      xstrdup(s->o->folder);
	_cleanup_buf_ struct buf b = BUF_INIT;
	size_t count = kind->count(s), n = 0;
	const char **names = xcalloc(count + 1, sizeof(*names));
	struct err *err = dir_create(folder);

	for (size_t i = 0; !err && i < count; i++) {
		if (!kind->name(s, i))
			continue;
		names[n++] = kind->name(s, i);
		err = write_page(s, kind, i, folder, &b, result);
	}
	if (!err && *kind->folder) {
		qsort(names, n, sizeof(*names), by_text);
		err = pages_remove_others(folder, names, n, &result->removed);
	}
	free(names);
	return err;
}

static struct err *write_style(const struct site *s)
{
	_cleanup_free_ char *path = xasprintf("%s/site.css", s->o->folder);
	_cleanup_buf_ struct buf b = BUF_INIT;
	bool written;

	buf_adds(&b, html_style);
	return pages_write(path, &b, &written);
}

static struct err *write_all(struct site *s, struct site_result *result)
{
	struct err *err = write_style(s);

	for (const struct page_kind *const *k = page_kinds; *k && !err; k++)
		err = write_kind(s, *k, result);
	return err;
}

/* The pages at the top that exist must be our own. */
static struct err *check_top(const char *folder)
{
	struct err *err = NULL;

	for (const struct page_kind *const *k = page_kinds; *k && !err; k++) {
		_cleanup_free_ char *path = NULL;

		if (*(*k)->folder)
			continue;
		path = xasprintf("%s/%s.html", folder, (*k)->name(NULL, 0));
		err = pages_check(path);
	}
	return err;
}

struct err *site_write(const struct history *h, const struct site_options *o,
		       struct site_result *result)
{
	struct site_result own, *r = result ? result : &own;
	struct err *err = check_top(o->folder);
	struct site s;

	*r = (struct site_result){ 0 };
	/* links to records need the folder */
	if (!err)
		err = dir_create(o->folder);
	if (err)
		return err;
	site_fill(&s, h, o);
	err = write_all(&s, r);
	site_deinit(&s);
	return err ? err_wrap(err, "cannot write the site '%s'", o->folder) : NULL;
}
