/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One booted guest and the talk with its agent. A guest belongs to one thread,
 * which waits in poll() for its channel, its console, its death, its injectors and
 * the wish to stop.
 */
#ifndef RIG_GUEST_H
#define RIG_GUEST_H

#include "base/err.h"
#include "guest/console.h"
#include "inject/injector.h"
#include "inject/pages/ledger.h"
#include "guest/link.h"
#include "plan/plan.h"
#include "reports/record/rundir.h"
#include "reports/record/verdict.h"
#include "host/template.h"
#include "host/virt.h"

/* What a guest is started from; borrowed, must outlive it. */
struct guest_setup {
	struct virt *virt;
	struct domain_spec spec;	 /* complete but for name */
	const struct template *template; /* to start from; NULL: the kernel boots */
	double scale;			 /* of time limits: 1 on a host with KVM */
	unsigned int limit_s;		 /* that a case may take, before that; 0: as usual */
	unsigned int number;		 /* of the guest in its run, from 1 */
	int cancel_fd;			 /* readable: somebody wants all to end */
};

struct guest {
	const struct guest_setup *setup;
	struct virt_domain *domain;
	struct link link;
	struct console console;
	struct injection injections[INJECTORS];
	char *release;		     /* uname -r, escaped */
	struct case_guest who;	     /* as it said itself */
	struct ledger_layout layout; /* of its struct pages */
	uint64_t vmemmap_base;	     /* address of that variable; 0: there is none */
	int pages;		     /* memfd that QEMU saves them to; -1: none yet */
	int pages_there;	     /* its number in QEMU */
	bool spent;		     /* must not run another case */
	uint64_t still_ns;	     /* QEMU was seen stopped, in all */
	uint64_t looked_ns;	     /* when that was looked at last */
	uint64_t quiet_at;  /* the console is said to be quiet then; 0: it was, or said nothing */
	unsigned int cases; /* that it ran */
	uint64_t boot_ns;   /* from start to the agent's first word */
};

/*
 * Starts a guest and waits for its agent. Fails with ERR_TIMEOUT when it does not
 * speak in time, ERR_CANCELLED when setup->cancel_fd became readable.
 */
struct err *guest_boot(const struct guest_setup *setup, struct guest **out) __must_check;

/* Ends it at once. NULL is fine. */
void guest_destroy(struct guest *g);

/*
 * Runs @c and fills @rec up to, but without, the judgment; files go to @dir. What
 * goes wrong on the way is in the record. ERR_CANCELLED alone is returned: then the
 * record is of no use.
 */
struct err *guest_run_case(struct guest *g, const struct plan_case *c, enum sabotage sabotage,
			   uint64_t seed, struct rundir_case *dir, struct case_record *rec)
	__must_check;

#endif
