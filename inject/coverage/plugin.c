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

/* Sets the bits from @addr to @end, a byte of the map at a time. */
static void mark(uint64_t addr, uint64_t end)
{
	while (addr < end) {
		uint64_t last = MIN(end - 1, addr | 7);
		uint8_t *byte = map + code_map_byte(addr);
		uint8_t bits = (uint8_t)(2 * code_map_bit(last) - code_map_bit(addr));

		/* other processors, and other QEMUs, write the same byte */
		if ((__atomic_load_n(byte, __ATOMIC_RELAXED) & bits) != bits)
			__atomic_fetch_or(byte, bits, __ATOMIC_RELAXED);
		addr = last + 1;
	}
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t n = qemu_plugin_tb_n_insns(tb);
	const struct qemu_plugin_insn *last;
	uint64_t from;

	(void)id;
	if (!n)
		return;
	last = qemu_plugin_tb_get_insn(tb, n - 1);
	from = qemu_plugin_insn_vaddr(qemu_plugin_tb_get_insn(tb, 0));
	/* the instructions of a block lie side by side */
	if (from >= CODE_MAP_FROM)
		mark(from, qemu_plugin_insn_vaddr(last) + qemu_plugin_insn_size(last));
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
