/* SPDX-License-Identifier: GPL-2.0-only */
/* What guests of one place in a run are described and made with, one after another. */
#ifndef RIG_RUN_MACHINE_PRIVATE_H
#define RIG_RUN_MACHINE_PRIVATE_H

#include "guest/guest.h"
#include "guests/geometry.h"
#include "host/leftover.h"

struct machine {
	struct guest_setup setup; /* of the next guest; its paths belong to it */
	struct domain_nvdimm nvdimms[GEOMETRY_NVDIMMS_MAX];
	const struct leftover *leftover;
	unsigned int id;
};

/* @base has what is the same for all; @id is this one's alone, or others' that do not start. */
void machine_init(struct machine *m, const struct guest_setup *base, const struct geometry *g,
		  const struct leftover *leftover, unsigned int id);
void machine_deinit(struct machine *m);

/* Fresh files for setup.spec.nvdimms; machine_drop_nvdimms() them, after an error, too. */
struct err *machine_make_nvdimms(struct machine *m) __must_check;
void machine_drop_nvdimms(struct machine *m);

/* Where the next guest's console goes; takes @path. */
void machine_set_console(struct machine *m, char *path);

#endif
