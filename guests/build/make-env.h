/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GUESTS_MAKE_ENV_H
#define GUESTS_MAKE_ENV_H

/*
 * The words before "make": they unset variables that the caller's own make, or a kernel
 * developer's shell, may have set. The kernel's make unsets LC_ALL, and the compiler would then
 * quote in UTF-8. CCACHE_NOHASHDIR: builds in different folders may share objects.
 */
#define MAKE_ENV                                                                                   \
	"env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "-u", "KBUILD_OUTPUT", "-u", "ARCH", "-u",    \
		"CROSS_COMPILE", "-u", "O", "-u", "LC_CTYPE", "-u", "LC_MESSAGES", "LANG=C",       \
		"CCACHE_NOHASHDIR=1"

#endif
