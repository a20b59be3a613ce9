/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/c/told.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "workloads/c/parts.h"

unsigned int told_word(struct told_words *w, const char *word)
{
	for (unsigned int i = 0; i < w->n; i++)
		if (strcmp(w->v[i], word) == 0)
			return i;
	if (w->n == TOLD_WORDS_MAX)
		return w->n - 1;
	w->v[w->n] = xstrdup(word);
	return w->n++;
}

void told_words_deinit(struct told_words *w)
{
	for (unsigned int i = 0; i < w->n; i++)
		free(w->v[i]);
	w->n = 0;
}

static char *format(const char *fmt, va_list ap)
{
	char *text = NULL;

	if (vasprintf(&text, fmt, ap) < 0)
		abort();
	return text;
}

void told_line(struct told *t, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	for (unsigned int i = 0; i < t->tabs; i++)
		buf_addc(&t->body, '\t');
	buf_addf(&t->body, "%s\n", text);
}

void told_global(struct told *t, const char *fmt, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = format(fmt, ap);
	va_end(ap);
	if (!strstr(buf_str(&t->globals), text))
		buf_addf(&t->globals, "%s\n", text);
}

static void use(struct told *t, const char *name);

/* A line of a part: its license, another part, a header of the system, or text. */
static void use_line(struct told *t, const char *line, size_t len)
{
	static const char part[] = "#include \"", header[] = "#include <";
	_cleanup_free_ char *name = NULL;

	if (strncmp(line, "/* SPDX", 7) == 0)
		return; /* the program has one of its own */
	if (strncmp(line, part, strlen(part)) == 0) {
		name = xstrndup(line + strlen(part), strcspn(line + strlen(part), "."));
		use(t, name);
	} else if (strncmp(line, header, strlen(header)) == 0) {
		name = xstrndup(line, len);
		told_word(&t->includes, name);
	} else {
		buf_add(&t->parts, line, len);
		buf_addc(&t->parts, '\n');
	}
}

static void use(struct told *t, const char *name)
{
	const struct c_part *p = c_part_find(name);
	unsigned int known = t->used.n;
	const char *text = p ? p->text : "#error no such part\n";

	told_word(&t->used, name);
	if (t->used.n == known)
		return;
	for (size_t n; *text; text += n + 1) {
		n = strcspn(text, "\n");
		use_line(t, text, n);
	}
}

void told_use(struct told *t, const char *name)
{
	told_word(&t->named, name);
	use(t, name);
}

const char *told_short(struct told *t, const char *fmt, ...)
{
	char *out = t->ring[t->at++ % ARRAY_SIZE(t->ring)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(out, sizeof(t->ring[0]), fmt, ap);
	va_end(ap);
	return out;
}

const char *told_size(struct told *t, uint64_t n)
{
	if (n && n % (1 << 20) == 0)
		return told_short(t, "%llu * M", (unsigned long long)n >> 20);
	if (n && n % (1 << 10) == 0)
		return told_short(t, "%llu * K", (unsigned long long)n >> 10);
	return told_short(t, "%llu", (unsigned long long)n);
}

/* Names have no capitals, so that an X for '-' cannot make two alike. */
const char *told_id(struct told *t, const char *name)
{
	char *out = t->ring[t->at++ % ARRAY_SIZE(t->ring)];

	snprintf(out, sizeof(t->ring[0]), "%s", name);
	for (char *p = out; *p; p++)
		if (*p == '-')
			*p = 'X';
	snprintf(out + strlen(out), sizeof(t->ring[0]) - strlen(out), "%s", t->suffix);
	return out;
}

const char *told_file_id(struct told *t, unsigned int origin)
{
	const char *suffix = t->suffix, *id;

	t->suffix = "";
	id = told_id(t, t->files.v[origin]);
	t->suffix = suffix;
	return id;
}

const char *told_at(struct told *t, const char *map, uint64_t off)
{
	if (!off)
		return told_short(t, "map_%s", told_id(t, map));
	return told_short(t, "map_%s + %s", told_id(t, map), told_size(t, off));
}

const char *told_function(struct told *t, const struct step *st, const char *head, const char *body)
{
	const char *id = told_id(t, st->name), *name = head + strcspn(head, " ") + 1;
	_cleanup_free_ char *one = xasprintf("static %s_%s%s", head, id, body);
	_cleanup_free_ char *start = NULL;

	name += *name == '*';
	start = xasprintf("%s_%s(", name, id);
	if (!strstr(buf_str(&t->calls), start))
		buf_addf(&t->calls, "\n%s", one);
	if (strstr(buf_str(&t->calls), one))
		return told_short(t, "%s_%s", name, id);
	if (!strstr(buf_str(&t->calls), told_short(t, "%s_%s%u(", name, id, st->line)))
		buf_addf(&t->calls, "\nstatic %s_%s%u%s", head, id, st->line, body);
	return told_short(t, "%s_%s%u", name, id, st->line);
}

const char *told_only(struct told *t, const struct step *st, const char *map,
		      char *const files[OP_FILES_MAX])
{
	_cleanup_buf_ struct buf body = BUF_INIT;

	told_use(t, "child");
	buf_adds(&body, "(int keep)\n{\n");
	for (unsigned int i = 0; i < t->m.nr_maps; i++) {
		const struct model_map *m = &t->m.maps[i];

		if (m->live && (!map || strcmp(m->name, map) != 0))
			buf_addf(&body, "\tmunmap(map_%s, %s);\n", told_id(t, m->name),
				 told_size(t, m->len));
	}
	buf_adds(&body, "\tclose_others(keep");
	for (int i = 0; i < OP_FILES_MAX; i++)
		if (!map && files && files[i])
			buf_addf(&body, ", fd_%s", told_id(t, files[i]));
		else
			buf_adds(&body, ", -1");
	buf_adds(&body, ");\n}\n");
	return told_function(t, st, "void only", buf_str(&body));
}

struct err *told_refuse(const struct told *t, const struct step *st, const char *word,
			const char *why)
{
	return err_create(ERR_USAGE, "%s:%u: cannot be told in C: '%s': %s", t->name, st->line,
			  word, why);
}

const char *told_fd(struct told *t, const char *file)
{
	unsigned int i = told_word(&t->files, file);

	if (t->closed[i]) {
		told_use(t, "open-again");
		told_line(t, "fd_%s = open_again(\"%s\");", told_id(t, file), file);
		t->closed[i] = false;
	}
	return told_short(t, "fd_%s", told_id(t, file));
}

unsigned int told_gen(struct told *t, const struct step *st, struct model_file *f)
{
	return t->gens[st - t->s->steps] = ++f->gen;
}

static bool is_on(const struct model_op *op, const char *file)
{
	if (!file || !op->call->file[0])
		return true;
	for (int i = 0; i < OP_FILES_MAX && op->call->file[i]; i++)
		if (strcmp(op->call->file[i], file) == 0)
			return true;
	return false;
}

static bool changes(const struct operation *op)
{
	return (op->traits & OP_NEW_BYTES) || !(op->traits & (OP_FAULTS | OP_READS));
}

static const struct model_op *find(const struct told *t, const char *file, bool waiting,
				   bool changing)
{
	for (unsigned int i = 0; i < t->m.nr_ops; i++) {
		const struct model_op *op = &t->m.ops[i];

		if ((op->state == MODEL_OP_UNKNOWN || (waiting && op->state == MODEL_OP_WAITS)) &&
		    is_on(op, file) && (!changing || changes(op->call->op)))
			return op;
	}
	return NULL;
}

const struct model_op *told_unknown(const struct told *t, const char *file)
{
	return find(t, file, false, false);
}

const struct model_op *told_pending(const struct told *t, const char *file)
{
	return find(t, file, true, false);
}

const struct model_op *told_changing(const struct told *t, const char *file)
{
	return find(t, file, true, true);
}
