/* SPDX-License-Identifier: GPL-2.0-only */
/* What operations do to the files of the model; for workloads/ops/. Offsets are bytes. */
#ifndef WORKLOADS_MODEL_EFFECTS_H
#define WORKLOADS_MODEL_EFFECTS_H

#include "workloads/model/blocks.h"

#define MODEL_TO_THE_END (UINT64_MAX / 2)

/* Pins that hold nothing lose sight of the range: its pages stop being the file's. */
void effect_lose(struct model *m, const struct model_file *f, uint64_t off, uint64_t len);
/* The same of all files. */
void effect_lose_all(struct model *m);

/* The file becomes as small as @size. */
void effect_cut(struct model *m, struct model_file *f, uint64_t size);

/* Whole pages of [off, end) become holes or, with @reserve, unwritten; parts become zero. */
void effect_zero(struct model *m, struct model_file *f, uint64_t off, uint64_t end, bool reserve);

/* Holes in the range get unwritten blocks; the file grows to its end. */
void effect_reserve(struct model *m, struct model_file *f, uint64_t off, uint64_t len);

/* @dst shows @src's blocks. */
void effect_share(struct model *m, struct model_file *src, uint64_t soff, struct model_file *dst,
		  uint64_t doff, uint64_t len);

/* The two ranges get each other's blocks. */
void effect_swap(struct model *m, struct model_file *f, uint64_t off, struct model_file *g,
		 uint64_t goff, uint64_t len);

#endif
