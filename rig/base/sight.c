/* SPDX-License-Identifier: GPL-2.0-only */
#include "base/sight.h"

const char *oracle_name(enum oracle oracle)
{
#define O(name, text) [ORACLE_##name] = text,
	static const char *const names[ORACLES] = { ORACLE_LIST(O) };
#undef O

	return names[oracle];
}

const char *sight_name(enum sight sight)
{
	static const char *const names[SIGHTS] = {
		[SIGHT_NONE] = "none", [SIGHT_WHOLE] = "whole", [SIGHT_LACKING] = "lacking",
		[SIGHT_OFF] = "off",   [SIGHT_CUT] = "cut",
	};

	return names[sight];
}
