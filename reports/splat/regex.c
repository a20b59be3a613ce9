// SPDX-License-Identifier: GPL-2.0-only
#include "reports/splat/regex.h"

#include <stdio.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	bool matched;
};

struct regex *regex_create(const char *pattern)
{
	struct regex *re = xcalloc(1, sizeof(*re));
	PCRE2_SIZE where;
	int code;

	re->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
				 PCRE2_DOTALL | PCRE2_DUPNAMES, &code, &where, NULL);
	if (!re->code) {
		fprintf(stderr, "daxrig: bad pattern '%s' at %zu\n", pattern, (size_t)where);
		abort();
	}
	re->data = pcre2_match_data_create_from_pattern(re->code, NULL);
	re->context = pcre2_match_context_create(NULL);
	if (!re->data || !re->context)
		abort();
	pcre2_set_match_limit(re->context, 200000);
	/* without JIT the interpreter does the same, slower */
	(void)pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE);
	return re;
}

void regex_destroy(struct regex *re)
{
	if (!re)
		return;
	pcre2_match_context_free(re->context);
	pcre2_match_data_free(re->data);
	pcre2_code_free(re->code);
	free(re);
}

bool regex_match(struct regex *re, const char *s, size_t len)
{
	re->matched = pcre2_match(re->code, (PCRE2_SPTR)s, len, 0, 0, re->data, re->context) > 0;
	return re->matched;
}

struct regex_group regex_group(const struct regex *re, const char *name)
{
	const PCRE2_SIZE *at = pcre2_get_ovector_pointer(re->data);
	PCRE2_SPTR p, last;
	int size = pcre2_substring_nametable_scan(re->code, (PCRE2_SPTR)name, &p, &last);

	/* the table has an entry of @size bytes for each group, its number first */
	for (; re->matched && size > 0 && p <= last; p += size) {
		int n = p[0] << 8 | p[1];

		if (at[2 * n] != PCRE2_UNSET)
			return (struct regex_group){ true, at[2 * n], at[2 * n + 1] - at[2 * n] };
	}
	return (struct regex_group){ false, 0, 0 };
}

char *regex_group_str(const struct regex *re, const char *s, const char *name, size_t max)
{
	struct regex_group g = regex_group(re, name);
	struct buf b = BUF_INIT;

	if (!g.set)
		return NULL;
	buf_add_escaped(&b, s + g.start, g.len, max);
	return buf_take(&b);
}

char *regex_replace(struct regex *re, const char *s, const char *by)
{
	size_t max = 3 * strlen(s) + 64, len = max;
	char *out = xcalloc(max, 1);

	if (pcre2_substitute(re->code, (PCRE2_SPTR)s, PCRE2_ZERO_TERMINATED, 0,
			     PCRE2_SUBSTITUTE_GLOBAL, re->data, re->context, (PCRE2_SPTR)by,
			     PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)out, &len) >= 0)
		return out;
	free(out);
	return xstrdup(s);
}

const char *regex_version(void)
{
	static char version[64];

	pcre2_config(PCRE2_CONFIG_VERSION, version);
	return version;
}
