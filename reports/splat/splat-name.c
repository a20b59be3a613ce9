// SPDX-License-Identifier: GPL-2.0-only
#include "reports/splat/splat-name.h"

#include <string.h>

#include "reports/splat/splat-private.h"

/* What differs from boot to boot, and the word that stands for it in a title. */
static const struct {
	const char *pattern, *word;
} changing[SPLAT_CHANGING] = {
	{ "\\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?", "" },
	{ "(?<![A-Za-z0-9_])(?:0x[0-9a-f]+|[0-9a-f]{6,})(?!\\w)", "ADDR" },
	{ "(?<!\\w)\\d{1,3}(?:\\.\\d{1,3}){3}(?!\\w)", "IP" },
	{ "(\\.\\w+)(?::\\d+)+", "$1:LINE" },
	{ "CPU#\\d+", "CPU" },
	{ "(?<!\\w)\\d+(?!\\w)", "NUM" },
};

struct splat_namer *splat_namer_create(void)
{
	struct splat_namer *n = xcalloc(1, sizeof(*n));

	n->forms = xcalloc(splat_forms_count, sizeof(struct regex *));
	n->skips = xcalloc(splat_forms_count, sizeof(struct regex *));
	n->types = xcalloc(splat_types_count, sizeof(struct regex *));
	n->steps = xcalloc(splat_steps_count, sizeof(struct regex *));
	n->needles = needles_create(splat_needles, splat_needles_count);
	return n;
}

static void destroy_all(struct regex **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		regex_destroy(v[i]);
	free(v);
}

void splat_namer_destroy(struct splat_namer *n)
{
	if (!n)
		return;
	needles_destroy(n->needles);
	destroy_all(n->forms, splat_forms_count);
	destroy_all(n->skips, splat_forms_count);
	destroy_all(n->types, splat_types_count);
	destroy_all(n->steps, splat_steps_count);
	regex_destroy(n->user);
	regex_destroy(n->frame);
	regex_destroy(n->trace);
	regex_destroy(n->alien);
	regex_destroy(n->access);
	regex_destroy(n->place);
	regex_destroy(n->helper);
	regex_destroy(n->anchor);
	regex_destroy(n->hang);
	regex_destroy(n->task);
	regex_destroy(n->registers);
	regex_destroy(n->numbered);
	for (size_t i = 0; i < ARRAY_SIZE(changing); i++)
		regex_destroy(n->changing[i]);
	for (size_t i = 0; i < SPLAT_AREAS; i++)
		regex_destroy(n->areas[i]);
	free(n);
}

struct regex *splat_wanted(struct regex **re, const char *pattern)
{
	if (!*re)
		*re = regex_create(pattern);
	return *re;
}

bool splat_matches(struct regex **re, const char *pattern, const char *s, size_t len)
{
	return regex_match(splat_wanted(re, pattern), s, len);
}

char *splat_without_changing(struct splat_namer *n, char *line)
{
	if (!strpbrk(line, "0123456789"))
		return line;
	for (size_t i = 0; i < ARRAY_SIZE(changing); i++) {
		char *next = regex_replace(splat_wanted(&n->changing[i], changing[i].pattern), line,
					   changing[i].word);

		free(line);
		line = next;
	}
	return line;
}

size_t splat_namer_next(const struct splat_namer *n, const char *data, size_t len)
{
	size_t which;

	return needles_find(n->needles, data, len, &which);
}

size_t splat_namer_form(struct splat_namer *n, const char *msg, size_t len)
{
	if (splat_namer_next(n, msg, len) == len ||
	    splat_matches(&n->user, splat_user_pattern, msg, len))
		return splat_forms_count;
	for (size_t i = 0; i < splat_forms_count; i++) {
		const struct splat_form *f = &splat_forms[i];

		if (memmem(msg, len, f->key, strlen(f->key)) &&
		    splat_matches(&n->forms[i], f->pattern, msg, len))
			return i;
	}
	return splat_forms_count;
}

bool splat_namer_alien(struct splat_namer *n, const char *msg, size_t len)
{
	return memmem(msg, len, "ail", 3) &&
	       splat_matches(&n->alien, splat_alien_pattern, msg, len);
}

void splat_words_deinit(struct splat_words *w)
{
	free(w->text);
	free(w->access);
	free(w->file);
	*w = (struct splat_words){ 0 };
}

static void take_place(struct regex *re, const char *msg, struct splat_words *w)
{
	_cleanup_free_ char *line = regex_group_str(re, msg, "line", 9);

	if (!w->file && !w->line && line) {
		w->file = regex_group_str(re, msg, "file", NAME_MAX_LEN);
		w->line = (unsigned int)strtoul(line, NULL, 10);
	}
}

void splat_namer_read(struct splat_namer *n, size_t form, const char *msg, size_t len,
		      struct splat_words *w)
{
	if (form < splat_forms_count) {
		struct regex *re = n->forms[form];

		if (!regex_match(re, msg, len))
			return;
		take_place(re, msg, w);
		if (!w->text)
			w->text = regex_group_str(re, msg, "text", NAME_MAX_LEN);
		for (size_t n_text = w->text ? strlen(w->text) : 0;
		     n_text && w->text[n_text - 1] == ' ';)
			w->text[--n_text] = '\0';
	} else if (!w->access && len && strchr("RW", *msg) &&
		   splat_matches(&n->access, splat_access_pattern, msg, len)) {
		w->access = regex_group_str(n->access, msg, "access", 8);
	} else if (!w->line && (memmem(msg, len, ".c:", 3) || memmem(msg, len, ".h:", 3)) &&
		   splat_matches(&n->place, splat_place_pattern, msg, len)) {
		take_place(n->place, msg, w);
	}
}

/* Makes a title of the first line, from its keyword on. */
static void add_line(struct buf *b, const struct splat_form *f, const char *line, size_t len)
{
	const char *p = memmem(line, len, f->key, strlen(f->key));

	while (p > line && strncmp(p, "WARNING: ", 9) && strncmp(p, "INFO: ", 6) &&
	       strncmp(p, "BUG: ", 5))
		p--;
	if (!strncmp(p, "BUG: KASAN", 10))
		p += 5;
	buf_add_escaped(b, p, (size_t)(line + len - p), NAME_MAX_LEN);
}

static void add_title(struct buf *b, const struct splat_form *f, const char *function,
		      const struct splat_words *w)
{
	for (const char *p = f->title; *p;) {
		if (!strncmp(p, "{func}", 6)) {
			buf_adds(b, function ? function : "corrupted");
			p += 6;
		} else if (!strncmp(p, "{text}", 6)) {
			buf_adds(b, w->text ? w->text : "");
			p += 6;
		} else if (!strncmp(p, "{access}", 8)) {
			if (w->access)
				buf_addf(b, " %s", w->access);
			p += 8;
		} else {
			buf_addc(b, *p++);
		}
	}
	while (b->len && b->data[b->len - 1] == ' ')
		b->data[--b->len] = '\0';
}

void splat_namer_name(struct splat_namer *n, size_t form, const char *text, size_t len,
		      const struct splat_words *w, char **title, char **function, bool *corrupted)
{
	const struct splat_form *f = &splat_forms[form];
	struct buf b = BUF_INIT;

	*function = splat_find_function(n, form, text, len);
	*corrupted = *f->where && !*function && strstr(f->title, "{func}");
	if (splat_has_wanted(n, form, text, len))
		add_title(&b, f, *function, w);
	else
		add_line(&b, f, text, (size_t)((char *)memchr(text, '\n', len) - text));
	*corrupted |= f->flags & SPLAT_FORM_DETAIL || splat_lacks_trace(n, form, text, len);
	*title = splat_without_changing(n, buf_take(&b));
}

const char *splat_namer_type(struct splat_namer *n, const char *title)
{
	size_t i = 0;

	while (!splat_matches(&n->types[i], splat_types[i].pattern, title, strlen(title)))
		i++;
	return splat_types[i].type;
}
