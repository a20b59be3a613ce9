/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which modules a guest loads, and in which order. The owner of libkmod, which is
 * given an empty configuration: what the host's modprobe.d says is not for guests.
 */
#ifndef GUESTS_MODULES_H
#define GUESTS_MODULES_H

#include "base/err.h"

struct module_want {
	const char *name;
	bool required; /* else a kernel without it is fine */
};

struct module_list {
	char **names; /* "nd_pmem", in load order */
	char **paths; /* "/…/nd_pmem.ko.xz" */
	size_t count;
	char *missing; /* the wanted ones this kernel lacks, "a b"; "" for none */
};

/*
 * Puts @wanted, found in @moddir (".../lib/modules/RELEASE"), and what they need
 * into load order. What is built in is left out. A required one that is neither is
 * ERR_USAGE. Deinit *@out after success only. @wanted ends with a NULL name.
 */
struct err *modules_order(const char *moddir, const struct module_want *wanted,
			  struct module_list *out) __must_check;
/* The same of what daxrig's guests load. */
struct err *modules_wanted(const char *moddir, struct module_list *out) __must_check;
void module_list_deinit(struct module_list *list);

#endif
