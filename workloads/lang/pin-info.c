/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/lang/pin-info.h"

#include <string.h>

#define PIN_ROW(symbol, name, summary, traits) { name, summary, traits },

const struct pin_info pin_infos[] = {
	PIN_EACH(PIN_ROW){ NULL, NULL, 0 },
};

const struct pin_info *pin_info_find(const char *name)
{
	for (const struct pin_info *p = pin_infos; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p;
	return NULL;
}

bool pin_traits_on_demand(unsigned int traits)
{
	return (traits & PIN_LOOKS) && !(traits & PIN_HOLDS);
}
