/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What depends on the architecture: one row for each architecture, and the constants of the
 * one that daxrig is built for. Host and guest share them. Pure.
 */
#ifndef BASE_ARCH_H
#define BASE_ARCH_H

#include "base/util.h"

#if defined(__x86_64__)
#define ARCH_HERE (&arch_x86_64)
#define ARCH_DEBIAN "amd64"
#define ARCH_CONSOLE "ttyS0,115200"	     /* for the kernel's command line */
#define PAGE 4096u			     /* bytes */
#define PMD_ORDER 9u			     /* log2 of a PMD entry's pages */
#define ARCH_CODE_FROM 0xffffffff80000000ull /* the kernel and its modules are above */
#else
#error "this architecture has no row: see base/arch.h"
#endif

#define PMD (PAGE << PMD_ORDER) /* bytes */

/* No field is NULL; lists end with NULL. */
struct arch {
	const char *name; /* as QEMU, libvirt and the kernel's Makefile spell it: "x86_64" */
	const char *emulator, *emulator_package; /* QEMU's program, and Debian's name for it */
	const char *machine;			 /* QEMU's machine type */
	const char *serial;			 /* libvirt's type of ARCH_CONSOLE's port */
	const char *const *features;		 /* machine features in libvirt's domain XML */
	const char *const *slow;    /* processor features that are slow under emulation */
	const char *image;	    /* the kernel's make target */
	const char *image_path;	    /* the file it makes, below the kernel's tree */
	const char *loader;	    /* ELF interpreter of the host's programs */
	unsigned int elf_machine;   /* e_machine of its programs */
	const char *vmemmap_symbol; /* the variable with the address of pfn 0's struct page, and */
	uint64_t vmemmap;	    /* the address to use if a kernel has no such variable */
};

extern const struct arch arch_x86_64;

#endif
