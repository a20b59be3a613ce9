/* SPDX-License-Identifier: GPL-2.0-only */
/* PID 1: sets the guest up, sends hello, and runs cases until the host powers it off. */
#include "guests/agent/agent.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/files.h"
#include "base/release.h"
#include "guests/agent/case.h"
#include "guests/agent/parse.h"
#include "guests/agent/port.h"

#define SYMBOLS_MS 60000
#define RDMA_MS 30000
#define NVDIMM_MS 300000
#define PREPARE_MS 120000
#define GRACE_MS 2000u

struct agent {
	const struct agent_ops *ops;
	struct guest_facts facts;
	struct buf hello;	     /* the part that is the same for every host */
	const struct filesystem *fs; /* to be mounted for the first case; or NULL */
	int port;
	struct helper nvdimm, symbols, rdma; /* started while modules load */
	bool nvdimm_on, rdma_on;
};

static uint64_t ms_since(uint64_t *since)
{
	uint64_t now = now_ns(), ms = (now - *since) / 1000000;

	*since = now;
	return ms;
}

static int symbols_helper(int fd, const void *arg)
{
	struct buf out = BUF_INIT;
	uint64_t t = now_ns();
	int ret;

	hello_symbols(arg, &out);
	agent_log("boot: symbols took %" PRIu64 " ms", ms_since(&t));
	hello_layout(&out);
	ret = write(fd, buf_str(&out), out.len) != (ssize_t)out.len;
	agent_log("boot: types took %" PRIu64 " ms", ms_since(&t));
	return ret;
}

static int rdma_helper(int fd, const void *arg)
{
	struct rdma_result r;
	uint64_t t = now_ns();

	(void)arg;
	rdma_setup(&r);
	agent_log("boot: rdma took %" PRIu64 " ms", ms_since(&t));
	return write(fd, &r, sizeof(r)) != sizeof(r);
}

static void finish_rdma(struct agent *a, struct helper *h)
{
	struct buf out = BUF_INIT;
	struct rdma_result r = { 0 };

	if (helper_finish(h, RDMA_MS, sizeof(r), &out) == 0 && out.len == sizeof(r))
		memcpy(&r, out.data, sizeof(r));
	else
		snprintf(r.why, sizeof(r.why), "the setup of soft-RoCE crashed or hung");
	snprintf(a->facts.rdma_dev, sizeof(a->facts.rdma_dev), "%s", r.dev);
	snprintf(a->facts.rdma_why, sizeof(a->facts.rdma_why), "%s", r.why);
	a->facts.gid_index = r.gid_index;
	if (!r.dev[0])
		agent_log("no RDMA: %s", r.why);
	buf_deinit(&out);
}

static void find_kernel(struct guest_facts *f)
{
	struct utsname u;

	uname(&u);
	snprintf(f->release, sizeof(f->release), "%s", u.release);
	release_parse(u.release, &f->kernel_major, &f->kernel_minor);
	f->cpus = (unsigned int)sysconf(_SC_NPROCESSORS_ONLN);
}

static int nvdimm_helper(int fd, const void *arg)
{
	struct guest_facts f = *(const struct guest_facts *)arg;
	uint64_t t = now_ns();

	nvdimm_setup(&f);
	agent_log("boot: nvdimm took %" PRIu64 " ms", ms_since(&t));
	return write(fd, &f, sizeof(f)) != sizeof(f);
}

static void finish_nvdimm(struct agent *a)
{
	struct buf out = BUF_INIT;
	struct guest_facts *f = &a->facts;

	if (helper_finish(&a->nvdimm, NVDIMM_MS, sizeof(*f), &out) == 0 && out.len == sizeof(*f))
		memcpy(f, out.data, sizeof(*f));
	else
		agent_log("the setup of the NVDIMMs crashed or hung");
	buf_deinit(&out);
}

static void start_nvdimm(struct agent *a)
{
	if (!a->nvdimm_on)
		helper_start(&a->nvdimm, nvdimm_helper, &a->facts);
	a->nvdimm_on = true;
}

static void start_rdma(struct agent *a)
{
	if (!a->rdma_on)
		helper_start(&a->rdma, rdma_helper, NULL);
	a->rdma_on = true;
}

/*
 * A filesystem's module takes longest to load, on one CPU. Meanwhile the setup of each
 * device starts as soon as the modules it needs are loaded.
 */
static void module_loaded(void *arg)
{
	struct agent *a = arg;

	if (!a->nvdimm_on && nvdimm_ready())
		start_nvdimm(a);
	if (!a->rdma_on && rdma_ready())
		start_rdma(a);
}

static void finish_devices(struct agent *a)
{
	/* not earlier: a module that ends its init removes symbols while the list is read */
	helper_start(&a->symbols, symbols_helper, a->ops->symbols);
	start_nvdimm(a);
	start_rdma(a);
	finish_nvdimm(a);
	if (helper_finish(&a->symbols, SYMBOLS_MS, 65536, &a->hello))
		agent_log("cannot read the kernel's symbols");
	finish_rdma(a, &a->rdma);
}

static int prepare_helper(int fd, const void *arg)
{
	const struct agent *a = arg;

	(void)fd;
	return !a->ops->prepare(&a->facts, a->fs);
}

/* "daxrig.fs=NAME" on the command line: also mount this filesystem for the first case. */
static void prepare_fs(struct agent *a)
{
	struct buf cmdline = BUF_INIT;
	struct err *err = file_read("/proc/cmdline", 65536, &cmdline);
	uint64_t t = now_ns();

	a->fs = err ? NULL : cmdline_fs(buf_str(&cmdline));
	if (helper_run(prepare_helper, a, PREPARE_MS, 0, NULL) == 0)
		a->facts.mounted = a->fs;
	else
		agent_log("cannot prepare the disk");
	agent_log("boot: disk and %s took %" PRIu64 " ms",
		  a->facts.mounted ? a->facts.mounted->name : "no filesystem", ms_since(&t));
	err_free(err);
	buf_deinit(&cmdline);
}

static void send_hello(struct agent *a, struct link *l)
{
	struct buf hello = BUF_INIT;

	msg_put_u64(&hello, TAG_VERSION, PROTO_VERSION);
	msg_put_str(&hello, TAG_KERNEL, a->facts.release);
	buf_add(&hello, buf_str(&a->hello), a->hello.len);
	link_send(l, MSG_HELLO, &hello);
	buf_deinit(&hello);
}

/* Serves one host, from its connecting until it hangs up or powers the guest off. */
static enum loop_end serve_host(struct agent *a)
{
	struct link link;
	struct case_loop loop = {
		.ops = a->ops,
		.facts = &a->facts,
		.hooks = &guest_hooks,
		.grace_ms = GRACE_MS,
		.link = &link,
	};
	enum loop_end end;

	if (!port_wait_host(a->port))
		return LOOP_LOST;
	link_init(&link, a->port);
	send_hello(a, &link);
	end = case_loop_run(&loop);
	if (end == LOOP_BROKEN)
		agent_log("the host broke the protocol: %s", loop.why);
	else if (loop.dirty && end == LOOP_GONE)
		end = LOOP_LOST;
	link_deinit(&link);
	return end;
}

static void __noreturn power_off(void)
{
	agent_log("power off");
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void set_up(struct agent *a)
{
	uint64_t t = now_ns();

	boot_mount();
	boot_sysctl();
	agent_log("boot: first instruction at %" PRIu64 " ms, mounts took %" PRIu64 " ms",
		  t / 1000000, ms_since(&t));
	find_kernel(&a->facts);
	boot_modules(module_loaded, a);
	agent_log("boot: modules took %" PRIu64 " ms", ms_since(&t));
	finish_devices(a);
	prepare_fs(a);
	a->port = port_open();
	agent_log("boot: ready at %" PRIu64 " ms", now_ns() / 1000000);
}

int agent_main(const struct agent_ops *ops)
{
	struct agent a = { .ops = ops, .hello = BUF_INIT, .port = -1 };
	enum loop_end end;
	sigset_t chld;

	if (getpid() != 1) {
		fprintf(stderr, "daxrig-agent: this is the init of a daxrig guest\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	set_up(&a);
	sigemptyset(&chld);
	sigaddset(&chld, SIGCHLD);
	sigprocmask(SIG_BLOCK, &chld, NULL);
	if (a.port < 0)
		power_off();
	/* Another host may connect after one has gone, as long as the guest is clean. */
	while ((end = serve_host(&a)) == LOOP_GONE)
		port_discard(a.port);
	close(a.port);
	power_off();
}
