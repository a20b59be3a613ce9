/* SPDX-License-Identifier: GPL-2.0-only */
#include "report.c"
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

/* An O_DIRECT write from the pages, which a suspended dm device on /dev/ramN holds back. */
struct odirect {
	const char *name;
	char dm[64], path[64], *addr;
	long len;
	int fd, done; /* done: atomic */
	pid_t tid;    /* atomic */
	ssize_t result;
	pthread_t writer;
};

/* @target: the backing device; NULL: a request without one. */
static int dm_request(const char *name, unsigned long command, unsigned int flags, const char *disk,
		      long len)
{
	union {
		struct dm_ioctl io;
		char room[16384];
	} r = { .io = { .version = { DM_VERSION_MAJOR, 0, 0 },
			.data_size = sizeof(r),
			.data_start = sizeof(r.io),
			.flags = flags } };
	struct dm_target_spec *spec = (void *)(r.room + sizeof(r.io));
	int fd = open("/dev/mapper/control", O_RDWR | O_CLOEXEC);
	struct stat st;

	snprintf(r.io.name, sizeof(r.io.name), "%s", name);
	if (disk) {
		if (stat(disk, &st))
			die(disk);
		r.io.target_count = 1;
		spec->length = (unsigned long)len / 512;
		strcpy(spec->target_type, "linear");
		snprintf((char *)(spec + 1), 64, "%u:%u 0", major(st.st_rdev), minor(st.st_rdev));
	}
	if (fd < 0 || ioctl(fd, command, &r))
		die("device-mapper");
	close(fd);
	return (int)minor(r.io.dev);
}

static void *write_out(void *arg)
{
	struct odirect *o = arg;

	__atomic_store_n(&o->tid, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
	o->result = pwrite(o->fd, o->addr, o->len, 0);
	if (o->result < 0)
		o->result = -errno;
	__atomic_store_n(&o->done, 1, __ATOMIC_RELEASE);
	return NULL;
}

/* It sleeps in D, and the task has accounted all bytes: every bio was submitted. */
static int is_in_flight(const struct odirect *o)
{
	char path[64], line[512], state = '?';
	long long written = 0;
	pid_t tid = __atomic_load_n(&o->tid, __ATOMIC_ACQUIRE);
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	f = fopen(path, "r");
	if (f && fgets(line, sizeof(line), f) && strrchr(line, ')'))
		state = strrchr(line, ')')[2];
	if (f)
		fclose(f);
	snprintf(path, sizeof(path), "/proc/self/task/%d/io", tid);
	f = fopen(path, "r");
	if (!f && tid && !__atomic_load_n(&o->done, __ATOMIC_ACQUIRE))
		skip("the kernel does no task I/O accounting");
	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "write_bytes: %lld", &written);
	if (f)
		fclose(f);
	return state == 'D' && written >= o->len;
}

static void odirect_take(struct odirect *o, int disk, char *addr, long len)
{
	const struct timespec tick = { 0, 1000000 };
	char ram[32];

	snprintf(ram, sizeof(ram), "/dev/ram%d", disk);
	if (access("/dev/mapper/control", R_OK | W_OK) || access(ram, R_OK | W_OK))
		skip("it needs root, device-mapper, and /dev/ram0 and on (modprobe brd)");
	snprintf(o->dm, sizeof(o->dm), "daxrig-%d-%d", (int)getpid(), disk);
	snprintf(o->path, sizeof(o->path), "/dev/dm-%d",
		 dm_request(o->dm, DM_DEV_CREATE, 0, NULL, 0));
	dm_request(o->dm, DM_TABLE_LOAD, 0, ram, len);
	dm_request(o->dm, DM_DEV_SUSPEND, 0, NULL, 0); /* resumes it */
	o->addr = addr;
	o->len = len;
	o->done = 0;
	o->tid = 0;
	o->fd = open(o->path, O_RDWR | O_DIRECT | O_CLOEXEC);
	if (o->fd < 0)
		die(o->path);
	dm_request(o->dm, DM_DEV_SUSPEND, DM_SUSPEND_FLAG | DM_SKIP_LOCKFS_FLAG, NULL, 0);
	errno = pthread_create(&o->writer, NULL, write_out, o);
	if (errno)
		die("pthread_create");
	for (int i = 0; i < 5000 && !is_in_flight(o); i++) {
		if (__atomic_load_n(&o->done, __ATOMIC_ACQUIRE)) {
			errno = o->result < 0 ? (int)-o->result : EIO;
			die("the O_DIRECT write");
		}
		nanosleep(&tick, NULL);
	}
	if (!is_in_flight(o)) {
		errno = ETIMEDOUT;
		die("the O_DIRECT write");
	}
}

/* Returns what it wrote; the caller frees it. */
static char *odirect_release(struct odirect *o)
{
	void *data;

	dm_request(o->dm, DM_DEV_SUSPEND, 0, NULL, 0); /* resumes it */
	pthread_join(o->writer, NULL);
	if (o->result != o->len)
		fail("the O_DIRECT write of '%s' ended with %zd, not %ld", o->name, o->result,
		     o->len);
	if (posix_memalign(&data, 4096, o->len) || pread(o->fd, data, o->len, 0) != o->len)
		die(o->path);
	close(o->fd);
	dm_request(o->dm, DM_DEV_REMOVE, DM_DEFERRED_REMOVE, NULL, 0);
	return data;
}
