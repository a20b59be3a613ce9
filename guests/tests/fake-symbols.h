/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A made-up kernel in a store, the package of its symbols, and fake apt-get, apt-cache and
 * dpkg-deb that provide it. For a single test program.
 */
#ifndef GUESTS_TESTS_FAKE_SYMBOLS_H
#define GUESTS_TESTS_FAKE_SYMBOLS_H

#include <elf.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/image/tools.h"

#define RELEASE "6.1.0-99-amd64"
#define KEY "deb-" RELEASE
#define DBG "linux-image-" RELEASE "-dbg"
#define MODULES "lib/modules/" RELEASE
#define DEBUG "deb/usr/lib/debug/"
#define VMLINUX_BYTES (300 << 10) /* most of them zeros */

static char top[] = "/tmp/daxrig-test-symbols.XXXXXX";

#include "guests/tests/made-files.h"

static void put_program(const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/bin/%s", top, name);
	_cleanup_free_ char *rel = xasprintf("bin/%s", name);

	put_text(rel, text);
	assert_int_equal(chmod(path, 0755), 0);
}

static void remove_entry(const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", top, name);

	ok(tree_remove(path));
}

static bool there(const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", top, name);

	return path_exists(path);
}

struct fake_elf {
	Elf64_Ehdr e;
	Elf64_Phdr ph;
	Elf64_Nhdr note;
	char name[4];
	uint8_t id[20];
};

static struct fake_elf make_elf(uint8_t id)
{
	struct fake_elf f = {
		.e = { .e_ident = ELFMAG,
		       .e_phoff = offsetof(struct fake_elf, ph),
		       .e_phentsize = sizeof(Elf64_Phdr),
		       .e_phnum = 1 },
		.ph = { .p_type = PT_NOTE,
			.p_offset = offsetof(struct fake_elf, note),
			.p_filesz = sizeof(f) - offsetof(struct fake_elf, note) },
		.note = { 4, 20, NT_GNU_BUILD_ID },
		.name = "GNU",
	};

	f.e.e_ident[EI_CLASS] = ELFCLASS64;
	memset(f.id, id, sizeof(f.id));
	return f;
}

/* A bzImage whose payload, not compressed, has build id 0x11... */
static void put_image(const char *name)
{
	struct fake_elf elf = make_elf(0x11);
	const uint32_t bytes = sizeof(elf) + 4;
	char b[0x1000] = { 0 };

	memcpy(b + 0x1fe, "\x55\xaa", 2);
	memcpy(b + 0x202, "HdrS", 4);
	memcpy(b + 0x206, "\x0f\x02", 2);
	memcpy(b + 0x20e, "\x00\x04", 2);
	b[0x1f1] = 3; /* sectors, without the first */
	b[0x211] = 1;
	memcpy(b + 0x248, "\0\0\0\0", 4);
	memcpy(b + 0x24c, &bytes, 4);
	memcpy(b + 0x600, RELEASE, sizeof(RELEASE));
	memcpy(b + 0x800, &elf, sizeof(elf));
	put(name, b, sizeof(b));
}

/* Two modules that guests load, one of them compressed; the others are built in. */
static void put_kernel(const char *version)
{
	_cleanup_free_ char *origin = xasprintf(
		"spec deb:6.1\npackage linux-image-" RELEASE "\nversion %s\n", version);
	_cleanup_free_ char *dir = xasprintf("%s/kernels/" KEY, top);
	_cleanup_free_ char *depmod = tools_find("depmod");

	put_image("kernels/" KEY "/vmlinuz");
	put_text("kernels/" KEY "/config", "CONFIG_FS_DAX=y\n");
	put_text("kernels/" KEY "/origin", origin);
	put_text("kernels/" KEY "/" MODULES "/modules.builtin",
		 "kernel/drivers/virtio_pci.ko\n"
		 "kernel/drivers/virtio_console.ko\nkernel/drivers/nfit.ko\n");
	put_text("m.s", ".section .modinfo,\"a\"\n.string \"license=GPL\"\n");
	put_text("kernels/" KEY "/" MODULES "/kernel/drivers/nd_pmem.ko", "");
	put_text("kernels/" KEY "/" MODULES "/kernel/fs/xfs.ko", "");
	run_ok((const char *const[]){ "sh", "-ec",
				      "cd $0/" MODULES "/kernel; as -o fs/xfs.ko $1/m.s; "
				      "cp fs/xfs.ko drivers/nd_pmem.ko; xz -f fs/xfs.ko",
				      dir, top, NULL });
	run_ok((const char *const[]){ depmod, "-b", dir, RELEASE, NULL });
}

/* Since 7.0 vmlinux is in the modules' folder, and the links point the other way. */
enum layout { OLD, NEW, LINKS_ONLY, NOTHING, OTHER_BUILD, NO_ID, NO_MODULE };

static void put_vmlinux(const char *name, uint8_t id)
{
	_cleanup_free_ char *bytes = xcalloc(1, VMLINUX_BYTES);
	struct fake_elf elf = make_elf(id);

	if (id)
		memcpy(bytes, &elf, sizeof(elf));
	put(name, bytes, VMLINUX_BYTES);
}

static void put_link(const char *to, const char *name)
{
	_cleanup_free_ char *path = xasprintf("%s/" DEBUG "%s", top, name);

	assert_int_equal(symlink(to, path), 0);
}

static void put_package(enum layout layout)
{
	_cleanup_free_ char *dir = xasprintf("%s/deb", top), *deb = xasprintf("%s/x.deb", top);
	const uint8_t id = layout == OTHER_BUILD ? 0x22 : layout == NO_ID ? 0 : 0x11;

	ok(tree_remove(dir));
	put_text("deb/DEBIAN/control", "Package: " DBG "\nVersion: 6.1.9-1\nArchitecture: amd64\n"
				       "Maintainer: n <n@example.org>\nDescription: d\n");
	put_text(DEBUG "boot/System.map-" RELEASE, "map");
	put_text(DEBUG MODULES "/kernel/drivers/nd_pmem.ko", "pmem");
	put_text(DEBUG MODULES "/kernel/sound/snd.ko", "sound");
	if (layout != NO_MODULE)
		put_text(DEBUG MODULES "/kernel/fs/xfs.ko", "xfs");
	if (layout == NEW)
		put_vmlinux(DEBUG MODULES "/vmlinux", id);
	else if (layout != LINKS_ONLY && layout != NOTHING)
		put_vmlinux(DEBUG "boot/vmlinux-" RELEASE, id);
	if (layout != NOTHING)
		put_link("boot/vmlinux-" RELEASE, "vmlinux-" RELEASE);
	if (layout == NEW || layout == LINKS_ONLY)
		put_link("../" MODULES "/vmlinux", "boot/vmlinux-" RELEASE);
	if (layout != NEW && layout != NOTHING)
		put_link("../../../boot/vmlinux-" RELEASE, MODULES "/vmlinux");
	run_ok((const char *const[]){ "dpkg-deb", "--root-owner-group", "-b", dir, deb, NULL });
}

static void put_dpkg_deb(const char *text)
{
	_cleanup_free_ char *script = xasprintf("#!/bin/sh\ntop=%s real=/usr/bin/dpkg-deb\n%s\n",
						top, text ? text : "exec $real \"$@\"");

	put_program("dpkg-deb", script);
}

/* Their arguments begin with "-c DATA/apt/SUITE/apt.conf". */
static void put_apt(const char *suite, const char *version, const char *download)
{
	_cleanup_free_ char *cache = NULL, *get = NULL;

	cache = xasprintf("#!/bin/sh\ncase $2 in */apt/%s/*) ;; *) exit 0 ;; esac\n"
			  "test \"$3\" = pkgnames && echo " DBG " && exit\n"
			  "printf 'Package: " DBG "\\nVersion: %s\\nSize: 1000\\n\\n'\n",
			  suite, version);
	get = xasprintf("#!/bin/sh\ntop=%s\ncase \" $* \" in *' update '*) exit 0 ;; esac\n"
			"echo \"$5\" >>$top/asked\n%s\n",
			top, download);
	put_program("apt-cache", cache);
	put_program("apt-get", get);
}

#define COPY "cp $top/x.deb " DBG "_6.1.9-1_amd64.deb"

#endif
