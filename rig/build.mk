# SPDX-License-Identifier: GPL-2.0-only
pure-srcs += $(wildcard rig/wire/*.c) rig/base/util.c rig/base/err.c rig/base/buf.c rig/base/files.c rig/base/program.c \
	rig/base/task.c
host-srcs += rig/base/digest.c $(filter-out rig/agent-main.c,$(wildcard rig/*.c rig/bisect/*.c))
agent-srcs += rig/agent-main.c
bench-srcs := $(wildcard rig/bench/*.c)
test-srcs += $(wildcard rig/tests/*.c)
