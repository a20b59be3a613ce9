/* SPDX-License-Identifier: GPL-2.0-only */
/* Between two rounds of a block: removes the things of the first and frees their places. */
#include <sys/mman.h>
#include <unistd.h>

#include "workloads/exec/files.h"
#include "workloads/exec/maps.h"
#include "workloads/exec/pins.h"
#include "workloads/exec/repeat.h"
#include "workloads/exec/tasks.h"
#include "workloads/oracles/oracle.h"

void exec_mark(const struct exec *x, struct mark *out)
{
	*out = (struct mark){ x->nr_files, x->nr_maps, x->nr_pins, x->nr_tasks };
}

/*
 * Pins outlive their round only under a sabotage. Those of the first round stay, as it
 * demands; with those of all rounds x->pins would overflow, an error of the case.
 */
static void end_pins(struct exec *x, struct mark *from, unsigned int round, struct outcome *o)
{
	unsigned int kept = from->pins;

	for (unsigned int i = from->pins; i < x->nr_pins; i++) {
		struct exec_pin *p = &x->pins[i];

		if (p->live && round)
			exec_pin_release(x, p, o);
		if (p->live)
			kept = i + 1;
	}
	x->nr_pins = from->pins = kept;
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

void exec_round_end(struct exec *x, struct mark *from, unsigned int round, struct outcome *o)
{
	end_pins(x, from, round, o);
	for (; x->nr_tasks > from->tasks; x->nr_tasks--)
		end_task(&x->tasks[x->nr_tasks - 1]);
	for (; x->nr_maps > from->maps; x->nr_maps--)
		exec_map_drop(x, &x->maps[x->nr_maps - 1]);
	for (; x->nr_files > from->files; x->nr_files--) {
		struct exec_file *f = &x->files[x->nr_files - 1];

		exec_file_close(f);
		oracles_tell(x, gone, f);
	}
}
