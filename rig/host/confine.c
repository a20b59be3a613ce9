/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/confine.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const struct {
	__rlimit_resource_t which;
	rlim_t most;
} bounds[] = {
	{ RLIMIT_FSIZE, CONFINE_FILE_MAX },
	{ RLIMIT_CORE, 0 },
};

/* Sets the limits of process @pid, 0: this one. A lower limit stays as it is. */
static bool set_bounds(pid_t pid)
{
	for (size_t i = 0; i < ARRAY_SIZE(bounds); i++) {
		struct rlimit limit;

		if (prlimit(pid, bounds[i].which, NULL, &limit))
			return false;
		limit.rlim_max = MIN(limit.rlim_max, bounds[i].most);
		limit.rlim_cur = MIN(limit.rlim_cur, limit.rlim_max);
		if (prlimit(pid, bounds[i].which, &limit, NULL))
			return false;
	}
	return true;
}

struct err *confine_user(struct confine_user *out)
{
	const struct passwd *user;
	struct stat kvm;

	*out = (struct confine_user){ .other = geteuid() == 0 };
	if (!out->other)
		return NULL;
	user = getpwnam(CONFINE_USER);
	if (!user || !getgrnam(CONFINE_USER))
		return err_create(ERR_INFRA,
				  "cannot start QEMU as root: there is no user and "
				  "group '%s'; run 'make packages', or daxrig as another user",
				  CONFINE_USER);
	out->uid = user->pw_uid;
	out->gid = user->pw_gid;
	out->groups[out->nr_groups++] = user->pw_gid;
	if (!stat("/dev/kvm", &kvm))
		out->groups[out->nr_groups++] = kvm.st_gid;
	return NULL;
}

void confine_children(void)
{
	for (unsigned long cap = 0; !prctl(PR_CAPBSET_DROP, cap, 0, 0, 0); cap++)
		;
}

static bool drop_capabilities(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { { 0 } };

	confine_children();
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	return !syscall(SYS_capset, &head, none) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

int confine_self(const struct confine_user *user)
{
	if (!set_bounds(0))
		return errno;
	/* first: dropping from the bounding set needs a capability */
	confine_children();
	/* raw system calls: libc's wrappers would signal all threads, which do not exist here */
	if (user->other && (syscall(SYS_setgroups, user->nr_groups, user->groups) ||
			    syscall(SYS_setresgid, user->gid, user->gid, user->gid) ||
			    syscall(SYS_setresuid, user->uid, user->uid, user->uid)))
		return errno;
	return drop_capabilities() ? 0 : errno;
}

struct err *confine_process(pid_t pid)
{
	return set_bounds(pid) || errno == ESRCH ?
		       NULL :
		       err_errno(errno, "cannot bound what QEMU may write");
}
