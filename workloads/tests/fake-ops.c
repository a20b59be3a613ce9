/* SPDX-License-Identifier: GPL-2.0-only */
#include "workloads/tests/fake-kernel.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/task.h"
#include "workloads/exec/exec.h"
#include "workloads/exec/interp.h"

struct fake fake;
struct fake_shared *fake_shared;
static uint64_t grace;

int __real_op_run(const struct op_call *call, struct op_target *t);
int __wrap_op_run(const struct op_call *call, struct op_target *t);
int __real_kill(pid_t pid, int signo);
int __wrap_kill(pid_t pid, int signo);
int __real_task_sample(pid_t pid, pid_t tid, struct task_sample *out);
int __wrap_task_sample(pid_t pid, pid_t tid, struct task_sample *out);
void __real_task_stack(pid_t pid, pid_t tid, struct buf *out);
void __wrap_task_stack(pid_t pid, pid_t tid, struct buf *out);
void __wrap_exec_measure_window(struct exec *x, struct outcome *o);

void fake_wake(unsigned int *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

/* Sleeps while *@word is @value. False: a signal came. */
static bool sleep_on(unsigned int *word, unsigned int value)
{
	return syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0) == 0 || errno != EINTR;
}

/* Sleeps until nothing is held. Returns 0, or the errno of the signal that ended it. */
static int wait_for_holders(void)
{
	unsigned int n;

	while ((n = __atomic_load_n(&fake_shared->held, __ATOMIC_SEQ_CST)) > 0)
		if (!sleep_on(&fake_shared->held, n) && !fake.deaf)
			return EINTR;
	return 0;
}

static void wait_for_look(void)
{
	fake_shared->early_tid = (int)syscall(SYS_gettid);
	while (!__atomic_load_n(&fake_shared->looked, __ATOMIC_SEQ_CST))
		sleep_on(&fake_shared->looked, 0);
}

static void leave_child(void)
{
	if (fork() == 0)
		for (;;)
			pause();
}

static int pass_time(void)
{
	struct task_sample program;

	switch (fake.way) {
	case WAY_WAITS:
		return wait_for_holders();
	case WAY_SPINS:
		while (__atomic_load_n(&fake_shared->held, __ATOMIC_SEQ_CST))
			;
		return 0;
	case WAY_WORKS:
		while (__atomic_load_n(&fake_shared->samples, __ATOMIC_SEQ_CST) < 2 * fake.works &&
		       __atomic_load_n(&fake_shared->held, __ATOMIC_SEQ_CST))
			;
		return wait_for_holders();
	case WAY_EARLY:
		wait_for_look();
		return 0;
	case WAY_FOREVER:
		for (;;)
			sleep_on(&(unsigned int){ 0 }, 0);
	case WAY_INTERRUPTS:
		while (__real_task_sample(getpid(), getpid(), &program) || program.state != 'S')
			usleep(1000);
		syscall(SYS_tgkill, getpid(), getpid(), SIGUSR1);
		usleep(20000); /* gives the program time to return early */
		return 0;
	case WAY_DIES_LATER:
		wait_for_holders();
		raise(SIGKILL);
		return 0;
	case WAY_DIES:
		raise(SIGKILL);
		return 0;
	case WAY_FORKS:
		leave_child();
		return 0;
	case WAY_AT_ONCE:
		return 0;
	}
	return 0;
}

/* Sends the signal of MADV_HWPOISON, and leaves the host's memory alone. */
static int poison(void)
{
	siginfo_t info = { .si_signo = SIGBUS, .si_code = BUS_MCEERR_AO };

	if (!fake.no_signal)
		syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), SIGBUS, &info);
	return 0;
}

/* What the host's filesystem lacks. */
static int swap_bytes(int a, int b)
{
	off_t size = lseek(a, 0, SEEK_END);
	char *x = xcalloc(2, (size_t)size), *y = x + size;
	bool bad = pread(a, x, (size_t)size, 0) != size || pread(b, y, (size_t)size, 0) != size ||
		   pwrite(a, y, (size_t)size, 0) != size || pwrite(b, x, (size_t)size, 0) != size;

	free(x);
	return bad ? -EIO : 0;
}

/* The calls that go to the host's own kernel. */
static int carry_out(const struct op_call *c, struct op_target *t)
{
	static const char *const safe[] = { "truncate", "punch", "write",  "read",
					    "load",	"store", "unlink", "umount" };

	if (word_eq(c->op->name, "hwpoison"))
		return poison();
	if (word_eq(c->op->name, "unbind"))
		return 0;
	if (word_eq(c->op->name, "swapext"))
		return swap_bytes(t->fd[0], t->fd[1]);
	for (size_t i = 0; i < ARRAY_SIZE(safe); i++)
		if (word_eq(c->op->name, safe[i]))
			return __real_op_run(c, t);
	return -ENOSYS;
}

int __wrap_op_run(const struct op_call *c, struct op_target *t)
{
	int signalled, ret;

	if (!fake.op || strcmp(c->op->name, fake.op) != 0)
		return carry_out(c, t);
	signalled = pass_time();
	if (signalled && fake.signal == SIGNAL_ENDS)
		return -EINTR;
	ret = fake.undone ? 0 : carry_out(c, t);
	fake_fs_harm(&fake.harm);
	if (signalled && fake.signal == SIGNAL_TOO_LATE)
		return -EINTR;
	return fake.errnum ? -fake.errnum : ret;
}

int __wrap_kill(pid_t pid, int signo)
{
	return fake.deaf && pid > 0 ? 0 : __real_kill(pid, signo);
}

/* State and CPU are the task's own, but not the place where it sleeps: here that is a futex. */
int __wrap_task_sample(pid_t pid, pid_t tid, struct task_sample *out)
{
	int ret = __real_task_sample(pid, tid, out);

	__atomic_add_fetch(&fake_shared->samples, 1, __ATOMIC_SEQ_CST);
	if (!ret && out->state == 'S')
		snprintf(out->wchan, sizeof(out->wchan), "%s",
			 fake.place ? fake.place : "dax_break_layout_final");
	if (fake.state)
		out->state = fake.state;
	if (fake.cpu_percent)
		out->cpu_ns = now_ns() / 100 * fake.cpu_percent;
	return ret;
}

void __wrap_task_stack(pid_t pid, pid_t tid, struct buf *out)
{
	if (fake.stack)
		buf_addf(out, "[<0>] %s+0x1/0x2\n", fake.stack);
	else
		__real_task_stack(pid, tid, out);
}

void __wrap_exec_measure_window(struct exec *x, struct outcome *o)
{
	(void)o;
	x->window_ms = FAKE_WINDOW_MS;
	x->grace_ms = grace;
}

static const struct filesystem *fake_fs(void)
{
	const char *name = fake.fs ? fake.fs : "xfs";

	return strcmp(name, filesystem_null.name) == 0 ? &filesystem_null : filesystem_find(name);
}

void fake_run(const char *text, const char *dir, int link, uint64_t grace_ms)
{
	const struct guest_facts served = { .kernel_major = 7, .pmem = FAKE_PMEM, .cpus = 1 },
				 fresh = { .kernel_major = 7,
					   .pmem = FAKE_PMEM,
					   .cpus = 1,
					   .mounted = fake_fs() };
	const struct case_ctx ctx = { .name = "t",
				      .text = text,
				      .fs = fake_fs(),
				      .guest = fake.served ? &served : &fresh,
				      .grace_ms = grace_ms,
				      .sabotage = (enum sabotage)fake.sabotage,
				      .link = link };

	grace = grace_ms;
	fake_shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	fake_fs_init(dir);
	interp_run_case(&ctx);
}
