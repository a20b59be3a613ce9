/* SPDX-License-Identifier: GPL-2.0-only */
/* Declarations that the files of PID 1 share. */
#ifndef AGENT_AGENT_H
#define AGENT_AGENT_H

#include <sys/types.h>

#include "base/buf.h"
#include "wire/agent.h"

/*
 * boot.c: mounts, sysctls, modules. No failure is fatal: it is logged, and the host
 * sees in the hello what is missing.
 */
void boot_mount(void);
void boot_sysctl(void);
/* Calls @loaded after each module, so that work which needs only some can begin. */
void boot_modules(void (*loaded)(void *arg), void *arg);

/* log.c: writes one line to /dev/kmsg, so that it is in order with the kernel's own. */
void agent_log(const char *fmt, ...) __printf(1, 2);

/*
 * helper.c: a child of PID 1 for work that may hang or crash. The caller reads its
 * output through a pipe.
 */
struct helper {
	pid_t pid; /* -1: fork failed */
	int fd;
};

/* Runs @fn in a child: it writes its output to @fd, and returns the exit status. */
void helper_start(struct helper *h, int (*fn)(int fd, const void *arg), const void *arg);

/*
 * Waits for the child and adds at most @max bytes of its output to @out (NULL: drops
 * them). Returns its exit status, or -1 if it crashed or was killed after @timeout_ms.
 * A child that does not die is left: procs_kill() will find it.
 */
int helper_finish(struct helper *h, int timeout_ms, size_t max, struct buf *out);

int helper_run(int (*fn)(int fd, const void *arg), const void *arg, int timeout_ms, size_t max,
	       struct buf *out);

/* uevent.c: opens a socket for the kernel's device events. Returns -1 if it cannot. */
int uevent_open(void);

/*
 * Calls @ready(@arg) now and after each event, until it returns true or @timeout_ms
 * have passed; returns its last value. With an @fd of -1 it polls every 5 ms instead.
 */
bool uevent_wait(int fd, int timeout_ms, bool (*ready)(void *arg), void *arg);

/*
 * nvdimm.c: makes the lowest region (by address) fsdax and the next one device-DAX,
 * unless their namespaces already have that mode; fills pmem, devdax, devdax_align.
 */
void nvdimm_setup(struct guest_facts *facts);

/* Have all drivers that nvdimm_setup() needs been loaded? */
bool nvdimm_ready(void);

/* rdma.c: sets up soft-RoCE. The fields are those of struct guest_facts. */
struct rdma_result {
	char dev[64];
	char why[128];
	unsigned int gid_index;
};
void rdma_setup(struct rdma_result *out);

/* The same for rdma_setup(). */
bool rdma_ready(void);

/* hello.c: appends TAG_SYMBOL fields: the symbols of @lists, and those for the ledger. */
void hello_symbols(const char *const *const *lists, struct buf *out);

/* layout.c: appends TAG_LAYOUT fields; none if the kernel has no BTF. */
void hello_layout(struct buf *out);

/* welcome.c: see case.h. */
void welcome_take(const uint8_t *payload, size_t len, struct buf *out);

/* files.c: the same for MSG_FILE. */
bool files_take(const uint8_t *payload, size_t len, char *why, size_t size);

/* guest.c: the hooks of case.h for a real guest. */
extern const struct case_hooks guest_hooks;

#endif
