/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/pins/kinds.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "base/task.h"
#include "workloads/pins/dm.h"

/* The pin id selects the RAM disk, so that concurrent pins do not share one. */
#define RAM_DISKS 16u
#define SECTOR 512u
#define CHUNK (1u << 20)

struct odirect {
	struct pin *pin;
	struct dm dm;
	int fd; /* the device, O_DIRECT */
	pthread_t writer;
	pid_t tid;	/* of the writer, 0 until it runs; atomic */
	bool done;	/* the write has returned; atomic */
	ssize_t result; /* of the write, or -errno */
};

static bool ram_disk(unsigned int id, char *path, size_t size)
{
	snprintf(path, size, "/dev/ram%u", id % RAM_DISKS);
	return access(path, R_OK | W_OK) == 0;
}

static const char *odirect_missing(const struct case_ctx *ctx, char *buf, size_t size)
{
	char path[32];

	(void)ctx;
	if (access("/dev/mapper/control", R_OK | W_OK))
		snprintf(buf, size, "no device-mapper: no /dev/mapper/control");
	else if (!ram_disk(0, path, sizeof(path)))
		snprintf(buf, size, "no RAM block device: no /dev/ram0");
	else
		return NULL;
	return buf;
}

static void *write_out(void *arg)
{
	struct odirect *o = arg;
	ssize_t n;

	__atomic_store_n(&o->tid, gettid(), __ATOMIC_RELEASE);
	n = pwrite(o->fd, o->pin->addr, o->pin->len, 0);
	o->result = n < 0 ? -errno : n;
	__atomic_store_n(&o->done, true, __ATOMIC_RELEASE);
	return NULL;
}

static bool read_task_file(pid_t tid, const char *file, char *buf, size_t size)
{
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", tid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, buf, size - 1);
	close(fd);
	buf[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static char task_state(pid_t tid)
{
	char buf[512];
	char *p;

	if (!read_task_file(tid, "stat", buf, sizeof(buf)))
		return '?';
	p = strrchr(buf, ')');
	return p && p[1] ? p[2] : '?';
}

/* Whether the kernel stack shows that the writer is pinning its pages. */
static bool is_pinning(const char *stack)
{
	return strstr(stack, "iov_iter_get_pages") || strstr(stack, "iov_iter_extract_pages");
}

/*
 * No inflight count includes the bios that a suspended device holds back: the accounting
 * starts when the device accepts them. But the writer's own count of bytes written
 * goes up just before it submits each bio, after it pinned the pages; once the count is
 * the whole length and the writer sleeps in D, all of the write is in flight.
 * Without task I/O accounting, its kernel stack must show it.
 */
static bool all_submitted(struct odirect *o, pid_t tid)
{
	static const char field[] = "\nwrite_bytes: ";
	char buf[4096];
	char *p;

	if (read_task_file(tid, "io", buf, sizeof(buf))) {
		p = strstr(buf, field);
		return p && strtoull(p + strlen(field), NULL, 10) >= o->pin->len;
	}
	return read_task_file(tid, "stack", buf, sizeof(buf)) && strstr(buf, "blkdev_direct_IO") &&
	       !is_pinning(buf);
}

/*
 * Whether the running writer spins. It only has to pin its pages and submit them: after a
 * quarter of the grace, in its own CPU time, it must be spinning in the pin. In a guest that
 * the host does not schedule, that time counts too; so the stack, if it can be read (not
 * while the task runs on another CPU), must show the same.
 */
static bool spins(const struct odirect *o, pid_t tid)
{
	struct task_sample s;
	char stack[4096];

	if (task_sample(getpid(), tid, &s) || s.cpu_ns < o->pin->ctx->grace_ms * 250000)
		return false;
	return !read_task_file(tid, "stack", stack, sizeof(stack)) || is_pinning(stack);
}

static int wait_in_flight(struct odirect *o)
{
	uint64_t limit = MAX(5000, 2 * o->pin->ctx->grace_ms) * 1000000;
	const struct timespec tick = { 0, 1000000 };
	uint64_t end = now_ns() + limit;
	char state = '?';

	do {
		pid_t tid = __atomic_load_n(&o->tid, __ATOMIC_ACQUIRE);

		if (__atomic_load_n(&o->done, __ATOMIC_ACQUIRE)) {
			o->pin->asked = o->result < 0;
			if (o->result < 0)
				return pin_fail(o->pin, (int)-o->result,
						"the O_DIRECT write was refused: %s",
						strerror((int)-o->result));
			return pin_fail(o->pin, EIO,
					"the O_DIRECT write ended at once "
					"with %zd bytes: the suspended device did not hold it",
					o->result);
		}
		state = tid ? task_state(tid) : '?';
		if (state == 'D' && all_submitted(o, tid))
			return 0;
		if (state == 'R' && spins(o, tid))
			o->pin->spins = tid;
		nanosleep(&tick, NULL);
	} while (!o->pin->spins && now_ns() < end);
	return pin_fail(o->pin, ETIMEDOUT,
			"the O_DIRECT write did not get in flight: its state is %c", state);
}

static int device_create(struct odirect *o)
{
	uint64_t want = (o->pin->len + PIN_PAGE - 1) / PIN_PAGE * PIN_PAGE, have = 0;
	char name[64], disk[32];
	int ret, fd;

	if (!ram_disk(o->pin->id, disk, sizeof(disk)))
		return pin_fail(o->pin, ENODEV, "no RAM block device for pin %u", o->pin->id);
	fd = open(disk, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || ioctl(fd, BLKGETSIZE64, &have))
		ret = pin_fail(o->pin, errno, "'%s': %s", disk, strerror(errno));
	else if (have < want)
		ret = pin_fail(o->pin, ENOSPC, "'%s' holds %llu bytes, the pin needs %llu", disk,
			       (unsigned long long)have, (unsigned long long)want);
	else
		ret = 0;
	if (fd >= 0)
		close(fd);
	if (ret)
		return ret;
	snprintf(name, sizeof(name), DM_PREFIX "%d-%u", getpid(), o->pin->id);
	ret = dm_create(&o->dm, name, disk, want);
	if (ret)
		return pin_fail(o->pin, -ret, "cannot make a dm device on '%s': %s", disk,
				strerror(-ret));
	return 0;
}

/* Resumes the device and joins the writer; false when the write does not return. */
static bool writer_end(struct odirect *o, int *resume_ret)
{
	uint64_t limit = MAX(10000, 5 * o->pin->ctx->grace_ms);
	struct timespec end;

	*resume_ret = dm_resume(&o->dm);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += (time_t)(limit / 1000);
	return pthread_clockjoin_np(o->writer, NULL, CLOCK_MONOTONIC, &end) == 0;
}

static int odirect_take(struct pin *p)
{
	struct odirect *o = calloc(1, sizeof(*o));
	int ret, unused;

	if (!o)
		return pin_fail(p, ENOMEM, "out of memory");
	o->pin = p;
	if (p->len % SECTOR || (uintptr_t)p->addr % SECTOR) {
		ret = pin_fail(p, EINVAL, "odirect needs multiples of %u bytes", SECTOR);
		goto out_free;
	}
	ret = device_create(o);
	if (ret)
		goto out_free;
	o->fd = open(o->dm.path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (o->fd < 0) {
		ret = pin_fail(p, errno, "'%s': %s", o->dm.path, strerror(errno));
		goto out_remove;
	}
	ret = dm_suspend(&o->dm);
	if (ret) {
		pin_fail(p, -ret, "cannot suspend '%s': %s", o->dm.path, strerror(-ret));
		goto out_close;
	}
	ret = pin_thread_create(&o->writer, write_out, o);
	if (ret) {
		pin_fail(p, -ret, "cannot start a thread: %s", strerror(-ret));
		goto out_close;
	}
	ret = wait_in_flight(o);
	if (!ret) {
		p->priv = o;
		return 0;
	}
	if (p->spins || !writer_end(o, &unused))
		return ret; /* it still uses all of o */

out_close:
	close(o->fd);
out_remove:
	dm_remove(&o->dm);
out_free:
	free(o);
	return ret;
}

/* Bypasses the page cache, to read the bytes of the device itself. */
static int read_back(struct odirect *o, uint8_t *last)
{
	void *chunk = NULL;
	int ret = 0;

	if (posix_memalign(&chunk, PIN_PAGE, CHUNK))
		return pin_fail(o->pin, ENOMEM, "out of memory");
	for (size_t done = 0; done < o->pin->len;) {
		size_t want = MIN(o->pin->len - done, CHUNK);
		ssize_t n = pread(o->fd, chunk, want, (off_t)done);

		if (n <= 0) {
			ret = pin_fail(o->pin, n ? errno : EIO,
				       "cannot read '%s' back at byte %zu: %s", o->dm.path, done,
				       n ? strerror(errno) : "end of device");
			break;
		}
		memcpy(last + done, chunk, (size_t)n);
		done += (size_t)n;
	}
	free(chunk);
	return ret;
}

static int odirect_release(struct pin *p, void *last)
{
	struct odirect *o = p->priv;
	int ret, resumed;

	memset(last, 0, p->len);
	p->priv = NULL;
	if (!writer_end(o, &resumed))
		return pin_fail(p, ETIMEDOUT,
				"the O_DIRECT write did not end after the device was resumed"
				" (%s)",
				resumed ? strerror(-resumed) : "resume succeeded");
	if (o->result < 0)
		ret = pin_fail(p, (int)-o->result, "the O_DIRECT write failed: %s",
			       strerror((int)-o->result));
	else if ((size_t)o->result != p->len)
		ret = pin_fail(p, EIO, "the O_DIRECT write ended after %zd bytes of %zu", o->result,
			       p->len);
	else
		ret = read_back(o, last);
	close(o->fd);
	resumed = dm_remove(&o->dm);
	if (resumed && !ret)
		ret = pin_fail(p, -resumed, "cannot remove '%s': %s", o->dm.name,
			       strerror(-resumed));
	free(o);
	return ret;
}

const struct pin_kind pin_odirect = {
	.name = "odirect",
	.missing = odirect_missing,
	.take = odirect_take,
	.release = odirect_release,
};
