/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/virt-private.h"

#include <errno.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"

#define KILL_WAIT_MS 10000

void virt_domain_set_gone(struct virt_domain *d, bool killed)
{
	if (atomic_load(&d->gone))
		return;
	atomic_store(&d->killed, killed);
	atomic_store(&d->gone, true);
	eventfd_write(d->event_fd, 1);
}

void virt_note_stopped(struct virt *v, const char *name, bool killed)
{
	pthread_mutex_lock(&v->lock);
	for (struct virt_domain *d = v->domains; d; d = d->next)
		if (!strcmp(d->name, name))
			virt_domain_set_gone(d, killed);
	pthread_mutex_unlock(&v->lock);
}

void virt_note_exit(struct virt *v, pid_t pid, bool killed)
{
	pthread_mutex_lock(&v->lock);
	for (struct virt_domain *d = v->domains; d; d = d->next)
		if (d->pid == pid)
			virt_domain_set_gone(d, killed);
	pthread_mutex_unlock(&v->lock);
}

void virt_note_lost(struct virt *v)
{
	atomic_store(&v->lost, true);
	pthread_mutex_lock(&v->lock);
	for (struct virt_domain *d = v->domains; d; d = d->next)
		virt_domain_set_gone(d, true);
	pthread_mutex_unlock(&v->lock);
}

/* Call it before the guest starts, so that no event is missed. */
struct err *virt_domain_create(struct virt *v, const struct virt_domain_ops *ops, const char *name,
			       const char *channel, struct virt_domain **out)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	struct virt_domain *d;

	if (fd < 0)
		return err_errno(errno, "cannot start guest '%s'", name);
	d = xcalloc(1, sizeof(*d));
	d->virt = v;
	d->ops = ops;
	d->name = xstrdup(name);
	d->channel = channel ? xstrdup(channel) : NULL;
	d->event_fd = fd;
	d->pidfd = -1;
	d->watch = -1;
	pthread_mutex_lock(&v->lock);
	d->next = v->domains;
	v->domains = d;
	pthread_mutex_unlock(&v->lock);
	*out = d;
	return NULL;
}

static void domain_free(struct virt_domain *d)
{
	struct virt_domain **link;

	pthread_mutex_lock(&d->virt->lock);
	for (link = &d->virt->domains; *link != d; link = &(*link)->next)
		;
	*link = d->next;
	pthread_mutex_unlock(&d->virt->lock);
	d->ops->release(d);
	close_fd(&d->event_fd);
	close_fd(&d->pidfd);
	free(d->channel);
	free(d->name);
	free(d);
}

/* Finds QEMU's process id, which the driver inside this process writes to its folder. */
static void find_process(struct virt_domain *d)
{
	_cleanup_free_ char *path = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	_cleanup_err_ struct err *err = NULL;
	pid_t pid;

	if (!d->virt->root)
		return;
	path = xasprintf("%s/run/qemu/%s.pid", d->virt->root, d->name);
	err = file_read(path, 32, &text);
	if (err)
		return;
	pid = (pid_t)strtol(buf_str(&text), NULL, 10);
	if (pid <= 1)
		return;
	d->pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	pthread_mutex_lock(&d->virt->lock);
	d->pid = pid;
	pthread_mutex_unlock(&d->virt->lock);
}

/*
 * Root without capabilities cannot read files in another user's private folder, so such a
 * QEMU loads a copy: *@path is set to *@copy. The caller removes the file and frees *@copy.
 */
static struct err *copy_near(const struct virt_domain *d, const char **path, char **copy)
{
	struct err *err;

	if (geteuid() || !d->virt->root || !*path)
		return NULL;
	*copy = xasprintf("%s/%s-%s", d->virt->root, d->name, strrchr(*path, '/') + 1);
	err = file_copy(*path, *copy);
	*path = *copy;
	return err;
}

static void remove_copy(char **path)
{
	if (*path)
		unlink(*path);
	free(*path);
}

static struct err *domain_launch(struct virt_domain *d, const struct domain_spec *spec)
{
	/* The driver inside this process refuses autodestroy: see leftover.h. */
	unsigned int flags = d->virt->root ? 0 : VIR_DOMAIN_START_AUTODESTROY;
	_cleanup_(remove_copy) char *kernel = NULL, *initrd = NULL;
	_cleanup_free_ char *xml = NULL;
	struct domain_spec own = *spec;
	struct err *err = copy_near(d, &own.kernel, &kernel);

	if (!err)
		err = copy_near(d, &own.initrd, &initrd);
	if (!err)
		err = domain_xml_build(&own, &xml);
	if (err)
		return err;
	d->own = virDomainCreateXML(d->virt->conn, xml, flags);
	if (!d->own)
		return virt_error("cannot start guest '%s'", d->name);
	find_process(d);
	return d->pid ? confine_process(d->pid) : NULL;
}

struct launch {
	struct virt_domain *d;
	const struct domain_spec *spec;
	struct err *err;
};

static void *launch_confined(void *arg)
{
	struct launch *l = arg;

	confine_children();
	l->err = domain_launch(l->d, l->spec);
	return NULL;
}

/*
 * The driver inside this process starts QEMU from the calling thread, and as root would leave
 * QEMU every capability. So this uses a new thread, which gives up its capabilities first.
 */
static struct err *launch_aside(struct virt_domain *d, const struct domain_spec *spec)
{
	struct launch l = { .d = d, .spec = spec };
	pthread_t thread;
	int ret;

	if (!d->virt->root)
		return domain_launch(d, spec);
	ret = pthread_create(&thread, NULL, launch_confined, &l);
	if (ret)
		return err_errno(ret, "cannot start guest '%s'", d->name);
	pthread_join(thread, NULL);
	return l.err;
}

static struct err *libvirt_stop(struct virt_domain *d)
{
	int code;

	if (d->own && virDomainDestroyFlags(d->own, 0) < 0) {
		code = virGetLastErrorCode();
		if (code != VIR_ERR_NO_DOMAIN && code != VIR_ERR_OPERATION_INVALID)
			return virt_error("cannot stop guest '%s'", d->name);
	}
	return NULL;
}

char *virt_command_name(const char *command)
{
	static const char key[] = "\"execute\":\"";
	const char *at = strstr(command, key);

	return at ? xstrndup(at + strlen(key), strcspn(at + strlen(key), "\"")) : xstrdup(command);
}

static struct err *libvirt_monitor(struct virt_domain *d, bool human, const char *command,
				   char **reply)
{
	unsigned int flags = human ? VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP : 0;
	char *text = NULL;

	if (virDomainQemuMonitorCommand(d->own, command, &text, flags) < 0) {
		_cleanup_free_ char *name = virt_command_name(command);

		return virt_error("cannot give guest '%s' the monitor command '%s'", d->name, name);
	}
	if (reply)
		*reply = text;
	else
		free(text);
	return NULL;
}

static struct err *libvirt_monitor_fd(struct virt_domain *d, const char *command, int fd,
				      char **reply)
{
	if (virDomainQemuMonitorCommandWithFiles(d->own, command, 1, &fd, NULL, NULL, reply, 0) < 0)
		return virt_error("cannot hand guest '%s' a file", d->name);
	return NULL;
}

static void libvirt_release(struct virt_domain *d)
{
	if (d->own)
		virDomainFree(d->own);
}

static const struct virt_domain_ops libvirt_ops = {
	.stop = libvirt_stop,
	.monitor = libvirt_monitor,
	.monitor_fd = libvirt_monitor_fd,
	.release = libvirt_release,
};

struct err *virt_domain_start(struct virt *v, const struct domain_spec *spec,
			      struct virt_domain **out)
{
	struct domain_spec own = *spec;
	_cleanup_free_ char *name = NULL;
	struct virt_domain *d;
	struct err *err;

	if (!own.name) {
		name = xasprintf("daxrig-%d-%u", getpid(), atomic_fetch_add(&v->names, 1) + 1);
		own.name = name;
	}
	err = virt_domain_create(v, &libvirt_ops, own.name, own.channel, &d);
	if (err)
		return err;
	err = launch_aside(d, &own);
	if (err) {
		virt_domain_destroy(d);
		return err;
	}
	*out = d;
	return NULL;
}

pid_t virt_domain_pid(const struct virt_domain *d)
{
	return d->pid;
}

bool virt_domain_is_gone(const struct virt_domain *d)
{
	return atomic_load(&d->gone);
}

bool virt_domain_was_killed(const struct virt_domain *d)
{
	return atomic_load(&d->killed);
}

int virt_domain_event_fd(const struct virt_domain *d)
{
	return d->event_fd;
}

/*
 * libvirt sends QEMU SIGTERM first and polls every 200 ms. The guest has nothing to save, so
 * we kill QEMU before libvirt cleans up.
 */
void virt_domain_kill(struct virt_domain *d)
{
	struct pollfd pfd = { .fd = d->pidfd, .events = POLLIN };
	siginfo_t info;

	if (d->pidfd < 0 || syscall(SYS_pidfd_send_signal, d->pidfd, SIGKILL, NULL, 0))
		return;
	poll(&pfd, 1, KILL_WAIT_MS);
	waitid(P_PIDFD, (id_t)d->pidfd, &info, WEXITED | WNOHANG);
}

struct err *virt_domain_stop(struct virt_domain *d)
{
	pthread_mutex_lock(&d->virt->lock);
	virt_domain_set_gone(d, false);
	pthread_mutex_unlock(&d->virt->lock);
	virt_domain_kill(d);
	return d->ops->stop(d);
}

void virt_domain_destroy(struct virt_domain *d)
{
	if (!d)
		return;
	err_free(virt_domain_stop(d));
	domain_free(d);
}

/* Returns 0 or -errno: -ENOENT and -ECONNREFUSED mean that nobody listens there yet. */
static int try_connect(const char *path, int *fd)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	_cleanup_close_ int s = -1;

	if (strlen(path) >= sizeof(addr.sun_path))
		return -ENAMETOOLONG;
	strcpy(addr.sun_path, path);
	s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (s < 0 || connect(s, (struct sockaddr *)&addr, sizeof(addr)))
		return -errno;
	*fd = take_fd(s);
	return 0;
}

/* Waits for a change in the watched folder; false when @deadline passed or @d is gone. */
static bool wait_change(struct virt_domain *d, int watch, uint64_t deadline)
{
	struct pollfd pfds[] = {
		{ .fd = watch, .events = POLLIN },
		{ .fd = d->event_fd, .events = POLLIN },
	};
	uint64_t now = now_ns();
	char events[4096];
	int wait;

	if (now >= deadline || virt_domain_is_gone(d))
		return false;
	wait = (int)MIN((deadline - now) / 1000000 + 1, (uint64_t)INT32_MAX);
	if (poll(pfds, ARRAY_SIZE(pfds), wait) <= 0 && errno != EINTR)
		return false;
	if (pfds[0].revents && read(watch, events, sizeof(events)) < 0)
		return false;
	return true;
}

struct err *virt_domain_connect_channel(struct virt_domain *d, uint64_t deadline, int *fd)
{
	_cleanup_free_ char *folder = NULL;
	_cleanup_close_ int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	int ret;

	if (!d->channel)
		return err_create(ERR_INFRA, "guest '%s' has no channel", d->name);
	folder = xstrndup(d->channel, (size_t)(strrchr(d->channel, '/') - d->channel));
	if (watch < 0 || inotify_add_watch(watch, folder, IN_CREATE | IN_MOVED_TO | IN_ATTRIB) < 0)
		return err_errno(errno, "cannot watch '%s'", folder);
	for (;;) {
		ret = try_connect(d->channel, fd);
		if (!ret)
			return NULL;
		if (ret != -ENOENT && ret != -ECONNREFUSED)
			return err_errno(-ret, "cannot connect to '%s'", d->channel);
		if (!wait_change(d, watch, deadline))
			return err_create(virt_domain_is_gone(d) ? ERR_INFRA : ERR_TIMEOUT,
					  "cannot connect to '%s': guest '%s' %s", d->channel,
					  d->name,
					  virt_domain_is_gone(d) ? "is gone" : "does not listen");
	}
}

struct err *virt_domain_monitor(struct virt_domain *d, bool human, const char *command,
				char **reply)
{
	return d->ops->monitor(d, human, command, reply);
}

struct err *virt_domain_monitor_fd(struct virt_domain *d, const char *command, int fd, char **reply)
{
	return d->ops->monitor_fd(d, command, fd, reply);
}

struct err *virt_domain_hand_fd(struct virt_domain *d, int fd, int *there)
{
	_cleanup_free_ char *reply = NULL;
	struct err *err = d->ops->monitor_fd(d, "{\"execute\":\"add-fd\"}", fd, &reply);
	const char *number = err ? NULL : strstr(reply, "\"fd\":");

	if (err)
		return err;
	if (!number || sscanf(number, "\"fd\": %d", there) != 1)
		return err_create(ERR_INFRA, "QEMU did not take the file descriptor");
	return NULL;
}
