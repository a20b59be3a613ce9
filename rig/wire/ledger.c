/* SPDX-License-Identifier: GPL-2.0-only */
#include "wire/ledger.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void ledger_row_format(const struct ledger_row *row, char *out)
{
	char name[LEDGER_NAME_MAX];
	size_t i;

	for (i = 0; row->name[i] && i < sizeof(name) - 1; i++)
		name[i] = isgraph((unsigned char)row->name[i]) ? row->name[i] : '?';
	name[i] = '\0';
	snprintf(out, LEDGER_ROW_MAX, "%" PRIx64 " %x %x %x %x %x %x %" PRIx64 " %s", row->pfn,
		 row->count, row->ptes, row->pmds, row->gets, row->pins, row->owners, row->index,
		 i ? name : "-");
}

static bool next_number(const char **pos, uint64_t max, uint64_t *out)
{
	char *end;

	if (!isxdigit((unsigned char)**pos))
		return false;
	*out = strtoull(*pos, &end, 16);
	if (*end != ' ' || end - *pos > 16 || *out > max)
		return false;
	*pos = end + 1;
	return true;
}

bool ledger_row_parse(const char *text, struct ledger_row *out)
{
	uint64_t v[8];
	static const uint64_t max[] = {
		1ull << 40,	  LEDGER_PAGES_MAX, LEDGER_COUNT_MAX, LEDGER_COUNT_MAX,
		LEDGER_COUNT_MAX, LEDGER_COUNT_MAX, LEDGER_COUNT_MAX, UINT64_MAX,
	};

	for (size_t i = 0; i < ARRAY_SIZE(v); i++)
		if (!next_number(&text, max[i], &v[i]))
			return false;
	*out = (struct ledger_row){
		.pfn = v[0],
		.count = (uint32_t)v[1],
		.ptes = (uint32_t)v[2],
		.pmds = (uint32_t)v[3],
		.gets = (uint32_t)v[4],
		.pins = (uint32_t)v[5],
		.owners = (uint32_t)v[6],
		.index = v[7],
	};
	for (size_t i = 0; text[i]; i++) {
		if (i == LEDGER_NAME_MAX - 1 || !isgraph((unsigned char)text[i]))
			return false;
		out->name[i] = text[i];
	}
	return out->count && out->name[0];
}

void ledger_held_format(const struct ledger_held *h, char *out)
{
	snprintf(out, LEDGER_HELD_MAX, "%" PRIx64 " %x %x %x %x \n", h->pfn, h->count, h->refs,
		 h->maps, h->large);
}

static bool held_parse(const char **pos, struct ledger_held *out)
{
	uint64_t v[5];
	static const uint64_t max[] = { 1ull << 40, LEDGER_PAGES_MAX, INT32_MAX, INT32_MAX, 1 };

	for (size_t i = 0; i < ARRAY_SIZE(v); i++)
		if (!next_number(pos, max[i], &v[i]))
			return false;
	*out = (struct ledger_held){ v[0], (uint32_t)v[1], (uint32_t)v[2], (uint32_t)v[3], v[4] };
	return out->count && *(*pos)++ == '\n';
}

size_t ledger_held_parse(const char *text, struct ledger_held *out, size_t max, uint64_t *next)
{
	static const char head[] = LEDGER_HELD_HEAD;
	size_t n = 0;

	if (strncmp(text, head, strlen(head)) != 0)
		return 0;
	text += strlen(head);
	if (!next_number(&text, 1ull << 41, next) || *text++ != '\n')
		return 0;
	for (uint64_t from = 0; *text; from = out[n].pfn + out[n].count, n++)
		if (n == max || !held_parse(&text, &out[n]) || out[n].pfn < from ||
		    out[n].pfn + out[n].count > *next)
			return 0;
	return n;
}
