/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A byte of a packaged kernel changes in the store: daxrig detects it, names the file and
 * fetches the kernel again. Its package, apt-get and apt-cache are made up.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/files.h"
#include "base/program.h"
#include "guests/store/digests.h"
#include "guests/store/kernel-list.h"
#include "guests/store/kernel-store.h"
#include "guests/store/store-check.h"

#define RELEASE "6.1.0-99-amd64"
#define KEY "deb-" RELEASE
#define SPEC "deb:" RELEASE
#define IMAGE "linux-image-" RELEASE
#define MODULES "lib/modules/" RELEASE "/"
#define CONFIG "CONFIG_FS_DAX=y\nCONFIG_BLK_DEV_INITRD=y\nCONFIG_RD_ZSTD=y\n"
#define HEAD "daxrig-digests 1\n"

static char top[] = "/tmp/daxrig-test-damage.XXXXXX";
static char *data, *folder, *fresh_digests;

#include "guests/tests/made-files.h"

static void put_script(const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", top, name);
	_cleanup_free_ char *script = xasprintf("#!/bin/sh\ntop=%s\n%s\n", top, text);

	put_text(name, script);
	assert_int_equal(chmod(path, 0755), 0);
}

static void put_image(const char *name)
{
	char b[0x1000] = { 0 };

	memcpy(b + 0x1fe, "\x55\xaa", 2);
	memcpy(b + 0x202, "HdrS\x0f\x02", 6);
	memcpy(b + 0x20e, "\x00\x04", 2);
	b[0x211] = 1;
	strcpy(b + 0x600, RELEASE);
	memset(b + 0x800, 'c', 0x400);
	put(name, b, sizeof(b));
}

/* Guests load two of its three modules; all others that they need are built in. */
static void make_package(void)
{
	put_image("deb/boot/vmlinuz-" RELEASE);
	put_text("deb/boot/config-" RELEASE, CONFIG);
	put_text("deb/" MODULES "modules.builtin",
		 "kernel/drivers/virtio_pci.ko\n"
		 "kernel/drivers/virtio_console.ko\nkernel/drivers/nfit.ko\n");
	put_text("deb/" MODULES "kernel/nd_pmem.ko", "");
	put_text("deb/" MODULES "kernel/xfs.ko", "");
	put_text("deb/" MODULES "kernel/snd.ko", "");
	put_text("m.s", ".section .modinfo,\"a\"\n.string \"license=GPL\"\n");
	put_text("deb/DEBIAN/control", "Package: " IMAGE "\nVersion: 6.1.9-1\nArchitecture: amd64\n"
				       "Maintainer: n <n@example.org>\nDescription: d\n");
	run_ok((const char *const[]){ "sh", "-ec",
				      "cd $0/deb/" MODULES "kernel; as -o xfs.ko $0/m.s; "
				      "cp xfs.ko nd_pmem.ko; cp xfs.ko snd.ko; "
				      "dpkg-deb --root-owner-group -b $0/deb $0/x.deb",
				      top, NULL });
}

static void put_apt(const char *download)
{
	_cleanup_free_ char *get = xasprintf("case \" $* \" in *' update '*) exit 0 ;; esac\n"
					     "echo >>$top/asked\n%s",
					     download);

	put_script("bin/apt-cache",
		   "test \"$3\" = pkgnames && echo " IMAGE " && exit\n"
		   "printf 'Package: " IMAGE "\\nVersion: 6.1.9-1\\nSize: 1000\\n\\n'");
	put_script("bin/apt-get", get);
}

#define COPY "cp $top/x.deb " IMAGE "_6.1.9-1_amd64.deb"

static char *in_folder(const char *name)
{
	return xasprintf("%s/%s", folder, name);
}

static char *read_all(const char *path)
{
	_cleanup_buf_ struct buf text = BUF_INIT;

	ok(file_read(path, 1 << 20, &text));
	return buf_take(&text);
}

/* How often apt-get was asked for the package since the last call. */
static size_t asked(void)
{
	_cleanup_free_ char *path = xasprintf("%s/asked", top), *text = NULL;

	if (!path_exists(path))
		return 0;
	text = read_all(path);
	unlink(path);
	return strlen(text);
}

static void note_line(void *arg, const char *text)
{
	buf_addf(arg, "%s\n", text);
}

static struct err *get(const char *spec, bool all, struct buf *said, struct kernel **k)
{
	const struct progress say = { note_line, said };

	return all ? kernel_get_all(data, spec, &say, k) : kernel_get(data, spec, &say, k);
}

/* Gets the kernel; expects no message, and nothing fetched. */
static void expect_whole(bool all)
{
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf said = BUF_INIT;

	ok(get(SPEC, all, &said, &k));
	assert_string_equal(buf_str(&said), "");
	assert_int_equal(asked(), 0);
}

static void flip(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	char c;

	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(pread(fd, &c, 1, st.st_size * 5 / 8), 1);
	c ^= 1;
	assert_int_equal(pwrite(fd, &c, 1, st.st_size * 5 / 8), 1);
}

static void shorten(const char *path)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(truncate(path, st.st_size - 1), 0);
}

static void lose(const char *path)
{
	assert_int_equal(unlink(path), 0);
}

/* Replaces a file by a link to a copy elsewhere. */
static void make_link(const char *path)
{
	_cleanup_free_ char *to = xasprintf("%s/elsewhere", top);

	run_ok((const char *const[]){ "mv", path, to, NULL });
	assert_int_equal(symlink(to, path), 0);
}

static void tear(const char *path)
{
	_cleanup_free_ char *text = read_all(path);

	ok(file_write_atomic(path, text, strlen(text) / 2));
}

static void name_others(const char *path)
{
	static const char text[] = HEAD "1 0123456789abcdef ../../../../etc/passwd\nend\n";

	ok(file_write_atomic(path, text, strlen(text)));
}

static void name_none(const char *path)
{
	ok(file_write_atomic(path, HEAD "end\n", strlen(HEAD "end\n")));
}

static const struct {
	const char *name;
	void (*hurt)(const char *path);
	const char *said;
	bool all; /* detected only if all files are checked */
} hurts[] = {
	{ "vmlinuz", flip, KEY "/vmlinuz' was changed", false },
	{ "vmlinuz", shorten, "/vmlinuz' is not a file of 4096 bytes", false },
	{ "vmlinuz", lose, "cannot read '", false },
	{ "vmlinuz", make_link, "cannot read '", false },
	{ "config", flip, "/config' was changed", false },
	{ "config", lose, "cannot read '", false },
	{ "origin", flip, "/origin' was changed", false },
	{ MODULES "kernel/xfs.ko", flip, "/xfs.ko' was changed", false },
	{ MODULES "kernel/xfs.ko", shorten, "/xfs.ko' is not a file of ", false },
	{ MODULES "modules.dep.bin", flip, "/modules.dep.bin' was changed", false },
	{ MODULES "modules.softdep", lose, "cannot read '", false },
	{ MODULES "kernel/snd.ko", flip, "/snd.ko' was changed", true },
	{ DIGESTS_NAME, tear, "/digests' is torn", false },
	{ DIGESTS_NAME, name_others, "/digests' is torn", false },
	{ DIGESTS_NAME, name_none, "/digests' does not name 'vmlinuz'", false },
};

static void test_fetched_again(void **state)
{
	_cleanup_free_ char *digests = in_folder(DIGESTS_NAME);

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(hurts); i++) {
		_cleanup_free_ char *path = in_folder(hurts[i].name), *now = NULL;
		_cleanup_kernel_ struct kernel *k = NULL;
		_cleanup_buf_ struct buf said = BUF_INIT;

		print_message("# %s, %zu\n", hurts[i].name, i);
		hurts[i].hurt(path);
		if (hurts[i].all)
			expect_whole(false);
		ok(get(SPEC, hurts[i].all, &said, &k));
		if (!strstr(buf_str(&said), "fetching the damaged kernel '" SPEC "' again: ") ||
		    !strstr(buf_str(&said), hurts[i].said))
			fail_msg("'%s'", buf_str(&said));
		assert_int_equal(asked(), 1);
		now = read_all(digests);
		assert_string_equal(now, fresh_digests);
		expect_whole(true);
	}
}

/* A kernel of an older daxrig gets digests at its first use. */
static void test_no_digests(void **state)
{
	_cleanup_free_ char *digests = in_folder(DIGESTS_NAME), *now = NULL;
	_cleanup_free_ char *vmlinuz = in_folder("vmlinuz");
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf said = BUF_INIT;

	(void)state;
	lose(digests);
	ok(get(SPEC, false, &said, &k));
	assert_string_equal(buf_str(&said), "noting the digests of kernel '" SPEC "', which has "
					    "none yet\n");
	assert_int_equal(asked(), 0);
	now = read_all(digests);
	assert_string_equal(now, fresh_digests);
	expect_whole(true);
	flip(vmlinuz);
	buf_reset(&said);
	kernel_free(take_ptr(k));
	ok(get(SPEC, false, &said, &k));
	assert_non_null(strstr(buf_str(&said), "vmlinuz' was changed"));
}

static void test_no_network(void **state)
{
	static const char *const specs[] = { SPEC, "store:" KEY, "deb:6.1", "deb:" IMAGE };
	_cleanup_free_ char *vmlinuz = in_folder("vmlinuz"), *store = xasprintf("%s/kernels", data);

	(void)state;
	ok(store_remember(store, "deb:6.1", KEY));
	ok(store_remember(store, "deb:" IMAGE, KEY));
	flip(vmlinuz);
	put_apt("echo 'E: there is no network'; exit 100");
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		_cleanup_kernel_ struct kernel *k = NULL;
		_cleanup_buf_ struct buf said = BUF_INIT;
		_cleanup_err_ struct err *err = get(specs[i], false, &said, &k);

		assert_null(k);
		if (!err || !strstr(err->message, "is damaged, '") || strchr(err->message, '\n') ||
		    !strstr(err->message, "/vmlinuz' was changed, and cannot be made again: ") ||
		    !str_ends(err->message, ": there is no network"))
			fail_msg("%s: '%s'", specs[i], err ? err->message : "good");
		assert_true(err->code != ERR_USAGE);
	}
	/* the folder is unchanged; once there is a network, it is fetched again */
	put_apt(COPY);
	for (size_t i = 0; i < ARRAY_SIZE(specs); i++) {
		_cleanup_kernel_ struct kernel *k = NULL;
		_cleanup_buf_ struct buf said = BUF_INIT;

		ok(get(specs[i], false, &said, &k));
		assert_string_equal(k->spec, i < 2 ? specs[i] : k->spec);
		assert_non_null(
			strstr(buf_str(&said), "fetching the damaged kernel '" SPEC "' again: "));
		flip(vmlinuz);
	}
}

/* The paths of a kernel stay for its holder, and exist at any time. */
static void test_held(void **state)
{
	_cleanup_free_ char *vmlinuz = in_folder("vmlinuz");
	_cleanup_kernel_ struct kernel *holder = NULL, *k = NULL;
	_cleanup_err_ struct err *refused = NULL;
	_cleanup_buf_ struct buf said = BUF_INIT;
	_cleanup_close_ int fd = -1;
	struct stat st;
	char c[0x1000];

	(void)state;
	ok(get(SPEC, false, &said, &holder));
	fd = open(holder->image, O_RDONLY | O_CLOEXEC);
	flip(vmlinuz);
	ok(get(SPEC, false, &said, &k));
	assert_int_equal(stat(holder->image, &st), 0);
	assert_int_equal(st.st_size, sizeof(c));
	assert_int_equal(pread(fd, c, sizeof(c), 0), sizeof(c));
	kernel_free(take_ptr(holder));
	refused = kernel_remove(data, KEY);
	assert_non_null(refused);
	assert_true(path_exists(k->image));
	kernel_free(take_ptr(k));
	ok(kernel_remove(data, KEY));
}

struct found {
	size_t n, damaged;
	struct buf lines;
};

static void add_item(void *arg, const struct store_item *item)
{
	struct found *f = arg;

	f->n++;
	f->damaged += !!item->wrong;
	buf_addf(&f->lines, "%s %s: %s; %s\n", item->kind, item->name,
		 item->wrong ? item->wrong : "ok", item->mend ? item->mend : "-");
}

static void look(size_t n, size_t damaged, const char *part)
{
	_cleanup_free_ char *cache = xasprintf("%s/cache", top);
	struct found f = { 0 };

	ok(store_check(data, cache, NULL, add_item, &f));
	if (f.n != n || f.damaged != damaged || !strstr(buf_str(&f.lines), part))
		fail_msg("%zu, %zu: '%s'", f.n, f.damaged, buf_str(&f.lines));
	buf_deinit(&f.lines);
}

static void test_store(void **state)
{
	_cleanup_free_ char *snd = in_folder(MODULES "kernel/snd.ko");
	_cleanup_free_ char *digests = in_folder(DIGESTS_NAME);
	_cleanup_free_ char *symbols = xasprintf("%s/symbols/" KEY, data);
	_cleanup_free_ char *vmlinux = xasprintf("%s/vmlinux", symbols);

	(void)state;
	look(1, 0, "kernel " SPEC ": ok; -\n");
	flip(snd);
	look(1, 1, "/snd.ko' was changed; 'daxrig kernel fetch " SPEC "' fetches it again\n");
	put_text("data/symbols/" KEY "/vmlinux", "symbols");
	put_text("data/symbols/deb-1.2.5", "no folder");
	look(2, 1, "symbols " KEY ": ok; -\n");
	flip(vmlinux);
	look(2, 2, "/vmlinux' was changed; 'daxrig kernel fetch --symbols " SPEC "' fetches them");
	/* a byte in the header, in a kernel of an older daxrig without digests */
	put_text("data/kernels/" KEY "/vmlinuz", "cut");
	lose(digests);
	look(2, 2, "kernel store:" KEY ": '");
	look(2, 2, "' lacks a part of a kernel; 'daxrig kernel fetch " SPEC "' fetches it again\n");
	/* kernels that were built or added */
	put_image("data/kernels/src-6.1-fast-1/vmlinuz");
	put_text("data/kernels/src-6.1-fast-1/origin", "spec src:6.1\n");
	put_image("data/kernels/file-6.1-1/vmlinuz");
	put_text("data/kernels/file-6.1-1/origin", "spec file:/a/bzImage\n");
	look(4, 2, "kernel store:src-6.1-fast-1: ok; -\n");
	put_text("data/kernels/src-6.1-fast-1/vmlinuz", "cut");
	put_text("data/kernels/file-6.1-1/vmlinuz", "cut");
	look(4, 4,
	     "; 'daxrig kernel build src:6.1' makes it again from the same files, 'daxrig "
	     "kernel rm store:src-6.1-fast-1' removes it\n");
	look(4, 4,
	     "; 'daxrig kernel add file:/a/bzImage' makes it again from the same files, "
	     "'daxrig kernel rm store:file-6.1-1' removes it\n");
}

static int set_up(void **state)
{
	_cleanup_free_ char *digests = in_folder(DIGESTS_NAME);
	_cleanup_kernel_ struct kernel *k = NULL;
	_cleanup_buf_ struct buf said = BUF_INIT;

	(void)state;
	ok(tree_remove(data));
	asked();
	put_apt(COPY);
	ok(get(SPEC, false, &said, &k));
	assert_int_equal(asked(), 1);
	free(fresh_digests);
	fresh_digests = read_all(digests);
	return 0;
}

static int set_up_all(void **state)
{
	_cleanup_free_ char *path = NULL;

	(void)state;
	assert_non_null(mkdtemp(top));
	path = xasprintf("%s/bin:%s", top, getenv("PATH"));
	data = xasprintf("%s/data", top);
	folder = xasprintf("%s/kernels/" KEY, data);
	make_package();
	return setenv("PATH", path, 1);
}

static int tear_down_all(void **state)
{
	(void)state;
	err_free(tree_remove(top));
	free(data);
	free(folder);
	free(fresh_digests);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_fetched_again, set_up),
		cmocka_unit_test_setup(test_no_digests, set_up),
		cmocka_unit_test_setup(test_no_network, set_up),
		cmocka_unit_test_setup(test_held, set_up),
		cmocka_unit_test_setup(test_store, set_up),
	};

	return cmocka_run_group_tests(tests, set_up_all, tear_down_all);
}
