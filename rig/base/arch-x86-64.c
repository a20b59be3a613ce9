// SPDX-License-Identifier: GPL-2.0-only
#include "base/arch.h"

#include <elf.h>

static const char *const features[] = { "acpi", "apic", NULL };

/*
 * A kernel uses these features whenever the processor offers them: "rep movsb" moves byte by
 * byte, and 5-level paging adds a level to every page table walk.
 */
static const char *const slow[] = { "erms", "la57", NULL };

const struct arch arch_x86_64 = {
	.name = "x86_64",
	.emulator = "qemu-system-x86_64",
	.emulator_package = "qemu-system-x86",
	.machine = "q35",
	.serial = "isa-serial",
	.features = features,
	.slow = slow,
	.image = "bzImage",
	.image_path = "arch/x86/boot/bzImage",
	.loader = "/lib64/ld-linux-x86-64.so.2",
	.elf_machine = EM_X86_64,
	.vmemmap_symbol = "vmemmap_base",
	.vmemmap = 0xffffea0000000000ull, /* of 4-level paging */
};
