/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/image/modules.h"

#include <libkmod.h>
#include <string.h>

#include "base/buf.h"
#include "wire/filesystem/filesystem.h"

/* Filesystems come last: they load slowly, and meanwhile the agent sets devices up. */
static const struct module_want ground[] = {
	/* the link and the NVDIMM */
	{ "virtio_pci", true },
	{ "virtio_console", true },
	{ "nfit", true },
	{ "nd_pmem", true },
	{ "device_dax", false },
	{ "dax_pmem", false },
	/* up to 6.12, rxe and the filesystems request crc32c and crc32 by name */
	{ "crc32c_generic", false },
	{ "crc32c_intel", false },
	{ "crc32_generic", false },
	/* soft-RoCE, and its own network interface */
	{ "dummy", false },
	{ "ib_uverbs", false },
	{ "rdma_rxe", false },
	/* tells QEMU where the notes for a dump of the memory are */
	{ "qemu_fw_cfg", false },
	/* a suspended target for direct I/O */
	{ "dm_mod", false },
	{ "brd", false },
};

struct order {
	struct kmod_ctx *ctx;
	struct module_list *list;
	char **visited;
	size_t count;
};

void module_list_deinit(struct module_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->names[i]);
		free(list->paths[i]);
	}
	free(list->names);
	free(list->paths);
	free(list->missing);
	memset(list, 0, sizeof(*list));
}

static void list_push(struct module_list *list, const char *name, const char *path)
{
	list->names = xrealloc(list->names, list->count + 1, sizeof(char *));
	list->paths = xrealloc(list->paths, list->count + 1, sizeof(char *));
	list->names[list->count] = xstrdup(name);
	list->paths[list->count++] = xstrdup(path);
}

/* Marks @name; false if it was marked before, which also ends circular dependencies. */
static bool first_visit(struct order *o, const char *name)
{
	for (size_t i = 0; i < o->count; i++) {
		if (!strcmp(o->visited[i], name))
			return false;
	}
	o->visited = xrealloc(o->visited, o->count + 1, sizeof(char *));
	o->visited[o->count++] = xstrdup(name);
	return true;
}

static void visit(struct order *o, struct kmod_module *mod);

static void visit_all(struct order *o, struct kmod_list *mods)
{
	struct kmod_list *item;

	kmod_list_foreach(item, mods)
	{
		struct kmod_module *mod = kmod_module_get_module(item);

		visit(o, mod);
		kmod_module_unref(mod);
	}
	kmod_module_unref_list(mods);
}

static void visit(struct order *o, struct kmod_module *mod)
{
	struct kmod_list *pre = NULL, *post = NULL;
	const char *path;

	if (!first_visit(o, kmod_module_get_name(mod)))
		return;
	kmod_module_get_softdeps(mod, &pre, &post);
	visit_all(o, pre);
	kmod_module_unref_list(post);
	visit_all(o, kmod_module_get_dependencies(mod));
	path = kmod_module_get_path(mod);
	if (path)
		list_push(o->list, kmod_module_get_name(mod), path);
}

static struct err *visit_wanted(struct order *o, const struct module_want *want,
				struct buf *missing)
{
	struct kmod_list *found = NULL;
	int ret = kmod_module_new_from_lookup(o->ctx, want->name, &found);

	if (ret < 0)
		return err_errno(-ret, "cannot look up module '%s'", want->name);
	if (!found && want->required)
		return err_create(ERR_USAGE, "cannot use this kernel: it has no module '%s'",
				  want->name);
	if (!found)
		buf_addf(missing, "%s%s", missing->len ? " " : "", want->name);
	visit_all(o, found);
	return NULL;
}

struct err *modules_order(const char *moddir, const struct module_want *wanted,
			  struct module_list *out)
{
	/* Only dependencies that depmod has recorded count. */
	_cleanup_free_ char *softdep = xasprintf("%s/modules.softdep", moddir);
	const char *const config[] = { softdep, NULL };
	_cleanup_buf_ struct buf missing = BUF_INIT;
	struct order o = { .list = out };
	struct err *err = NULL;

	memset(out, 0, sizeof(*out));
	o.ctx = kmod_new(moddir, config);
	if (!o.ctx)
		return err_create(ERR_INFRA, "cannot read the modules of '%s'", moddir);
	if (kmod_load_resources(o.ctx) < 0)
		err = err_create(ERR_USAGE, "cannot read the module index of '%s': run depmod",
				 moddir);
	for (size_t i = 0; !err && wanted[i].name; i++)
		err = visit_wanted(&o, &wanted[i], &missing);
	for (size_t i = 0; i < o.count; i++)
		free(o.visited[i]);
	free(o.visited);
	kmod_unref(o.ctx);
	out->missing = buf_take(&missing);
	if (err)
		module_list_deinit(out);
	return err;
}

struct err *modules_wanted(const char *moddir, struct module_list *out)
{
	struct module_want wanted[ARRAY_SIZE(ground) + FILESYSTEMS_MAX + 1] = { { NULL, false } };
	size_t n = ARRAY_SIZE(ground);

	memcpy(wanted, ground, sizeof(ground));
	/* a user's own kernel may lack any of them */
	for (size_t i = 0; filesystems[i]; i++)
		wanted[n++] = (struct module_want){ filesystems[i]->module, false };
	return modules_order(moddir, wanted, out);
}
