/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/build/profile.h"

#include <string.h>

#include "base/nearest.h"

/* The assembler reads the file: build.mk has the dependency. */
#define EMBED(name, file)                                                                          \
	extern const char name[];                                                                  \
	__asm__(".pushsection .rodata\n"                                                           \
		".globl " #name "\n" #name ":\n"                                                   \
		".incbin \"guests/profiles/" file "\"\n"                                           \
		".byte 0\n"                                                                        \
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

struct err *profile_check(const char *name)
{
	struct nearest n = { .word = name };

	if (profile_text(name))
		return NULL;
	for (size_t i = 0; i < ARRAY_SIZE(profiles); i++)
		nearest_offer(&n, profiles[i].name);
	return nearest_err(&n, "profile", "expected " PROFILE_NAMES);
}

const char *profile_base(void)
{
	return profile_config_base;
}

#define NOT_SET " is not set"

bool profile_read_setting(const char *line, struct profile_setting *out)
{
	size_t len = strcspn(line, "\n"), n = strcspn(line, "=\n");

	if (!strncmp(line, "# CONFIG_", 9)) {
		line += 2;
		n = strcspn(line, " \n");
		*out = (struct profile_setting){ line, "n", n, 1 };
		return !strncmp(line + n, NOT_SET, strlen(NOT_SET));
	}
	if (strncmp(line, "CONFIG_", 7) || line[n] != '=')
		return false;
	*out = (struct profile_setting){ line, line + n + 1, n, len - n - 1 };
	return true;
}

/* The last value that @config gives an option; an option that it does not name is off. */
static bool has_setting(const char *config, const struct profile_setting *wanted)
{
	struct profile_setting found = { .value = "n", .value_len = 1 }, s;

	for (const char *p = config; *p; p += strcspn(p, "\n"), p += *p == '\n')
		if (profile_read_setting(p, &s) && s.name_len == wanted->name_len &&
		    !memcmp(s.name, wanted->name, s.name_len))
			found = s;
	return found.value_len == wanted->value_len &&
	       !memcmp(found.value, wanted->value, wanted->value_len);
}

void profile_lost(const char *fragment, const char *config, struct buf *lost)
{
	struct profile_setting s;

	for (const char *p = fragment; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		/* a later line may set the option again: that one counts */
		if (!profile_read_setting(p, &s) || has_setting(config, &s) || !has_setting(p, &s))
			continue;
		buf_addf(lost, "%s%.*s=%.*s", lost->len ? ", " : "", (int)s.name_len, s.name,
			 (int)s.value_len, s.value);
	}
}
