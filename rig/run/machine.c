/* SPDX-License-Identifier: GPL-2.0-only */
#include "run/machine-private.h"

#include <unistd.h>

void machine_init(struct machine *m, const struct guest_setup *base, const struct geometry *g,
		  const struct leftover *leftover, unsigned int id)
{
	struct domain_spec *s = &m->setup.spec;
	const char *folder = leftover_folder(leftover);

	*m = (struct machine){ .setup = *base, .leftover = leftover, .id = id };
	s->channel = xasprintf("%s/agent-%u", folder, id);
	s->gdb = xasprintf("%s/gdb-%u", folder, id);
	s->console = xasprintf("%s/probe.log", folder);
	s->nvdimms = m->nvdimms;
	s->nvdimm_count = g->nvdimms;
	for (unsigned int i = 0; i < g->nvdimms; i++)
		m->nvdimms[i] = (struct domain_nvdimm){ NULL, g->size[i], g->label_size, g->align };
}

void machine_deinit(struct machine *m)
{
	free((char *)m->setup.spec.channel);
	free((char *)m->setup.spec.gdb);
	free((char *)m->setup.spec.console);
}

void machine_set_console(struct machine *m, char *path)
{
	free((char *)m->setup.spec.console);
	m->setup.spec.console = path;
}

struct err *machine_make_nvdimms(struct machine *m)
{
	const struct domain_spec *s = &m->setup.spec;
	struct err *err = NULL;
	const char *folder;
	uint64_t total = 0;

	for (size_t i = 0; i < s->nvdimm_count; i++)
		total += m->nvdimms[i].size;
	folder = nvdimm_folder(total, leftover_shared(m->leftover), leftover_folder(m->leftover));
	for (unsigned int i = 0; i < s->nvdimm_count && !err; i++) {
		char *path = xasprintf("%s/nvdimm-%u-%u", folder, m->id, i);

		m->nvdimms[i].path = path;
		err = nvdimm_create(path, m->nvdimms[i].size);
	}
	return err;
}

void machine_drop_nvdimms(struct machine *m)
{
	for (size_t i = 0; i < m->setup.spec.nvdimm_count; i++) {
		char *path = (char *)m->nvdimms[i].path;

		if (path)
			unlink(path);
		free(path);
		m->nvdimms[i].path = NULL;
	}
}
