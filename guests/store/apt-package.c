/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/apt-package.h"

#include <string.h>

static void package_deinit(struct apt_package *p)
{
	free(p->name);
	free(p->version);
	free(p->depends);
}

void apt_package_free(struct apt_package *p)
{
	if (p)
		package_deinit(p);
	free(p);
}

void apt_packages_deinit(struct apt_packages *list)
{
	for (size_t i = 0; i < list->n; i++)
		package_deinit(&list->v[i]);
	free(list->v);
	memset(list, 0, sizeof(*list));
}

/* The value of a field ("Field: value") in the stanza at @text; NULL if none; free() it. */
static char *control_field(const char *text, const char *field)
{
	size_t n = strlen(field);

	for (const char *p = text; *p && *p != '\n';) {
		size_t len = strcspn(p, "\n");

		if (len > n + 1 && !memcmp(p, field, n) && p[n] == ':')
			return xstrndup(p + n + 2, len - n - 2);
		p += len + (p[len] == '\n');
	}
	return NULL;
}

static void add_stanza(struct apt_packages *list, const char *text)
{
	_cleanup_free_ char *size = control_field(text, "Size");
	struct apt_package p = {
		.name = control_field(text, "Package"),
		.version = control_field(text, "Version"),
		.depends = control_field(text, "Depends"),
		.bytes = size ? strtoull(size, NULL, 10) : 0,
	};

	if (!p.name || !p.version) {
		package_deinit(&p);
		return;
	}
	if (!p.depends)
		p.depends = xstrdup("");
	list->v = xrealloc(list->v, list->n + 1, sizeof(p));
	list->v[list->n++] = p;
}

void apt_packages_parse(struct apt_packages *list, const char *text)
{
	while (*text) {
		const char *end = strstr(text, "\n\n");

		add_stanza(list, text);
		text = end ? end + 2 : text + strlen(text);
		text += strspn(text, "\n");
	}
}

const struct apt_package *apt_packages_find(const struct apt_packages *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (!strcmp(list->v[i].name, name))
			return &list->v[i];
	return NULL;
}
