# SPDX-License-Identifier: GPL-2.0-only
# workloads/*.c is pure; workloads/exec and workloads/pins run in the guest.
pure-srcs += $(wildcard workloads/*.c)
agent-srcs += $(wildcard workloads/exec/*.c workloads/pins/*.c)
test-srcs += $(wildcard workloads/tests/*.c)
