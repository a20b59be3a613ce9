// SPDX-License-Identifier: GPL-2.0-only
#include "base/arch.h"

static const char *const features[] = { "acpi", "apic", NULL };

/*
 * What a kernel makes use of wherever it is offered: "rep movsb" moves byte by byte, and
 * every walk of the page tables has one level more.
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
	.vmemmap_symbol = "vmemmap_base",
	.vmemmap = 0xffffea0000000000ull, /* of 4-level paging */
};
