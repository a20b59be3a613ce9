/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What plugin.c uses of QEMU's plugin interface. Debian packages no header of it, and it is
 * part of QEMU's ABI: the functions are those of QEMU 5.0 and later.
 */
#ifndef INJECT_QEMU_PLUGIN_H
#define INJECT_QEMU_PLUGIN_H

#include <stddef.h>
#include <stdint.h>

/* QEMU refuses a plugin of a version that it does not support. */
#define QEMU_PLUGIN_VERSION 1

#define QEMU_PLUGIN_EXPORT __attribute__((visibility("default")))

typedef uint64_t qemu_plugin_id_t;
struct qemu_info_t;
struct qemu_plugin_tb;	 /* a block of code that was translated */
struct qemu_plugin_insn; /* an instruction of one; valid during the callback */

/* QEMU looks these two up. install() returns 0, or QEMU ends. */
extern QEMU_PLUGIN_EXPORT int qemu_plugin_version;
QEMU_PLUGIN_EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info_t *info,
					   int argc, char **argv);

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t id,
					   void (*cb)(qemu_plugin_id_t id,
						      struct qemu_plugin_tb *tb));
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t i);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
size_t qemu_plugin_insn_size(const struct qemu_plugin_insn *insn);

#endif
