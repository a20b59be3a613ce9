/* SPDX-License-Identifier: GPL-2.0-only */
#include "host/virt-private.h"

#include <errno.h>
#include <libvirt/virterror.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arch.h"
#include "base/files.h"
#include "host/proc.h"

/* A daemon that does not answer for so long is lost. */
#define KEEPALIVE_S 5
#define KEEPALIVE_COUNT 3

/* libvirt's message has QEMU's warnings, one a line; the last line says why QEMU failed. */
struct err *virt_error(const char *fmt, ...)
{
	_cleanup_free_ char *why = xstrdup(virGetLastErrorMessage()), *what = NULL;
	_cleanup_buf_ struct buf text = BUF_INIT;
	size_t len = strlen(why);
	char *line;
	va_list ap;

	while (len && why[len - 1] == '\n')
		why[--len] = '\0';
	line = strrchr(why, '\n');
	line = line ? line + 1 : why;
	buf_add_escaped(&text, line, strlen(line), 400);
	va_start(ap, fmt);
	what = xvasprintf(fmt, ap);
	va_end(ap);
	return err_create(ERR_INFRA, "%s: %s", what, buf_str(&text));
}

static void drop_error(void *opaque, virErrorPtr error)
{
	(void)opaque;
	(void)error;
}

/*
 * libvirt starts QEMU as a daemon. A dead daemon stays a zombie until its parent reaps it;
 * libvirt polls for that every 200 ms, and the first process of a container may never do
 * it. So this process adopts the daemons started below it and reaps them at once. It leaves
 * its own children, and libvirt's intermediate children, to the code that waits for them.
 */
static void reap_daemon(pid_t pid, void *arg)
{
	struct proc_stat stat;
	siginfo_t info;

	if (!proc_stat_read(pid, &stat) || stat.state != 'Z' || stat.parent != getpid() ||
	    stat.session == getsid(0) || stat.session == pid)
		return;
	if (!waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG))
		virt_note_exit(arg, pid, info.si_code != CLD_EXITED);
}

static void on_child(int watch, int fd, int events, void *opaque)
{
	struct signalfd_siginfo info;

	(void)watch;
	(void)events;
	while (read(fd, &info, sizeof(info)) > 0)
		;
	proc_for_each(reap_daemon, opaque);
}

/* Only QEMUs that the driver inside this process starts end below this process. */
static struct err *watch_children(struct virt *v)
{
	sigset_t child;

	if (!v->root)
		return NULL;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	v->children = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
	if (v->children < 0)
		return err_errno(errno, "cannot watch for QEMU's end");
	v->watch = virEventAddHandle(v->children, VIR_EVENT_HANDLE_READABLE, on_child, v, NULL);
	return v->watch < 0 ? virt_error("cannot watch for QEMU's end") : NULL;
}

static struct err *write_config(const char *root)
{
	_cleanup_free_ char *path = xasprintf("%s/etc/qemu.conf", root);
	_cleanup_free_ char *folder = xasprintf("%s/etc", root);
	_cleanup_buf_ struct buf text = BUF_INIT;
	struct err *err = dir_create(folder);

	if (err)
		return err;
	/* No virtlogd, no cgroups, no security labels, and no change of a file's owner. */
	buf_adds(&text, "stdio_handler = \"file\"\n"
			"cgroup_controllers = []\n"
			"security_driver = \"none\"\n"
			"dynamic_ownership = 0\n"
			"remember_owner = 0\n"
			"namespaces = []\n");
	buf_addf(&text, "user = \"+%u\"\ngroup = \"+%u\"\n", geteuid(), getegid());
	buf_addf(&text, "memory_backing_dir = \"%s/ram\"\n", root);
	return file_write_atomic(path, buf_str(&text), text.len);
}

/*
 * Querying QEMU's capabilities takes over a second. libvirt caches them under ROOT/cache
 * and checks them against the host and the QEMU binary. Two processes cannot share a
 * root, but they can share that folder.
 */
static struct err *link_cache(const char *root, const char *cache)
{
	_cleanup_free_ char *link = xasprintf("%s/cache", root);
	struct err *err = dir_create(cache);

	if (err)
		return err;
	if (symlink(cache, link) && errno != EEXIST)
		return err_errno(errno, "cannot create '%s'", link);
	return NULL;
}

static struct err *prepare_root(const char *root, const char *cache)
{
	_cleanup_free_ char *log = xasprintf("3:file:%s/libvirt.log", root);
	struct err *err;

	if (strlen(root) > VIRT_ROOT_MAX)
		return err_create(ERR_INFRA, "cannot use '%s' for sockets: longer than %d bytes",
				  root, VIRT_ROOT_MAX);
	err = write_config(root);
	if (!err && cache)
		err = link_cache(root, cache);
	/* Its log would go to standard error otherwise. */
	setenv("LIBVIRT_LOG_OUTPUTS", log, 0);
	return err;
}

static struct err *probe_qemu(struct virt *v)
{
	_cleanup_free_ char *caps = virConnectGetDomainCapabilities(v->conn, NULL, ARCH_HERE->name,
								    ARCH_HERE->machine, "qemu", 0);

	v->emulator = caps ? domain_xml_emulator(caps) : NULL;
	return v->emulator ? NULL : virt_error("cannot ask what QEMU can do");
}

static int on_lifecycle(virConnectPtr conn, virDomainPtr dom, int event, int detail, void *opaque)
{
	(void)conn;
	if (event == VIR_DOMAIN_EVENT_STOPPED)
		virt_note_stopped(opaque, virDomainGetName(dom),
				  detail == VIR_DOMAIN_EVENT_STOPPED_FAILED ||
					  detail == VIR_DOMAIN_EVENT_STOPPED_CRASHED);
	return 0;
}

static void on_close(virConnectPtr conn, int reason, void *opaque)
{
	(void)conn;
	(void)reason;
	virt_note_lost(opaque);
}

/* Connections that lead to no other process have no end to watch for. */
static void watch_end(struct virt *v)
{
	if (v->root)
		return;
	v->closing = !virConnectRegisterCloseCallback(v->conn, on_close, v, NULL);
	virConnectSetKeepAlive(v->conn, KEEPALIVE_S, KEEPALIVE_COUNT);
}

static struct err *open_connection(struct virt *v, const char *uri)
{
	v->conn = virConnectOpen(uri);
	if (!v->conn)
		return virt_error("cannot connect to libvirt at '%s' (%s)", uri,
				  v->root ? "are libvirt's QEMU driver and QEMU installed?" :
					    "does its daemon run, may you use it?");
	v->callback = virConnectDomainEventRegisterAny(v->conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
						       VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle), v,
						       NULL);
	if (v->callback < 0)
		return virt_error("cannot watch the guests of '%s'", uri);
	watch_end(v);
	return probe_qemu(v);
}

static struct err *open_all(struct virt *v, const char *uri, const char *cache)
{
	_cleanup_free_ char *embed = NULL;
	struct err *err = NULL;

	if (!uri) {
		/* Debian's libvirt, too, refuses to start as root without that user. */
		err = confine_user(&v->user);
		if (!err)
			err = prepare_root(v->root, cache);
		if (err)
			return err;
		prctl(PR_SET_CHILD_SUBREAPER, 1);
		embed = xasprintf("qemu:///embed?root=%s", v->root);
	}
	virSetErrorFunc(NULL, drop_error);
	if (virInitialize() < 0)
		return virt_error("cannot start libvirt");
	/* with all signals blocked, for its thread and those of the driver */
	err = virt_loop_get();
	if (err)
		return err;
	v->looping = true;
	err = watch_children(v);
	return err ? err : open_connection(v, uri ? uri : embed);
}

struct err *virt_open(const char *uri, const char *root, const char *cache, struct virt **out)
{
	struct virt *v = xcalloc(1, sizeof(*v));
	sigset_t all, old;
	struct err *err;

	pthread_mutex_init(&v->lock, NULL);
	v->callback = -1;
	v->watch = -1;
	v->children = -1;
	if (!uri)
		v->root = xstrdup(root);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &old);
	err = open_all(v, uri, cache);
	sigaddset(&old, SIGCHLD);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err) {
		virt_close(v);
		return err;
	}
	*out = v;
	return NULL;
}

void virt_close(struct virt *v)
{
	if (!v)
		return;
	if (v->callback >= 0)
		virConnectDomainEventDeregisterAny(v->conn, v->callback);
	if (v->closing)
		virConnectUnregisterCloseCallback(v->conn, on_close);
	if (v->conn)
		virConnectClose(v->conn);
	if (v->watch >= 0)
		virEventRemoveHandle(v->watch);
	if (v->looping)
		virt_loop_put();
	close_fd(&v->children);
	pthread_mutex_destroy(&v->lock);
	free(v->emulator);
	free(v->root);
	free(v);
}

static void format_version(unsigned long version, char out[32])
{
	snprintf(out, 32, "%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}

struct err *virt_versions(struct virt *v, struct virt_versions *out)
{
	unsigned long qemu, libvirt;

	if (virConnectGetVersion(v->conn, &qemu) < 0)
		return virt_error("cannot ask for QEMU's version");
	if (virConnectGetLibVersion(v->conn, &libvirt) < 0)
		return virt_error("cannot ask for libvirt's version");
	format_version(qemu, out->qemu);
	format_version(libvirt, out->libvirt);
	out->emulator = v->emulator;
	return NULL;
}

bool virt_is_lost(const struct virt *v)
{
	/* the connection is closed a moment before the loop tells */
	return atomic_load(&v->lost) || (!v->root && virConnectIsAlive(v->conn) == 0);
}

bool virt_is_private(const struct virt *v)
{
	return v->root != NULL;
}

struct err *virt_native(struct virt *v, const struct domain_spec *spec, char **out)
{
	_cleanup_free_ char *xml = NULL;
	struct err *err = domain_xml_build(spec, &xml);

	if (err)
		return err;
	*out = virConnectDomainXMLToNative(v->conn, "qemu-argv", xml, 0);
	return *out ? NULL : virt_error("cannot ask libvirt for QEMU's command line");
}
