/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One booted guest and the protocol with its agent. A guest belongs to one thread, which
 * waits in poll() for the channel, the console, the guest's end, its injectors and a
 * cancellation.
 */
#ifndef RIG_GUEST_H
#define RIG_GUEST_H

#include "base/err.h"
#include "guest/console.h"
#include "inject/injector.h"
#include "inject/pages/ledger.h"
#include "guest/hold.h"
#include "guest/link.h"
#include "plan/plan.h"
#include "reports/record/rundir.h"
#include "reports/record/verdict.h"
#include "host/template.h"
#include "host/virt.h"

/* What a guest is started from; borrowed, must outlive it. */
struct guest_setup {
	struct virt *virt;
	struct domain_spec spec;	      /* complete but for name */
	const struct template *template;      /* to start from; NULL: the kernel boots */
	const struct fork_coverage *coverage; /* of a guest with a template; NULL: none */
	double scale;			      /* factor of time limits: 1 on a host with KVM */
	unsigned int limit_s;		      /* a case's time limit, unscaled; 0: the default */
	unsigned int number;		      /* of the guest in its run, from 1 */
	int cancel_fd;			      /* readable: the run is cancelled */
	struct hold *hold;		      /* NULL: cases never stand still */
};

struct guest {
	const struct guest_setup *setup;
	struct virt_domain *domain;
	struct link link;
	struct console console;
	struct injection injections[INJECTORS];
	char *release;		     /* uname -r, escaped */
	struct case_guest who;	     /* what the guest reported about itself */
	struct ledger_layout layout; /* of its struct pages */
	uint64_t vmemmap_base;	     /* address of that variable; 0: the kernel has none */
	int pages;		     /* memfd that QEMU saves struct pages to; -1: none yet */
	int pages_there;	     /* number of that memfd in QEMU */
	int side_fd;		     /* something else to poll for reading; -1: nothing */
	bool spent;		     /* must not run another case */
	uint64_t still_ns;	     /* the time QEMU was seen stopped, in all */
	uint64_t looked_ns;	     /* when QEMU's state was last checked */
	uint64_t quiet_at;	     /* when the console counts as quiet; 0: no new output since */
	unsigned int cases;	     /* that it ran */
	uint64_t boot_ns;	     /* from start to the agent's hello */
};

/*
 * Starts a guest and waits for its agent; guest_destroy() the result. Fails with ERR_TIMEOUT
 * when the agent sends no hello in time, ERR_CANCELLED when setup->cancel_fd became readable.
 */
struct err *guest_boot(const struct guest_setup *setup, struct guest **out) __must_check;

/* Ends the guest at once and frees it. NULL is fine. */
void guest_destroy(struct guest *g);

/*
 * Runs @c and fills @rec with everything but the verdict; files go to @dir. Failures
 * on the way are recorded in @rec. The only error returned is ERR_CANCELLED: then @rec is
 * of no use.
 */
struct err *guest_run_case(struct guest *g, const struct plan_case *c, enum sabotage sabotage,
			   uint64_t seed, struct rundir_case *dir, struct case_record *rec)
	__must_check;

#endif
