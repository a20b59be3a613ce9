/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of PID 1 share with each other. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <sys/types.h>

#include "base/buf.h"
#include "wire/agent.h"

/*
 * boot.c: mounts, sysctls, modules. Nothing here is fatal: what fails is logged,
 * and the host sees what is missing from the hello.
 */
void boot_mount(void);
void boot_sysctl(void);
/* Calls @loaded after each module, so that what only waits for some can begin. */
void boot_modules(void (*loaded)(void *arg), void *arg);

/* log.c: one line to /dev/kmsg, and so in order with what the kernel says there. */
void agent_log(const char *fmt, ...) __printf(1, 2);

/*
 * helper.c: a child of PID 1 that does what could hang or crash.
 * Its text goes through a pipe to the caller.
 */
struct helper {
	pid_t pid; /* -1: could not be started */
	int fd;
};

/* @fn's value is the child's exit status; it writes what it found to @fd. */
void helper_start(struct helper *h, int (*fn)(int fd, const void *arg), const void *arg);

/*
 * Waits for it, adds at most @max bytes it wrote to @out (NULL: dropped). Returns
 * its exit status, or -1 when it died or had to be killed at @timeout_ms. One that
 * does not die from that is left behind: procs_kill() will find it.
 */
int helper_finish(struct helper *h, int timeout_ms, size_t max, struct buf *out);

int helper_run(int (*fn)(int fd, const void *arg), const void *arg, int timeout_ms, size_t max,
	       struct buf *out);

/* uevent.c: the kernel's device events. -1 when there are none to be had. */
int uevent_open(void);

/*
 * Asks @ready(@arg) now and after each event, for at most @timeout_ms; true once it
 * says so. A @fd of -1 makes it ask every 5 ms instead.
 */
bool uevent_wait(int fd, int timeout_ms, bool (*ready)(void *arg), void *arg);

/*
 * nvdimm.c: fills pmem, devdax, devdax_align: makes the lowest region (by address)
 * fsdax and the next device-DAX, unless their namespaces are so already.
 */
void nvdimm_setup(struct guest_facts *facts);

/* All drivers that nvdimm_setup() needs are there. */
bool nvdimm_ready(void);

/* rdma.c: fills rdma_dev, rdma_why, gid_index. */
struct rdma_result {
	char dev[64];
	char why[128];
	unsigned int gid_index;
};
void rdma_setup(struct rdma_result *out);

/* As nvdimm_ready(). */
bool rdma_ready(void);

/* hello.c: appends TAG_SYMBOL fields, of struct agent_ops' lists and for the ledger. */
void hello_symbols(const char *const *const *lists, struct buf *out);

/* layout.c: appends TAG_LAYOUT fields, none when the kernel has no BTF. */
void hello_layout(struct buf *out);

/* welcome.c: see case.h. */
void welcome_take(const uint8_t *payload, size_t len, struct buf *out);

/* guest.c: the hooks of case.h that touch the whole guest. */
extern const struct case_hooks guest_hooks;

#endif
