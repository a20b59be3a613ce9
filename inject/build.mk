# SPDX-License-Identifier: GPL-2.0-only
# inject/*.c is the host's; inject/ops runs in the guest.
pure-srcs += inject/mutator.c
host-srcs += $(filter-out inject/mutator.c,$(wildcard inject/*.c))
agent-srcs += $(wildcard inject/ops/*.c)
test-srcs += $(wildcard inject/tests/*.c)
fuzz-srcs += $(wildcard inject/fuzz/*.c)
