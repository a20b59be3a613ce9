/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/profile.h"

#include <string.h>

/* The assembler reads the file: build.mk says that this depends on it. */
#define EMBED(name, file)						\
	extern const char name[];					\
	__asm__(".pushsection .rodata\n"				\
		".globl " #name "\n"					\
		#name ":\n"						\
		".incbin \"guests/profiles/" file "\"\n"		\
		".byte 0\n"						\
		".popsection\n")

EMBED(profile_config_base, "base.config");
EMBED(profile_config_fast, "fast.config");
EMBED(profile_config_debug, "debug.config");
EMBED(profile_config_kasan, "kasan.config");

static const struct {
	const char *name;
	const char *text;
} profiles[] = {
	{ PROFILE_DEFAULT, profile_config_fast },
	{ "debug", profile_config_debug },
	{ "kasan", profile_config_kasan },
};

const char *profile_text(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		if (strcmp(profiles[i].name, name) == 0)
			return profiles[i].text;
	return NULL;
}

const char *profile_base(void)
{
	return profile_config_base;
}

#define NOT_SET " is not set"

/*
 * A line of a .config that sets something: its option's name, and the value, "n" for
 * "# CONFIG_X is not set".
 */
static bool read_setting(const char *line, const char **name, size_t *name_len,
			 const char **value, size_t *value_len)
{
	size_t len = strcspn(line, "\n"), n;

	if (!strncmp(line, "# CONFIG_", 9)) {
		*name = line + 2;
		*name_len = strcspn(*name, " \n");
		*value = "n";
		*value_len = 1;
		return !strncmp(*name + *name_len, NOT_SET, strlen(NOT_SET));
	}
	n = strcspn(line, "=\n");
	if (strncmp(line, "CONFIG_", 7) || line[n] != '=')
		return false;
	*name = line;
	*name_len = n;
	*value = line + n + 1;
	*value_len = len - n - 1;
	return true;
}

/* What @config, to its end, says last of an option; what it does not name is off. */
static bool has_setting(const char *config, const char *name, size_t name_len,
			const char *value, size_t value_len)
{
	const char *n, *v, *found = "n";
	size_t nl, vl, found_len = 1;

	for (const char *p = config; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (read_setting(p, &n, &nl, &v, &vl) && nl == name_len &&
		    !memcmp(n, name, nl)) {
			found = v;
			found_len = vl;
		}
	return found_len == value_len && !memcmp(found, value, value_len);
}

void profile_lost(const char *fragment, const char *config, struct buf *lost)
{
	const char *name, *value;
	size_t name_len, value_len;

	for (const char *p = fragment; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		if (!read_setting(p, &name, &name_len, &value, &value_len) ||
		    has_setting(config, name, name_len, value, value_len) ||
		    /* set again further down */
		    !has_setting(p, name, name_len, value, value_len))
			continue;
		buf_addf(lost, "%s%.*s=%.*s", lost->len ? ", " : "", (int)name_len, name,
			 (int)value_len, value);
	}
}
