/* SPDX-License-Identifier: GPL-2.0-only */
/* Between two rounds of a block: what the one made is gone, its places are free. */
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/exec/exec.h"

void exec_mark(const struct exec *x, struct mark *out)
{
	*out = (struct mark){ x->nr_files, x->nr_maps, x->nr_pins, x->nr_tasks };
}

/*
 * Only under a lie pins outlive their round. Those of the first do, as the lie wants;
 * more than there are places for would be an error of the case.
 */
static void end_pins(struct exec *x, unsigned int from, unsigned int round, struct outcome *o)
{
	unsigned int kept = from;

	for (unsigned int i = from; i < x->nr_pins; i++) {
		struct exec_pin *p = &x->pins[i];

		if (p->live && round)
			exec_pin_release(x, p, o);
		if (p->live)
			x->pins[kept++] = *p;
		else
			shadow_deinit(&p->own);
	}
	x->nr_pins = kept;
}

static void end_task(struct exec_task *t)
{
	exec_task_join(t);
	if (t->event_fd >= 0)
		close(t->event_fd);
	if (t->pid_fd >= 0)
		close(t->pid_fd);
	if (t->shared != MAP_FAILED)
		munmap(t->shared, 4096);
	free(t->data);
}

void exec_round_end(struct exec *x, const struct mark *from, unsigned int round,
		    struct outcome *o)
{
	end_pins(x, from->pins, round, o);
	for (; x->nr_tasks > from->tasks; x->nr_tasks--)
		end_task(&x->tasks[x->nr_tasks - 1]);
	for (; x->nr_maps > from->maps; x->nr_maps--) {
		struct exec_map *m = &x->maps[x->nr_maps - 1];

		exec_map_drop(m);
		shadow_deinit(&m->overlay);
	}
	for (; x->nr_files > from->files; x->nr_files--) {
		struct exec_file *f = &x->files[x->nr_files - 1];

		exec_file_close(f);
		shadow_deinit(&f->shadow);
		shadow_deinit(&f->blocks);
		shadow_deinit(&f->dirty);
	}
}
