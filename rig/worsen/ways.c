/* SPDX-License-Identifier: GPL-2.0-only */
/* The sequels. */
#include "worsen/ways.h"

#include <string.h>

#define ROOM (16ull << 20)
#define MIB (1ull << 20)
#define SMALL_FILES 8
#define SMALL_BYTES (64ull << 10)

static bool names_file(const struct step *st, const char *file)
{
	return (st->name && strcmp(st->name, file) == 0) ||
	       (st->call.file[0] && strcmp(st->call.file[0], file) == 0);
}

/* Takes away each step about @file from line @place on, the last first. */
static bool drop_steps(struct draft *d, size_t place, const char *file)
{
	for (unsigned int j = d->s->nr_steps; j-- > 0;) {
		const struct step *st = &d->s->steps[j];

		if (st->line > place && !st->derived && names_file(st, file)) {
			if (!draft_replace(d, st->line - 1, 1, ""))
				return false;
			j = MIN(j, d->s->nr_steps);
		}
	}
	return true;
}

/* The case's own file that fills the filesystem would leave nothing to take. */
static bool drop_rest(struct draft *d)
{
	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		_cleanup_free_ char *name = NULL;

		if (d->s->steps[i].verb != STEP_FILE || !d->s->steps[i].fill_rest)
			continue;
		name = xstrdup(d->s->steps[i].name);
		if (!drop_steps(d, 0, name))
			return false;
		i = 0;
	}
	return true;
}

/* Leaves little free space beside what the case needs, so that freed blocks are used again. */
static bool make_room(struct draft *d)
{
	uint64_t bytes = ROOM;
	size_t at;

	if (!drop_rest(d))
		return false;
	if (d->s->room)
		return true;
	for (unsigned int i = 0; i < d->s->nr_steps; i++)
		if (d->s->steps[i].verb == STEP_FILE)
			bytes += d->s->steps[i].len;
	at = draft_body(d);
	d->at = at;
	return draft_add(d, "room    %lluM", (unsigned long long)((bytes + MIB - 1) / MIB));
}

/* Reads what can be read by now. */
static void check_all(struct draft *d, size_t place)
{
	struct draft_living l;

	for (size_t i = 0;; i++) {
		draft_living(d, place, &l);
		if (i < l.nr_pins) {
			if (l.pins[i]->pin->traits & PIN_LOOKS)
				draft_add(d, "check   %s", l.pins[i]->name);
		} else if (i < l.nr_pins + l.nr_maps) {
			draft_add(d, "check   %s", l.maps[i - l.nr_pins]->name);
		} else if (i < l.nr_pins + l.nr_maps + l.nr_files) {
			draft_add(d, "check   %s", l.files[i - l.nr_pins - l.nr_maps]->name);
		} else {
			return;
		}
	}
}

/* Reads all files that are there at the end. */
static bool check_at_end(struct draft *d)
{
	d->at = draft_end(d);
	check_all(d, d->at);
	return true;
}

static bool take_rest(struct draft *d)
{
	size_t place = d->at;

	if (!draft_add(d, "sync") || !draft_add(d, "file    w-rest rest written"))
		return false;
	check_all(d, place + 2);
	return check_at_end(d);
}

static bool rest(struct draft *d, const char *word)
{
	(void)word;
	if (!make_room(d))
		return false;
	d->at = draft_held(d);
	return take_rest(d);
}

/* As long as what is held: a filesystem prefers a gap that fits. */
static bool small_files(struct draft *d, const char *word)
{
	uint64_t bytes = SMALL_BYTES;
	char size[24];
	size_t place;

	(void)word;
	if (!make_room(d))
		return false;
	for (unsigned int i = 0; i < d->s->nr_steps; i++)
		if (d->s->steps[i].verb == STEP_PIN)
			bytes = MIN(d->s->steps[i].len, MIB);
	d->at = draft_held(d);
	if (!draft_add(d, "sync"))
		return false;
	for (int i = 1; i <= SMALL_FILES; i++)
		if (!draft_add(d, "file    w%d %s written", i, format_size(bytes, size)))
			return false;
	place = d->at;
	check_all(d, place);
	return check_at_end(d);
}

/* Names of @n living things, in one allocation each: steps do not outlive a change. */
static size_t copy_names(const struct step *const *v, size_t n, char **out)
{
	for (size_t i = 0; i < n; i++)
		out[i] = xstrdup(v[i]->name);
	return n;
}

static void free_names(char **v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i]);
}

/*
 * Fires @call at each file while pages are held; then another file takes the blocks. @gone: the
 * file does not exist after it.
 */
static bool fire(struct draft *d, const char *call, bool gone)
{
	char *names[DRAFT_THINGS_MAX];
	struct draft_living l;
	unsigned int fired = 0;
	size_t n;

	if (!make_room(d))
		return false;
	d->at = draft_held(d);
	draft_living(d, d->at, &l);
	n = copy_names(l.files, l.nr_files, names);
	for (size_t i = 0; i < n; i++) {
		_cleanup_free_ char *op = xasprintf(call, names[i]);

		if (!gone || drop_steps(d, d->at, names[i]))
			fired += draft_add(d, "start   w-t%zu %s", i, op);
	}
	free_names(names, n);
	return fired ? take_rest(d) : false;
}

static bool truncate_all(struct draft *d, const char *word)
{
	(void)word;
	return fire(d, "truncate %s 0", false);
}

static bool unlink_all(struct draft *d, const char *word)
{
	(void)word;
	return fire(d, "unlink %s", true);
}

/* Touches all mappings that are left, in the way @how. */
static bool touch_all(struct draft *d, const char *how)
{
	struct draft_living l;
	unsigned int n = 0;

	d->at = draft_held(d);
	for (size_t i = 0;; i++) {
		char size[24];

		draft_living(d, d->at, &l);
		if (i >= l.nr_maps)
			break;
		n += draft_add(d, "touch   %s %s %s", l.maps[i]->name,
			       format_size(l.maps[i]->len, size), how);
	}
	if (!n)
		return l.nr_maps ? false : draft_refuse(d, "nothing is mapped any more");
	check_all(d, d->at);
	return check_at_end(d);
}

static bool map_again(struct draft *d, const char *word)
{
	struct draft_living l;
	unsigned int n = 0;

	(void)word;
	d->at = draft_held(d);
	for (size_t i = 0;; i++) {
		char size[24];

		draft_living(d, d->at, &l);
		if (i >= l.nr_files)
			break;
		if (!draft_add(d, "map     w-m%zu %s 0 %s shared r", i, l.files[i]->name,
			       format_size(l.files[i]->len & ~(PAGE - 1ull), size)))
			continue;
		draft_add(d, "check   w-m%zu", i);
		draft_add(d, "unmap   w-m%zu", i);
		n++;
	}
	return (n || draft_refuse(d, "no file can be mapped")) && check_at_end(d);
}

/* Lets go of all that the case still has at d->at. */
static bool let_go(struct draft *d)
{
	struct draft_living l;

	for (draft_living(d, d->at, &l); l.nr_pins; draft_living(d, d->at, &l))
		if (!draft_add(d, "unpin   %s", l.pins[0]->name))
			return false;
	for (draft_living(d, d->at, &l); l.nr_maps; draft_living(d, d->at, &l))
		if (!draft_add(d, "unmap   %s", l.maps[0]->name))
			return false;
	return true;
}

static bool mount_again(struct draft *d, const char *word)
{
	(void)word;
	d->at = draft_end(d);
	if (!let_go(d) || !draft_add(d, "fsck") || !draft_add(d, "remount"))
		return false;
	check_all(d, d->at);
	return true;
}

static bool in_block(const struct draft *d)
{
	for (unsigned int i = 0; i < d->s->nr_steps; i++)
		if (d->s->steps[i].verb == STEP_REPEAT)
			return true;
	return false;
}

/* Whether the case has started an umount by d->at. */
static bool unmounts(const struct draft *d)
{
	for (unsigned int i = 0; i < d->s->nr_steps; i++) {
		const struct step *st = &d->s->steps[i];

		if (st->verb == STEP_START && st->line <= d->at &&
		    (st->call.op->traits & OP_UNMOUNTS))
			return true;
	}
	return false;
}

/* What the case did after that is left out: its files are gone. @word: a step right after the umount. */
static bool umount_held(struct draft *d, const char *word)
{
	struct draft_living l;

	if (in_block(d))
		return draft_refuse(d, "it would be unmounted in a block");
	d->at = draft_held(d);
	draft_living(d, d->at, &l);
	if (!l.nr_pins)
		return draft_refuse(d, "no page is held");
	if (!draft_replace(d, d->at, d->n - d->at, ""))
		return false;
	while (draft_living(d, d->at, &l), l.nr_maps)
		if (!draft_add(d, "unmap   %s", l.maps[0]->name))
			return false;
	if (!unmounts(d) && !draft_add(d, "start   w-u umount"))
		return false;
	if (word) {
		if (!draft_add(d, "%s", word))
			return false;
		check_all(d, d->at);
	}
	if (!let_go(d) || !draft_add(d, "remount"))
		return false;
	check_all(d, d->at);
	return true;
}

/* The blocks and pages that the case used are used by another file: stored to, and cut. */
static bool use_again(struct draft *d, const char *word)
{
	char *names[DRAFT_THINGS_MAX];
	struct draft_living l;
	size_t n;
	bool ok;

	(void)word;
	if (!make_room(d))
		return false;
	d->at = draft_end(d);
	ok = let_go(d);
	draft_living(d, d->at, &l);
	n = copy_names(l.files, l.nr_files, names);
	for (size_t i = 0; i < n && ok; i++)
		ok = draft_add(d, "unlink  %s", names[i]);
	free_names(names, n);
	return ok && draft_add(d, "sync") && draft_add(d, "file    w-new rest written") &&
	       draft_add(d, "map     w-m w-new 0 8M shared rw") &&
	       draft_add(d, "touch   w-m 8M write") && draft_add(d, "check   w-m") &&
	       draft_add(d, "unmap   w-m") && draft_add(d, "check   w-new") &&
	       draft_add(d, "start   w-t truncate w-new 0");
}

const struct way way_sequels[] = {
	{ "", "nothing more", NULL, NULL },
	{ "rest", "another file takes all free blocks", rest, NULL },
	{ "small", "eight small files take free blocks", small_files, NULL },
	{ "truncate", "the files are truncated, and another takes their blocks", truncate_all,
	  NULL },
	{ "unlink", "the files are unlinked, and another takes their blocks", unlink_all, NULL },
	{ "store", "the holder stores to its mappings once more", touch_all, "write" },
	{ "read", "the mappings are read once more", touch_all, "read" },
	{ "map", "the files are mapped anew and read", map_again, NULL },
	{ "mount", "the filesystem is unmounted, checked and mounted again", mount_again, NULL },
	{ "umount", "the filesystem is unmounted while a page is held", umount_held, NULL },
	{ "mkfs", "the device gets another filesystem while a page is held", umount_held, "mkfs" },
	{ "reuse", "all files are unlinked, and the filesystem is used again", use_again, NULL },
	{ NULL, NULL, NULL, NULL },
};
