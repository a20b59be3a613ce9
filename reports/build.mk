# SPDX-License-Identifier: GPL-2.0-only
host-srcs += $(wildcard reports/*.c)
test-srcs += $(wildcard reports/tests/*.c)
fuzz-srcs += $(wildcard reports/fuzz/*.c)
fuzz-seeds-known := reports/known.txt
