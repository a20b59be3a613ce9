/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/geometry.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "base/nearest.h"

#define MIB (1ull << 20)
#define GIB (1ull << 30)

void geometry_init(struct geometry *g)
{
	*g = (struct geometry){
		.memory = 1 * GIB,
		.vcpus = 2,
		.nvdimms = 2,
		.align = 2 * MIB,
	};
	g->size[0] = 1 * GIB;
	for (size_t i = 1; i < GEOMETRY_NVDIMMS_MAX; i++)
		g->size[i] = 256 * MIB;
}

static struct err *bad(const char *word, const char *expected)
{
	_cleanup_buf_ struct buf shown = BUF_INIT;

	buf_add_escaped(&shown, word, strlen(word), 60);
	return err_create(ERR_USAGE, "bad geometry '%s': expected %s", buf_str(&shown), expected);
}

static struct err *unknown_key(const char *key)
{
	static const char *const keys[] = { "memory", "vcpus", "count", "size",
					    "align",  "label", NULL };
	struct nearest n = { .word = key };

	nearest_offer_all(&n, keys);
	return nearest_err(&n, "key of the geometry",
			   "expected memory, vcpus, count, size, size0 to size7, align or label");
}

static bool parse_count(const char *s, unsigned int max, unsigned int *out)
{
	uint64_t n;

	if (!*s || strspn(s, "0123456789") != strlen(s) || !parse_size(s, &n) || n > max)
		return false;
	*out = (unsigned int)n;
	return true;
}

/* "sizeN": the number N, or -1. */
static int nvdimm_index(const char *key)
{
	if (strlen(key) != 5 || strncmp(key, "size", 4) || key[4] < '0' ||
	    key[4] >= '0' + GEOMETRY_NVDIMMS_MAX)
		return -1;
	return key[4] - '0';
}

static bool set_size(struct geometry *g, const char *key, uint64_t size)
{
	int index = nvdimm_index(key);

	if (index >= 0)
		g->size[index] = size;
	else if (!strcmp(key, "memory"))
		g->memory = size;
	else if (!strcmp(key, "align"))
		g->align = size;
	else if (!strcmp(key, "label"))
		g->label_size = size;
	else if (!strcmp(key, "size"))
		for (size_t i = 0; i < GEOMETRY_NVDIMMS_MAX; i++)
			g->size[i] = size;
	else
		return false;
	return true;
}

static struct err *apply(struct geometry *g, const char *word)
{
	const char *equals = strchr(word, '=');
	_cleanup_free_ char *key = NULL;
	uint64_t size = 0;

	if (!equals)
		return bad(word, "KEY=VALUE");
	key = xstrndup(word, (size_t)(equals - word));
	if (!strcmp(key, "vcpus"))
		return parse_count(equals + 1, 64, &g->vcpus) ?
			       NULL :
			       bad(word, "a number of processors up to 64");
	if (!strcmp(key, "count"))
		return parse_count(equals + 1, GEOMETRY_NVDIMMS_MAX, &g->nvdimms) ?
			       NULL :
			       bad(word, "a number of nvdimms up to 8");
	if (!set_size(g, key, 0))
		return unknown_key(key);
	if (!parse_size(equals + 1, &size))
		return bad(word, "a size such as 512M or 2G");
	set_size(g, key, size);
	return NULL;
}

static struct err *check(const struct geometry *g, const char *text)
{
	bool pow2 = g->align && !(g->align & (g->align - 1));

	if (!g->vcpus)
		return bad(text, "at least one processor");
	if (!g->nvdimms)
		return bad(text, "at least one nvdimm");
	if (g->memory < 256 * MIB || g->memory > 1024 * GIB || g->memory % MIB)
		return bad(text, "memory of 256M to 1024G, in whole M");
	if (!pow2 || g->align < PAGE || g->align > 1 * GIB)
		return bad(text, "an align that is a power of two, 4K to 1G");
	/* QEMU's minimum. */
	if (g->label_size && (g->label_size < 128 * 1024 || g->label_size % PAGE))
		return bad(text, "a label of 0 or at least 128K, in whole 4K");
	for (unsigned int i = 0; i < g->nvdimms; i++)
		if (g->size[i] < 16 * MIB || g->size[i] > 1024 * GIB || g->size[i] % g->align ||
		    g->size[i] % MIB || g->size[i] - g->label_size < 16 * MIB ||
		    g->label_size >= g->size[i])
			return bad(text, "nvdimm sizes of 16M to 1024G, in whole aligns");
	return NULL;
}

struct err *geometry_parse(struct geometry *g, const char *text)
{
	_cleanup_free_ char *words = xstrdup(text);
	char *rest = words, *word;
	struct err *err = NULL;

	while (!err && (word = strsep(&rest, ",")))
		err = apply(g, word);
	return err ? err : check(g, text);
}

uint64_t geometry_nvdimm_total(const struct geometry *g)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < g->nvdimms; i++)
		total += g->size[i];
	return total;
}

static uint64_t free_space(const char *folder)
{
	struct statvfs st;

	return statvfs(folder, &st) ? 0 : (uint64_t)st.f_bavail * st.f_frsize;
}

static uint64_t free_memory(void)
{
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = file_read("/proc/meminfo", 65536, &text);
	const char *line = err ? NULL : strstr(buf_str(&text), "MemAvailable:");
	uint64_t kib;

	return line && sscanf(line, "MemAvailable: %" SCNu64, &kib) == 1 ? kib * 1024 : 0;
}

const char *nvdimm_folder(uint64_t need, const char *shared, const char *fallback)
{
	return shared && !access(shared, W_OK) && free_space(shared) / 2 >= need &&
			       free_memory() / 2 >= need ?
		       shared :
		       fallback;
}

struct err *nvdimm_create(const char *path, uint64_t size)
{
	_cleanup_free_ char *folder = xstrdup(path);
	_cleanup_close_ int fd = -1;
	char *slash = strrchr(folder, '/');
	char text[24];
	int ret;

	if (slash)
		slash[slash == folder] = '\0';
	if (free_space(slash ? folder : ".") < size)
		return err_create(ERR_INFRA, "cannot create '%s': less than %s free; %s", path,
				  format_size(size, text), "make room or ask for less");
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return err_errno(errno, "cannot create '%s'", path);
	if (!ftruncate(fd, (off_t)size))
		return NULL;
	ret = errno;
	unlink(path);
	return err_errno(ret, "cannot create '%s'", path);
}
