/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>

#include "guests/image/programs.h"
#include "guests/store/kernel-symbols.h"
#include "reports/record/tally.h"
#include "run/hold-private.h"

/* With --hold the user wants to see any finding of the cases that were named. */
static bool is_wanted(void *arg, struct case_record *rec)
{
	const struct run *r = arg;

	case_record_judge(rec);
	known_mark(&r->known, r->kernel->release, rec);
	return rec->finding_count && (r->o->hold || case_is_new(rec));
}

/* Without one a guest can still be looked at by gdb. */
static void add_shell(struct run *r)
{
	struct err *err = programs_add_shell(&r->shell);

	if (err)
		progress_line(&r->note, "%s", err->message);
	else
		r->hold.shell = &r->shell;
	err_free(err);
}

void run_hold_open(struct run *r)
{
	const struct run_options *o = r->o;
	const char *slash = strrchr(r->dir.path, '/');
	_cleanup_free_ char *modules = NULL;

	pthread_mutex_init(&r->hold.lock, NULL);
	if (!o->hold && !o->hold_on_fail && !o->hold_at && !o->vmcores)
		return;
	err_free(kernel_symbols(r->kernel, &r->vmlinux, &modules)); /* gdb does without */
	r->hold.finding = o->hold || o->hold_on_fail;
	r->hold.end = o->hold;
	r->hold.line = o->hold_at;
	r->hold.run = slash && !o->out ? slash + 1 : r->dir.path;
	r->hold.folder = r->dir.path;
	r->hold.vmlinux = r->vmlinux;
	r->hold.say = &r->say;
	r->hold.wanted = is_wanted;
	r->hold.arg = r;
	r->hold.cores = o->vmcores;
	r->base.hold = &r->hold;
	if (r->hold.finding || r->hold.line)
		add_shell(r);
}

void run_hold_close(struct run *r)
{
	for (unsigned int i = 0; i < r->hold.nr_kinds; i++)
		free(r->hold.kinds[i]);
	pthread_mutex_destroy(&r->hold.lock);
	pack_deinit(&r->shell);
	free(r->vmlinux);
}
