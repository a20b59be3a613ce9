/* SPDX-License-Identifier: GPL-2.0-only */
/* The setup and the devices of one worker's guests, which run one after another. */
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

/* @base is common to all machines; @id is unique among those that start guests. */
void machine_init(struct machine *m, const struct guest_setup *base, const struct geometry *g,
		  const struct leftover *leftover, unsigned int id);
void machine_deinit(struct machine *m);

/* Makes new files for setup.spec.nvdimms; machine_drop_nvdimms() them, also after an error. */
struct err *machine_make_nvdimms(struct machine *m) __must_check;
void machine_drop_nvdimms(struct machine *m);

/* Sets the console file of the next guest; takes ownership of @path. */
void machine_set_console(struct machine *m, char *path);

#endif
