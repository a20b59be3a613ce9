/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/qemu-argv.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define CONSOLE_SET "1"

static void add(struct qemu_argv *a, char *word)
{
	a->v = xrealloc(a->v, a->n + 2, sizeof(char *));
	a->v[a->n++] = word;
	a->v[a->n] = NULL;
}

void qemu_argv_deinit(struct qemu_argv *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->v[i]);
	free(a->v);
	*a = (struct qemu_argv){ 0 };
}

/* Reads one shell word at *@at and removes its quotes; NULL when a quote is not closed. */
static char *read_word(const char **at)
{
	struct buf word = BUF_INIT;
	const char *s = *at;
	bool quoted = false;

	for (; *s && (quoted || !strchr(" \t\n", *s)); s++) {
		if (*s == '\'')
			quoted = !quoted;
		else if (*s == '\\' && !quoted && s[1])
			buf_addc(&word, *++s);
		else
			buf_addc(&word, *s);
	}
	*at = s;
	if (!quoted)
		return buf_take(&word);
	buf_deinit(&word);
	return NULL;
}

static const char *skip_blanks(const char *s)
{
	while (*s && (strchr(" \t\n", *s) || (s[0] == '\\' && s[1] == '\n')))
		s++;
	return s;
}

struct err *qemu_argv_parse(const char *native, struct qemu_argv *out)
{
	struct qemu_argv a = { 0 };

	for (const char *s = skip_blanks(native); *s; s = skip_blanks(s)) {
		char *word = read_word(&s);

		if (!word) {
			qemu_argv_deinit(&a);
			return err_create(ERR_INFRA,
					  "libvirt's command line has an unclosed quote");
		}
		if (!a.n && *word != '/') {
			free(word); /* an environment variable */
			continue;
		}
		add(&a, word);
	}
	if (!a.n)
		return err_create(ERR_INFRA, "libvirt's command line names no program");
	*out = a;
	return NULL;
}

/* Doubles commas, as QEMU's options require. */
static void add_value(struct buf *b, const char *value)
{
	for (; *value; value++) {
		if (*value == ',')
			buf_addc(b, ',');
		buf_addc(b, *value);
	}
}

static char *option(const char *head, const char *value, const char *tail)
{
	struct buf b = BUF_INIT;

	buf_adds(&b, head);
	add_value(&b, value);
	buf_adds(&b, tail);
	return buf_take(&b);
}

struct placing {
	const struct qemu_places *p;
	bool ram, console, channel, gdb, monitor;
};

/* The path of @number, an enum qemu_fd. */
static char *fd_path(unsigned int number)
{
	return xasprintf("/proc/self/fd/%u", number);
}

static char *place_memory(json_t *object, unsigned int number, const struct qemu_places *p)
{
	_cleanup_free_ char *path = fd_path(number);

	json_object_set_new(object, "qom-type", json_string("memory-backend-file"));
	json_object_set_new(object, "mem-path", json_string(path));
	json_object_set_new(object, "share", json_boolean(p->shared));
	/* It would touch every page, and so make a private copy of every page. */
	json_object_del(object, "prealloc");
	return json_dumps(object, JSON_COMPACT);
}

/* The number in an id like "memnvdimm0"; -1 for any other id. */
static int nvdimm_number(const char *id)
{
	unsigned int number;
	char tail;

	return sscanf(id, "memnvdimm%1u%c", &number, &tail) == 1 && number < GEOMETRY_NVDIMMS_MAX ?
		       (int)number :
		       -1;
}

/* Sets *@word to the replacement of the object @text; NULL: the object is dropped. */
static struct err *place_object(struct placing *pl, const char *text, char **word)
{
	json_t *object = json_loads(text, 0, NULL);
	const char *id = json_string_value(json_object_get(object, "id"));
	const char *type = json_string_value(json_object_get(object, "qom-type"));
	struct err *err = NULL;

	if (!id || !type)
		err = err_create(
			ERR_INFRA,
			"libvirt's command line has an object without JSON id and qom-type");
	else if (!strcmp(type, "secret"))
		*word = NULL;
	else if (!strcmp(id, "ram-node0"))
		*word = place_memory(object, QEMU_FD_RAM, pl->p);
	else if (nvdimm_number(id) >= 0)
		*word = place_memory(object, QEMU_FD_NVDIMM + (unsigned int)nvdimm_number(id),
				     pl->p);
	else
		*word = xstrdup(text);
	if (!err && !strcmp(id, "ram-node0"))
		pl->ram = true;
	json_decref(object);
	return err;
}

static bool has_id(const char *text, const char *id)
{
	_cleanup_free_ char *want = xasprintf(",id=%s,", id);

	return strstr(text, want) != NULL;
}

static char *place_chardev(struct placing *pl, const char *text)
{
	if (has_id(text, "charmonitor")) {
		pl->monitor = true;
		return xasprintf("socket,id=charmonitor,fd=%u", QEMU_FD_MONITOR);
	}
	if (has_id(text, "charserial0")) {
		pl->console = true;
		return xstrdup("file,id=charserial0,path=/dev/fdset/" CONSOLE_SET);
	}
	if (has_id(text, "charchannel0")) {
		pl->channel = true;
		return xasprintf("socket,id=charchannel0,fd=%u,server=on,wait=off",
				 QEMU_FD_CHANNEL);
	}
	return xstrdup(text);
}

/* Replaces the option @name with @value; *@word as for place_object(). */
static struct err *place_option(struct placing *pl, const char *name, const char *value,
				char **word)
{
	if (!strcmp(name, "-object"))
		return place_object(pl, value, word);
	if (!strcmp(name, "-chardev")) {
		*word = place_chardev(pl, value);
	} else if (!strcmp(name, "-gdb") && pl->p->gdb) {
		pl->gdb = true;
		*word = xstrdup("chardev:gdb0");
	} else if (!strcmp(name, "-kernel")) {
		*word = fd_path(QEMU_FD_KERNEL);
	} else if (!strcmp(name, "-initrd")) {
		*word = fd_path(QEMU_FD_INITRD);
	} else if (!strcmp(name, "-name")) {
		*word = option("guest=", pl->p->name, ",debug-threads=on");
	} else if (!strcmp(name, "-add-fd")) {
		*word = NULL;
	} else {
		*word = xstrdup(value);
	}
	return NULL;
}

static void add_pair(struct qemu_argv *a, const char *name, char *value)
{
	add(a, xstrdup(name));
	add(a, value);
}

/* libvirt would wait for power-off and then end QEMU; here QEMU exits by itself. */
static void add_end(const struct qemu_places *p, struct qemu_argv *a)
{
	add(a, xstrdup("-no-reboot"));
	add_pair(a, "-add-fd", xasprintf("fd=%u,set=" CONSOLE_SET, QEMU_FD_CONSOLE));
	if (p->gdb)
		add_pair(a, "-chardev",
			 xasprintf("socket,id=gdb0,fd=%u,server=on,wait=off", QEMU_FD_GDB));
	if (p->plugin)
		add_pair(a, "-plugin",
			 xasprintf("file=/proc/self/fd/%u,bits=%u", QEMU_FD_PLUGIN, QEMU_FD_BITS));
	if (p->incoming)
		add_pair(a, "-incoming", xstrdup("defer"));
}

static struct err *check_placed(const struct placing *pl)
{
	const char *lacks = !pl->ram		   ? "RAM 'ram-node0'" :
			    !pl->monitor	   ? "monitor 'charmonitor'" :
			    !pl->console	   ? "console 'charserial0'" :
			    !pl->channel	   ? "channel 'charchannel0'" :
			    pl->p->gdb && !pl->gdb ? "gdbstub" :
						     NULL;

	return lacks ? err_create(ERR_INFRA, "libvirt's command line has no %s", lacks) : NULL;
}

struct err *qemu_argv_place(const struct qemu_argv *in, const struct qemu_places *p,
			    struct qemu_argv *out)
{
	struct placing pl = { .p = p };
	struct qemu_argv a = { 0 };
	struct err *err = NULL;

	add(&a, xstrdup(in->v[0]));
	for (size_t i = 1; i < in->n && !err; i++) {
		bool pair = i + 1 < in->n && in->v[i + 1][0] != '-';
		char *word = NULL;

		if (!strcmp(in->v[i], "-no-shutdown"))
			continue;
		if (!pair) {
			add(&a, xstrdup(in->v[i]));
			continue;
		}
		err = place_option(&pl, in->v[i], in->v[i + 1], &word);
		if (word)
			add_pair(&a, in->v[i], word);
		i++;
	}
	if (!err)
		err = check_placed(&pl);
	if (err) {
		qemu_argv_deinit(&a);
		return err;
	}
	add_end(p, &a);
	*out = a;
	return NULL;
}
