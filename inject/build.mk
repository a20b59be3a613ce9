# SPDX-License-Identifier: GPL-2.0-only
host-srcs += $(wildcard inject/gate/*.c inject/pages/*.c)
test-srcs += $(wildcard inject/tests/*.c)
fuzz-srcs += $(wildcard inject/fuzz/*.c)
