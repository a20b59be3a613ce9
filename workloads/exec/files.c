/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/exec/files.h"
#include "workloads/exec/pins.h"
#include "workloads/exec/tasks.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "workloads/model/pattern.h"
#include "workloads/oracles/oracle.h"

#define CHUNK (1u << 20)
/* Generations that a file uses before another file gets its origin. */
#define GENS_EACH 64u

struct exec_file *exec_file(struct exec *x, const char *name)
{
	for (unsigned int i = 0; i < x->nr_files; i++)
		if (word_eq(x->files[i].name, name))
			return &x->files[i];
	return NULL;
}

bool exec_file_open(struct exec_file *f)
{
	if (f->fd < 0)
		f->fd = open(f->path, O_RDWR | O_CLOEXEC);
	return f->fd >= 0;
}

void exec_file_close(struct exec_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/* Writes the bytes of @want; returns how many, fewer if the filesystem is full. */
static int64_t write_bytes(int fd, const struct shadow *want, uint64_t len)
{
	char *chunk = xcalloc(1, CHUNK);
	uint64_t done = 0;
	int64_t ret = 0;

	while (done < len) {
		size_t n = MIN(CHUNK, len - done);
		ssize_t w;

		shadow_render(want, done, chunk, n);
		w = pwrite(fd, chunk, n, (off_t)done);
		if (w < 0) {
			ret = -errno;
			break;
		}
		done += (uint64_t)w;
	}
	free(chunk);
	return ret && !(ret == -ENOSPC && done) ? ret : (int64_t)done;
}

static int create_written(struct exec *x, struct exec_file *f, const struct step *st)
{
	struct piece data = { .kind = PIECE_DATA, .origin = f->m->origin, .gen = f->m->gen + 1 };
	uint64_t len = st->fill_rest ? 1ull << 40 : st->len;
	struct shadow bytes = SHADOW_INIT;
	int64_t n;

	shadow_set(&bytes, 0, len, &data);
	n = write_bytes(f->fd, &bytes, len);
	shadow_deinit(&bytes);
	if (n < 0)
		return (int)n;
	model_file_write_new(&x->model, f->m, (uint64_t)n);
	return !st->fill_rest && (uint64_t)n < len ? -ENOSPC : 0;
}

static int create_empty(struct exec *x, struct exec_file *f, const struct step *st)
{
	int ret = st->file == FILE_HOLE ? ftruncate(f->fd, (off_t)st->len) :
					  fallocate(f->fd, 0, 0, (off_t)st->len);

	if (st->file == FILE_HOLE)
		model_file_extend(&x->model, f->m, st->len);
	else
		model_file_reserve(&x->model, f->m, st->len);
	return ret ? -errno : 0;
}

static int create_from(struct exec *x, struct exec_file *f, const struct step *st)
{
	struct exec_file *src = exec_file(x, st->other);
	struct file_clone_range range = { .src_fd = src->fd, .src_length = st->len };
	struct shadow bytes;
	int64_t n;

	model_file_copy(&x->model, f->m, src->m, st->len, st->file == FILE_CLONE);
	if (st->len == src->m->size)
		range.src_length = 0;
	if (st->file == FILE_CLONE)
		return ioctl(f->fd, FICLONERANGE, &range) ? -errno : 0;
	model_file_bytes(&x->model, f->m, &bytes);
	n = write_bytes(f->fd, &bytes, st->len);
	shadow_deinit(&bytes);
	return n < 0 ? (int)n : 0;
}

/* Whether a file in x->files writes with this origin and generation. */
static bool origin_in_use(const struct exec *x, unsigned int origin)
{
	for (unsigned int i = 0; i < x->nr_files; i++)
		if (x->files[i].m->origin == origin)
			return true;
	return false;
}

/* An origin and generation of no earlier file, as far as possible: repeat blocks make many. */
static struct model_file *add_to_model(struct exec *x, const char *name)
{
	unsigned int n;

	do
		n = x->files_made++;
	while (origin_in_use(x, 1 + n % (ORIGIN_NEXT - 1)));
	return model_add_file(&x->model, name, 1 + n % (ORIGIN_NEXT - 1),
			      n / (ORIGIN_NEXT - 1) * GENS_EACH);
}

void exec_file_create(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_file *f = &x->files[x->nr_files];
	int ret;

	*f = (struct exec_file){ .name = st->name, .fd = -1, .m = add_to_model(x, st->name) };
	x->nr_files++;
	snprintf(f->path, sizeof(f->path), EXEC_MOUNTPOINT "/%s", st->name);
	f->fd = open(f->path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (f->fd < 0)
		ret = -errno;
	else if (st->file == FILE_WRITTEN)
		ret = create_written(x, f, st);
	else if (st->file == FILE_FALLOCATED || st->file == FILE_HOLE)
		ret = create_empty(x, f, st);
	else
		ret = create_from(x, f, st);
	if (ret)
		outcome_error(o, "cannot make '%s': %s", st->name, strerror(-ret));
}

void exec_file_sync(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_file *f = st->name ? exec_file(x, st->name) : NULL;
	int fd;

	if (f && !exec_file_open(f)) {
		outcome_error(o, "cannot open '%s': %s", f->name, strerror(errno));
		return;
	}
	fd = f ? f->fd : open(EXEC_MOUNTPOINT, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (x->ctx->sabotage != SABOTAGE_NO_FLUSH && (f ? fsync(fd) : syncfs(fd)))
		outcome_fail(o, RULE_CONTRACT_ERRNO, "sync succeeds", "%s", errno_name(errno));
	else
		oracles_tell(x, flushed, f, f ? "the fsync" : "the sync", o);
	if (!f)
		close_fd(&fd);
}

static const char *origin_name(void *arg, unsigned int origin)
{
	static char name[64];
	struct exec *x = arg;

	if (origin == ORIGIN_NEXT)
		return "the next filesystem's file";
	for (unsigned int i = 0; i < x->nr_files; i++)
		if (x->files[i].m->origin == origin) {
			snprintf(name, sizeof(name), "file '%s'", x->files[i].name);
			return name;
		}
	for (unsigned int i = 0; i < x->nr_pins; i++)
		if (ORIGIN_PIN + x->pins[i].pin.id == origin) {
			snprintf(name, sizeof(name), "DMA of pin '%s'", x->pins[i].pin.name);
			return name;
		}
	return NULL;
}

static void describe_piece(struct exec *x, struct buf *b, const struct piece *p, uint64_t off)
{
	if (p->kind == PIECE_ZERO)
		buf_adds(b, "zeroes");
	else if (p->kind == PIECE_DMA)
		buf_addf(b, "%s, any generation", origin_name(x, p->origin));
	else
		pattern_describe(b, pattern_word(p->origin, p->gen, p->src + (off - p->off)),
				 origin_name, x);
}

void exec_compare(struct exec *x, const struct shadow *want, uint64_t off, const void *data,
		  size_t len, bool zero, const char *what, enum rule rule, struct outcome *o)
{
	const struct shadow nothing = SHADOW_INIT;
	_cleanup_buf_ struct buf expected = BUF_INIT;
	_cleanup_buf_ struct buf found = BUF_INIT;
	struct mismatch m;

	if (shadow_check(zero ? &nothing : want, off, data, len, &m))
		return;
	describe_piece(x, &expected, &m.expected, m.off);
	pattern_describe(&found, m.found, origin_name, x);
	if (m.dma_origin)
		rule = RULE_CONTENT_DMA;
	if (m.dma_origin && m.dma_off != m.off)
		buf_addf(&found, "; %s landed at offset %#llx",
			 origin_name(x, m.dma_origin) ?: "DMA", (unsigned long long)m.dma_off);
	outcome_fail(o, rule, buf_str(&expected), "%s offset %#llx holds %s (%llu bytes differ)",
		     what, (unsigned long long)m.off, buf_str(&found), (unsigned long long)m.bytes);
}

static void check_size(const struct exec_file *f, uint64_t size, struct outcome *o)
{
	char expected[64];
	struct stat sb;

	if (fstat(f->fd, &sb)) {
		outcome_error(o, "fstat: %s", strerror(errno));
	} else if ((uint64_t)sb.st_size != size) {
		snprintf(expected, sizeof(expected), "size %llu", (unsigned long long)size);
		outcome_fail(o, RULE_CONTENT_FILE, expected, "'%s' has size %llu", f->name,
			     (unsigned long long)sb.st_size);
	}
}

void exec_file_check(struct exec *x, const struct step *st, struct outcome *o)
{
	struct exec_file *f = exec_file(x, st->name);
	struct exec_task *t = exec_task_pending(x, f);
	uint64_t end = st->len ? st->off + st->len : f->m->size;
	char *chunk, what[64];
	struct shadow want;

	if (t) {
		outcome_error(o, "a read of '%s' would queue behind '%s'", f->name, t->name);
		return;
	}
	if (f->fd < 0) {
		outcome_error(o, "'%s' is not open", f->name);
		return;
	}
	if (st->len && !st->check_size && end > f->m->size)
		outcome_error(o, "the range ends past the end of '%s'", f->name);
	else if (st->check_size || !st->len)
		check_size(f, st->check_size ? st->len : f->m->size, o);
	if (st->check_size || o->status != STEP_OK)
		return;
	exec_dma_settle(x);
	model_file_bytes(&x->model, f->m, &want);
	chunk = xcalloc(1, CHUNK);
	snprintf(what, sizeof(what), "file '%s'", f->name);
	for (uint64_t off = st->off; off < end && o->status == STEP_OK; off += CHUNK) {
		size_t n = MIN(CHUNK, end - off);
		ssize_t got = pread(f->fd, chunk, n, (off_t)off);

		if (got < 0)
			outcome_fail(o, RULE_CONTENT_FILE, "read(2) succeeds", "%s at offset %#llx",
				     errno_name(errno), (unsigned long long)off);
		else if ((size_t)got < MIN(n, want.size - MIN(off, want.size)))
			outcome_fail(o, RULE_CONTENT_FILE, "all bytes of the file",
				     "read(2) ends at %#llx of %#llx",
				     (unsigned long long)off + (unsigned long long)got,
				     (unsigned long long)want.size);
		else
			exec_compare(x, &want, off, chunk, (size_t)got, st->check_zero, what,
				     RULE_CONTENT_FILE, o);
	}
	free(chunk);
	shadow_deinit(&want);
}

/* Whether an operation on @f was killed or did only a part, so that its bytes are unknown. */
static bool unresolved(const struct exec *x, const struct exec_file *f)
{
	for (unsigned int i = 0; i < x->nr_tasks; i++) {
		const struct exec_task *t = &x->tasks[i];
		const struct op_call *c = &t->step->call;

		if (!t->started || (exec_task_done(t) && !t->shared->result))
			continue;
		if (exec_task_done(t) && (c->map || !(c->op->traits & OP_NEW_BYTES)))
			continue;
		/* it was killed in its wait, before which it changes nothing */
		if (t->waits_since_ns && !t->let_go)
			continue;
		for (int j = 0; j < OP_FILES_MAX && c->file[j]; j++)
			if (strcmp(c->file[j], f->name) == 0)
				return true;
	}
	return false;
}

void exec_file_check_whole(struct exec *x, const struct exec_file *f, struct outcome *o)
{
	const struct step whole = { .verb = STEP_CHECK,
				    .name = (char *)f->name,
				    .thing = THING_FILE };

	if (!f->m->gone && f->fd >= 0 && !unresolved(x, f))
		exec_file_check(x, &whole, o);
}
