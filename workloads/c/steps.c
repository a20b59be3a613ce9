/* SPDX-License-Identifier: GPL-2.0-only */
/* Files, mappings and other lines of a scenario. */
#include <string.h>

#include "workloads/c/odp-steps.h"
#include "workloads/c/told.h"

/* The assumed size of a file that fills the filesystem. */
#define REST (1ull << 30)

static struct err *written(struct told *t, const struct step *st, const char *id,
			   struct model_file *f)
{
	unsigned int i = told_word(&t->files, st->name);

	model_file_write_new(&t->m, f, st->fill_rest ? REST : st->len);
	t->rest[i] = st->fill_rest;
	if (st->fill_rest) {
		told_use(t, "create-rest");
		told_global(t, "static long size_%s;", id);
		told_line(t, "fd_%s = create_rest(\"%s\", &size_%s, %s);", id, st->name, id,
			  told_wrote(t, f->origin, f->gen, 0));
		return NULL;
	}
	told_use(t, "create-written");
	told_line(t, "fd_%s = create_written(\"%s\", %s, %s);", id, st->name, told_size(t, st->len),
		  told_wrote(t, f->origin, f->gen, 0));
	return NULL;
}

static struct err *empty(struct told *t, const struct step *st, const char *id,
			 struct model_file *f)
{
	const char *how = st->file == FILE_HOLE ? "hole" : "fallocated";

	told_use(t, told_short(t, "create-%s", how));
	told_line(t, "fd_%s = create_%s(\"%s\", %s);", id, how, st->name, told_size(t, st->len));
	if (st->file == FILE_HOLE)
		model_file_extend(&t->m, f, st->len);
	else
		model_file_reserve(&t->m, f, st->len);
	return NULL;
}

/* A copy: the bytes are those that the program knows the other file to have. */
static struct err *copied(struct told *t, const struct step *st, struct model_file *f)
{
	struct shadow want;

	told_use(t, "create");
	told_use(t, "write-bytes");
	told_line(t, "fd_%s = create(\"%s\");", told_id(t, st->name), st->name);
	model_file_bytes(&t->m, f, &want);
	for (size_t i = 0; i < want.n; i++) {
		struct piece p = want.v[i];

		while (i + 1 < want.n && told_goes_on(&p, &want.v[i + 1]))
			p.len += want.v[++i].len;
		told_line(t, "write_bytes(\"%s\", fd_%s, %s, %s, %s);", st->name,
			  told_id(t, st->name), told_size(t, p.off), told_size(t, p.len),
			  told_what(t, &p, p.off));
	}
	shadow_deinit(&want);
	return NULL;
}

static struct err *from_other(struct told *t, const struct step *st, const char *id,
			      struct model_file *f)
{
	struct model_file *src = model_file(&t->m, st->other);

	if (t->rest[told_word(&t->files, st->other)] || src->unsure || told_pending(t, st->other))
		return told_refuse(t, st, st->file == FILE_CLONE ? "clone" : "copy",
				   "the bytes of the other file are not known");
	if (st->file == FILE_CLONE) {
		told_use(t, "create-clone");
		told_line(t, "fd_%s = create_clone(\"%s\", %s, %s);", id, st->name,
			  told_fd(t, st->other), told_size(t, st->len == src->size ? 0 : st->len));
	}
	model_file_copy(&t->m, f, src, st->len, st->file == FILE_CLONE);
	return st->file == FILE_CLONE ? NULL : copied(t, st, f);
}

static struct err *tell_file(struct told *t, const struct step *st)
{
	unsigned int origin = told_word(&t->files, st->name);
	struct model_file *old = model_file(&t->m, st->name);
	struct model_file *f = model_add_file(&t->m, st->name, origin, old ? old->gen : 0);
	const char *id = told_id(t, st->name);

	if (!f)
		return told_refuse(t, st, "file", "there are too many");
	t->closed[origin] = false;
	t->rest[origin] = false;
	told_global(t, "static int fd_%s;", id);
	switch (st->file) {
	case FILE_WRITTEN:
		return written(t, st, id, f);
	case FILE_FALLOCATED:
	case FILE_HOLE:
		return empty(t, st, id, f);
	case FILE_CLONE:
	case FILE_COPY:
		return from_other(t, st, id, f);
	}
	return NULL;
}

static bool is_device(const struct step *st)
{
	return strcmp(st->other, "devdax") == 0;
}

static struct err *tell_map(struct told *t, const struct step *st)
{
	const char *flags = st->sync   ? "MAP_SHARED_VALIDATE | MAP_SYNC" :
			    st->shared ? "MAP_SHARED" :
					 "MAP_PRIVATE";

	if (!is_device(st) && t->closed[told_word(&t->files, st->other)])
		return told_refuse(t, st, "map", "its file is closed");
	if (!model_add_map(&t->m, st->name, model_file(&t->m, st->other), st->off, st->len,
			   st->shared, st->writable))
		return told_refuse(t, st, "map", "there are too many");
	if (st->pmd)
		told_word(&t->left_out, "whether a mapping of 2 MiB got an entry of 2 MiB");
	told_global(t, "static char *map_%s;", told_id(t, st->name));
	if (is_device(st)) {
		told_word(&t->needs, "a device-DAX node, whose contents may be lost");
		told_use(t, "map-devdax");
		told_line(t, "map_%s = map_devdax(%s, %s, PROT_READ%s, %s);", told_id(t, st->name),
			  told_size(t, st->off), told_size(t, st->len),
			  st->writable ? " | PROT_WRITE" : "", flags);
		return NULL;
	}
	told_use(t, "map-file");
	told_line(t, "map_%s = map_file(\"%s\", fd_%s, %s, %s, PROT_READ%s, %s, %d);",
		  told_id(t, st->name), st->other, told_id(t, st->other), told_size(t, st->off),
		  told_size(t, st->len), st->writable ? " | PROT_WRITE" : "", flags, st->pmd);
	return NULL;
}

static struct err *tell_unmap(struct told *t, const struct step *st)
{
	struct model_map *m = model_map(&t->m, st->name);

	told_line(t, "munmap(map_%s, %s);", told_id(t, st->name), told_size(t, m->len));
	for (unsigned int i = 0; i < t->m.nr_pins; i++)
		t->unmapped[i] |= t->m.pins[i].map == m;
	model_drop_map(&t->m, m);
	return NULL;
}

static struct err *tell_touch(struct told *t, const struct step *st)
{
	struct model_map *m;
	unsigned int gen;

	if (st->thing == THING_PIN)
		return told_odp_write(t, st, model_pin(&t->m, st->other));
	m = model_map(&t->m, st->other);
	if (!st->writable) {
		told_use(t, "touch-read");
		told_line(t, "touch_read(\"%s\", %s, %s);", st->other,
			  told_at(t, st->other, st->off), told_size(t, st->len));
		return NULL;
	}
	gen = told_gen(t, st, m->file);
	told_use(t, "touch-write");
	told_line(t, "touch_write(\"%s\", %s, %s, %s);", st->other, told_at(t, st->other, st->off),
		  told_size(t, st->len), told_wrote(t, m->file->origin, gen, m->off + st->off));
	model_map_write(&t->m, m, st->off, st->len, gen);
	return NULL;
}

static struct err *tell_close(struct told *t, const struct step *st)
{
	told_line(t, "close(%s);", told_fd(t, st->name));
	t->closed[told_word(&t->files, st->name)] = true;
	return NULL;
}

static struct err *tell_open(struct told *t, const struct step *st)
{
	told_fd(t, st->name);
	return NULL;
}

static struct err *tell_sync(struct told *t, const struct step *st)
{
	if (st->name) {
		told_use(t, "judge-call");
		told_line(t, "judge_call(\"fsync\", fsync(%s), 0);", told_fd(t, st->name));
		return NULL;
	}
	told_use(t, "sync-all");
	told_line(t, "sync_all();");
	return NULL;
}

static struct err *tell_fsck(struct told *t, const struct step *st)
{
	(void)st;
	told_word(&t->left_out, "fsck: run it on the unmounted filesystem afterwards");
	told_line(t, "/* left out: no program checks what is mounted */");
	return NULL;
}

static struct err *tell_remount(struct told *t, const struct step *st)
{
	if (told_pending(t, NULL))
		return told_refuse(t, st, "remount", "an operation may not have ended");
	if (!t->unmounted) {
		told_unmount(t);
		told_use(t, "judge-call");
		told_line(t, "judge_call(\"umount\", unmount(), 0);");
	}
	told_mount_again(t);
	return NULL;
}

static struct err *tell_mkfs(struct told *t, const struct step *st)
{
	(void)st;
	if (!t->unmounted) {
		told_unmount(t);
		told_use(t, "judge-call");
		told_line(t, "judge_call(\"umount\", unmount(), 0);");
	}
	told_word(&t->needs,
		  "the device of the filesystem in DAX_PMEM, as it is made anew, by mkfs");
	told_word(&t->first, "need_spare();");
	told_use(t, "make-anew");
	told_line(t, "make_anew();");
	model_make_anew(&t->m);
	return NULL;
}

static struct err *tell_storm(struct told *t, const struct step *st)
{
	static const char *const calls[] = { "punch", "PUNCH", "zero",	 "ZERO_RANGE",
					     "write", "WRITE", "falloc", "FALLOCATE" };
	_cleanup_buf_ struct buf set = BUF_INIT;
	struct model_file *f = model_file(&t->m, st->name);
	struct err *err = told_check_file(t, st);
	unsigned int gen;

	if (err)
		return err;
	if (!(st->storm.pins & storm_pin_bit("vmsplice")))
		return told_refuse(t, st, "storm", "its pins are told as those of vmsplice");
	told_word(&t->left_out, "of a storm: all pins but those of vmsplice, parts of pages, and "
				"what its leader does");
	for (size_t i = 0; i < ARRAY_SIZE(calls); i += 2)
		if (st->storm.ops & storm_op_bit(calls[i]))
			buf_addf(&set, "%s1 << %s", set.len ? " | " : "", calls[i + 1]);
	t->timed = true;
	told_use(t, "storm");
	told_line(t, "storm(&(struct storm){ .name = \"%s\",", st->name);
	told_line(t, "\t\t\t.fd = fd_%s,", told_id(t, st->name));
	told_line(t, "\t\t\t.file = FILE_%s,", told_file_id(t, f->origin));
	told_line(t, "\t\t\t.size = %s,", told_size(t, f->size));
	told_line(t, "\t\t\t.ms = %llu,", (unsigned long long)st->storm.ms);
	told_line(t, "\t\t\t.workers = %u,", st->storm.workers);
	told_line(t, "\t\t\t.one_cpu = %d,", st->storm.one_cpu);
	told_line(t, "\t\t\t.unstick = %d,", st->storm.unstick);
	told_line(t, "\t\t\t.calls = %s });", buf_str(&set));
	gen = told_gen(t, st, f);
	told_use(t, "write-bytes");
	told_line(t, "write_bytes(\"%s\", fd_%s, 0, %s, %s);", st->name, told_id(t, st->name),
		  told_size(t, f->size), told_wrote(t, f->origin, gen, 0));
	model_file_write(&t->m, f, 0, f->size, gen);
	return NULL;
}

static struct err *tell_program(struct told *t, const struct step *st)
{
	return told_refuse(t, st, "program", "it is a program already");
}

/* Blocks are told by the frame, step after step. */
static struct err *tell_block(struct told *t, const struct step *st)
{
	return told_refuse(t, st, "repeat", "a block in a block");
}

/* Every step has a row: see test-show-c. */
static struct err *(*const steps[])(struct told *t, const struct step *st) = {
	[STEP_FILE] = tell_file,	   [STEP_MAP] = tell_map,
	[STEP_TOUCH] = tell_touch,	   [STEP_PIN] = told_pin,
	[STEP_UNPIN] = told_unpin,	   [STEP_UNMAP] = tell_unmap,
	[STEP_CLOSE] = tell_close,	   [STEP_OPEN] = tell_open,
	[STEP_START] = told_start,	   [STEP_EXPECT] = told_expect,
	[STEP_WAIT] = told_wait,	   [STEP_SETTLE] = told_settle,
	[STEP_SIGNAL] = told_signal,	   [STEP_CHECK] = told_check,
	[STEP_SYNC] = tell_sync,	   [STEP_FSYNC] = tell_sync,
	[STEP_REMOUNT] = tell_remount,	   [STEP_FSCK] = tell_fsck,
	[STEP_OPERATION] = told_operation, [STEP_REPEAT] = tell_block,
	[STEP_END] = tell_block,	   [STEP_STORM] = tell_storm,
	[STEP_MKFS] = tell_mkfs,	   [STEP_PROGRAM] = tell_program,
};

_Static_assert(ARRAY_SIZE(steps) == STEP_PROGRAM + 1, "a verb without a row");

struct err *told_step(struct told *t, const struct step *st)
{
	return steps[st->verb](t, st);
}

struct err *told_end(struct told *t)
{
	const struct step st = { .verb = STEP_CHECK, .line = t->s->steps[t->s->nr_steps - 1].line };
	struct err *err = NULL;

	told_line(t, "step = \"the end\";");
	for (unsigned int i = 0; i < t->m.nr_pins && !err; i++)
		if (t->m.pins[i].live)
			err = told_release(t, &st, &t->m.pins[i]);
	if (t->m.nr_ops)
		told_line(t, "tasks_end();");
	if (t->unbound) {
		told_leave(t);
		told_line(t, "bind_again();");
		return err;
	}
	if (t->unmounted)
		told_mount_again(t);
	return err ? err : told_check_files(t, &st);
}
