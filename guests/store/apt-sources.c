/* SPDX-License-Identifier: GPL-2.0-only */
#include "guests/store/apt-sources.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"

static void source_deinit(struct apt_source *s)
{
	free(s->uris);
	free(s->suites);
	free(s->components);
	free(s->signed_by);
	free(s->valid_until);
	memset(s, 0, sizeof(*s));
}

void apt_sources_deinit(struct apt_sources *sources)
{
	for (size_t i = 0; i < sources->count; i++)
		source_deinit(&sources->items[i]);
	free(sources->items);
	memset(sources, 0, sizeof(*sources));
}

/* Adds @s and takes its strings. */
static void sources_push(struct apt_sources *sources, struct apt_source *s)
{
	sources->items = xrealloc(sources->items, sources->count + 1, sizeof(*s));
	sources->items[sources->count++] = *s;
	memset(s, 0, sizeof(*s));
}

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = words; p && *p;) {
		size_t len;

		p += strspn(p, " \t\n");
		len = strcspn(p, " \t\n");
		if (len == n && !memcmp(p, word, n))
			return true;
		p += len;
	}
	return false;
}

/* Reads "[signed-by=X check-valid-until=no]". Returns what follows; NULL if it is not closed. */
static char *list_options(char *line, struct apt_source *s)
{
	char *end = strchr(line, ']'), *word;

	if (*line != '[')
		return line;
	if (!end)
		return NULL;
	*end = '\0';
	line++;
	while ((word = strsep(&line, " \t"))) {
		if (!strncasecmp(word, "signed-by=", 10) && !s->signed_by)
			s->signed_by = xstrdup(word + 10);
		else if (!strncasecmp(word, "check-valid-until=", 18) && !s->valid_until)
			s->valid_until = xstrdup(word + 18);
	}
	return end + 1;
}

static char *next_word(char **line)
{
	char *word;

	if (!*line)
		return NULL;
	*line += strspn(*line, " \t");
	word = **line ? strsep(line, " \t") : NULL;
	return word;
}

static void list_line(struct apt_sources *sources, char *line)
{
	struct apt_source s = { 0 };
	char *word, *uri, *suite;

	line[strcspn(line, "#")] = '\0';
	word = next_word(&line);
	if (!word || strcmp(word, "deb") || !line)
		return;
	line += strspn(line, " \t");
	line = list_options(line, &s);
	uri = next_word(&line);
	suite = next_word(&line);
	if (uri && suite && line) {
		s.uris = xstrdup(uri);
		s.suites = xstrdup(suite);
		s.components = xstrdup(line);
		sources_push(sources, &s);
	}
	source_deinit(&s);
}

/* Where to store the value of "Name:"; NULL for a field that is ignored. */
static char **deb822_slot(const char *name, size_t len, struct apt_source *s, char **types,
			  char **enabled)
{
	const struct {
		const char *name;
		char **slot;
	} fields[] = {
		{ "Types", types },
		{ "Enabled", enabled },
		{ "URIs", &s->uris },
		{ "Suites", &s->suites },
		{ "Components", &s->components },
		{ "Signed-By", &s->signed_by },
		{ "Check-Valid-Until", &s->valid_until },
	};

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		if (strlen(fields[i].name) == len && !strncasecmp(name, fields[i].name, len))
			return fields[i].slot;
	}
	return NULL;
}

static void append_line(char **value, const char *text)
{
	char *joined = xasprintf("%s\n%s", *value ? *value : "", text);

	free(*value);
	*value = joined;
}

static void deb822_line(char *line, struct apt_source *s, char **types, char **enabled,
			char ***open)
{
	char *colon = strchr(line, ':'), *value;

	if (*line == ' ' || *line == '\t') {
		if (*open)
			append_line(*open, line);
		return;
	}
	*open = NULL;
	if (!colon)
		return;
	*open = deb822_slot(line, (size_t)(colon - line), s, types, enabled);
	if (!*open)
		return;
	value = colon + 1 + strspn(colon + 1, " \t");
	free(**open);
	**open = xstrdup(value);
}

static void deb822_stanza_end(struct apt_sources *sources, struct apt_source *s, char **types,
			      char **enabled)
{
	const char *on = *enabled ? *enabled : "yes";
	bool off = !strncasecmp(on, "no", 2) || !strncasecmp(on, "false", 5) || *on == '0';

	if (has_word(*types, "deb") && !off && s->uris && s->suites && s->components)
		sources_push(sources, s);
	source_deinit(s);
	free(*types);
	free(*enabled);
	*types = *enabled = NULL;
}

void apt_sources_add(struct apt_sources *sources, const char *text, enum apt_format format)
{
	_cleanup_free_ char *copy = xstrdup(text);
	char *rest = copy, *line, *types = NULL, *enabled = NULL, **open = NULL;
	struct apt_source s = { 0 };

	while ((line = strsep(&rest, "\n"))) {
		line[strcspn(line, "\r")] = '\0';
		if (format == APT_FORMAT_LIST) {
			list_line(sources, line);
		} else if (line[strspn(line, " \t")] == '\0') {
			deb822_stanza_end(sources, &s, &types, &enabled);
			open = NULL;
		} else if (*line != '#') {
			deb822_line(line, &s, &types, &enabled, &open);
		}
	}
	deb822_stanza_end(sources, &s, &types, &enabled);
}

/* Does the path of the first URI end with the part @name? */
static bool uri_ends(const char *uris, const char *name)
{
	size_t skip = strspn(uris, " \t\n");
	size_t len = strcspn(uris + skip, " \t\n"), n = strlen(name);
	const char *uri = uris + skip;

	while (len && uri[len - 1] == '/')
		len--;
	return len > n && uri[len - n - 1] == '/' && !memcmp(uri + len - n, name, n);
}

/*
 * The likelihood that this is Debian's own archive; 0 for none. Other archives use the
 * names of Debian's suites and a path that ends in "debian", too, so the key counts most.
 */
static int debian_score(const struct apt_source *s)
{
	bool path = uri_ends(s->uris, "debian") || uri_ends(s->uris, "debian-security");

	if (!has_word(s->components, "main") || strstr(s->uris, "cdrom:"))
		return 0;
	if (s->signed_by && strstr(s->signed_by, "debian-archive"))
		return 3;
	if (!path)
		return 0;
	return s->signed_by ? 1 : 2;
}

/* A release ("bookworm", "stable"), not an overlay ("bookworm-security"). */
static bool has_base_suite(const char *suites)
{
	for (const char *p = suites; *p;) {
		size_t len;

		p += strspn(p, " \t\n");
		len = strcspn(p, " \t\n");
		if (len && !memchr(p, '-', len) && !memchr(p, '/', len))
			return true;
		p += len;
	}
	return false;
}

static void write_stanza(struct buf *out, const struct apt_source *s, const char *suites)
{
	if (out->len)
		buf_addc(out, '\n');
	buf_addf(out, "Types: deb\nURIs: %s\nSuites: %s\nComponents: main\n", s->uris, suites);
	if (s->valid_until)
		buf_addf(out, "Check-Valid-Until: %s\n", s->valid_until);
	if (s->signed_by)
		buf_addf(out, "Signed-By: %s\n", s->signed_by);
}

char *apt_sources_derive(const struct apt_sources *sources, const char *suite)
{
	_cleanup_buf_ struct buf out = BUF_INIT;
	const struct apt_source *best = NULL;
	int top = 0, least;

	for (size_t i = 0; i < sources->count; i++) {
		const struct apt_source *s = &sources->items[i];
		int score = debian_score(s);

		if (score > top && has_base_suite(s->suites)) {
			best = s;
			top = score;
		}
	}
	if (!best)
		return NULL;
	if (suite) {
		write_stanza(&out, best, suite);
		return buf_take(&out);
	}
	least = MIN(top, 2);
	for (size_t i = 0; i < sources->count; i++) {
		if (debian_score(&sources->items[i]) >= least)
			write_stanza(&out, &sources->items[i], sources->items[i].suites);
	}
	return buf_take(&out);
}
