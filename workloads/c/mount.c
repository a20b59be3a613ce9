/* SPDX-License-Identifier: GPL-2.0-only */
/* Programs that unmount the filesystem and mount it again. */
#include "workloads/c/told.h"

void told_mount(struct told *t)
{
	told_word(&t->needs, "root, and a filesystem that nobody else uses");
	told_word(&t->first, "need_mount();");
	told_use(t, "mounted");
}

static void close_files(struct told *t)
{
	for (unsigned int i = 0; i < t->m.nr_files; i++) {
		const struct model_file *f = &t->m.files[i];

		if (!f->gone && !t->closed[f->origin])
			told_line(t, "close(fd_%s);", told_id(t, f->name));
		t->closed[f->origin] = true;
	}
}

void told_leave(struct told *t)
{
	for (unsigned int i = 0; i < t->m.nr_maps; i++) {
		const struct model_map *m = &t->m.maps[i];

		if (m->live && m->file != &t->m.device)
			told_line(t, "munmap(map_%s, %s);", told_id(t, m->name),
				  told_size(t, m->len));
	}
	close_files(t);
}

void told_unmount(struct told *t)
{
	told_mount(t);
	told_use(t, "unmount");
	close_files(t);
	told_line(t, "leave_folder();");
	t->unmounted = true;
}

void told_mount_again(struct told *t)
{
	told_use(t, "mount-again");
	told_line(t, "mount_again();");
	t->unmounted = false;
	for (unsigned int i = 0; i < t->m.nr_files; i++)
		if (!t->m.files[i].gone)
			told_fd(t, t->m.files[i].name);
}
