// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin for QEMU's TCG: marks each byte of kernel code that is translated, in the map that
 * base/code-map.h describes. A block is translated just before it runs for the first time, so
 * this costs nothing while it runs again.
 *
 * Its argument is bits=N, an open file; without one QEMU ends at once with status 0: the
 * plugin can be loaded.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/code-map.h"
#include "inject/coverage/qemu-plugin.h"

int qemu_plugin_version = QEMU_PLUGIN_VERSION;

static uint8_t *map;

static void mark(uint64_t addr, size_t len)
{
	for (; len && addr >= CODE_MAP_FROM; addr++, len--) {
		uint8_t *byte = map + code_map_byte(addr), bit = code_map_bit(addr);

		/* other processors, and other QEMUs, write the same byte */
		if (!(__atomic_load_n(byte, __ATOMIC_RELAXED) & bit))
			__atomic_fetch_or(byte, bit, __ATOMIC_RELAXED);
	}
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (size_t i = 0; i < n; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);

		mark(qemu_plugin_insn_vaddr(insn), qemu_plugin_insn_size(insn));
	}
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info, int argc, char **argv)
{
	struct stat st;
	int fd = -1;

	(void)info;
	if (argc == 0)
		_exit(0);
	if (argc != 1 || sscanf(argv[0], "bits=%d", &fd) != 1) {
		fprintf(stderr, "the coverage plugin takes bits=N\n");
		return -1;
	}
	if (fstat(fd, &st) || st.st_size < (off_t)CODE_MAP_BYTES) {
		fprintf(stderr, "the coverage plugin's file is too short\n");
		return -1;
	}
	map = mmap(NULL, CODE_MAP_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED) {
		fprintf(stderr, "cannot map the coverage plugin's file: %s\n", strerror(errno));
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
