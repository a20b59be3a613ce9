/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which modules a guest loads, and in which order. The owner of libkmod, which gets
 * an empty configuration: the host's modprobe.d does not apply to guests.
 */
#ifndef GUESTS_MODULES_H
#define GUESTS_MODULES_H

#include "base/err.h"

struct module_want {
	const char *name;
	bool required; /* false: a kernel without it is fine */
};

struct module_list {
	char **names; /* "nd_pmem", in load order */
	char **paths; /* "/…/nd_pmem.ko.xz" */
	size_t count;
	char *missing; /* the wanted modules that this kernel lacks, "a b"; "" for none */
};

/*
 * Puts the modules @wanted, from @moddir (".../lib/modules/RELEASE"), and their
 * dependencies into load order; leaves out those that are built in. ERR_USAGE: a
 * required one is missing. Deinit *@out after success only. @wanted ends with a
 * NULL name.
 */
struct err *modules_order(const char *moddir, const struct module_want *wanted,
			  struct module_list *out) __must_check;
/* The same for the modules that daxrig's guests load. */
struct err *modules_wanted(const char *moddir, struct module_list *out) __must_check;
void module_list_deinit(struct module_list *list);

#endif
