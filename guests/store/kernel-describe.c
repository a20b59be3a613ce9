/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/kernel-describe.h"

#include <string.h>

#include "base/files.h"
#include "guests/store/kernel-build-id.h"
#include "guests/store/kernel-symbols.h"
#include "guests/image/modules.h"

#define CONFIG_MAX (4u << 20)
#define ORIGIN_MAX 65536
#define TEXT_SHOWN 1000 /* bytes */

static void add_line(struct buf *out, const char *label, const char *value)
{
	buf_addf(out, "%-9s ", label);
	buf_add_escaped(out, value ? value : "not known", strlen(value ? value : "not known"),
			TEXT_SHOWN);
	buf_addc(out, '\n');
}

static const char *yes_or_no(const char *config, const char *option)
{
	return kernel_config_value(config, option) == 'y' ? "yes" : "no";
}

void kernel_describe_config(const char *config, struct buf *out)
{
	static const char *const costly[] = { "CONFIG_DEBUG_VM", "CONFIG_KASAN", "CONFIG_LOCKDEP" };
	static const char *const levels[] = {
		[KERNEL_NEED_BUILT_IN] = "must be built in, or the kernel is refused",
		[KERNEL_NEED_ANY] = "needed",
		[KERNEL_NEED_WISH] = "wanted",
	};
	struct kernel_need need;
	bool lacks = false;

	add_line(out, "btf", yes_or_no(config, "CONFIG_DEBUG_INFO_BTF"));
	buf_addf(out, "%-9s", "debug");
	for (size_t i = 0; i < ARRAY_SIZE(costly); i++)
		buf_addf(out, "%s %s %s", i ? "," : "", costly[i] + strlen("CONFIG_"),
			 yes_or_no(config, costly[i]));
	buf_addc(out, '\n');
	for (size_t i = 0; (need = kernel_need(i)).option; i++) {
		if (kernel_need_met(&need, config))
			continue;
		lacks = true;
		buf_addf(out, "%-9s %s, %s: %s\n", "lacks", need.option, levels[need.level],
			 need.why);
	}
	if (!lacks)
		add_line(out, "config", "has all that daxrig needs");
}

static void add_modules(const struct kernel *k, struct buf *out)
{
	struct module_list modules;
	_cleanup_err_ struct err *err = NULL;

	if (!k->moddir) {
		add_line(out, "modules", "none: all must be built in");
		return;
	}
	err = modules_wanted(k->moddir, &modules);
	if (err) {
		add_line(out, "modules", err->message);
		return;
	}
	buf_addf(out, "%-9s %zu to load; missing: %s\n", "modules", modules.count,
		 *modules.missing ? modules.missing : "none");
	module_list_deinit(&modules);
}

/* Adds source, profile, compiler and patches of a built kernel, from its "origin". */
static void add_recipe(const struct kernel *k, struct buf *out)
{
	_cleanup_free_ char *path = xasprintf("%s/origin", k->dir);
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *none = file_read(path, ORIGIN_MAX, &text);
	static const char *const labels[] = { "source", "profile", "compiler", "patch" };
	char *rest = text.data, *line;

	while (!none && (line = strsep(&rest, "\n"))) {
		char *value = strchr(line, ' ');

		for (size_t i = 0; value && i < ARRAY_SIZE(labels); i++)
			if ((size_t)(value - line) == strlen(labels[i]) &&
			    !strncmp(line, labels[i], strlen(labels[i])))
				add_line(out, labels[i], value + 1);
	}
}

static void add_symbols(const struct kernel *k, struct buf *out)
{
	_cleanup_free_ char *vmlinux = NULL, *modules = NULL, *line = NULL;
	_cleanup_err_ struct err *none = kernel_symbols(k, &vmlinux, &modules);
	uint64_t bytes;

	if (none) {
		add_line(out, "symbols", none->message);
		return;
	}
	/* for a packaged kernel one folder contains the other */
	bytes = tree_size(k->package ? modules : vmlinux);
	line = xasprintf("%.1f MiB, %s", (double)bytes / (1 << 20), vmlinux);
	add_line(out, "symbols", line);
}

struct err *kernel_describe(const struct kernel *k, struct buf *out)
{
	_cleanup_buf_ struct buf config = BUF_INIT;
	_cleanup_free_ char *build_id = NULL;
	_cleanup_err_ struct err *bad = NULL;
	struct err *err = NULL;

	if (k->config)
		err = file_read(k->config, CONFIG_MAX, &config);
	if (err)
		return err;
	add_line(out, "origin", k->origin);
	add_line(out, "release", k->release);
	if (k->package) {
		add_line(out, "package", k->package);
		add_line(out, "version", k->version);
	}
	bad = kernel_build_id(k->image, &build_id);
	add_line(out, "build id", bad ? bad->message : build_id);
	add_line(out, "folder", k->dir);
	add_recipe(k, out);
	add_symbols(k, out);
	if (k->config)
		kernel_describe_config(buf_str(&config), out);
	else
		add_line(out, "config", NULL);
	add_modules(k, out);
	return NULL;
}
