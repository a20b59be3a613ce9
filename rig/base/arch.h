/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is the machine's: a row for each architecture, and the constants of the one that
 * this is built for, which host and guest share. Pure.
 */
#ifndef BASE_ARCH_H
#define BASE_ARCH_H

#include "base/util.h"

#if defined(__x86_64__)
#define ARCH_HERE (&arch_x86_64)
#define ARCH_DEBIAN "amd64"
#define ARCH_CONSOLE "ttyS0,115200" /* for the kernel's command line */
#define PAGE 4096u		    /* bytes */
#define PMD_ORDER 9u		    /* log2 of a PMD entry's pages */
#else
#error "this architecture has no row: see base/arch.h"
#endif

#define PMD (PAGE << PMD_ORDER) /* bytes */

/* No field is NULL; lists end with NULL. */
struct arch {
	const char *name; /* as QEMU, libvirt and the kernel's Makefile have it: "x86_64" */
	const char *emulator, *emulator_package; /* QEMU's program, and Debian's name for it */
	const char *machine;			 /* QEMU's */
	const char *serial;			 /* libvirt's type of the port of ARCH_CONSOLE */
	const char *const *features;		 /* of the machine, in libvirt's domain */
	const char *const *slow;    /* of the processor, which an emulator is slow at */
	const char *image;	    /* what make is asked for, and */
	const char *image_path;	    /* what it makes, in the kernel's tree */
	const char *loader;	    /* of the host's programs: their ELF interpreter */
	const char *vmemmap_symbol; /* the variable with the address of pfn 0's struct page, and */
	uint64_t vmemmap;	    /* the address where a kernel has no such variable */
};

extern const struct arch arch_x86_64;

#endif
