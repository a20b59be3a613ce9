/* SPDX-License-Identifier: GPL-2.0-only */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>

static _Thread_local sigjmp_buf *volatile guard;
static volatile sig_atomic_t poisoned; /* a signal came for a page that is broken */

static void on_fault(int signo, siginfo_t *info, void *context)
{
	int poison = signo == SIGBUS &&
		     (info->si_code == BUS_MCEERR_AR || info->si_code == BUS_MCEERR_AO);

	(void)context;
	poisoned |= poison;
	/* not by an access of this thread: the program maps the page */
	if (poison && (!guard || info->si_code == BUS_MCEERR_AO))
		return;
	if (guard)
		siglongjmp(*guard, signo);
	signal(signo, SIG_DFL);
}

static void catch_faults(void)
{
	struct sigaction act = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };

	sigaction(SIGBUS, &act, NULL);
	sigaction(SIGSEGV, &act, NULL);
}

/* Page after page, each from its first byte on. Not inlined: a fault leaves by siglongjmp(). */
static void __attribute__((noinline)) copy_pages(char *dst, const char *src, long len)
{
	for (long n; len; dst += n, src += n, len -= n) {
		long left = 4096 - (long)dst % 4096, also = 4096 - (long)src % 4096;

		n = left < also ? left : also;
		n = n < len ? n : len;
		*(volatile char *)dst = *(const volatile char *)src;
		memcpy(dst, src, n);
	}
}

/* memcpy() from or to a mapping; -1 with EFAULT when that gets SIGBUS. */
static int __attribute__((unused)) copy_guarded(char *dst, const char *src, long len)
{
	sigjmp_buf env;

	catch_faults();
	if (sigsetjmp(env, 1)) {
		guard = NULL;
		errno = EFAULT;
		return -1;
	}
	guard = &env;
	copy_pages(dst, src, len);
	guard = NULL;
	return 0;
}
