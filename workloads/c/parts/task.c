/* SPDX-License-Identifier: GPL-2.0-only */
#include "measure.c"
#include <pthread.h>
#include <sys/syscall.h>

#define KILLED (-1) /* the result of an operation whose process was killed */

/* An operation in a thread, or a process, of its own. */
struct task {
	const char *name;
	long (*call)(void);
	int last_close;	  /* such an operation may wait uninterruptibly */
	pthread_t thread; /* it carries the operation out, or follows the process */
	pid_t pid, tid;
	int pipe;	   /* of a process: what it tells */
	int entered, done; /* atomic */
	int result;	   /* errno, 0: success, or KILLED */
	double from, to;   /* when it began, and ended */
	double waits;	   /* when it was seen to wait, 0: not */
	int need_not;	   /* it waits for what it need not wait for */
	int may_end;	   /* something was let go, or a signal was sent, since then */
	struct task *next;
};

static struct task *tasks; /* all that were started */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

static void set_flag(int *flag)
{
	pthread_mutex_lock(&lock);
	__atomic_store_n(flag, 1, __ATOMIC_RELEASE);
	pthread_cond_broadcast(&changed);
	pthread_mutex_unlock(&lock);
}

/* Whether the flag is set after at most so many ms. */
static int wait_for_flag(int *flag, long ms)
{
	struct timespec end;
	int late = 0;

	clock_gettime(CLOCK_REALTIME, &end);
	end.tv_sec += ms / 1000;
	end.tv_nsec += ms % 1000 * 1000000;
	if (end.tv_nsec >= 1000000000) {
		end.tv_sec++;
		end.tv_nsec -= 1000000000;
	}
	pthread_mutex_lock(&lock);
	while (!*flag && !late)
		late = pthread_cond_timedwait(&changed, &lock, &end);
	late = !*flag;
	pthread_mutex_unlock(&lock);
	return !late;
}

/* Whether it is over after at most so many ms. */
static int is_over(struct task *t, long ms)
{
	return wait_for_flag(&t->done, ms);
}

static void begin(struct task *t, void *(*run)(void *))
{
	errno = pthread_create(&t->thread, NULL, run, t);
	if (errno)
		die("pthread_create");
	if (!wait_for_flag(&t->entered, grace_ms)) {
		errno = ETIMEDOUT;
		die("a thread is not scheduled");
	}
	t->next = tasks;
	tasks = t;
}

static void print_task_file(const struct task *t, const char *file)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", t->pid, t->tid, file);
	f = fopen(path, "r");
	while (f && fgets(line, sizeof(line), f))
		printf("#   %s%s", line, strchr(line, '\n') ? "" : "\n");
	if (f)
		fclose(f);
}

/* The operation hangs, and so would whatever comes next. */
static void stuck(const struct task *t, long ms)
{
	fail("'%s' still runs after %ld ms", t->name, ms);
	print_task_file(t, "stack");
	stop();
}

/* Joins those that are over; a name may then be used again. */
static void tasks_end(void)
{
	for (; tasks; tasks = tasks->next) {
		if (!is_over(tasks, grace_ms))
			stuck(tasks, grace_ms);
		pthread_join(tasks->thread, NULL);
	}
}
