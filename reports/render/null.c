/* SPDX-License-Identifier: GPL-2.0-only */
#include "reports/render/render.h"

const struct renderer renderer_null = {
	.name = "null",
	.summary = "nothing",
};
