/* SPDX-License-Identifier: GPL-2.0-only */
#include "cmd/check-store.h"

#include <stdio.h>
#include <string.h>

#include "base/files.h"
#include "cmd/cmd.h"
#include "guests/store/store-check.h"
#include "host/template-store.h"

#define KEY_SHOWN 12 /* characters */
#define LINE_MAX_SHOWN 2000

/* Escapes @text: names come from the disk. */
static void print_shown(const char *text)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;

	buf_add_escaped(&shown, text, strlen(text), LINE_MAX_SHOWN);
	fputs(buf_str(&shown), stdout);
}

static void print_item(void *arg, const struct store_item *item)
{
	unsigned int *damaged = arg;

	printf("%-8s %-12s ", item->wrong ? "DAMAGED" : "ok", item->kind);
	print_shown(item->name);
	if (item->wrong) {
		fputs(": ", stdout);
		print_shown(item->wrong);
		fputs("; ", stdout);
		print_shown(item->mend);
		++*damaged;
	}
	putchar('\n');
	fflush(stdout);
}

/* Skips a template that another daxrig is making or removing. */
static void check_template(const struct template_entry *e, unsigned int *damaged)
{
	const char *key = strrchr(e->folder, '/') + 1;
	_cleanup_err_ struct err *busy = NULL, *wrong = NULL;
	_cleanup_free_ char *name = NULL;
	_cleanup_close_ int lock = -1;

	if (!template_is_key(key))
		return;
	busy = template_lock(e->lock, false, 0, -1, &lock);
	if (busy || !path_exists(e->folder))
		return;
	name = xasprintf("%.*s of %s", KEY_SHOWN, key, e->kernel ? e->kernel : "an unknown kernel");
	wrong = template_check(e->folder, key);
	print_item(damaged, &(struct store_item){ "template", name, wrong ? wrong->message : NULL,
						  STORE_MEND_CACHE });
}

struct err *check_store(const struct paths *p, unsigned int *damaged)
{
	_cleanup_free_ char *store = xasprintf("%s/templates", p->cache);
	struct template_entry *v;
	struct err *err;
	size_t n;

	*damaged = 0;
	err = store_check(p->data, p->cache, &command_say, print_item, damaged);
	if (err)
		return err;
	n = template_list(store, &v);
	for (size_t i = 0; i < n; i++)
		check_template(&v[i], damaged);
	template_list_free(v, n);
	return NULL;
}
