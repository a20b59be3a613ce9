/* SPDX-License-Identifier: GPL-2.0-only */
/* The private trace instance of the flush oracle, which outlives a case. */
#ifndef WORKLOADS_FLUSH_INSTANCE_H
#define WORKLOADS_FLUSH_INSTANCE_H

#define FLUSH_INSTANCE "/sys/kernel/tracing/instances/daxrig"

/* Each returns 0, or -errno when the kernel lacks it; may be called again. */
int flush_instance_prepare(void); /* it records fs_dax:dax_writeback_one */
int flush_instance_lengths(void); /* and TRACE_FLUSH_EVENT of flush-trace.h */

/* Opens its trace_pipe, without blocking, to be closed by the caller; or -errno. */
int flush_instance_open(void);

#endif
